"""Where settings come from: the model that they were made for, and what that means for another pipeline.

A polynomial belongs to one model, so on another's it is refused; a size or a guidance that the model was
never trained on gives garbage with and without a cache, so that is said, once. Knows pipelines by their
attributes and by `prepare_latents`, which every one tells its size in pixels; nothing of cards.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from types import MethodType
from typing import Any

from teacache.errors import AttachError

# How far from its card's numbers a model still makes what it was trained on, as far as they can tell:
# training mixes sizes, but hardly sides twice as long or short, nor clips or guidance of twice as much.
_SIDE, _LENGTH, _GUIDANCE = 2, 2, 2
_NOISE = "prepare_latents"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The model that settings were made for, with what it was trained on."""

    model: str  # the name of its card
    title: str
    transformer: str  # the class whose tensors its polynomial reads; empty: not known
    frames: int
    height: int  # pixels
    width: int
    guidance_scale: float
    one_size: bool = False  # it was trained on pictures of this size alone

    def refuse_another(self, modules: Iterable[Any], own: Origin | None) -> None:
        """Raises AttachError where the polynomial of this model would read the tensors of another one.

        `modules`: the pipeline's transformers; `own`: where its own polynomial comes from, if it has one.
        """
        kinds = [[kind.__name__ for kind in type(module).__mro__] for module in modules]
        foreign = next((names[0] for names in kinds if self.transformer not in names), None)
        if own is not None and own.model != self.model:
            foreign = own.title
        if foreign is not None and self.transformer:
            raise AttachError(
                "These settings hold the polynomial of {title}, but this pipeline runs {found}: take those"
                " of its own model, or Settings(threshold=...), which leaves the polynomial out.",
                title=self.title,
                found=foreign,
            )

    def outside(
        self, *, frames: int | None, height: int | None, width: int | None, guidance: float | None
    ) -> str:
        """What of a call lies outside the model's training and what to do, one sentence; empty if nothing.

        None is what is not known.
        """
        wrong: list[tuple[str, str]] = []
        if height and width and self._other_size(height, width):
            wrong.append((f"{width}x{height} pixels", f"{self.width}x{self.height} pixels"))
        if frames and frames > _LENGTH * self.frames:
            wrong.append((f"{frames} frames", f"{self.frames} frames"))
        if guidance is not None and guidance > _GUIDANCE * self.guidance_scale:
            wrong.append((f"guidance {guidance:g}", f"guidance {self.guidance_scale:g}"))
        if not wrong:
            return ""
        request, better = (" and ".join(words) for words in zip(*wrong, strict=True))
        return f"{self.title} was not trained for {request}: ask for {better}."

    def _other_size(self, height: int, width: int) -> bool:
        if self.one_size:
            return (height, width) != (self.height, self.width)
        larger, smaller = sorted((height * width, self.height * self.width), reverse=True)
        return larger > _SIDE**2 * smaller


def watch(pipe: object, origin: Origin) -> Callable[[], None]:
    """Warn once of a call outside the model's training, before it begins; the function ends the watch.

    Size and length are what the pipeline makes its noise for, so they hold however it came to them.
    """
    prepare = getattr(type(pipe), _NOISE, None)
    if prepare is None or _NOISE in vars(pipe):  # where somebody else put theirs, it stays
        return lambda: None

    @wraps(prepare)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        call = signature(prepare).bind(self, *args, **kwargs).arguments
        size = {name: call.get(argument) for name, argument in _SIZE.items()}
        text = origin.outside(**size, guidance=getattr(self, "guidance_scale", None))
        if text:
            vars(self).pop(_NOISE, None)
            warnings.warn(text, stacklevel=2)
        return prepare(self, *args, **kwargs)

    vars(pipe)[_NOISE] = MethodType(watched, pipe)  # bound, so that a copy of the pipeline watches itself

    def end() -> None:
        vars(pipe).pop(_NOISE, None)

    return end


_SIZE = {"frames": "num_frames", "height": "height", "width": "width"}  # as prepare_latents calls them
