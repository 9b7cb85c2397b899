"""What a person asks for: prompt, seed, steps, size or length, guidance, settings; checked before it is run.

Its numbers are read by limits.py. Knows no pipeline and no file. Every refusal is one sentence that says
what to change.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Self, cast

from pydantic import ConfigDict, TypeAdapter

from teacache.errors import RequestError
from teacache.method.reading import Flag, Line, Number, Prose, Whole, read
from teacache.method.settings import JsonSettings, Settings
from teacache.runs import limits
from teacache.runs.defaults import Defaults
from teacache.runs.sizes import check_size
from teacache.runs.suits import check_image, check_settings, check_trained_size, check_words

if TYPE_CHECKING:
    from teacache.runs.picture import Source


@dataclass(frozen=True, kw_only=True)
class Request:
    """One comparison as asked for. None means the model's own default; `checked` fills it in.

    Whoever loads the model goes by `model`; `checked` then writes down the name of the model at hand.
    """

    model: str = "shapes"
    prompt: str
    seed: int = 0
    steps: int | None = None
    guidance_scale: float | None = None
    frames: int | None = None
    height: int | None = None  # pixels; of a sound, of the picture that shows it
    width: int | None = None  # pixels
    seconds: float | None = None  # of a sound; None for models of pictures
    settings: Settings = field(default_factory=lambda: Settings(threshold=0.1))
    # run the blocks on reused calls too, to record the true distances: slower, and so never a timing
    probe: bool = False
    cache_device: str | None = None  # where residuals are kept; None: where they are made. Changes no bit
    image: Source | None = None  # a file or a PIL image, for image-to-video models; JSON has its name only

    def checked(self, defaults: Defaults, *, image_to_come: bool = False) -> Checked:
        """The same request with every default filled in and every value within its limits.

        `image_to_come`: a model that begins with an image need not have it yet, as for a forecast.

        Raises RequestError, one sentence that names the value and says what to change.
        """
        filled = cast(
            Checked,
            replace(
                self,
                model=defaults.name,
                prompt=_prompt(self.prompt),
                seed=limits.seed(self.seed),
                steps=limits.steps(_or(self.steps, defaults.steps)),
                guidance_scale=limits.guidance(_or(self.guidance_scale, defaults.guidance_scale)),
                frames=limits.frames(_or(self.frames, defaults.frames)),
                height=limits.height(_or(self.height, defaults.height)),
                width=limits.width(_or(self.width, defaults.width)),
                seconds=_seconds(self.seconds, defaults.seconds),
            ),
        )
        check_size(defaults.pipeline, *filled.size)
        if not image_to_come:
            check_image(filled, defaults)
        check_settings(filled)
        check_trained_size(filled, defaults)
        if defaults.vocabulary is not None:
            check_words(filled.prompt, defaults.title, defaults.vocabulary)
        return filled

    def in_steps(self, steps: int) -> Self:
        """The same in another number of steps: a fixed schedule is of its own."""
        return replace(self, steps=steps, settings=self.settings.replaced(schedule=None))

    def sized(self, defaults: Any, demo: bool) -> Request:
        """The request at the model's demo size, and of as many steps where it names none, if `demo`."""
        small = getattr(defaults, "demo", None)
        if not demo or small is None:
            return self
        extent = {"frames": small.frames, "height": small.height, "width": small.width}
        return replace(self, steps=_or(self.steps, small.steps), **extent)

    @property
    def size(self) -> tuple[int | None, int | None, int | None]:
        """Frames, height, width."""
        return self.frames, self.height, self.width

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, one key per field."""
        values = {f.name: getattr(self, f.name) for f in fields(self)} | {"settings": self.settings.to_json()}
        for name in ("seconds", "cache_device", "image"):
            if values[name] is None:
                del values[name]  # as in files written before there were any
        if self.image is None:
            return values
        from teacache.runs.picture import name_of

        return values | {"image": name_of(self.image)}

    @classmethod
    def from_json(cls, data: Any) -> Request:
        """Inverse of `to_json`. Raises RequestError if it is not a request; limits belong to `checked`."""
        return cls(**vars(read(_SCHEMA, data, whole="request", refusal=RequestError)))


if TYPE_CHECKING:

    class Checked(Request):
        """What `Request.checked` makes: nothing is left open. At run time it is a Request like any other."""

        steps: int
        guidance_scale: float
        frames: int
        height: int
        width: int

        @property
        def size(self) -> tuple[int, int, int]: ...

else:
    Checked = Request


@dataclass(frozen=True, kw_only=True)
class _Json:
    """A request as a file holds it: of the right types, within no limits yet."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    model: Line = "shapes"
    prompt: Prose
    seed: Whole = 0
    steps: Whole | None = None
    guidance_scale: Number | None = None
    frames: Whole | None = None
    height: Whole | None = None
    width: Whole | None = None
    seconds: Number | None = None
    settings: JsonSettings = Settings(threshold=0.1)
    probe: Flag = False
    cache_device: Line | None = None
    image: Line | None = None


_SCHEMA = TypeAdapter(_Json)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _prompt(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RequestError("The prompt is empty: say in a few words what the clip should show.")
    prompt = value.strip()
    if len(prompt) > limits.MAX_PROMPT:
        raise RequestError(
            "The prompt has {length} characters, but at most {most} are read: shorten it.",
            length=len(prompt),
            most=limits.MAX_PROMPT,
        )
    if any(0xD800 <= ord(character) <= 0xDFFF for character in prompt):
        raise RequestError("The prompt holds half a character (a lone surrogate): type it again.")
    return prompt


def _seconds(value: Any, default: float | None) -> float | None:
    """The length of a sound; None where the model makes none, which `default` tells."""
    if default is not None:
        return limits.seconds(_or(value, default))
    if value is not None:
        raise RequestError("This model makes pictures, no sound: leave the seconds out.")
    return None
