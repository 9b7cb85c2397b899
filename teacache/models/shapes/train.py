"""Trains Shapes from nothing: text encoder, autoencoder, latents, denoiser, and the diffusers folder to ship.

Every stage goes on from what it finds in the work folder, so a stopped run continues when started again.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import get_args

import torch
from diffusers import AutoencoderKL, LattePipeline, LatteTransformer3DModel
from transformers import T5EncoderModel

from teacache.models.shapes.bank import SHARD, encode_clips, shard_scenes
from teacache.models.shapes.data import example_prompts
from teacache.models.shapes.denoiser_stage import DenoiserConfig, denoiser_trainer
from teacache.models.shapes.nets import build_scheduler, build_transformer, build_vae
from teacache.models.shapes.sample import ASSETS, STEPS, build_pipeline, generate, load_pipeline
from teacache.models.shapes.text import PromptEmbedder, build_text_encoder, pretrain_text_encoder
from teacache.models.shapes.vae_stage import VaeConfig, reconstruction_psnr, sample_frames, train_vae
from teacache.models.training.bank import fill_bank, load_bank
from teacache.models.training.checkpoint import load_state, save_state
from teacache.models.training.export import export
from teacache.models.training.noising import Prediction
from teacache.models.training.progress import Progress
from teacache.models.training.sheet import save_sheet
from teacache.models.training.workers import run_workers

STAGES = ("text", "vae", "bank", "denoiser", "export")


@dataclass(frozen=True)
class Plan:
    """A whole training run. `shards` are of 256 clips; `shift` is the sampler's, written into the export."""

    work: Path
    out: Path
    start: Path | None = None
    seed: int = 0
    workers: int = 2
    device: str = "cpu"
    text_steps: int = 500
    shards: int = 20
    shard_clips: int = SHARD
    shift: float = 1.0
    sheet_steps: int = STEPS
    vae: VaeConfig = VaeConfig()
    denoiser: DenoiserConfig = DenoiserConfig()

    @property
    def log(self) -> Path:
        """The file that all stages write their progress to."""
        return self.work / "train.log"

    @property
    def denoiser_folder(self) -> Path:
        """Where the denoiser's workers keep their states."""
        return self.work / "denoiser"

    def sheet(self, stage: str, step: int) -> Path:
        """The picture of some clips as the denoiser made them at the end of a stage."""
        return self.work / f"samples-{stage}-{step}.png"


def run(plan: Plan, *, stages: Sequence[str] = STAGES) -> None:
    """Run the stages in order; each needs those before it to have run once."""
    plan.work.mkdir(parents=True, exist_ok=True)
    if plan.start:
        _start_from(plan.start, plan)
    torch.set_num_threads(plan.workers)
    actions = {
        "text": _text_stage,
        "vae": _vae_stage,
        "bank": lambda p: run_workers(_bank_worker, workers=p.workers, threads=1, arguments=(p,)),
        "denoiser": lambda p: run_workers(_denoiser_worker, workers=p.workers, threads=1, arguments=(p,)),
        "export": _export_stage,
    }
    for stage in stages:
        actions[stage](plan)


def load_text_encoder(work: Path) -> T5EncoderModel:
    """The text encoder that an earlier stage trained. FileNotFoundError if it did not run."""
    encoder = build_text_encoder()
    encoder.load_state_dict(_needed(work / "text.pt")["encoder"])
    return encoder.eval().requires_grad_(False)


def load_vae(work: Path, device: str = "cpu") -> AutoencoderKL:
    """The autoencoder that an earlier stage trained. FileNotFoundError if it did not run."""
    vae = build_vae()
    vae.load_state_dict(_needed(work / "vae.pt")["vae"])
    return vae.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)


def _start_from(folder: Path, plan: Plan) -> None:
    """Take shipped weights, grown or not, for what the stages before the last leave; keeps what is there."""
    if (plan.denoiser_folder / "worker-0.pt").exists():
        return
    pipeline = load_pipeline(folder)
    save_state(plan.work / "text.pt", {"encoder": pipeline.text_encoder.state_dict()})
    save_state(plan.work / "vae.pt", {"step": plan.vae.steps, "vae": pipeline.vae.state_dict()})
    done, transformer = plan.denoiser.video, pipeline.transformer
    weights, layers = transformer.state_dict(), transformer.config.num_layers
    state = {"stage": done.name, "step": done.steps, "layers": layers, "model": weights, "ema": weights}
    save_state(plan.denoiser_folder / "worker-0.pt", state)


def _needed(file: Path) -> dict:
    state = load_state(file)
    if state is None:
        raise FileNotFoundError(f"{file} is missing: run the stage that writes it first")
    return state


def _text_stage(plan: Plan) -> None:
    if (plan.work / "text.pt").exists():
        return
    progress = Progress("text", total=plan.text_steps, log=plan.log)
    encoder = pretrain_text_encoder(steps=plan.text_steps, seed=plan.seed, report=progress)
    save_state(plan.work / "text.pt", {"encoder": encoder.state_dict()})
    progress.close()


def _vae_stage(plan: Plan) -> None:
    progress = Progress("vae", total=plan.vae.steps, log=plan.log)
    vae = train_vae(plan.vae, file=plan.work / "vae.pt", seed=plan.seed, device=plan.device, report=progress)
    frames = sample_frames(64, random.Random(f"{plan.seed}/check")).to(plan.device)
    psnr = reconstruction_psnr(vae, frames)
    progress.note(f"reconstruction {psnr.mean():.1f} dB, worst {psnr.min():.1f} dB")
    progress.close()


