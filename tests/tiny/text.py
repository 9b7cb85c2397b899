"""Text sides of a few kilobytes: the real tokenizer and encoder classes, offline, with random weights.

Every builder returns (tokenizer, encoder). Words that a tokenizer does not know become its unknown token or
single characters; two different prompts of Shapes' words never become the same tokens.
"""

from __future__ import annotations

import string

from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    ByT5Tokenizer,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    Gemma2Config,
    Gemma2Model,
    Gemma3Config,
    Gemma3ForConditionalGeneration,
    GemmaTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaModel,
    PreTrainedTokenizerFast,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen2_5_VLTextConfig,
    Qwen2Tokenizer,
    Qwen3Config,
    Qwen3ForCausalLM,
    T5Config,
    T5EncoderModel,
    UMT5Config,
    UMT5EncoderModel,
)
from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLTextModel

from teacache.models.shapes.data import WORDS
from teacache.models.shapes.text import TOKENIZER_SIZE, build_tokenizer

WIDTH = 16  # of every text encoder here, unless a builder is asked for another
CHAT = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
_LLAMA = {"hidden_size": WIDTH, "intermediate_size": 32, "num_attention_heads": 2, "num_key_value_heads": 2}


def t5(width: int = WIDTH):
    """As in Latte, CogVideoX, LTX, Mochi, Cosmos, Flux."""
    return build_tokenizer(), T5EncoderModel(T5Config(vocab_size=TOKENIZER_SIZE, **_t5_sizes(width)))


def umt5(width: int = WIDTH):
    """As in Wan."""
    return build_tokenizer(), UMT5EncoderModel(UMT5Config(vocab_size=TOKENIZER_SIZE, **_t5_sizes(width)))


def byt5(width: int = WIDTH):
    """As in HunyuanVideo 1.5, for words to be written into the picture."""
    return ByT5Tokenizer(extra_ids=0), T5EncoderModel(T5Config(vocab_size=259, **_t5_sizes(width)))


def clip(width: int = WIDTH, *, projection: bool = False):
    """As in HunyuanVideo and Flux; with `projection` as in HiDream."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    marks = ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: i for i, token in enumerate([*marks, *alphabet, *(c + "</w>" for c in alphabet)])}
    config = CLIPTextConfig(
        vocab_size=len(vocabulary), hidden_size=width, projection_dim=width, intermediate_size=32,
        num_attention_heads=2, num_hidden_layers=2, max_position_embeddings=128,
        bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    kind = CLIPTextModelWithProjection if projection else CLIPTextModel
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77), kind(config)


def llama(*, layers: int = 3, language_model: bool = False):
    """As in HunyuanVideo; with `language_model` as in HiDream."""
    marks = ["<unk>", "<s>", "</s>"]
    words = Tokenizer(models.WordLevel({t: i for i, t in enumerate([*marks, *WORDS])}, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="</s>",
        model_max_length=512,
    )  # fmt: skip
    config = LlamaConfig(vocab_size=len(tokenizer), num_hidden_layers=layers, pad_token_id=2, **_LLAMA)
    return tokenizer, (LlamaForCausalLM if language_model else LlamaModel)(config)


def gemma2(width: int = WIDTH):
    """As in Lumina2 and SanaVideo."""
    config = Gemma2Config(
        vocab_size=len(_characters()), num_hidden_layers=2, head_dim=8, **{**_LLAMA, "hidden_size": width}
    )
    return _gemma_tokenizer(), Gemma2Model(config)


def gemma(width: int = WIDTH):
    """As in Lumina-Next, and for GLM in CogView4: no prompt is without its first token."""
    _, encoder = gemma2(width)
    marked = GemmaTokenizer(vocab=_characters(), merges=[], model_max_length=512, add_bos_token=True)
    return marked, encoder


def gemma3(width: int = WIDTH, *, layers: int = 2):
    """As in LTX-2: it reads pictures as well, though the pipeline gives it none."""
    vision = {
        "hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 1, "num_hidden_layers": 1,
        "image_size": 16, "patch_size": 8, "vision_use_head": False,
    }  # fmt: skip
    words = {
        **_LLAMA,
        "vocab_size": len(_characters()),
        "num_hidden_layers": layers,
        "head_dim": 8,
        "hidden_size": width,
    }
    config = Gemma3Config(text_config=words, vision_config=vision, mm_tokens_per_image=4)
    return _gemma_tokenizer(), Gemma3ForConditionalGeneration(config)


def qwen_text():
    """As in HunyuanVideo 1.5: the language half of Qwen2.5-VL."""
    return _qwen_tokenizer(), Qwen2_5_VLTextModel(Qwen2_5_VLTextConfig(**_qwen_sizes(layers=3)))


def qwen_vision():
    """As in QwenImage: all of Qwen2.5-VL."""
    vision = {
        "hidden_size": 8, "out_hidden_size": WIDTH, "intermediate_size": 8, "num_heads": 1, "depth": 1,
        "fullatt_block_indexes": [0],
    }  # fmt: skip
    config = Qwen2_5_VLConfig(text_config=_qwen_sizes(layers=2), vision_config=vision)
    return _qwen_tokenizer(), Qwen2_5_VLForConditionalGeneration(config)


def qwen3(*, layers: int):
    """As in Z-Image and FLUX.2 Klein."""
    sizes = {**_LLAMA, "vocab_size": 512, "num_hidden_layers": layers, "head_dim": 8}
    return _qwen_tokenizer(), Qwen3ForCausalLM(Qwen3Config(**sizes))


def _t5_sizes(width: int) -> dict:
    return {"d_model": width, "d_kv": 8, "d_ff": 16, "num_layers": 1, "num_heads": 2, "dropout_rate": 0.0}


def _characters() -> dict[str, int]:
    marks = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    return {token: i for i, token in enumerate([*marks, "▁", *string.printable[:94]])}


def _gemma_tokenizer() -> GemmaTokenizer:
    return GemmaTokenizer(vocab=_characters(), merges=[], model_max_length=512)


def _qwen_tokenizer() -> Qwen2Tokenizer:
    tokens = ["<|endoftext|>", *sorted(pre_tokenizers.ByteLevel.alphabet()), "<|im_start|>", "<|im_end|>"]
    tokenizer = Qwen2Tokenizer(vocab={t: i for i, t in enumerate(tokens)}, merges=[], model_max_length=1024)
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    tokenizer.chat_template = CHAT
    return tokenizer


def _qwen_sizes(layers: int) -> dict:
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10_000.0}
    return {**_LLAMA, "vocab_size": 512, "num_hidden_layers": layers, "rope_parameters": rope}
