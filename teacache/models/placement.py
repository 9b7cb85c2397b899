"""Where a pipeline's weights go: device, precision, and what is kept off the GPU while it is not needed.

Every choice comes with its reason as text. Decides from sizes alone, before a weight is read; putting the
pipeline there comes after. Offloading is put on here, thus before any cache: a reused call then does not even
fetch the weights that it skips.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch

from teacache.errors import ModelLoadError, Phrase
from teacache.models.cards import Card
from teacache.models.memory import GB, free_host_gb, sizes_gb

Offload = Literal["auto", "none", "model", "group"]
OFFLOADS = ("auto", "none", "model", "group")
_SMALL = 100e6  # values below which half precision saves nothing worth its error
_ROOM = 1.25  # unasked, a quarter of the weights' size is left for tokens and decoding


@dataclass(frozen=True, kw_only=True)
class Place:
    """A decision: where, how precisely, with what offloading, and why."""

    device: torch.device
    dtype: torch.dtype
    float32: tuple[str, ...]  # parts in single precision whatever the dtype
    offload: Literal["none", "model", "group"]
    reason: Phrase

    @property
    def dtypes(self) -> dict[str, torch.dtype]:
        """As diffusers wants it: the usual one under "default", others by part."""
        return {"default": self.dtype, **dict.fromkeys(self.float32, torch.float32)}


def place_for(
    card: Card,
    values: Mapping[str, float],
    *,
    device: str = "auto",
    dtype: torch.dtype | None = None,
    offload: str = "auto",
) -> Place:
    """Choose for a model with so many values in each part; asks the machine what is free.

    Raises ModelLoadError, one sentence, if the device is absent, the offload unknown, or memory too small:
    then with the GB that are missing.
    """
    where, why_where = _device(device)
    if offload not in OFFLOADS:
        raise ModelLoadError(
            "There is no offload {offload!r}: use one of {known}.", offload=offload, known=", ".join(OFFLOADS)
        )
    if where.type == "cpu" and offload in ("model", "group"):
        raise ModelLoadError(
            "Offload {offload!r} moves weights between memory and a GPU, and this run is on the CPU: "
            "leave it out.",
            offload=offload,
        )
    precision, why_precision = _precision(card, values, where, dtype)
    single = card.float32 if where.type != "cpu" and dtype is None else ()
    sizes = sizes_gb(values, dict.fromkeys(single, 4), precision.itemsize)
    _check_host(card, sizes, precision)
    chosen, why_offload = _offload(card, sizes, where, offload)
    reasons = Phrase.joined(filter(None, (why_where, why_precision, why_offload)))
    return Place(device=where, dtype=precision, float32=single, offload=chosen, reason=reasons)


def put(pipe: Any, place: Place, card: Card) -> None:
    """Move the pipeline to its place, or let its parts come and go. Raises ModelLoadError, one sentence."""
    try:
        if place.offload == "model":  # the text is encoded first, then its encoder leaves for the transformer
            pipe.enable_model_cpu_offload(device=place.device)
        elif place.offload == "group":
            pipe.enable_group_offload(
                onload_device=place.device,
                offload_type="leaf_level",
                use_stream=place.device.type == "cuda",
            )
        else:
            pipe.to(place.device)
    except torch.OutOfMemoryError as error:
        raise ModelLoadError(
            "{title} does not fit into the memory of {device}: try offload='model' or a smaller model.",
            title=card.title,
            device=place.device,
        ) from error
    except (RuntimeError, ValueError, NotImplementedError, AssertionError) as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ModelLoadError(
            "{title} cannot be put on {device}: {why}.", title=card.title, device=place.device, why=said[:200]
        ) from error


def free_gb(device: torch.device) -> float | None:
    """Free memory of a device; None where nothing tells."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] / GB
    return free_host_gb() if device.type == "cpu" else None


