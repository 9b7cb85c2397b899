"""A name or a folder becomes a pipeline, or one sentence that says why not."""

import json
import shutil
from dataclasses import replace

import pytest
import torch
from diffusers import DiffusionPipeline, LattePipeline

from teacache import Settings, TeaCache
from teacache.errors import ModelLoadError
from teacache.models import load
from teacache.models.catalog import CARDS
from teacache.models.placement import Place, put
from teacache.runs.generate import generate
from teacache.runs.request import Request
from tests import tiny, tiny_latte


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_latte.save(tmp_path_factory.mktemp("models") / "tiny")


def test_a_folder_becomes_a_pipeline_of_one_precision(folder):
    pipe = load(folder, device="cpu")
    assert isinstance(pipe, LattePipeline)
    parts = (pipe.transformer, pipe.vae, pipe.text_encoder)
    assert {p.dtype for part in parts for p in part.parameters()} == {torch.float32}
    assert pipe.teacache_reason == "on cpu, as asked for; float32, which a CPU computes fastest"


def test_a_loaded_pipeline_runs_and_shows_no_progress_bar(folder, capfd):
    pipe = load(str(folder), device="cpu")
    found = pipe.teacache_card
    clip = pipe(
        "a red ball", num_inference_steps=2, video_length=found.frames,
        height=found.height, width=found.width, guidance_scale=found.guidance_scale,
        clean_caption=False, output_type="latent",
    ).frames  # fmt: skip
    assert clip.shape == (1, 4, 2, 16, 16)
    assert "%|" not in capfd.readouterr().err


def test_a_pipeline_carries_its_card_and_settings(folder):
    pipe = load(folder, device="cpu")
    assert pipe.teacache_card.name == "tiny" and pipe.teacache_card.pipeline == "LattePipeline"
    assert pipe.teacache_settings == pipe.teacache_card.settings()


def test_a_wanted_precision_is_given(folder):
    assert load(folder, device="cpu", dtype=torch.float64).transformer.dtype == torch.float64


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(ModelLoadError, match=r"no model 'wan3'.*shapes"):
        load("wan3")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ModelLoadError, match="There is no folder .*nowhere"):
        load(tmp_path / "nowhere")


def test_a_folder_that_is_no_pipeline_is_named(tmp_path):
    with pytest.raises(ModelLoadError, match="no model_index.json"):
        load(tmp_path)


