"""Folders laid out as on the hub become the pipeline; whatever does not fit is named."""

import json
import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from teacache.errors import ModelLoadError, RequestError
from teacache.models import load as teacache_load
from teacache.models import placement
from teacache.models.catalog import CARDS
from teacache.models.checkpoints import AUTHORS_T5, SAFE_T5
from teacache.models.opensora_plan import load_published
from teacache.models.opensora_plan.denoiser import denoiser_config
from teacache.models.opensora_plan.published import HUB, WEIGHTS
from tests.tiny import text


@pytest.fixture(scope="module")
def hub(theirs, tmp_path_factory) -> Path:
    """The three repositories, with the golden weights and a tiny T5 in both of its forms."""
    root = tmp_path_factory.mktemp("hub")
    denoiser = load_file(theirs.folder / "transformer.safetensors")
    for frames, latent_frames in ((65, 17), (221, 56)):
        config = theirs.config["transformer"] | {"video_length": latent_frames, "_class_name": "LatteT2V"}
        _write(root / HUB / f"{frames}x512x512", config, denoiser)
    vae = load_file(theirs.folder / "vae.safetensors") | {"loss.logvar": torch.zeros(1)}
    training = {
        "_class_name": "CausalVAEModel",
        "lr": 1e-5,
        "loss_type": "LPIPSWithDiscriminator",
        "dropout": 0.0,
    }
    _write(root / HUB / "vae", theirs.vae_config["vae"] | training, vae)
    torch.manual_seed(0)
    tokenizer, encoder = text.t5(theirs.config["transformer"]["caption_channels"])
    tokenizer.save_pretrained(root / SAFE_T5 / "tokenizer")
    encoder.save_pretrained(root / SAFE_T5 / "text_encoder")
    tokenizer.save_pretrained(root / AUTHORS_T5)
    encoder.config.save_pretrained(root / AUTHORS_T5)
    torch.save(encoder.state_dict(), root / AUTHORS_T5 / "pytorch_model.bin")
    return root


def _write(folder: Path, config: dict, weights: dict) -> None:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    save_file(weights, folder / WEIGHTS)


@pytest.fixture
def download(hub):
    """In place of the hub's: remembers what was asked for."""

    def download(repository, patterns):
        download.asked.append((repository, tuple(patterns)))
        return hub / repository

    download.asked = []
    return download


@pytest.fixture
def copy(hub, tmp_path):
    """A hub whose files a test may damage, with a download function for it."""
    for file in hub.rglob("*"):
        target = tmp_path / file.relative_to(hub)
        if file.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return tmp_path


def load(root, **more):
    return load_published(lambda repository, patterns: root / repository, dtype=torch.float32, **more)


@pytest.mark.parametrize("frames, latent_frames", [(65, 17), (221, 56)])
def test_the_published_folders_become_the_pipeline(theirs, download, frames, latent_frames):
    pipe = load_published(download, frames=frames, dtype=torch.float32)
    assert download.asked[0] == (
        HUB,
        tuple(
            f"{place}/{file}" for place in (f"{frames}x512x512", "vae") for file in ("config.json", WEIGHTS)
        ),
    )
    assert download.asked[1][0] == SAFE_T5 and not any(".bin" in p for p in download.asked[1][1])
    assert pipe.num_frames == frames and pipe.transformer.temp_pos_embed.shape[1] == latent_frames
    assert type(pipe.scheduler).__name__ == "PNDMScheduler"
    weights = load_file(theirs.folder / "transformer.safetensors")
    assert all(torch.equal(value, weights[name]) for name, value in pipe.transformer.state_dict().items())
    assert not any(part.training for part in (pipe.transformer, pipe.vae, pipe.text_encoder))


def test_the_loaded_pipeline_runs_and_survives_saving(theirs, download, tmp_path):
    pipe = load_published(download, dtype=torch.float32)

    def run(pipe):
        pipe.set_progress_bar_config(disable=True)
        generator = torch.Generator().manual_seed(0)
        return pipe("a red ball", num_inference_steps=4, generator=generator, output_type="latent").frames

    latents = run(pipe)
    config = denoiser_config(theirs.config["transformer"])
    side = config["sample_size"]
    assert latents.shape == (1, config["in_channels"], 17, side, side) and latents.isfinite().all()
    pipe.save_pretrained(tmp_path)
    assert torch.equal(run(type(pipe).from_pretrained(tmp_path)), latents)


def test_half_precision_is_the_default_of_every_part(download):
    pipe = load_published(download, frames=221)
    assert {p.dtype for part in (pipe.transformer, pipe.vae) for p in part.parameters()} == {torch.float16}
    assert pipe.text_encoder.dtype == torch.float16  # but for layers that transformers keeps from overflowing
    assert pipe.transformer.temp_pos_embed.dtype == torch.float16


