"""(a) With a threshold of 0 nothing changes, bit for bit, in the precisions that GPUs compute in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.hooks import apply_group_offloading

from benchmarks.gpu.parts import Where
from benchmarks.subjects import SUBJECTS, Scale, Subject
from benchmarks.table import Row
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from teacache.models.catalog import CARDS
from teacache.study.schedules import fixed

SMALL = ("latte", "opensora", "cogvideox-2b", "wan-1.3b")
STEPS = 4
DTYPES = (torch.bfloat16, torch.float16)


def rows(where: Where) -> Sequence[Row]:
    """Values that differ, of the real classes when tiny; and of one at the scale that is measured."""
    cases = [(name, "tiny") for name in SMALL]
    cases += [("wan-1.3b", where.scale)] if where.scale != "tiny" else []
    results = [_row(SUBJECTS[name], scale, dtype, where.device) for name, scale in cases for dtype in DTYPES]
    return results + (_streams(where.device) if where.device.type == "cuda" else [])  # a CPU has no streams


def _streams(device: torch.device) -> list[Row]:
    """Weights that come layer by layer on a stream of their own, fetched ahead, with calls that skip some."""
    subject, results = SUBJECTS["latte"], []
    settings = fixed((True, False, True, True)).replaced(variant=CARDS["latte"].settings().variant)
    pipe = subject.build("tiny", device, torch.bfloat16)
    arguments = subject.arguments(pipe, "tiny", STEPS)
    with TeaCache(pipe, settings=settings):
        wanted = _latents(pipe, arguments)
    for kind in ("leaf_level", "block_level"):
        pipe = subject.build("tiny", device, torch.bfloat16)
        apply_group_offloading(
            pipe.transformer, device, torch.device("cpu"), offload_type=kind, num_blocks_per_group=1,
            use_stream=True,
        )  # fmt: skip
        with TeaCache(pipe, settings=settings):
            latents = [_latents(pipe, arguments) for _ in range(2)]
        differ = sum(int((wanted != other).sum()) for other in latents)
        name = f"latte, tiny, {kind} offload with streams: values that it changes beside the cache"
        results.append(Row(name=name, value=float(differ), goal=0, note=f"of {wanted.numel()}, two runs"))
    return results


def _row(subject: Subject, scale: Scale, dtype: torch.dtype, device: torch.device) -> Row:
    pipe = subject.build(scale, device, dtype)
    arguments = subject.arguments(pipe, scale, STEPS)
    plain = _latents(pipe, arguments)
    with TeaCache(pipe, settings=Settings(threshold=0, variant=CARDS[subject.name].settings().variant)):
        watched = _latents(pipe, arguments)
    after = _latents(pipe, arguments)
    differ = sum(int((plain != other).sum()) for other in (watched, after))
    named = str(dtype).removeprefix("torch.")
    return Row(
        name=f"{subject.name}, {scale}, {named}: values that a threshold of 0 changes",
        value=float(differ) if torch.isfinite(plain).all() else None,
        goal=0,
        note=f"of {plain.numel()}, {STEPS} steps, during and after",
    )


@torch.no_grad()
def _latents(pipe: Any, arguments: dict[str, Any]) -> torch.Tensor:
    return pipe(**arguments, generator=torch.Generator("cpu").manual_seed(0), return_dict=False)[0]
