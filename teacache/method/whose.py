"""Whose settings each transformer of a pipeline follows: given, the loader's, or a planned schedule's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from torch import nn

from teacache.errors import AttachError, Phrase, SettingsError
from teacache.method.origin import Origin
from teacache.method.planned import Planned
from teacache.method.settings import Settings


def settings_of_a_pipe(pipe: Any, threshold: float | None, settings: Settings | None) -> Settings:
    """Given ones, else those that a loader set on the pipeline, at this threshold if one is given."""
    settings = settings or getattr(pipe, "teacache_settings", None)
    if settings is None:
        if threshold is None:
            raise SettingsError(
                "threshold", None, "a number of at least 0", "give TeaCache(pipe, threshold=0.1) or settings="
            )
        return Settings(threshold=threshold)
    return _with_threshold(settings, threshold)


def following(
    pipe: Any,
    threshold: float | None,
    settings: Settings | None,
    schedule: Planned | Iterable[bool] | str | Path,
) -> Settings:
    """Settings that follow a schedule; all but that is as it would be without. Threshold 0 stays off."""
    if isinstance(schedule, str | Path):
        schedule = Planned.load(schedule)
    plan = (
        schedule.settings
        if isinstance(schedule, Planned)
        else Settings(threshold=1.0, schedule=tuple(schedule))
    )
    usual = settings or getattr(pipe, "teacache_settings", None) or plan
    own = {name: getattr(plan, name) for name in ("schedule", "reuse", "order", "reach")}
    return usual.replaced(threshold=0 if threshold == 0 else plan.threshold, **own)


def _with_threshold(settings: Settings, threshold: float | None) -> Settings:
    """The settings at another threshold, if one is given."""
    return settings if threshold is None else settings.replaced(threshold=threshold)


def experts_of_a_pipe(
    pipe: Any, threshold: float | None, settings: Settings | None, experts: Mapping[str, Settings] | None
) -> dict[str, Settings]:
    """Settings of single transformers: given, or those of the pipeline where its other settings are used.

    A given one keeps its own threshold, but 0 is everybody's.
    """
    if experts is not None:
        return dict(experts) if threshold != 0 else {n: _with_threshold(s, 0) for n, s in experts.items()}
    if settings is not None:
        return {}
    own: dict[str, Settings] = getattr(pipe, "teacache_experts", None) or {}
    return {name: _with_threshold(settings, threshold) for name, settings in own.items()}


def origin_of(pipe: Any, modules: Iterable[nn.Module], rules: Iterable[Settings]) -> Origin | None:
    """The model that the settings were made for, if they say so. Raises AttachError if this is another."""
    own = getattr(pipe, "teacache_settings", None)
    own_polynomial = None if own is None or own.naive else own.origin
    modules = list(modules)
    pairs = [(settings, settings.origin) for settings in rules if settings.origin is not None]
    for settings, origin in pairs:
        if not settings.naive:
            origin.refuse_another(modules, own_polynomial)
    return pairs[0][1] if pairs else None


def of_this_pipe(experts: dict[str, Settings], modules: Mapping[str, nn.Module]) -> dict[str, Settings]:
    """The same. Raises SettingsError for a transformer that the pipeline has not."""
    for name in experts:
        if name not in modules:
            wanted = Phrase("one of {known}", known=", ".join(modules))
            raise SettingsError("experts", name, wanted, "name a transformer that this pipeline has")
    return experts


def each_once(modules: dict[str, nn.Module], settings_of: Callable[[str], Settings]) -> dict[str, nn.Module]:
    """The modules, one that stands in two places under its first name: it has one state, whoever calls it."""
    once: dict[str, nn.Module] = {}
    for name, module in modules.items():
        first = next((earlier for earlier, other in once.items() if other is module), None)
        if first is None:
            once[name] = module
        elif settings_of(first) != settings_of(name):
            raise AttachError(
                "pipe.{first} and pipe.{second} are one and the same module, which cannot follow two"
                " settings: give both the same.",
                first=first,
                second=name,
            )
    return once
