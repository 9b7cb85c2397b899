"""Where a pipeline's weights go: device, precision, and what is kept off the GPU while it is not needed.

Every choice comes with its reason as text. Decides from sizes alone, before a weight is read; putting the
pipeline there comes after. Offloading is put on here, thus before any cache: a reused call then does not even
fetch the weights that it skips.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import torch

from teacache.errors import ModelLoadError, Phrase, first_line
from teacache.models.cards import Card
from teacache.models.memory import GB, free_host_gb, sizes_gb

Offload = Literal["none", "model", "group", "disk"]
PRECISIONS = ("float32", "bfloat16", "float16")
OFFLOADS = ("auto", "none", "model", "group", "disk")
_SMALL = 100e6  # values below which half precision saves nothing worth its error
ROOM = 1.25  # unasked, a quarter of the weights' size is left for tokens and decoding


@dataclass(frozen=True, kw_only=True)
class Place:
    """A decision: where, how precisely, with what offloading, and why."""

    device: torch.device
    dtype: torch.dtype
    float32: tuple[str, ...]  # parts in single precision whatever the dtype
    offload: Offload
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
    dtype: torch.dtype | str | None = None,
    offload: str = "auto",
    apart: bool = True,
) -> Place:
    """Choose for a model with so many values in each part; asks the machine what is free.

    `apart`: its parts can be read one by one, so that the largest alone has to fit into memory. Raises
    ModelLoadError, one sentence, if the device is absent, the offload unknown, or memory too small: then with
    the GB that are missing.
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
    precision, why_precision = _precision(card, values, where, _as_dtype(dtype), apart)
    single = card.float32 if where.type != "cpu" and dtype is None else ()
    sizes = sizes_gb(values, dict.fromkeys(single, 4), precision.itemsize)
    if _in_turn(card, sizes, precision, offload, apart):
        chosen, why_offload = "disk", _why_in_turn(sizes, offload)
    else:
        chosen, why_offload = _offload(card, sizes, where, offload)
    reasons = Phrase.joined(filter(None, (why_where, why_precision, why_offload)))
    return Place(device=where, dtype=precision, float32=single, offload=chosen, reason=reasons)


def put(pipe: Any, place: Place, card: Card) -> None:
    """Move the pipeline to its place, or let its parts come and go. Raises ModelLoadError, one sentence."""
    if place.offload == "disk":  # they come by themselves: see turns.py
        return
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
    except (RuntimeError, ValueError, AssertionError) as error:
        raise ModelLoadError(
            "{title} cannot be put on {device}: {why}.",
            title=card.title,
            device=place.device,
            why=first_line(error),
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
        chosen = torch.device(wanted)
    except RuntimeError as error:
        raise ModelLoadError(
            "There is no device called {wanted!r}: try 'auto', 'cpu' or 'cuda'.", wanted=wanted
        ) from error
    if chosen.type == "cuda" and not torch.cuda.is_available():
        raise ModelLoadError("This machine has no GPU for {wanted!r}: try 'auto' or 'cpu'.", wanted=wanted)
    return chosen, Phrase("on {device}, as asked for", device=wanted)


def _as_dtype(dtype: torch.dtype | str | None) -> torch.dtype | None:
    """The precision that is asked for, as torch's object or by its name. Raises ModelLoadError."""
    if dtype is None:
        return None
    precision = getattr(torch, dtype.removeprefix("torch."), None) if isinstance(dtype, str) else dtype
    if not isinstance(precision, torch.dtype) or not precision.is_floating_point:
        raise ModelLoadError(
            "There is no precision {dtype!r}: use one of {known}.", dtype=dtype, known=", ".join(PRECISIONS)
        )
    return precision


def _precision(
    card: Card, values: Mapping[str, float], where: torch.device, wanted: torch.dtype | None, apart: bool
) -> tuple[torch.dtype, Phrase]:
    if wanted is not None:
        return wanted, Phrase("{dtype}, as asked for", dtype=name_of(wanted))
    count, largest = sum(values.values()), max(values.values(), default=0.0)
    if where.type == "cpu":
        free = free_host_gb()
        needs = [count, largest] if apart else [count]
        if next((half for n in needs for half in (4, 2) if n * half / GB <= free), 4) == 2:
            return torch.bfloat16, Phrase("bfloat16, since float32 does not fit into memory")
        return torch.float32, Phrase("float32, which a CPU computes fastest")
    if count < _SMALL:
        return torch.float32, Phrase("float32, since the model is small")
    return getattr(torch, card.dtype), Phrase("{dtype}, to halve memory and time", dtype=card.dtype)


def _in_turn(
    card: Card, sizes: Mapping[str, float], precision: torch.dtype, wanted: str, apart: bool
) -> bool:
    """Whether the parts have to be in memory one after the other. Raises ModelLoadError if none helps."""
    whole, free = sum(sizes.values()), free_host_gb()
    if wanted == "disk" and not apart:
        raise ModelLoadError(
            "{title} is published in files that cannot be read part by part: use another offload than "
            "'disk', or save it once as a diffusers folder and load that.",
            title=card.title,
        )
    possible = apart and wanted in ("auto", "disk")
    need = max(sizes.values(), default=0.0) if possible else whole
    if need > free:
        smaller = Phrase("close other programs, or use a smaller model")
        fix = Phrase("leave offload out") if apart and not possible else smaller
        raise _too_small(card, need, free, Phrase("memory"), precision, fix)
    return possible and (wanted == "disk" or whole > free)


def _why_in_turn(sizes: Mapping[str, float], wanted: str) -> Phrase:
    if wanted == "disk":
        return Phrase("offload {way}, as asked for", way=wanted)
    return Phrase(
        "each part is read when it works and forgotten when another needs the room, text first, since "
        "{missing:.1f} GB of memory are missing to hold all of them",
        missing=sum(sizes.values()) - free_host_gb(),
    )


def _offload(
    card: Card, sizes: Mapping[str, float], where: torch.device, wanted: str
) -> tuple[Offload, Phrase]:
    """The way of offloading with its reason; on the CPU there is nothing to choose."""
    free = free_gb(where) if where.type != "cpu" else None
    whole, largest = sum(sizes.values()), max(sizes.values(), default=0.0)
    if wanted == "auto":
        return _chosen_offload(whole, largest, free)
    if free is not None and wanted == "none" and whole > free:
        raise _too_small(card, whole, free, Phrase("GPU memory"), None, Phrase("try offload='model'"))
    if free is not None and wanted == "model" and largest > free:
        raise _too_small(card, largest, free, Phrase("GPU memory"), None, Phrase("try offload='group'"))
    chosen = cast(Offload, wanted)  # it was looked up before
    return chosen, Phrase("") if wanted == "none" else Phrase("offload {way}, as asked for", way=wanted)


def _chosen_offload(whole: float, largest: float, free: float | None) -> tuple[Offload, Phrase]:
    if free is None or whole * ROOM <= free:
        return "none", Phrase("")
    short = whole * ROOM - free
    if largest * ROOM <= free:
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
    addition = Phrase(" in {dtype}", dtype=name_of(precision)) if precision is not None else ""
    return ModelLoadError(
        "{title} needs at least {need:.1f} GB of {what} for its weights{kept}, and {free:.1f} GB are "
        "free, so {missing:.1f} GB are missing: {fix}.",
        title=card.title,
        need=need,
        what=what,
        kept=addition,
        free=free,
        missing=need - free,
        fix=fix,
    )


def name_of(dtype: torch.dtype) -> str:
    """ "float32" for torch.float32."""
    return str(dtype).removeprefix("torch.")
