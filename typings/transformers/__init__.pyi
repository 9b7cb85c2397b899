# Thousands of files, of which the project names a dozen classes: what is used of the text encoders is told
# here, as in transformers 5.23; to the type checker, all others are anything.
from os import PathLike
from typing import Any, Self

from torch import nn

class PreTrainedTokenizerBase:
    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | PathLike[str], **options: Any) -> Self: ...
    def __call__(self, *args: Any, **given: Any) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...

class T5Tokenizer(PreTrainedTokenizerBase): ...

class T5EncoderModel(nn.Module):
    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | PathLike[str], **options: Any) -> Self: ...

def __getattr__(name: str) -> Any: ...
