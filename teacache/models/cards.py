"""What a model card says: where the model comes from, its defaults, and the polynomials known for it.

A card is filled in by one of the tables (cards_video.py, cards_wan.py, cards_image.py, cards_audio.py), by
coefficients.json (what the method's authors published) and by calibrations.json (what was measured here).
Knows no weights and imports no torch, so that the page can list models at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from teacache.errors import Phrase, SettingsError
from teacache.method.origin import Origin
from teacache.method.settings import Settings
from teacache.models.families import Kind, family_of
from teacache.models.vocabulary import Vocabulary

HALF = 2  # bytes of a value in half precision


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A polynomial measured here, together with what it was fitted on: it means nothing elsewhere."""

    coefficients: tuple[float, ...]  # highest power first
    r2: float  # share of the output distance's variance that the polynomial explains, over all pairs
    pairs: int
    prompts: int
    input_range: tuple[float, float]  # smallest and largest indicator distance met
    steps: int
    guidance_scale: float
    threshold: float  # for 2.3 times fewer computed calls on average, on the prompts of the fit
    threshold_max: float  # for about one computed call in fourteen
    source: str  # who measured it, where, when
    variant: str = "default"  # of the architecture: what was compared
    first_steps: int = 1  # always computed at the start
    last_steps: int = 1  # always computed at the end

    def settings(self, threshold: float | None = None) -> Settings:
        """TeaCache with this polynomial; at its usual threshold where none is named."""
        return Settings(
            threshold=self.threshold if threshold is None else threshold,
            coefficients=self.coefficients,
            variant=self.variant,
            first_steps=self.first_steps,
            last_steps=self.last_steps,
            input_range=self.input_range,
            out_of_range="clamp",  # outside, a quartic means nothing: at 8 steps it would say 100
        )


@dataclass(frozen=True, kw_only=True)
class Point:
    """A threshold that the authors measured."""

    threshold: float
    speedup: float | None = None  # as they print it; None where they give no figure
    seconds: float | None = None  # of one generation


