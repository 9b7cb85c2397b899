"""Training, small: it runs, stops, goes on bit-equal, and exports what the pipeline loads."""

import json
from dataclasses import replace

import pytest
import torch

from teacache.models.scenes.denoiser_stage import DenoiserConfig
from teacache.models.scenes.nets import LATENT_CHANNELS
from teacache.models.scenes.sample import generate, load_pipeline
from teacache.models.scenes.train import Plan, parse, run
from teacache.models.scenes.vae_stage import VaeConfig
from teacache.models.training.checkpoint import load_state
from teacache.models.training.denoiser import Rhythm, StageConfig
from teacache.models.training.export import folder_bytes
from teacache.models.training.stage import Pace


def tiny_plan(work, *, frames=1, clips=1, grow=0, vae=1, **more):
    denoiser = DenoiserConfig(
        frames=StageConfig("frames", steps=frames, batch=4, layers=1),
        clips=StageConfig("clips", steps=clips, batch=2, layers=1),
        grow=StageConfig("grow", steps=grow, batch=2, layers=2),
        rhythm=Rhythm(average_every=1, save_every=1),
    )
    pace = Pace(steps=vae, save_every=1)
    vae = VaeConfig(pace=pace, decoder_pace=pace, crops=((1, 32, 5),), measured=1, check=1)
    sizes = {"text_steps": 2, "shards": 1, "shard_clips": 2, "sheet_steps": 1, "sheet_clips": 1, "workers": 1}
    return Plan(work, work / "out", vae=vae, denoiser=denoiser, **{**sizes, **more})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A work folder after all stages."""
    plan = tiny_plan(tmp_path_factory.mktemp("work"), clips=2, grow=1)
    run(plan)
    return plan


def beside(trained, work, *names):
    """A new work folder that starts with some of what the trained one holds."""
    for name in names:
        (work / name).symlink_to(trained.work / name)
    return work


@pytest.mark.exhaustive
def test_all_stages_leave_a_folder_that_generates(trained):
    assert folder_bytes(trained.out) < 45e6
    pipeline = load_pipeline(trained.out)
    assert type(pipeline).__name__ == "WanPipeline" and pipeline.transformer.config.num_layers == 2
    assert pipeline.vae.dtype == pipeline.transformer.dtype == pipeline.text_encoder.dtype == torch.float32
    clip = generate(pipeline, "a red balloon rising over the sea by day", seed=0, steps=1)
    assert clip.shape == (17, 3, 128, 128) and not clip.isnan().any()
    assert trained.sheet("grow").stat().st_size


def test_the_folder_says_how_far_it_was_trained(trained):
    facts = json.loads((trained.out / "training.json").read_text())
    assert (facts["stage"], facts["layers"], facts["steps"]) == ("grow", 2, 1)


def test_latents_of_the_bank_are_normalised_as_the_pipeline_expects(trained):
    state = load_state(trained.work / "vae.pt")
    config = load_pipeline(trained.out).vae.config
    assert config.latents_mean == pytest.approx(state["mean"]) and any(state["mean"])
    bank = load_state(trained.work / "bank" / "shard-000.pt")["latents"]
    assert bank.shape == (2, LATENT_CHANNELS, 5, 16, 16) and 0.3 < bank.float().std() < 3


@pytest.mark.exhaustive
def test_a_resumed_run_is_bit_equal(trained, tmp_path):
    work = beside(trained, tmp_path, "text.pt", "vae.pt", "bank")
    run(tiny_plan(work, clips=1), stages=["denoiser"])  # stopped one step early ...
    run(tiny_plan(work, clips=2, grow=1), stages=["denoiser"])  # ... and resumed
    resumed, straight = (load_state(plan / "denoiser" / "worker-0.pt") for plan in (work, trained.work))
    assert resumed["step"] == straight["step"] == 1
    for part in ("model", "ema"):
        assert all(torch.equal(resumed[part][name], value) for name, value in straight[part].items())


def test_training_goes_on_from_shipped_weights(trained, tmp_path):
    work = beside(trained, tmp_path, "bank")
    run(tiny_plan(work, grow=2, start=trained.out), stages=["denoiser"])
    state = load_state(work / "denoiser" / "worker-0.pt")
    assert (state["stage"], state["step"], state["layers"]) == ("grow", 2, 2)


def test_a_shipped_autoencoder_can_be_refined(trained, tmp_path):
    plan = replace(tiny_plan(tmp_path, vae=2), start=trained.out, refine_vae=True)
    run(plan, stages=["vae"])
    state = load_state(tmp_path / "vae" / "worker-0.pt")
    assert state["step"] == 2 and not (tmp_path / "denoiser").exists()


def test_an_unfinished_autoencoder_can_be_shipped_and_trained_on(trained, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    beside(trained, first, "text.pt", "vae")
    run(tiny_plan(first), stages=["export"])
    assert not json.loads((first / "out" / "training.json").read_text())["vae_complete"]
    run(tiny_plan(second, start=first / "out"), stages=["vae"])
    assert load_state(second / "vae" / "worker-0.pt")["step"] == 1 and not (second / "denoiser").exists()


def test_the_decoder_alone_is_trained_at_the_end(trained):
    before = load_state(trained.work / "vae" / "worker-0.pt")["ema"]
    after = load_state(trained.work / "vae.pt")["vae"]
    changed = {name.split(".")[0] for name, value in after.items() if not torch.equal(value, before[name])}
    assert changed == {"decoder", "post_quant_conv"}


def test_minutes_are_shared_out_among_what_is_to_do(trained, tmp_path):
    work = beside(trained, tmp_path, "text.pt", "vae.pt", "bank")
    run(tiny_plan(work, frames=1, minutes=0.002), stages=["denoiser"])
    assert load_state(work / "denoiser" / "worker-0.pt")["stage"] == "grow"


def test_stages_say_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"vae\.pt"):
        run(tiny_plan(tmp_path), stages=["bank"])


def test_command_line_makes_the_plan():
    plan, stages = parse(["--stages", "vae", "--vae-steps", "7", "--seed", "3", "--workers", "1"])
    assert (plan.vae.pace.steps, plan.seed, plan.workers, stages) == (7, 3, 1, ["vae"])


def test_a_gpu_gets_one_worker_and_large_batches():
    plan, _ = parse(["--device", "cuda", "--minutes", "9"])
    assert plan.workers == 1 and plan.minutes == 9
    assert plan.denoiser.clips.batch > 100