def _bank_worker(rank: int, plan: Plan) -> None:
    shards = range(rank, plan.shards, plan.workers)
    progress = Progress(
        "bank", total=len(shards) * plan.shard_clips, log=plan.log, log_every=plan.shard_clips, quiet=rank > 0
    )
    done = 0

    def report(clips: int) -> None:
        nonlocal done
        done += clips
        progress(done, {})

    fill_bank(
        plan.work / "bank",
        partial(shard_scenes, plan.seed),
        partial(encode_clips, load_vae(plan.work, plan.device)),
        shards=shards,
        count=plan.shard_clips,
        report=report,
    )
    progress.close()


def _denoiser_worker(rank: int, plan: Plan) -> None:
    config = plan.denoiser
    bank = load_bank(plan.work / "bank", partial(shard_scenes, plan.seed))
    bars: dict[str, Progress] = {}

    def report(stage: str, step: int, facts: dict[str, float]) -> None:
        total = getattr(config, stage).steps
        if stage not in bars:
            bars[stage] = Progress(stage, total=total, log=plan.log, quiet=rank > 0)
        bars[stage](step, facts)
        if rank == 0 and step == total:
            _draw_samples(plan, _pipeline(plan, trainer.ema), plan.sheet(stage, step))

    embedder = PromptEmbedder(load_text_encoder(plan.work))
    trainer = denoiser_trainer(
        config, bank=bank, embedder=embedder, folder=plan.denoiser_folder,
        seed=plan.seed, rank=rank, device=plan.device,
    )  # fmt: skip
    trainer.run(report)
    for bar in bars.values():
        bar.close()


def _export_stage(plan: Plan) -> None:
    state = _needed(plan.denoiser_folder / "worker-0.pt")
    transformer = build_transformer(layers=state["layers"])
    transformer.load_state_dict(state["ema"])
    pipeline = _pipeline(plan, transformer)
    export(pipeline, plan.out)
    sheet = plan.sheet(state["stage"], state["step"])
    if not sheet.exists():  # the stage was stopped before it could draw, or was trained elsewhere
        _draw_samples(plan, pipeline, sheet)


def _pipeline(plan: Plan, transformer: LatteTransformer3DModel) -> LattePipeline:
    """A denoiser with the parts that earlier stages trained, on its own device."""
    device = transformer.device
    return build_pipeline(
        transformer=transformer,
        vae=load_vae(plan.work, str(device)),
        encoder=load_text_encoder(plan.work).to(device),
        scheduler=build_scheduler(prediction=plan.denoiser.prediction, shift=plan.shift),
    )


def _draw_samples(plan: Plan, pipeline: LattePipeline, sheet: Path) -> None:
    """Show what the model makes of a few prompts by now."""
    pipeline.set_progress_bar_config(disable=True)
    prompts = example_prompts()
    clips = [
        generate(pipeline, prompt, seed=i, steps=plan.sheet_steps).cpu() for i, prompt in enumerate(prompts)
    ]
    save_sheet(clips, sheet, captions=prompts, columns=2)


def parse(arguments: Sequence[str] | None = None) -> tuple[Plan, list[str]]:
    """Command line to plan and stages."""
    default = Plan(Path(".cache/shapes"), ASSETS)
    args = _parser(default).parse_args(arguments)
    stages = {
        stage.name: replace(stage, steps=getattr(args, f"{stage.name}_steps"))
        for stage in default.denoiser.stages
    }
    taken = ("work", "out", "start", "seed", "workers", "device", "text_steps", "shards", "shift")
    plan = Plan(
        **{name: getattr(args, name) for name in taken},
        vae=replace(default.vae, steps=args.vae_steps),
        denoiser=replace(default.denoiser, prediction=args.prediction, **stages),
    )
    return plan, args.stages


def _parser(default: Plan) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m teacache.models.shapes.train",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--work", type=Path, default=default.work, help="states, latents, log, sheets")
    add("--out", type=Path, default=default.out, help="diffusers folder to write")
    add("--start", type=Path, help="go on from the shipped weights in this folder, not from nothing")
    add("--stages", nargs="+", choices=STAGES, default=list(STAGES), help="in this order")
    add("--seed", type=int, default=default.seed, help="of everything random")
    add("--workers", type=int, default=default.workers, help="single-threaded processes; 1 on a GPU")
    add("--device", default=default.device, help="cpu or cuda")
    add("--text-steps", type=int, default=default.text_steps, help="of 128 captions")
    add("--vae-steps", type=int, default=default.vae.steps, help="of 16 frames")
    add("--shards", type=int, default=default.shards, help=f"of {SHARD} encoded clips")
    for stage in default.denoiser.stages:
        add(f"--{stage.name}-steps", type=int, default=stage.steps, help="of the denoiser, per worker")
    add(
        "--prediction",
        choices=get_args(Prediction),
        default=default.denoiser.prediction,
        help="what the network learns to predict",
    )
    add("--shift", type=float, default=default.shift, help="of the sampler's noise levels; of the flow alone")
    return parser


if __name__ == "__main__":
    planned, chosen = parse()
    run(planned, stages=chosen)
