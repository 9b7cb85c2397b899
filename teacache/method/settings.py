"""Everything that the decision depends on, validated when made. Knows no trace, no tensor and no model.

The authors' names for the same things stand in the docstring of gate.py.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from numbers import Integral, Real
from typing import Annotated, Any, Literal, cast

from pydantic import PlainValidator

from teacache.errors import Phrase, SettingsError
from teacache.method.origin import Origin
from teacache.method.reading import line, shown

NegativeRule = Literal["keep", "abs", "zero"]
RangeRule = Literal["ignore", "clamp", "compute"]
Reused = Literal["residual", "output"]

NAIVE: tuple[float, ...] = (1.0, 0.0)
"""The polynomial left out: the indicator's distance is the estimate (the paper's first stage, 3.2)."""

MAX_DEGREE = 7
"""Of a rescaling polynomial, fitted or given: the authors use 4, and beyond 7 it only follows the noise."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the decision depends on; validated when made, immutable afterwards.

    Raises SettingsError (a ValueError) that names the field, the value, the allowed range and the fix.
    """

    # delta, `rel_l1_thresh` of the authors; 0 switches the cache off, whatever else is set
    threshold: float
    # rescaling polynomial, highest power first, as numpy.polyfit gives it
    coefficients: tuple[float, ...] = NAIVE
    # steps computed at the start (retention steps) and at the end: a number, or a share of all such as 0.1
    first_steps: int | float = 1
    last_steps: int | float = 1
    max_reuses: int | None = None  # consecutive reused calls allowed; None: no limit
    negative: NegativeRule = "keep"  # a negative estimate: kept (the authors), made positive, or counted as 0
    # indicator distances that the polynomial was calibrated on
    input_range: tuple[float, float] | None = None
    out_of_range: RangeRule = "ignore"  # outside it: ignore (the authors), clamp the distance, or compute
    # fixed: computed or not, per step; of the threshold only whether it is 0 is then asked
    schedule: tuple[bool, ...] | None = None
    # what a reused call takes over: what the blocks added (the authors), or the whole output (a longer step);
    # and as the last computed call left it, 0, or on the line through the last two, 1, no further than
    # `reach` gaps between these two: changes fade along a run, and a line does not
    reuse: Reused = "residual"
    order: int = 0
    reach: float = 0.5
    # how the transformer is read, by name: see Architecture.read_as; published polynomials need "authors"
    variant: str = "default"
    # the model that they were made for, where a card made them: no part of the decision, nor of a file
    origin: Origin | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        _set(self, "threshold", _number("threshold", self.threshold, _FIX_THRESHOLD))
        if self.threshold < 0:
            raise SettingsError("threshold", self.threshold, "0 or more", _FIX_THRESHOLD)
        _set(self, "coefficients", _coefficients(self.coefficients))
        fix = Phrase("the first step has nothing to reuse, so give at least 1")
        _set(self, "first_steps", _steps("first_steps", self.first_steps, minimum=1, fix=fix))
        fix = Phrase("give 1 as the authors do, or 0")
        _set(self, "last_steps", _steps("last_steps", self.last_steps, minimum=0, fix=fix))
        if self.max_reuses is not None:
            fix = Phrase("give None for no limit")
            _set(self, "max_reuses", _whole("max_reuses", self.max_reuses, minimum=1, fix=fix))
        _one_of("negative", self.negative, ("keep", "abs", "zero"))
        _one_of("out_of_range", self.out_of_range, ("ignore", "clamp", "compute"))
        _one_of("reuse", self.reuse, ("residual", "output"))
        _set(self, "order", _order(self.order))
        _set(self, "reach", _number("reach", self.reach, _FIX_REACH))
        if self.reach <= 0:
            raise SettingsError("reach", self.reach, "above 0", _FIX_REACH)
        _set(self, "input_range", _range(self.input_range))
        _set(self, "schedule", _schedule(self.schedule))
        if not isinstance(self.variant, str):
            raise SettingsError("variant", self.variant, "a name", "give 'default' or 'authors'")

    @property
    def off(self) -> bool:
        """True if nothing can ever be reused, so that the forward need not be touched at all."""
        return self.threshold == 0

    def forced(self, steps: int | None) -> tuple[int, int]:
        """How many steps are always computed at the start and at the end of a run of so many.

        A share is rounded up: TeaCache4HiDream-I1 of ali-vilab/TeaCache computes a step while its index is
        < 0.1 * steps, in floats. Of an unknown number of steps it is none.
        """
        first, last = (
            amount if isinstance(amount, int) else math.ceil(amount * (steps or 0))
            for amount in (self.first_steps, self.last_steps)
        )
        return first, last

    @property
    def naive(self) -> bool:
        """True if the rescaling polynomial is left out."""
        return self.coefficients == NAIVE

    def estimate(self, distance: float) -> float:
        """Estimated output distance f(distance): the polynomial (Eq. 6) and the rule for negatives."""
        if self.input_range is not None and self.out_of_range == "clamp":
            low, high = self.input_range
            distance = min(max(distance, low), high)
        value = 0.0
        for coefficient in self.coefficients:  # Horner's scheme, highest power first
            value = value * distance + coefficient
        if value < 0 and self.negative != "keep":
            return abs(value) if self.negative == "abs" else 0.0
        return value

    def replaced(self, **changes: Any) -> Settings:
        """The same settings with some fields changed, validated again."""
        return replace(self, **changes)

    def without_polynomial(self) -> Settings:
        """The same on the same signal: without the polynomial and what belongs to it."""
        return self.replaced(coefficients=NAIVE, input_range=None, out_of_range="ignore", negative="keep")

    def following(self, before: Settings, after: Settings) -> Settings:
        """These settings with whatever differs between two others, as the latter has it.

        So an expert with settings of its own keeps them where a what-if or a request says nothing new.
        """
        pairs = ((name, getattr(before, name), getattr(after, name)) for name in self._decisive())
        return replace(self, **{name: new for name, old, new in pairs if old != new})

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, one key per field that the decision depends on."""
        return {name: _plain(getattr(self, name)) for name in self._decisive()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Settings:
        """Inverse of `to_json`. Raises SettingsError for an unknown field or a value out of range."""
        names = cls._decisive()
        for name in data:
            if name not in names:
                allowed = Phrase("one of {known}", known=", ".join(sorted(names)))
                raise SettingsError(name, data[name], allowed, "remove it or correct its name")
        if "threshold" not in data:
            raise SettingsError("threshold", None, "0 or more", _FIX_THRESHOLD)
        return cls(**{name: _from_list(value) for name, value in data.items()})

    @classmethod
    def _decisive(cls) -> list[str]:
        """The names of the fields that a decision depends on."""
        return [f.name for f in fields(cls) if f.compare]


def _from_json(value: Any) -> Settings:
    if not isinstance(value, dict):
        raise ValueError("no object")
    values = cast(dict[str, Any], value)
    for name, text in values.items():
        line(name, f".{shown(name)}")
        if isinstance(text, str):
            line(text, f".{name}")
    return Settings.from_json(values)


JsonSettings = Annotated[Settings, PlainValidator(_from_json)]
"""Settings within something else that is read from JSON."""


_FIX_THRESHOLD = Phrase("give 0 to switch the cache off, or e.g. 0.1")
_FIX_REACH = Phrase("give 0.5 to go on by half a gap at most")
_LARGEST = sys.float_info.max  # a whole number can be larger than any float


def _set(settings: Settings, name: str, value: object) -> None:
    object.__setattr__(settings, name, value)  # the way to normalise a field of a frozen dataclass


def _from_list(value: Any) -> Any:
    return tuple(cast(list[Any], value)) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    return list(cast(tuple[Any, ...], value)) if isinstance(value, tuple) else value


def _is_a(kind: type, value: Any) -> bool:
    """Whether it is such a number; True and False are none to people."""
    return isinstance(value, kind) and not isinstance(value, bool)


def _number(name: str, value: Any, fix: str) -> float:
    if _is_a(Real, value) and abs(value) <= _LARGEST:
        return float(value)
    raise SettingsError(name, value, "a finite number", fix)


def _whole(name: str, value: Any, *, minimum: int, fix: str) -> int:
    if _is_a(Integral, value) and value >= minimum:
        return int(value)
    raise SettingsError(name, value, Phrase("a whole number of at least {minimum}", minimum=minimum), fix)


def _steps(name: str, value: Any, *, minimum: int, fix: str) -> int | float:
    """A number of steps, or a share of all steps."""
    if _is_a(Real, value) and 0 < value < 1:
        return float(value)
    if _is_a(Integral, value) and value >= minimum:
        return int(value)
    allowed = Phrase(
        "a whole number of at least {minimum}, or a share of the steps between 0 and 1", minimum=minimum
    )
    raise SettingsError(name, value, allowed, fix)


def _one_of(name: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        wanted = Phrase("one of {known}", known=", ".join(allowed))
        raise SettingsError(name, value, wanted, Phrase("give {usual!r} as the authors do", usual=allowed[0]))


def _order(value: Any) -> int:
    if _is_a(Integral, value) and value in (0, 1):
        return int(value)
    fix = Phrase("give 0 for the last residual as it is, or 1 for the line through the last two")
    raise SettingsError("order", value, "0 or 1", fix)


def _coefficients(value: Any) -> tuple[float, ...]:
    fix = Phrase(
        "give the polynomial's coefficients, highest power first, or (1, 0) to leave the polynomial out"
    )
    numbers = _several(value)
    if not 1 <= len(numbers) <= MAX_DEGREE + 1:
        raise SettingsError("coefficients", value, Phrase("1 to {most} numbers", most=MAX_DEGREE + 1), fix)
    return tuple(_number("coefficients", c, fix) for c in numbers)


def _range(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    fix = Phrase("give the smallest and the largest distance of the calibration, or None")
    numbers = _several(value)
    if len(numbers) != 2:
        raise SettingsError("input_range", value, "two numbers", fix)
    low, high = (_number("input_range", v, fix) for v in numbers)
    if low > high:
        raise SettingsError("input_range", value, "in rising order", fix)
    return low, high


def _schedule(value: Any) -> tuple[bool, ...] | None:
    if value is None:
        return None
    steps = _several(value)
    if not steps or any(computed not in (0, 1) for computed in steps):
        fix = Phrase("give True for a step that is computed and False for one that is reused, or None")
        raise SettingsError("schedule", value, "true or false for each step", fix)
    return tuple(bool(computed) for computed in steps)


def _several(value: Any) -> list[Any]:
    """The items of a list, a tuple or an array (numpy.polyfit gives one); none of anything else."""
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes, dict)) else []
