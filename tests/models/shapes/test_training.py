"""Training, small: it runs, stops, goes on bit-equal, and exports what the pipeline loads."""

from dataclasses import replace

import pytest
import torch

from teacache.models.shapes.data import VOCABULARY
from teacache.models.shapes.denoiser_stage import DenoiserConfig
from teacache.models.shapes.sample import generate, load_pipeline
from teacache.models.shapes.train import Plan, parse, run
from teacache.models.shapes.vae_stage import VaeConfig, normalize_latents, sample_frames
from teacache.models.training.checkpoint import load_state, save_state
from teacache.models.training.denoiser import Rhythm, StageConfig
from teacache.models.training.export import folder_bytes


def tiny_plan(work, *, image=2, video=2, grow=0, workers=1):
    denoiser = DenoiserConfig(
        image=StageConfig("image", steps=image, batch=4, layers=1),
        video=StageConfig("video", steps=video, batch=2, layers=1),
        grow=StageConfig("grow", steps=grow, batch=2, layers=2),
        rhythm=Rhythm(average_every=1, save_every=1),
    )
    vae = VaeConfig(steps=2, batch=2, save_every=1)
    sizes = {"text_steps": 2, "shards": 2, "shard_clips": 8, "sheet_steps": 2}
    return Plan(work, work / "out", workers=workers, vae=vae, denoiser=denoiser, **sizes)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A work folder after all stages but the export."""
    plan = tiny_plan(tmp_path_factory.mktemp("work"))
    run(plan, stages=["text", "vae", "bank", "denoiser"])
    return plan


def test_all_stages_leave_a_folder_that_generates(trained):
    run(trained, stages=["export"])
    assert folder_bytes(trained.out) < 30e6
    clip = generate(load_pipeline(trained.out), "a red ball circling", seed=0, steps=2)
    assert clip.shape == (16, 3, 64, 64)
    assert "video" in trained.log.read_text()


def test_every_stage_of_the_denoiser_ends_with_a_sheet_of_samples(trained):
    sheets = {sheet.name for sheet in trained.work.glob("samples-*.png")}
    assert sheets == {"samples-image-2.png", "samples-video-2.png"}


def test_a_sheet_that_a_stopped_stage_did_not_draw_is_drawn_at_the_export(trained):
    trained.sheet("video", 2).unlink()
    run(trained, stages=["export"])
    assert trained.sheet("video", 2).stat().st_size


def test_a_resumed_run_is_bit_equal(trained, tmp_path):
    for name in ("text.pt", "vae.pt", "bank"):
        (tmp_path / name).symlink_to(trained.work / name)
    plan = tiny_plan(tmp_path, image=2, video=1)
    run(plan, stages=["denoiser"])  # stopped one step early ...
    run(tiny_plan(tmp_path, image=2, video=2), stages=["denoiser"])  # ... and resumed
    resumed, straight = (load_state(p.denoiser_folder / "worker-0.pt") for p in (plan, trained))
    assert resumed["step"] == straight["step"] == 2
    for part in ("model", "ema"):
        assert all(torch.equal(resumed[part][name], value) for name, value in straight[part].items())


def test_training_changes_temporal_blocks_only_in_the_video_stage(trained, tmp_path):
    for name in ("text.pt", "vae.pt", "bank"):
        (tmp_path / name).symlink_to(trained.work / name)
    run(tiny_plan(tmp_path, video=0), stages=["denoiser"])
    state = load_state(tmp_path / "denoiser" / "worker-0.pt")
    name = "temporal_transformer_blocks.0.ff.net.2.weight"
    assert state["stage"] == "image" and not state["model"][name].any()
    assert load_state(trained.denoiser_folder / "worker-0.pt")["model"][name].any()


@pytest.mark.exhaustive
def test_the_last_stage_trains_more_blocks_from_where_the_others_stopped(trained, tmp_path):
    for name in ("text.pt", "vae.pt", "bank"):
        (tmp_path / name).symlink_to(trained.work / name)
    run(tiny_plan(tmp_path, grow=1), stages=["denoiser"])
    state = load_state(tmp_path / "denoiser" / "worker-0.pt")
    name = "transformer_blocks.1.ff.net.2.weight"
    assert (state["stage"], state["step"]) == ("grow", 1)
    assert state["model"][name].any() and state["model"][f"temporal_{name}"].any()


@pytest.mark.exhaustive
def test_training_goes_on_from_shipped_weights(trained, tmp_path):
    run(trained, stages=["export"])
    (tmp_path / "bank").symlink_to(trained.work / "bank")
    run(replace(tiny_plan(tmp_path, grow=1), start=trained.out), stages=["denoiser", "export"])
    clip = generate(load_pipeline(tmp_path / "out"), "a red ball circling", seed=0, steps=2)
    assert clip.shape == (16, 3, 64, 64)
    assert load_pipeline(tmp_path / "out").transformer.config.num_layers == 2


@pytest.mark.exhaustive
def test_training_goes_on_from_grown_weights_and_can_learn_another_prediction(trained, tmp_path):
    run(trained, stages=["export"])
    first, second = tmp_path / "first", tmp_path / "second"
    for work in (first, second):
        work.mkdir()
        (work / "bank").symlink_to(trained.work / "bank")
    run(replace(tiny_plan(first, grow=1), start=trained.out), stages=["denoiser", "export"])
    plan = tiny_plan(second, grow=2)
    plan = replace(plan, start=first / "out", denoiser=replace(plan.denoiser, prediction="v"))
    run(plan, stages=["denoiser", "export"])
    pipeline = load_pipeline(second / "out")
    assert pipeline.transformer.config.num_layers == 2
    assert pipeline.scheduler.config.prediction_type == "v_prediction"
    assert generate(pipeline, "a red ball circling", seed=0, steps=2).shape == (16, 3, 64, 64)


def test_stages_say_what_is_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"vae\.pt"):
        run(tiny_plan(tmp_path), stages=["bank"])


def test_half_written_states_are_never_seen(tmp_path):
    file = tmp_path / "state.pt"
    assert load_state(file) is None
    save_state(file, {"step": 1})
    assert load_state(file) == {"step": 1}
    assert [f.name for f in tmp_path.iterdir()] == ["state.pt"]


def test_normalized_latents_have_unit_variance_and_decode_alike():
    import random

    from teacache.models.shapes.nets import build_vae

    torch.manual_seed(0)
    vae, frames = build_vae().eval().requires_grad_(False), sample_frames(16, random.Random(0))
    before = vae.decode(vae.encode(frames).latent_dist.mean).sample
    normalize_latents(vae, frames)
    latents = vae.encode(frames).latent_dist.mean
    assert torch.allclose(latents.mean((0, 2, 3)), torch.zeros(8), atol=1e-3)
    assert torch.allclose(latents.std((0, 2, 3)), torch.ones(8), atol=1e-3)
    assert torch.allclose(vae.decode(latents).sample, before, atol=1e-3)


def test_command_line_makes_the_plan():
    plan, stages = parse(["--stages", "vae", "--vae-steps", "7", "--seed", "3", "--workers", "1"])
    assert (plan.vae.steps, plan.seed, plan.workers, stages) == (7, 3, 1, ["vae"])
    assert plan.denoiser == replace(plan.denoiser)
    assert len(VOCABULARY) < 48