@dataclass(frozen=True, kw_only=True)
class Published:
    """A polynomial of the method's authors with all that it was used with: apart, it means nothing."""

    coefficients: tuple[float, ...]  # highest power first
    variant: str  # of the architecture: which tensor they compare and where their residual ends
    # where each kind of figure is printed: "coefficients", "threshold", and "speedup", "seconds" where given
    sources: Mapping[str, str]
    first_steps: int | float  # always computed at the start: a number, or a share of all steps
    last_steps: int | float  # always computed at the end
    input_range: tuple[float, float] | None = None  # distances it was fitted on; never published so far
    points: tuple[Point, ...]  # rising thresholds, at least one
    hardware: str | None = None  # what the points were measured on
    baseline_seconds: float | None = None  # one generation without the cache
    note: str = ""

    @property
    def source(self) -> str:
        """Where the polynomial is."""
        return self.sources["coefficients"]

    @property
    def slow(self) -> Point:
        """The most faithful threshold that the authors measured."""
        return self.points[0]

    @property
    def fast(self) -> Point:
        """The fastest one."""
        return self.points[-1]

    def settings(self, threshold: float | None = None, *, steps: int | None = None) -> Settings:
        """The authors' own settings; shares become numbers for a run of `steps`. Raises SettingsError."""
        settings = Settings(
            threshold=self.slow.threshold if threshold is None else threshold,
            coefficients=self.coefficients,
            variant=self.variant,
            first_steps=self.first_steps,
            last_steps=self.last_steps,
            input_range=self.input_range,
        )
        if steps is None:
            return settings
        first, last = settings.forced(steps)
        return settings.replaced(first_steps=max(1, first), last_steps=last)


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A smaller run of a large model, of which both runs fit one ZeroGPU slot: see pace.py."""

    steps: int
    frames: int
    height: int  # pixels
    width: int


_ORIGIN = ("title", "transformer", "frames", "height", "width", "guidance_scale", "one_size")


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a person and the program need to know of a model before its weights are there."""

    name: str
    title: str
    source: str = ""  # a folder, absolute or relative to the repository's root; empty: only on the hub
    hub: str | None = None  # the repository on the hub, where there is one
    # parts of the pipeline that another repository on the hub holds -> its id
    parts: Mapping[str, str] = field(default_factory=dict[str, str])
    gated: bool = False  # the licence has to be accepted on the hub before a download
    license: str
    license_url: str = ""  # where it is read, and accepted if it has to be; empty: the hub's page
    pipeline: str  # diffusers' class, or ours
    transformer: str = ""  # the class of what TeaCache caches, wherever there is a polynomial for it
    steps: int
    frames: int = 1  # an image is a video of one frame, and so is the picture of a sound
    height: int  # pixels
    width: int
    seconds: float | None = None  # of a sound; None for models of pictures
    fps: int = 1
    guidance_scale: float
    demo: Demo | None = None  # None where the card's own run is small enough for anybody
    one_size: bool = False  # trained on pictures of this size alone, as its makers say
    only_size: bool = False  # and of no use at any other
    vocabulary: Vocabulary | None = None  # None: it understands any words
    flow_shift: float | None = None  # of the scheduler, where the authors' differs from the published one
    # further arguments of the pipeline's call, where the authors' differ from the pipeline's defaults
    call: Mapping[str, Any] = field(default_factory=dict[str, Any])
    dtype: str = "bfloat16"  # on a GPU
    float32: tuple[str, ...] = ()  # parts that stay in single precision on a GPU
    files: tuple[str, ...] = ()  # patterns of files on the hub that are needed besides the pipeline's parts
    packages: tuple[str, ...] = ()  # that the pipeline needs beyond those of requirements.txt
    # values in billions, by part of the pipeline: counted on the classes at their published configuration
    parameters: Mapping[str, float] = field(default_factory=dict[str, float])
    variant: str = "default"  # of the architecture: what a calibration of its own compares
    calibration: Calibration | None = None
    # further ones, by the variant that they compare
    other_calibrations: Mapping[str, Calibration] = field(default_factory=dict[str, Calibration])
    # published polynomials; the first is the usual
    modes: Mapping[str, Published] = field(default_factory=dict[str, Published])
    threshold: float = 0.2  # where the slider starts
    threshold_max: float = 1.0  # where it ends
    naive_threshold: float = 0.2  # where it starts with the polynomial left out
    latent_free: bool = False  # the authors' indicator does not depend on the latents: replays are exact
    note: str = ""

    @property
    def kind(self) -> Kind:
        """What it makes, and of what: the same for all models of a pipeline class."""
        return family_of(self.pipeline).kind

    @property
    def small(self) -> bool:
        """Whether hundreds of runs of it take minutes without a GPU, as of those that ship with the app."""
        return self.vocabulary is not None

    @property
    def published(self) -> Published | None:
        """The authors' usual polynomial, if they published one for this model."""
        return next(iter(self.modes.values()), None)

    @property
    def measured(self) -> Mapping[str, Calibration]:
        """What was measured here, by the variant that it compares; the usual one first."""
        if self.calibration is None:
            return {}
        return {self.calibration.variant: self.calibration, **self.other_calibrations}

    @property
    def polynomials(self) -> Mapping[str, Published | Calibration]:
        """Those to choose from, the usual first: measured here, by variant, else the authors', by mode."""
        return self.measured or self.modes

    @property
    def has_polynomial(self) -> bool:
        """False if only the naive estimate is there."""
        return self.calibration is not None or self.published is not None

    @property
    def memory_gb(self) -> float | None:
        """GB (10^9 bytes) that the weights alone take in half precision; None where not known.

        A run needs more: tokens, attention and decoding, which nobody has measured for all models.
        """
        return round(HALF * sum(self.parameters.values()), 1) or None

    def mode(self, name: str | None = None) -> Published:
        """A published polynomial by the name of its mode. Raises SettingsError that lists the known ones."""
        name = next(iter(self.modes), "") if name is None else name
        if name not in self.modes:
            none = Phrase("none: nothing is published for it")
            measured = self.measured if self.other_calibrations else ()
            names = ", ".join([*measured, *self.modes]) or none
            choices = Phrase("a mode of {model} ({known})", model=self.name, known=names)
            raise SettingsError("mode", name, choices, "leave it out")
        return self.modes[name]

    def settings(
        self,
        threshold: float | None = None,
        *,
        naive: bool = False,
        mode: str | None = None,
    ) -> Settings:
        """TeaCache's settings for this model.

        Those of `mode` if one is named, or of what was measured here on the variant of that name; else of
        what was measured here; else the authors' usual ones. With `naive` the same without the polynomial,
        on the same signal; where there is none, that is all there is.
        Raises SettingsError for a threshold below 0 and for an unknown mode.
        """
        raw = self.naive_threshold if threshold is None else threshold
        if mode is None and not self.has_polynomial:
            chosen = Settings(threshold=raw)
        else:
            measured = self.calibration if mode is None else self.measured.get(mode)
            chosen = (measured or self.mode(mode)).settings(threshold)
        if naive:
            chosen = chosen.without_polynomial().replaced(threshold=raw)
        return chosen.replaced(origin=self.origin)

    @property
    def origin(self) -> Origin:
        """This model, as its settings remember it."""
        return Origin(**{name: getattr(self, name) for name in _ORIGIN}, model=self.name)
