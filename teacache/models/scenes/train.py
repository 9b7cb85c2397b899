"""Trains Scenes from nothing: text encoder, autoencoder, latents, denoiser, and the diffusers folder to ship.

Every stage goes on from what it finds in the work folder, so a stopped run continues when started again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKLWan, WanPipeline, WanTransformer3DModel
from transformers import UMT5EncoderModel

from teacache.models.scenes import nets
from teacache.models.scenes.bank import encode_clips, shard_scenes
from teacache.models.scenes.data import example_prompts, sample_scene
from teacache.models.scenes.denoiser_stage import train_denoiser
from teacache.models.scenes.nets import build_scheduler, build_transformer, build_vae
from teacache.models.scenes.plan import STAGES, Plan, parse
from teacache.models.scenes.sample import build_pipeline, generate, load_pipeline
from teacache.models.scenes.text import PromptEmbedder, build_text_encoder, pretrain_text_encoder
from teacache.models.scenes.vae_stage import reconstruction_psnr, train_vae, with_measured_latents
from teacache.models.training.bank import fill_bank, load_bank
from teacache.models.training.checkpoint import load_state, save_state
from teacache.models.training.denoiser import DenoiserTrainer, StageConfig
from teacache.models.training.export import export
from teacache.models.training.progress import Progress
from teacache.models.training.sheet import save_sheet
from teacache.models.training.stage import Report
from teacache.models.training.workers import run_workers

# How `--minutes` are shared out among what is still to do.
SHARES = {"vae": 0.25, "bank": 0.10, "frames": 0.07, "clips": 0.23, "grow": 0.30, "decoder": 0.05}
ENDLESS = 10**9  # steps of a stage that lasts for minutes
FACTS = "training.json"  # beside the exported parts: how far they were trained


def run(plan: Plan, *, stages: Sequence[str] = STAGES) -> None:
    """Run the stages in order; each needs those before it to have run once."""
    plan.work.mkdir(parents=True, exist_ok=True)
    if plan.start:
        _start_from(plan.start, plan)
    if plan.minutes:
        plan = _timed(plan, stages)
    torch.set_num_threads(1)  # more only wait for one another here; workers are processes
    torch.set_float32_matmul_precision("high")
    workers = {
        "vae": _vae_worker,
        "bank": _bank_worker,
        "denoiser": _denoiser_worker,
        "decoder": _decoder_worker,
    }
    alone = {"text": _text_stage, "export": _export_stage}
    for stage in stages:
        if stage in alone:
            alone[stage](plan)
        else:
            run_workers(workers[stage], workers=plan.workers, threads=1, arguments=(plan,))


def _timed(plan: Plan, stages: Sequence[str]) -> Plan:
    """The plan with its minutes shared out among the parts that these stages have still to do."""
    parts = [
        stage for stage in stages if stage in SHARES and not (stage == "vae" and _vae_file(plan).exists())
    ]
    if "denoiser" in stages:
        names = [stage.name for stage in plan.denoiser.stages]
        state = load_state(plan.state())
        parts += names[names.index(state["stage"]) if state else 0 :]
    whole = sum(SHARES[part] for part in parts)

    def minutes(part: str) -> float:
        return plan.minutes * SHARES[part] / whole if part in parts else 0.0

    def timed(stage: StageConfig) -> StageConfig:
        return replace(stage, steps=ENDLESS, minutes=minutes(stage.name))

    return replace(
        plan,
        vae=plan.vae.lasting(minutes("vae"), decoder=minutes("decoder")),
        shards=ENDLESS if "bank" in parts else plan.shards,
        minutes=minutes("bank"),
        denoiser=plan.denoiser.with_stages(timed),
    )


def load_text_encoder(work: Path) -> UMT5EncoderModel:
    """The text encoder that an earlier stage trained. FileNotFoundError if it did not run."""
    encoder = build_text_encoder()
    encoder.load_state_dict(_needed(work / "text.pt")["encoder"])
    return encoder.eval().requires_grad_(False)


def load_vae(work: Path, device: str | torch.device = "cpu") -> AutoencoderKLWan:
    """The autoencoder that an earlier stage trained, with its latest decoder. FileNotFoundError if none."""
    vae, state = build_vae(), _needed(work / "vae.pt")
    vae.load_state_dict(state["vae"])
    vae.register_to_config(latents_mean=state["mean"], latents_std=state["std"])
    return vae.to(device).eval().requires_grad_(False)


def _vae_so_far(plan: Plan) -> AutoencoderKLWan:
    """The autoencoder, be its stage over or not."""
    if _vae_file(plan).exists():
        return load_vae(plan.work)
    vae = build_vae()
    vae.load_state_dict(_needed(_vae_state(plan))["ema"])
    return with_measured_latents(vae, plan.vae.measured, seed=plan.seed)


def _vae_state(plan: Plan) -> Path:
    return plan.work / "vae" / "worker-0.pt"


def _vae_file(plan: Plan) -> Path:
    return plan.work / "vae.pt"


def _save_vae(plan: Plan, vae: AutoencoderKLWan) -> None:
    state = {"vae": vae.state_dict(), "mean": vae.config.latents_mean, "std": vae.config.latents_std}
    save_state(_vae_file(plan), state)


def _start_from(folder: Path, plan: Plan) -> None:
    """Take shipped weights for what earlier stages leave; keeps what is there."""
    if _vae_file(plan).exists() or (plan.work / "vae").exists():
        return
    pipeline = load_pipeline(folder)
    save_state(plan.work / "text.pt", {"encoder": pipeline.text_encoder.state_dict()})
    facts = json.loads((folder / FACTS).read_text())
    if plan.refine_vae or not facts["vae_complete"]:
        unfinished = {"stage": "vae", "step": 0, "model": pipeline.vae.state_dict()}
        save_state(_vae_state(plan), unfinished)
        return
    _save_vae(plan, pipeline.vae)
    if not facts["steps"]:
        return  # what stands in for a denoiser that was not begun is no beginning
    weights = pipeline.transformer.state_dict()
    state = {"stage": facts["stage"], "step": 0, "layers": facts["layers"], "model": weights, "ema": weights}
    save_state(plan.state(), state)


def _needed(file: Path) -> dict[str, Any]:
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


def _vae_worker(rank: int, plan: Plan) -> None:
    if _vae_file(plan).exists():
        return
    train = partial(train_vae, plan.vae, build_vae(), folder=plan.work / "vae", part="vae")
    _autoencoder(rank, plan, "vae", train)


def _decoder_worker(rank: int, plan: Plan) -> None:
    """Go on with the decoder alone: what the encoder says, and the denoiser learned, stays as it is."""
    vae = load_vae(plan.work, plan.device)
    train = partial(train_vae, plan.vae, vae, folder=plan.work / "decoder", part="decoder")
    _autoencoder(rank, plan, "decoder", train)


def _autoencoder(rank: int, plan: Plan, name: str, train: partial[AutoencoderKLWan]) -> None:
    report = _Reports(plan, rank)
    vae = train(seed=plan.seed, rank=rank, device=plan.device, report=report)
    if rank == 0:
        _save_vae(plan, vae)
        scenes = [sample_scene(random.Random(f"{plan.seed}/check/{i}")) for i in range(plan.vae.check)]
        psnr = reconstruction_psnr(vae, scenes)
        report.bar(name).note(f"reconstruction {psnr.mean():.1f} dB, worst {psnr.min():.1f} dB")
    report.close()


def _bank_worker(rank: int, plan: Plan) -> None:
    shards = range(rank, plan.shards, plan.workers)
    total = len(shards) * plan.shard_clips
    progress = Progress("bank", total=total, log=plan.log, log_every=plan.shard_clips, quiet=rank > 0)
    done = 0

    def report(clips: int) -> None:
        nonlocal done
        done += clips
        progress(done, {})

    fill_bank(
        plan.work / "bank",
        partial(shard_scenes, plan.seed),
        partial(encode_clips, nets.channels_last(load_vae(plan.work, plan.device))),
        shards=shards,
        count=plan.shard_clips,
        together=4 if plan.device == "cpu" else plan.shard_clips,
        minutes=plan.minutes,
        report=report,
    )
    progress.close()


class _Reports:
    """Bars and log lines of the stages that come along; only the first worker shows them."""

    def __init__(self, plan: Plan, rank: int) -> None:
        self._plan, self._quiet = plan, rank > 0
        self._bars: dict[str, Progress] = {}

    def __call__(self, stage: str, step: int, facts: dict[str, float]) -> None:
        self.bar(stage)(step, facts)

    def bar(self, stage: str) -> Progress:
        if stage not in self._bars:
            config = {config.name: config for config in self._plan.denoiser.stages}.get(stage)
            vae = self._plan.vae.decoder_pace if stage == "decoder" else self._plan.vae.pace
            steps = config.steps if config else vae.steps
            self._bars[stage] = Progress(stage, total=steps, log=self._plan.log, quiet=self._quiet)
        return self._bars[stage]

    def close(self) -> None:
        for bar in self._bars.values():
            bar.close()


def _denoiser_worker(rank: int, plan: Plan) -> None:
    reports = _Reports(plan, rank)
    embedder = PromptEmbedder(load_text_encoder(plan.work), device=plan.device)

    def reporting(_trainer: DenoiserTrainer) -> Report:
        return reports

    train_denoiser(
        plan.denoiser,
        bank=load_bank(plan.work / "bank", partial(shard_scenes, plan.seed)),
        embedder=embedder,
        folder=plan.work / "denoiser",
        seed=plan.seed,
        rank=rank,
        device=plan.device,
        report=reporting,
    )
    reports.close()


def _export_stage(plan: Plan) -> None:
    """Write what there is so far: for a denoiser that was not begun stands one block that predicts zero."""
    state = load_state(plan.state())
    transformer = build_transformer(layers=state["layers"] if state else 1)
    if state:
        transformer.load_state_dict(state["ema"])
    pipeline = _pipeline(plan, transformer)
    export(pipeline, plan.out)
    facts = {
        "stage": state["stage"] if state else plan.denoiser.stages[0].name,
        "layers": transformer.config.num_layers,
        "steps": state["step"] if state else 0,
        "vae_complete": _vae_file(plan).exists(),
        "vae_steps": (load_state(_vae_state(plan)) or {"step": None})["step"],
    }
    (plan.out / FACTS).write_text(json.dumps(facts, indent=1) + "\n")
    if state:
        _draw_samples(plan, pipeline, plan.sheet(facts["stage"]))


def _pipeline(plan: Plan, transformer: WanTransformer3DModel) -> WanPipeline:
    """A denoiser with the parts that earlier stages trained."""
    return build_pipeline(
        transformer=transformer,
        vae=_vae_so_far(plan),
        encoder=load_text_encoder(plan.work),
        scheduler=build_scheduler(shift=plan.shift),
    )


def _draw_samples(plan: Plan, pipeline: WanPipeline, sheet: Path) -> None:
    """Show what the model makes of a few prompts by now."""
    pipeline.set_progress_bar_config(disable=True)
    prompts = example_prompts()[: plan.sheet_clips]
    clips = [
        generate(pipeline, prompt, seed=i, steps=plan.sheet_steps).cpu() for i, prompt in enumerate(prompts)
    ]
    save_sheet(clips, sheet, captions=prompts, columns=2, frames=5)


if __name__ == "__main__":
    planned, chosen = parse()
    run(planned, stages=chosen)
