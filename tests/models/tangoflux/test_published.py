"""A folder laid out as on the hub becomes the pipeline; whatever does not fit is named."""

import json
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderOobleck, FluxTransformer2DModel
from safetensors.torch import load_file, save_file

from teacache.errors import ModelLoadError
from teacache.models import load
from teacache.models.catalog import CARDS
from teacache.models.tangoflux import TangoFluxConditioner, load_published, published
from teacache.models.tangoflux.published import HUB, TEXT, VAE, WEIGHTS
from tests.tiny import build, tangoflux, text

# Names that declare-lab/TangoFlux gives to its weights, of each part one.
NAMED = (
    "fc.0.weight",
    "duration_emebdder.time_positional_embedding.0.weights",
    "duration_emebdder.time_positional_embedding.1.bias",
    "text_encoder.shared.weight",
    "transformer.single_transformer_blocks.1.attn.to_q.weight",
)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """The published folder has no sizes of the autoencoder, so tiny ones stand where the class's are."""
    monkeypatch.setattr(published, "VAE_SIZES", tangoflux.VAE)


@pytest.fixture(scope="module")
def parts():
    """The parts of a tiny pipeline, as they are."""
    return build("TangoFluxPipeline").components


@pytest.fixture
def hub(parts, tmp_path) -> Path:
    """Both repositories."""
    config = tangoflux.SIZES | {"audio_seq_len": tangoflux.TOKENS, "max_duration": 30, "uncondition": False}
    place = tmp_path / HUB
    place.mkdir(parents=True)
    (place / "config.json").write_text(json.dumps(config | {"text_encoder_name": TEXT}))
    save_file(_named(parts), place / WEIGHTS)
    save_file(parts["vae"].state_dict(), place / VAE)
    parts["tokenizer"].save_pretrained(tmp_path / TEXT)
    parts["text_encoder"].config.save_pretrained(tmp_path / TEXT)
    return tmp_path


def _named(parts) -> dict[str, torch.Tensor]:
    """All weights but the autoencoder's under the names of the authors' one module."""
    found = {
        f"{part}.{name}": weight.clone()
        for part in ("text_encoder", "transformer")
        for name, weight in parts[part].state_dict().items()
    }
    del found["text_encoder.encoder.embed_tokens.weight"]  # which is the shared one, and left out by them
    for name, weight in parts["conditioner"].state_dict().items():
        found[name.replace("duration_embedder", "duration_emebdder")] = weight.clone()
    return found


def read(root: Path, **more):
    return load_published(lambda repository, patterns: root / repository, **more)


def sound(pipe) -> torch.Tensor:
    pipe.set_progress_bar_config(disable=True)
    return pipe("a red ball", 0.5, 3, generator=torch.Generator().manual_seed(0), output_type="pt").audios


def test_the_published_folder_becomes_the_pipeline(hub, parts):
    assert set(NAMED) <= set(load_file(hub / HUB / WEIGHTS))
    pipe = read(hub)
    for name in ("text_encoder", "conditioner", "transformer", "vae"):
        wanted = parts[name].state_dict()
        got = pipe.components[name].state_dict()
        assert got.keys() == wanted.keys()
        assert all(torch.equal(got[key], wanted[key]) for key in wanted), name
        assert not pipe.components[name].training
    assert pipe.config.tokens == tangoflux.TOKENS
    assert torch.allclose(sound(pipe), sound(build("TangoFluxPipeline")), atol=1e-4)


def test_the_words_stay_one_table(hub):
    encoder = read(hub).text_encoder
    assert encoder.shared.weight is encoder.encoder.embed_tokens.weight


def test_only_what_is_needed_is_asked_for(hub):
    asked = []

    def download(repository, patterns):
        asked.append((repository, tuple(patterns)))
        return hub / repository

    load_published(download)
    assert asked[0] == (HUB, ("config.json", WEIGHTS, VAE))
    assert asked[1][0] == TEXT and not any("safetensors" in pattern for pattern in asked[1][1])


def test_the_pipeline_survives_saving(hub, tmp_path):
    pipe = read(hub)
    wanted = sound(pipe)
    pipe.save_pretrained(tmp_path / "saved")
    assert torch.equal(sound(load(tmp_path / "saved", device="cpu")), wanted)


def test_a_local_folder_may_hold_what_was_published(hub):
    pipe = load(hub / HUB, device="cpu")
    assert pipe.teacache_card.name == "tangoflux"
    assert pipe.teacache_settings == CARDS["tangoflux"].settings()


def test_a_weight_of_another_shape_is_named(hub):
    file = hub / HUB / WEIGHTS
    save_file(load_file(file) | {"fc.0.bias": torch.zeros(3)}, file)
    with pytest.raises(ModelLoadError, match="1 of another shape .fc.0.bias."):
        read(hub)


def test_a_weight_of_no_part_is_named(hub):
    file = hub / HUB / WEIGHTS
    save_file(load_file(file) | {"ref_transformer.proj_out.bias": torch.zeros(3)}, file)
    with pytest.raises(ModelLoadError, match="no part of TangoFlux: ref_transformer"):
        read(hub)


@pytest.mark.parametrize("missing", ["config.json", WEIGHTS, VAE])
def test_missing_files_are_named(hub, missing):
    (hub / HUB / missing).unlink()
    with pytest.raises(ModelLoadError, match=f"no readable {missing}"):
        read(hub)


def test_a_tokenizer_without_words_is_said(hub):
    (hub / TEXT / "tokenizer.json").unlink()
    with pytest.raises(ModelLoadError, match="no readable tokenizer.json"):
        read(hub)


def test_a_damaged_tokenizer_is_said(hub):
    (hub / TEXT / "tokenizer.json").write_text("{")
    with pytest.raises(ModelLoadError, match="The tokenizer in .* cannot be read"):
        read(hub)


def test_the_released_sizes_are_those_that_the_card_counts():
    sizes = published.transformer_config({}, text_dim=1024)
    with torch.device("meta"):
        counted = {
            "transformer": FluxTransformer2DModel(**sizes),
            "conditioner": TangoFluxConditioner(),
            "vae": AutoencoderOobleck(),
        }
    card = CARDS["tangoflux"]
    for name, model in counted.items():
        values = sum(parameter.numel() for parameter in model.parameters())
        assert round(values / 1e9, 3) == card.parameters[name]
    assert counted["vae"].hop_length == 2048 and counted["vae"].config.sampling_rate == 44100


def test_tiny_and_published_configs_have_the_same_words():
    assert set(tangoflux.SIZES) == set(published._SIZES) and text.WIDTH == 16
