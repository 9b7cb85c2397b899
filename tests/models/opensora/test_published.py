"""Reading the published layout: config.json with model.safetensors, and a text encoder of Latte's."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from teacache.errors import ModelLoadError
from teacache.models import load, placement
from teacache.models.catalog import CARDS
from teacache.models.checkpoints import SAFE_T5
from teacache.models.opensora.published import DENOISER_HUB, VAE_HUB, load_published
from tests import tiny

TRAINING = {"model_type": "STDiT3", "enable_flash_attn": True, "class_dropout_prob": 0.1, "drop_path": 0.0}


@pytest.fixture
def hub(pipe, tmp_path):
    """The three repositories with the tiny pipeline's weights; says what was asked for."""
    for repository, part in ((DENOISER_HUB, pipe.transformer), (VAE_HUB, pipe.vae)):
        folder = tmp_path / repository
        folder.mkdir(parents=True)
        config = {k: v for k, v in part.config.items() if not k.startswith("_")} | TRAINING
        (folder / "config.json").write_text(json.dumps(config))
        save_file(part.state_dict(), folder / "model.safetensors")
    pipe.text_encoder.save_pretrained(tmp_path / SAFE_T5 / "text_encoder")
    pipe.tokenizer.save_pretrained(tmp_path / SAFE_T5 / "tokenizer")
    return tmp_path


@pytest.fixture
def download(hub):
    def fetch(repository, patterns):
        fetch.asked[repository] = tuple(patterns)
        return hub / repository

    fetch.asked = {}
    return fetch


def test_the_pipeline_is_the_one_that_was_published(pipe, call, download):
    wanted = call()
    loaded = load_published(download, dtype=torch.float32)
    arguments = tiny.call_arguments(pipe, steps=4, guidance=7.0)
    loaded.set_progress_bar_config(disable=True)
    assert torch.equal(loaded(**arguments).frames, wanted)


def test_no_pickle_is_asked_for(download):
    load_published(download)
    assert list(download.asked) == [DENOISER_HUB, VAE_HUB, SAFE_T5]
    patterns = [pattern for asked in download.asked.values() for pattern in asked]
    assert not any("bin" in pattern or pattern == "*" for pattern in patterns)


def test_parts_come_in_the_dtype_that_was_asked_for_and_ready_to_run(download):
    loaded = load_published(download, dtype=torch.bfloat16)
    for part in (loaded.transformer, loaded.vae, loaded.text_encoder):
        assert {p.dtype for p in part.parameters()} == {torch.bfloat16}
        assert not part.training


@pytest.mark.parametrize("repository", [DENOISER_HUB, VAE_HUB])
def test_missing_and_unexpected_weights_are_named(hub, download, repository):
    file = hub / repository / "model.safetensors"
    weights = load_file(file)
    lost = sorted(weights)[0]
    del weights[lost]
    save_file({**weights, "stranger": torch.zeros(1)}, file)
    with pytest.raises(ModelLoadError, match=rf"1 missing \({lost}\); 1 unexpected \(stranger\)"):
        load_published(download)


def test_weights_of_another_shape_are_named(hub, download):
    file = hub / DENOISER_HUB / "model.safetensors"
    save_file({**load_file(file), "rope.freqs": torch.zeros(3)}, file)
    with pytest.raises(ModelLoadError, match=r"1 of another shape \(rope.freqs\)"):
        load_published(download)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_file_that_is_missing_or_broken_is_named(hub, download, name):
    (hub / DENOISER_HUB / name).write_text("[nothing]")
    with pytest.raises(ModelLoadError, match=f"no readable {name}"):
        load_published(download)
    (hub / DENOISER_HUB / name).unlink()
    with pytest.raises(ModelLoadError, match=f"no readable {name}"):
        load_published(download)


def test_a_broken_text_encoder_is_said_and_an_unknown_one_refused_before_any_download(hub, download):
    (hub / SAFE_T5 / "text_encoder" / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelLoadError, match="text encoder in .* cannot be read"):
        load_published(download)
    download.asked.clear()
    with pytest.raises(ModelLoadError, match="no T5 known in someone/t5: choose maxin-cn/Latte-1"):
        load_published(download, text_encoder="someone/t5")
    assert not download.asked


def test_a_local_folder_may_hold_what_was_published(pipe, call, hub, monkeypatch):
    """With the other repositories near it, as a download of each by its name leaves them: no hub is asked."""
    monkeypatch.setattr(placement, "free_host_gb", lambda: 1000.0)
    wanted = call()
    loaded = load(hub / DENOISER_HUB, device="cpu")
    assert loaded.teacache_card.name == "opensora"
    assert loaded.teacache_settings == CARDS["opensora"].settings()
    assert torch.equal(loaded(**tiny.call_arguments(pipe, steps=4, guidance=7.0)).frames, wanted)
    (hub / VAE_HUB).rename(hub / "elsewhere")
    with pytest.raises(ModelLoadError, match="OpenSora-VAE-v1.2 is not downloaded"):
        load(hub / DENOISER_HUB, device="cpu")