def test_the_authors_text_encoder_is_the_same_from_its_pickle(hub, download):
    safe = load(hub).text_encoder.state_dict()
    pickled = load_published(download, dtype=torch.float32, text_encoder=AUTHORS_T5).text_encoder.state_dict()
    assert download.asked[1] == (AUTHORS_T5, ("*.json", "*.bin", "*.model"))
    assert all(torch.equal(safe[name], pickled[name]) for name in safe)


class _Harm:
    """A pickle that would run a command."""

    def __reduce__(self):
        return os.mkdir, (os.environ["HARM"],)


def test_a_pickle_with_more_than_weights_is_refused_and_not_run(copy, monkeypatch):
    monkeypatch.setenv("HARM", str(copy / "harm"))
    torch.save({"shared.weight": _Harm()}, copy / AUTHORS_T5 / "pytorch_model.bin")
    with pytest.raises(ModelLoadError, match="text encoder in .* cannot be read"):
        load(copy, text_encoder=AUTHORS_T5)
    assert not (copy / "harm").exists()
    pickle.loads(pickle.dumps(_Harm()))  # it would have
    assert (copy / "harm").exists()


@pytest.mark.parametrize(
    "part, change, said",
    [
        ("65x512x512", lambda w: w.pop("proj_out.bias"), "1 missing (proj_out.bias)"),
        ("65x512x512", lambda w: w.update(extra=torch.ones(1)), "1 unexpected (extra)"),
        (
            "65x512x512",
            lambda w: w.update({"proj_out.bias": torch.ones(3)}),
            "1 of another shape (proj_out.bias)",
        ),
        ("vae", lambda w: w.pop("post_quant_conv.conv.bias"), "1 missing (post_quant_conv.conv.bias)"),
        ("vae", lambda w: w.update(lossy=torch.ones(1)), "1 unexpected (lossy)"),
    ],
)
def test_weights_that_do_not_fit_are_named(copy, part, change, said):
    file = copy / HUB / part / WEIGHTS
    weights = load_file(file)
    change(weights)
    save_file(weights, file)
    with pytest.raises(ModelLoadError) as error:
        load(copy)
    assert said in str(error.value) and part in str(error.value)


def test_many_differences_are_counted_and_a_few_named(copy):
    file = copy / HUB / "65x512x512" / WEIGHTS
    save_file({"proj_out.bias": load_file(file)["proj_out.bias"]}, file)
    with pytest.raises(ModelLoadError, match=r"\d\d missing \(([\w.]+, ){3}\.\.\.\)"):
        load(copy)


@pytest.mark.parametrize("missing", ["config.json", WEIGHTS])
def test_missing_files_are_named(copy, missing):
    (copy / HUB / "vae" / missing).unlink()
    with pytest.raises(ModelLoadError, match=f"vae has no readable {missing}"):
        load(copy)


def test_a_vae_of_another_release_is_refused(copy):
    file = copy / HUB / "vae" / "config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps(config | {"encoder_attention": "AttnBlock3D"}))
    with pytest.raises(ModelLoadError, match="AttnBlock3D"):
        load(copy)
    del config["decoder_attention"]
    file.write_text(json.dumps(config))
    with pytest.raises(ModelLoadError, match="lacks decoder_attention"):
        load(copy)


def test_a_denoiser_for_another_length_is_refused(copy):
    file = copy / HUB / "65x512x512" / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"video_length": 56}))
    with pytest.raises(ModelLoadError, match="65x512x512 makes 221 frames"):
        load(copy)


def test_other_lengths_and_text_encoders_are_refused_before_any_download(download):
    with pytest.raises(RequestError, match="no checkpoint for 93 frames: choose 65 or 221"):
        load_published(download, frames=93)
    with pytest.raises(ModelLoadError, match="no T5 known in somebody/t5"):
        load_published(download, text_encoder="somebody/t5")
    assert download.asked == []


@pytest.mark.parametrize("place, frames", [("", 65), ("65x512x512", 65), ("221x512x512", 221)])
def test_a_local_folder_may_hold_what_was_published(hub, monkeypatch, place, frames):
    monkeypatch.setattr(placement, "free_host_gb", lambda: 1000.0)
    pipe = teacache_load(hub / HUB / place, device="cpu")
    assert pipe.num_frames == frames and pipe.teacache_card.name == f"opensora-plan-{frames}"
    assert pipe.teacache_settings == CARDS[f"opensora-plan-{frames}"].settings()
