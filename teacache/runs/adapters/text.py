"""A prompt to the arguments of a pipeline's call, once for all runs of a comparison.

Every pipeline encodes text in its own `encode_prompt`; they differ in what they return, in which order, and
in whether they encode the negative prompt in the same call. An Encoder says that, nothing more. Knows nothing
of latents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from teacache.errors import RequestError
from teacache.runs.request import Checked

EMBEDS = ("prompt_embeds", "negative_prompt_embeds")
EMBEDS_AND_MASKS = (
    "prompt_embeds",
    "prompt_attention_mask",
    "negative_prompt_embeds",
    "negative_prompt_attention_mask",
)
EMBEDS_AND_POOLED = (
    "prompt_embeds",
    "pooled_prompt_embeds",
    "negative_prompt_embeds",
    "negative_pooled_prompt_embeds",
)


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """How one pipeline class encodes: an instance turns (pipeline, request) into keyword arguments."""

    returns: tuple[str, ...] = EMBEDS  # of encode_prompt, by the names of the call; "" is dropped
    # of encode_prompt, as the call itself sets them
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    guided: bool = True  # it takes do_classifier_free_guidance and encodes the negative prompt too
    negative: str | None = None  # what to encode in a second call with guidance, where it does not
    limit: int | None = None  # tokens that the model reads; None: templates and all, it can hardly be met
    tokenizer: str = "tokenizer"

    def __call__(self, pipe: Any, request: Checked) -> dict[str, Any]:
        """The arguments. Raises RequestError for a prompt that the model would silently cut."""
        if self.limit is not None:
            refuse_long(getattr(pipe, self.tokenizer), request.prompt, self.limit)
        wanted = request.guidance_scale > 1
        options: dict[str, Any] = {"device": pipe._execution_device, **self.options}
        if self.guided:
            options["do_classifier_free_guidance"] = wanted
        arguments = self._named(pipe.encode_prompt(request.prompt, **options))
        if self.negative is not None and wanted:
            other = self._named(pipe.encode_prompt(self.negative, **options))
            arguments |= {f"negative_{name}": value for name, value in other.items()}
        return arguments

    def _named(self, values: tuple[Any, ...]) -> dict[str, Any]:
        pairs = zip(self.returns, values, strict=True)
        return {name: value for name, value in pairs if name and value is not None}


def with_image(encode: Callable[[Any, Checked], dict[str, Any]]) -> Callable[[Any, Checked], dict[str, Any]]:
    """The same and the request's image, cut to the request's size."""
    from teacache.runs.picture import fitted

    def both(pipe: Any, request: Checked) -> dict[str, Any]:
        if request.image is None:
            raise AssertionError("a request without an image was refused before")
        return {**encode(pipe, request), "image": fitted(request.image, request.width, request.height)}

    return both


def latte(pipe: Any, request: Checked) -> dict[str, Any]:
    """As `LattePipeline.__call__` does it with clean_caption=False and mask_feature=True."""
    embeddings = _LATTE(pipe, request)
    # Unused without guidance; but if there were none, the pipeline would mask the prompt again, and fail.
    return {"negative_prompt_embeds": embeddings["prompt_embeds"], **embeddings}


# max_length in pipeline_latte.py
_LATTE = Encoder(options={"negative_prompt": "", "clean_caption": False, "mask_feature": True}, limit=120)


def refuse_long(tokenizer: Any, prompt: str, limit: int) -> None:
    """The pipelines cut a long prompt and only log it; a person would wonder where the rest went."""
    length = len(tokenizer(prompt.lower().strip()).input_ids)
    if length > limit:
        raise RequestError(
            "The prompt has {length} tokens, but this model reads only {limit}: shorten it.",
            length=length,
            limit=limit,
        )
