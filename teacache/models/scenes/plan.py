"""A whole training run as it is asked for on the command line. Trains nothing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from teacache.models.scenes.bank import SHARD
from teacache.models.scenes.denoiser_stage import DenoiserConfig
from teacache.models.scenes.sample import ASSETS, STEPS
from teacache.models.scenes.vae_stage import VaeConfig

STAGES = ("text", "vae", "bank", "denoiser", "decoder", "export")


@dataclass(frozen=True)
class Plan:
    """A whole training run. `shards` are of 32 clips; `shift` is the sampler's, written into the export.

    Of 5,120 clips the things of the air, which are seen over every place, were learned worst: there are half
    as many again, and a clip of the air is drawn twice as often.
    """

    work: Path
    out: Path
    start: Path | None = None
    refine_vae: bool = False
    minutes: float | None = None
    seed: int = 0
    workers: int = 2
    device: str = "cpu"
    text_steps: int = 300
    shards: int = 240
    shard_clips: int = SHARD
    shift: float = 3.0
    sheet_steps: int = STEPS
    sheet_clips: int = 8
    vae: VaeConfig = VaeConfig()
    denoiser: DenoiserConfig = DenoiserConfig()

    @property
    def log(self) -> Path:
        """The file that all stages write their progress to."""
        return self.work / "train.log"

    def state(self, worker: int = 0) -> Path:
        """Where a worker of the denoiser keeps its state."""
        return self.work / "denoiser" / f"worker-{worker}.pt"

    def sheet(self, stage: str) -> Path:
        """The picture of some clips as the denoiser made them at the end of a stage."""
        return self.work / f"samples-{stage}.png"


def parse(arguments: Sequence[str] | None = None) -> tuple[Plan, list[str]]:
    """Command line to plan and stages."""
    default = Plan(Path(".cache/scenes"), ASSETS)
    args = _parser(default).parse_args(arguments)
    vae, denoiser = default.vae, default.denoiser
    if args.device != "cpu":
        vae, denoiser = vae.on_gpu(), denoiser.on_gpu()
    steps = {stage.name: getattr(args, f"{stage.name}_steps") for stage in denoiser.stages}
    taken = (
        "work",
        "out",
        "start",
        "refine_vae",
        "minutes",
        "seed",
        "device",
        "text_steps",
        "shards",
        "shift",
    )
    plan = Plan(
        **{name: getattr(args, name) for name in taken},
        workers=args.workers if args.device == "cpu" else 1,
        vae=replace(
            vae,
            pace=replace(vae.pace, steps=args.vae_steps),
            decoder_pace=replace(vae.decoder_pace, steps=args.decoder_steps),
            compiled=args.compile,
        ),
        denoiser=replace(
            denoiser.with_stages(lambda stage: replace(stage, steps=steps[stage.name])), compiled=args.compile
        ),
    )
    return plan, args.stages


def _parser(default: Plan) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m teacache.models.scenes.train",
        description="Train Scenes from nothing; a stopped run goes on when it is started again.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--work", type=Path, default=default.work, help="states, latents, log, sheets")
    add("--out", type=Path, default=default.out, help="diffusers folder to write")
    add("--start", type=Path, help="go on from the shipped weights in this folder, not from nothing")
    add(
        "--refine-vae",
        action="store_true",
        help="with --start: train its autoencoder on; the denoiser starts anew",
    )
    add("--minutes", type=float, help="of wall time for all that is still to do, shared out among the stages")
    add("--stages", nargs="+", choices=STAGES, default=list(STAGES), help="in this order")
    add("--seed", type=int, default=default.seed, help="of everything random")
    add("--workers", type=int, default=default.workers, help="single-threaded processes; on a GPU always one")
    add("--device", default=default.device, help="cpu or cuda")
    add(
        "--compile",
        action="store_true",
        help="translate a stage's step first: a minute or two, then up to twice as fast; needs a compiler",
    )
    add("--text-steps", type=int, default=default.text_steps, help="of 128 captions")
    add("--vae-steps", type=int, default=default.vae.pace.steps, help="of the autoencoder, per worker")
    add("--decoder-steps", type=int, default=default.vae.decoder_pace.steps, help="of it alone, per worker")
    add("--shards", type=int, default=default.shards, help=f"of {SHARD} encoded clips")
    for stage in default.denoiser.stages:
        add(f"--{stage.name}-steps", type=int, default=stage.steps, help="of the denoiser, per worker")
    add("--shift", type=float, default=default.shift, help="of the sampler's noise levels")
    return parser
