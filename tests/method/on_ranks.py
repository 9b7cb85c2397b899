"""One of two processes that make one video together, over gloo: run by test_ranks with torch.distributed.run.

    python -m torch.distributed.run --nproc_per_node 2 -m tests.method.on_ranks CASES.json FOLDER

Each case runs on one process first, then on both; what this rank saw is written to FOLDER. Two things stand
in for the GPUs that diffusers takes for granted: a CPU counts as one device, and as one on which tensors may
be split. Ring attention merges parts by their log-sum-exp, which none of diffusers' backends that run on a
CPU returns; torch's CPU kernel does, so it stands in for theirs: the ring around it is diffusers' own.
"""

from __future__ import annotations

import datetime
import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from diffusers import ContextParallelConfig, TensorParallelConfig
from diffusers.hooks import tensor_parallel
from diffusers.models import attention_dispatch
from torch.distributed.fsdp import fully_shard

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests import tiny
from tests.method.systems import SYSTEMS, run, weighed

STEPS = 6
EVEN = {"prompt": "a red ball circles"}  # tokens that can be split in two
# Where others are: guidance has a prompt of its own; the length of a sound is a token more.
WORDS = {"QwenImage": {**EVEN, "negative_prompt": "dull"}, "TangoFlux": {"prompt": "a red ball circling"}}
SPLITS = {
    "ulysses": lambda: ContextParallelConfig(ulysses_degree=2),
    "ulysses, any length": lambda: ContextParallelConfig(ulysses_degree=2, ulysses_anything=True),
    "ring": lambda: ContextParallelConfig(ring_degree=2),
    "ring, any length": lambda: ContextParallelConfig(ring_degree=2, ring_anything=True),
    "tensor": lambda: TensorParallelConfig(tp_degree=2),
}
OWN_VIDEOS = "weights"  # both ranks have a part of the weights (FSDP2), and each makes a video of its own
MEASURED = ("indicator_distance", "latent_distance", "embedding_distance", "output_distance")


@dataclass(frozen=True)
class Alone:
    """What one process makes: the settings, the latents with and without the cache, and the trace."""

    settings: Settings
    latents: torch.Tensor
    uncached: torch.Tensor
    told: dict[str, Any]


def main(cases: Path, folder: Path) -> None:
    """Run every case, and write what this rank saw of each."""
    torch.accelerator.device_count = lambda: 1
    tensor_parallel._SUPPORTED_TP_DEVICES += ("cpu",)
    dist.init_process_group("gloo", timeout=datetime.timedelta(seconds=30))
    seen = [_case(**case) for case in json.loads(cases.read_text())]
    (folder / f"{dist.get_rank()}.json").write_text(json.dumps(seen))
    dist.destroy_process_group()


def _case(
    *, system: str, split: str, order: str, threshold: float | None, variant: str, as_built: bool
) -> dict[str, Any]:
    """One video on both ranks, twice, and once more without the cache; or why that failed."""
    seed = dist.get_rank() if split == OWN_VIDEOS else 0
    pipe, alone = _pipe(system, as_built), _alone(system, threshold, variant, as_built, seed)
    cache = TeaCache(pipe, settings=alone.settings)
    try:
        if order == "cache first":
            cache.attach()
        _enable(pipe, split, as_built)
        if order == "compiled, cache last":
            for block in pipe.transformer.blocks:
                block.compile(backend="eager")
        if order != "cache first":
            cache.attach()
        got = _run(pipe, system, seed)
        told = _told(cache)
        again = _run(pipe, system, seed)
        cache.detach()
        uncached = _run(pipe, system, seed)
    except Exception as error:  # both ranks meet it; the test says whether it is the right one
        return {"error": str(error), "without cache": _error_without_cache(system, split, as_built)}
    return {
        "alone": alone.told,
        "together": told,
        "from one process": _far(got, alone.latents),
        "from the first run": _far(again, got),
        "uncached, from one process": _far(uncached, alone.uncached),
        "from uncached": _far(got, uncached),
    }


@cache
def _alone(system: str, threshold: float | None, variant: str, as_built: bool, seed: int) -> Alone:
    """On this process; without a threshold at one that some distances reach and others do not."""
    pipe, kind = _pipe(system, as_built), SYSTEMS[system]
    settings = Settings(threshold=threshold or 0, variant=variant)
    if threshold is None:
        settings = weighed(pipe, kind, steps=STEPS, variant=variant)
    with TeaCache(pipe, settings=settings) as attached:
        latents = _run(pipe, system, seed)
    return Alone(settings, latents, _run(pipe, system, seed), _told(attached))


def _error_without_cache(system: str, split: str, as_built: bool) -> str | None:
    pipe = _pipe(system, as_built)
    try:
        _enable(pipe, split, as_built)
        _run(pipe, system)
    except Exception as error:
        return str(error)
    return None


def _pipe(system: str, as_built: bool) -> Any:
    """The tiny pipeline; unless as built, without what diffusers 0.42.1 splits wrongly.

    That is the mask of LTX's text, made for all heads though a rank has some of them, and the rotary
    embedding of LTX-2 by heads, which has a dimension more than its plan names. See also _plan.
    """
    pipe = tiny.build(SYSTEMS[system].pipeline)
    if as_built or not system.startswith("LTX"):
        return pipe
    if system.startswith("LTX-2"):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            config = {**pipe.transformer.config, "rope_type": "interleaved"}
            pipe.transformer = type(pipe.transformer).from_config(config).eval()
    masks = ("encoder_attention_mask", "audio_encoder_attention_mask")

    def unmask(module: torch.nn.Module, args: tuple, given: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        return args, given | dict.fromkeys(masks & given.keys())

    pipe.transformer.register_forward_pre_hook(unmask, with_kwargs=True)
    return pipe


def _plan(transformer: torch.nn.Module) -> dict[str, Any] | None:
    """LTX-2's plan forgets the video's positions where video and sound attend to each other."""
    plan = transformer._cp_plan
    return {**plan, "cross_attn_rope": plan["rope"]} if hasattr(transformer, "cross_attn_rope") else plan


def _enable(pipe: Any, split: str, as_built: bool) -> None:
    attention_dispatch._native_attention_forward_op = _with_lse if "ring" in split else _NATIVE
    parts = (getattr(pipe, name, None) for name in ("transformer", "transformer_2"))
    for part in filter(None, parts):
        if split == OWN_VIDEOS:
            for block in part.blocks:
                fully_shard(block)
            fully_shard(part)
        else:
            part.enable_parallelism(config=SPLITS[split](), cp_plan=None if as_built else _plan(part))


def _run(pipe: Any, system: str, seed: int = 0) -> torch.Tensor:
    return run(pipe, SYSTEMS[system], steps=STEPS, seed=seed, **WORDS.get(system, EVEN))


def _far(one: torch.Tensor, other: torch.Tensor) -> float:
    """The largest difference, relative to the largest value."""
    return ((one - other).abs().max() / other.abs().max()).item()


def _told(cache: TeaCache) -> dict[str, Any]:
    records = cache.trace.records
    return {name: [getattr(record, name) for record in records] for name in ("reason", *MEASURED)}


_NATIVE = attention_dispatch._native_attention_forward_op


def _with_lse(ctx, query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, *rest, **_):
    """Attention (B, N, H, D) and its log-sum-exp (B, N, H)."""
    heads_first = (each.transpose(1, 2) for each in (query, key, value))
    out, lse = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        *heads_first, dropout_p, is_causal, attn_mask=attn_mask, scale=scale
    )
    return out.transpose(1, 2), lse.transpose(1, 2)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
