"""Timings, fidelity and rivals back from JSON, every value checked: a run may come from a stranger.

Knows the shapes of comparison.py, no files. Each function raises ValueError that names what is wrong.
"""

from __future__ import annotations

import math
import re
from dataclasses import fields
from typing import Any

from teacache.runs.comparison import Fidelity, Rival, SoundFidelity, Timings

_NAME = re.compile(r"[a-z][a-z_]{0,39}")  # of a method; what is no method any more is still shown


def read_timings(data: Any) -> Timings:
    """Inverse of `Timings.to_json`."""
    return Timings(**{f.name: _number(f"timings.{f.name}", data[f.name], minimum=0) for f in fields(Timings)})


def read_fidelity(data: Any) -> Fidelity | SoundFidelity:
    """Inverse of `Fidelity.to_json` and of `SoundFidelity.to_json`."""
    if "snr" in data:
        return SoundFidelity(**{f.name: _number(f.name, data[f.name]) for f in fields(SoundFidelity)})
    return Fidelity(
        psnr=_number("psnr", data["psnr"]),
        ssim=_number("ssim", data["ssim"]),
        lpips=None if data["lpips"] is None else _number("lpips", data["lpips"]),
        lpips_reason=_text("lpips_reason", data["lpips_reason"]),
        psnr_frames=tuple(_number("psnr_frames", value) for value in data["psnr_frames"]),
        ssim_frames=tuple(_number("ssim_frames", value) for value in data["ssim_frames"]),
    )


def read_rivals(data: Any) -> tuple[Rival, ...]:
    """Inverse of `Rival.to_json`, for a list of them."""
    if not isinstance(data, list):
        raise ValueError("rivals must be a list")
    return tuple(_rival(item) for item in data)


def _rival(data: Any) -> Rival:
    if not isinstance(data["name"], str) or not _NAME.fullmatch(data["name"]):
        raise ValueError(f"a rival cannot be named {data['name']!r}")
    return Rival(
        name=data["name"],
        computed_calls=int(_number("computed_calls", data["computed_calls"], minimum=0)),
        calls=int(_number("calls", data["calls"], minimum=0)),
        seconds=_number("seconds", data["seconds"], minimum=0),
        fidelity=read_fidelity(data["fidelity"]),
        disturbed=data.get("disturbed") is True,  # of a run from before this was known: it is not
    )


def _number(name: str, value: Any, *, minimum: float = -math.inf) -> float:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (number and math.isfinite(value) and value >= minimum):
        raise ValueError(f"{name} cannot be {str(value)[:40]!r}")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")
    return value