@pytest.mark.parametrize("victim", ["transformer/diffusion_pytorch_model.safetensors", "vae/config.json"])
def test_an_incomplete_folder_is_one_sentence(folder, tmp_path, victim):
    broken = tmp_path / "broken"
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() != victim:
            (broken / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            (broken / path.relative_to(folder)).write_bytes(path.read_bytes())
    with pytest.raises(ModelLoadError, match="cannot be loaded") as caught:
        load(broken, device="cpu")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_a_damaged_weights_file_is_one_sentence(folder, tmp_path):
    broken = tmp_path / "broken"
    for path in folder.rglob("*"):
        if path.is_file():
            (broken / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
            (broken / path.relative_to(folder)).write_bytes(path.read_bytes())
    (broken / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelLoadError, match="cannot be loaded"):
        load(broken, device="cpu")


def test_pickles_are_not_opened(folder, tmp_path):
    """A .bin could run anything when it is unpickled; only safetensors are read."""
    copied = shutil.copytree(folder, tmp_path / "pickled")
    weights = copied / "transformer" / "diffusion_pytorch_model.safetensors"
    torch.save({}, weights.with_suffix(".bin"))
    weights.unlink()
    with pytest.raises(ModelLoadError, match="safetensors"):
        load(copied, device="cpu")


def test_a_pipeline_without_a_transformer_is_refused_with_those_that_have_one(tmp_path):
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(ModelLoadError, match=r"no transformer.*LattePipeline"):
        load(tmp_path, device="cpu")


def test_a_download_is_known_by_its_folder_and_gets_the_authors_settings(tmp_path):
    folder = tiny.save("WanImageToVideoPipeline", tmp_path / "Wan2.1-I2V-14B-480P-Diffusers")
    pipe = load(folder, device="cpu")
    card = CARDS["wan-i2v-480p"]
    assert pipe.teacache_card == replace(card, source=str(folder))
    assert pipe.teacache_settings == card.settings()
    assert pipe.scheduler.config.flow_shift == card.flow_shift  # the polynomial was fitted with it


def test_a_checkpoint_that_names_its_class_as_it_was_called_then_is_loaded(tmp_path):
    folder = tiny.save("LuminaPipeline", tmp_path / "Lumina-Next-SFT-diffusers")
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace('"LuminaPipeline"', '"LuminaText2ImgPipeline"'))
    pipe = load(folder, device="cpu")
    assert type(pipe).__name__ == "LuminaPipeline"
    assert pipe.teacache_card.name == "lumina-next"


def test_the_shift_of_the_authors_runs_takes_the_place_of_the_published_one(tmp_path):
    """Distances depend on it; here the two differ, so that neither can pass for the other."""
    folder = tiny.save("WanPipeline", tmp_path / "Wan2.1-T2V-14B-Diffusers")
    published = json.loads((folder / "scheduler" / "scheduler_config.json").read_text())["flow_shift"]
    pipe = load(folder, device="cpu")
    assert pipe.scheduler.config.flow_shift == CARDS["wan-14b"].flow_shift != published
    other = load(shutil.copytree(folder, tmp_path / "other"), device="cpu")
    assert other.scheduler.config.flow_shift == published


@pytest.mark.parametrize("name, kind", [("cogvideox-1.5-5b", ""), ("cogvideox-1.5-5b-i2v", " I2V")])
def test_cogvideox_15_is_guided_as_by_its_makers_also_in_a_comparison(tmp_path, name, kind):
    """Their guidance changes from step to step; the pipelines leave that off unasked."""
    card = CARDS[name]
    folder = tiny.save(f"CogVideoX 1.5{kind}", tmp_path / card.hub.partition("/")[2])
    pipe, plain = load(folder, device="cpu"), load(shutil.copytree(folder, tmp_path / "plain"), device="cpu")
    assert type(pipe).__name__ == card.pipeline and isinstance(pipe, type(plain))
    for run in (call, run_of_a_comparison):
        assert guidance_of(plain, run) == [6.0] * 4
        scales = guidance_of(pipe, run)
        assert len(set(scales)) == 4 and all(1 <= scale <= 7 for scale in scales)
    pipe.save_pretrained(tmp_path / "again")
    assert DiffusionPipeline.load_config(tmp_path / "again")["_class_name"] == card.pipeline


def guidance_of(pipe, run):
    """The guidance that each of the 4 steps of a run really had; a comparison warms up before it."""
    seen, step = [], pipe.scheduler.step

    def watch(*args, **kwargs):
        seen.append(pipe.guidance_scale)
        return step(*args, **kwargs)

    pipe.scheduler.step = watch
    try:
        run(pipe)
    finally:
        del pipe.scheduler.step
    return seen[-4:]


def call(pipe):
    pipe(**tiny.call_arguments(pipe, steps=4, guidance=6.0))


def run_of_a_comparison(pipe):
    image = tiny.picture() if pipe.teacache_card.kind == "image_to_video" else None
    request = Request(
        prompt=tiny.PROMPT, steps=4, guidance_scale=6.0, frames=9, height=32, width=32, image=image,
        settings=Settings(threshold=0),
    )  # fmt: skip
    assert list(generate(pipe, request))


@pytest.mark.parametrize("offload", ["model", "group"])
def test_offloading_is_put_on_and_the_cache_works_over_it(folder, offload):
    plain, moved = load(folder, device="cpu"), load(folder, device="cpu")
    # Without a GPU the same hooks move parts from memory to memory.
    place = Place(
        device=torch.device("cpu"), dtype=torch.float32, float32=(), offload=offload, reason="a test"
    )
    put(moved, place, moved.teacache_card)
    (expected, schedule), *found = (cached_run(pipe) for pipe in (plain, moved, moved))
    assert False in schedule
    for latents, decisions in found:
        assert torch.equal(latents, expected) and decisions == schedule


def cached_run(pipe):
    """Latents and decisions of a short run."""
    with TeaCache(pipe, threshold=0.3) as cache:
        latents = pipe(
            "a red ball", num_inference_steps=8, video_length=2, height=16, width=16, clean_caption=False,
            output_type="latent", generator=torch.Generator().manual_seed(0),
        ).frames  # fmt: skip
    return latents, cache.trace.schedule


def test_a_pipeline_class_that_does_not_exist_is_one_sentence(tmp_path):
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "NoSuchPipeline"}))
    with pytest.raises(ModelLoadError, match="cannot be loaded"):
        load(tmp_path, device="cpu")


def test_an_absent_device_is_said():
    with pytest.raises(ModelLoadError, match="no device called 'gpu'"):
        load("shapes", device="gpu")
    if not torch.cuda.is_available():
        with pytest.raises(ModelLoadError, match="no GPU"):
            load("shapes", device="cuda")
