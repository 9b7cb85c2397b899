"""(a) The authors' own runs, made again on this device: their decisions, and how far their latents are.

The data lie beside the tests (tests/golden): small models with random weights, sampled by the authors' code
on a CPU in single precision. The tests ask for equality there; a GPU adds in another order, and halves of
precision round.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from diffusers import (
    CogVideoXDDIMScheduler,
    CogVideoXTransformer3DModel,
    DDIMScheduler,
    LatteTransformer3DModel,
)
from safetensors.torch import load_file

from benchmarks.gpu.parts import Where
from benchmarks.table import Row
from teacache.errors import TeaCacheError
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "golden"
SYSTEMS = ("latte", "cogvideox_2b", "cogvideox_5b")
DTYPES = (torch.float32, torch.bfloat16, torch.float16)


class NoData(TeaCacheError):
    """The authors' runs are not here."""


@dataclass
class System:
    """One of theirs, on a device and in a precision."""

    model: Any
    scheduler: Any
    config: dict[str, Any]
    decisions: dict[str, list[dict[str, Any]]]
    numbers: dict[str, torch.Tensor]
    rotary: Any
    is_latte: bool


def rows(where: Where, folder: Path = FOLDER) -> Sequence[Row]:
    """Of every system and precision: calls decided as theirs, and how far the final latents are."""
    there = [name for name in SYSTEMS if (folder / name).is_dir()]
    if not there:
        raise NoData("The authors' runs lie in tests/golden of a checkout, and it is not here.")
    results = []
    for name in there:
        for dtype in DTYPES:
            results += _rows(name, _read(folder / name, where.device, dtype), dtype)
    return results


def _rows(name: str, system: System, dtype: torch.dtype) -> list[Row]:
    alike = total = 0
    furthest = 0.0
    for run, theirs in system.decisions.items():
        trace, latents = sample(system, _threshold(run))
        wanted = system.numbers[f"{run}/final"].float()
        furthest = max(furthest, float((latents - wanted).abs().max() / wanted.abs().max()))
        pairs = list(zip(trace.records, theirs, strict=True))
        alike += sum(record.computed == their["calculated"] for record, their in pairs)
        total += len(pairs)
    exact = dtype is torch.float32
    named = f"{name}, {str(dtype).removeprefix('torch.')}"
    return [
        Row(
            name=f"{named}: calls decided as the authors decided",
            value=100 * alike / total,
            unit="%",
            goal=100 if exact else None,
            at_least=True,
            note=f"{alike} of {total}, {len(system.decisions)} runs",
        ),
        Row(
            name=f"{named}: largest difference of final latents",
            value=furthest,
            goal=1e-3 if exact else None,
            note="of the largest value; theirs are single precision on a CPU",
        ),
    ]


@torch.no_grad()
def sample(system: System, threshold: float) -> tuple[Any, torch.Tensor]:
    """The authors' sampling: DDIM, both branches in one batch, null first. Trace and final latents."""
    system.scheduler.set_timesteps(system.config["num_inference_steps"], device=system.model.device)
    settings = Settings(
        threshold=threshold,
        coefficients=tuple(system.config["teacache_coefficients"]),
        variant="default" if system.is_latte else "authors",
    )
    text = torch.cat([system.numbers["uncond"], system.numbers["cond"]])
    x = system.numbers["latents0"]
    pipe = SimpleNamespace(transformer=system.model, scheduler=system.scheduler)
    with TeaCache(pipe, settings=settings) as cache:
        for t in system.scheduler.timesteps:
            null, cond = _forward(system, torch.cat([x, x]), t[None].expand(2), text).chunk(2)
            noise = null + system.config["guidance_scale"] * (cond - null)
            if system.is_latte:
                noise = noise.chunk(2, dim=1)[0]  # the rest is a variance
            x = system.scheduler.step(noise, t, x, return_dict=False)[0]
    return cache.trace, x.float().cpu()


def _forward(system: System, x: torch.Tensor, times: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    if system.is_latte:
        return system.model(x, timestep=times, encoder_hidden_states=text, return_dict=False)[0]
    return system.model(x, text, times, image_rotary_emb=system.rotary, return_dict=False)[0]


def _read(folder: Path, device: torch.device, dtype: torch.dtype) -> System:
    config, decisions = (
        json.loads((folder / f"{name}.json").read_text()) for name in ("config", "decisions")
    )
    is_latte = folder.name == "latte"
    kind = LatteTransformer3DModel if is_latte else CogVideoXTransformer3DModel
    model = kind.from_config(config["transformer"]).eval()
    model.load_state_dict(load_file(folder / "transformer.safetensors"))
    if is_latte:
        scheduler = DDIMScheduler(beta_start=1e-4, beta_end=0.02, beta_schedule="linear", clip_sample=False)
    else:
        options = {name: value for name, value in config["scheduler"].items() if name != "cls"}
        scheduler = CogVideoXDDIMScheduler(**options)
    forward = load_file(folder / "forward.safetensors", device=str(device))
    rotary = config["transformer"].get("use_rotary_positional_embeddings")
    numbers = load_file(folder / "sampling.safetensors")
    inputs = {name: numbers[name].to(device, dtype) for name in ("uncond", "cond", "latents0")}
    return System(
        model=model.to(device, dtype),
        scheduler=scheduler,
        config=config,
        decisions=decisions,
        numbers=numbers | inputs,
        rotary=(forward["rope_cos"], forward["rope_sin"]) if rotary else None,
        is_latte=is_latte,
    )


def _threshold(run: str) -> float:
    match = re.match(r"teacache_([\d.]+)", run)
    return float(match[1]) if match else 0.0