def _device(wanted: str) -> tuple[torch.device, Phrase]:
    if wanted == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda"), Phrase("on the GPU, since there is one")
        return torch.device("cpu"), Phrase("on the CPU, since there is no GPU")
    try:
        place = torch.device(wanted)
    except RuntimeError as error:
        raise ModelLoadError(
            "There is no device called {wanted!r}: try 'auto', 'cpu' or 'cuda'.", wanted=wanted
        ) from error
    if place.type == "cuda" and not torch.cuda.is_available():
        raise ModelLoadError("This machine has no GPU for {wanted!r}: try 'auto' or 'cpu'.", wanted=wanted)
    return place, Phrase("on {device}, as asked for", device=wanted)


def _precision(
    card: Card, values: Mapping[str, float], where: torch.device, wanted: torch.dtype | None
) -> tuple[torch.dtype, Phrase]:
    if wanted is not None:
        return wanted, Phrase("{dtype}, as asked for", dtype=name_of(wanted))
    count = sum(values.values())
    if where.type == "cpu":
        free = free_host_gb()
        if count * 2 / GB <= free < count * 4 / GB:
            return torch.bfloat16, Phrase("bfloat16, since float32 does not fit into memory")
        return torch.float32, Phrase("float32, which a CPU computes fastest")
    if count < _SMALL:
        return torch.float32, Phrase("float32, since the model is small")
    return getattr(torch, card.dtype), Phrase("{dtype}, to halve memory and time", dtype=card.dtype)


def _check_host(card: Card, sizes: Mapping[str, float], precision: torch.dtype) -> None:
    need, free = sum(sizes.values()), free_host_gb()
    if need > free:
        raise _too_small(
            card,
            need,
            free,
            Phrase("memory"),
            precision,
            Phrase("close other programs, or use a smaller model"),
        )


def _offload(
    card: Card, sizes: Mapping[str, float], where: torch.device, wanted: str
) -> tuple[Literal["none", "model", "group"], Phrase]:
    """The way of offloading with its reason; on the CPU there is nothing to choose."""
    free = free_gb(where) if where.type != "cpu" else None
    whole, largest = sum(sizes.values()), max(sizes.values(), default=0.0)
    if wanted == "auto":
        return _chosen_offload(whole, largest, free)
    if free is not None and wanted == "none" and whole > free:
        raise _too_small(card, whole, free, Phrase("GPU memory"), None, Phrase("try offload='model'"))
    if free is not None and wanted == "model" and largest > free:
        raise _too_small(card, largest, free, Phrase("GPU memory"), None, Phrase("try offload='group'"))
    return wanted, Phrase("") if wanted == "none" else Phrase("offload {way}, as asked for", way=wanted)


def _chosen_offload(
    whole: float, largest: float, free: float | None
) -> tuple[Literal["none", "model", "group"], Phrase]:
    if free is None or whole * _ROOM <= free:
        return "none", Phrase("")
    short = whole * _ROOM - free
    if largest * _ROOM <= free:
        return "model", Phrase(
            "each part is on the GPU only while it works, text first, since {missing:.1f} GB are missing to "
            "keep all parts there with room to run",
            missing=short,
        )
    return "group", Phrase(
        "layers are on the GPU only while they work, since {missing:.1f} GB are missing to keep all parts "
        "there with room to run",
        missing=short,
    )


def _too_small(
    card: Card, need: float, free: float, what: Phrase, precision: torch.dtype | None, fix: Phrase
) -> ModelLoadError:
    kept = Phrase(" in {dtype}", dtype=name_of(precision)) if precision is not None else ""
    return ModelLoadError(
        "{title} needs at least {need:.1f} GB of {what} for its weights{kept}, and {free:.1f} GB are "
        "free, so {missing:.1f} GB are missing: {fix}.",
        title=card.title,
        need=need,
        what=what,
        kept=kept,
        free=free,
        missing=need - free,
        fix=fix,
    )


def name_of(dtype: torch.dtype) -> str:
    """ "float32" for torch.float32."""
    return str(dtype).removeprefix("torch.")
