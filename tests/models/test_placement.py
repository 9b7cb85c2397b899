"""Where weights go is decided from their sizes, with the reason, before one is read."""

import pytest
import torch

from teacache.errors import ModelLoadError
from teacache.models import placement
from teacache.models.catalog import card
from teacache.models.memory import sizes_gb, values_in
from teacache.models.placement import place_for
from tests import tiny_latte

PARTS = {"transformer": 10e9, "text_encoder": 5e9, "vae": 1e9}  # 32 GB in half precision


@pytest.fixture
def machine(monkeypatch):
    """Set how much memory is free, in GB."""

    def have(*, host=1000.0, gpu=None):
        monkeypatch.setattr(placement, "free_host_gb", lambda: host)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu is not None)
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (gpu * 1e9, 200e9))

    return have


def test_values_are_counted_from_the_headers(tmp_path):
    folder = tiny_latte.save(tmp_path / "tiny")
    from diffusers import LattePipeline

    pipe = LattePipeline.from_pretrained(folder)
    counted = values_in(folder)
    for part in ("transformer", "vae"):
        assert counted[part] == sum(p.numel() for p in getattr(pipe, part).parameters())
    assert counted["text_encoder"] > 0


def test_a_damaged_header_counts_nothing(tmp_path):
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "model.safetensors").write_bytes(b"no")
    assert values_in(tmp_path) == {"vae": 0}


def test_parts_in_single_precision_count_double():
    assert sizes_gb(PARTS, {"vae": 4}, 2) == {"transformer": 20, "text_encoder": 10, "vae": 4}


@pytest.mark.parametrize("free, offload", [(40.1, "none"), (39.9, "model"), (25.1, "model"), (24.9, "group")])
def test_memory_chooses_the_offloading_and_leaves_room_to_run(machine, free, offload):
    machine(gpu=free)
    place = place_for(card("flux-dev"), PARTS)
    assert (place.offload, place.device.type, place.dtype) == (offload, "cuda", torch.bfloat16)
    assert ("missing" in place.reason) == (offload != "none")


@pytest.mark.parametrize("offload", ["none", "model", "group"])
def test_an_offloading_that_is_asked_for_is_given(machine, offload):
    machine(gpu=100)
    assert place_for(card("flux-dev"), PARTS, offload=offload).offload == offload


@pytest.mark.parametrize(
    "offload, said", [("none", "12.0 GB are missing: try offload='model'"), ("model", "try")]
)
def test_too_small_a_gpu_says_how_much_is_missing(machine, offload, said):
    machine(gpu=20 if offload == "none" else 19.5)
    with pytest.raises(ModelLoadError, match=said):
        place_for(card("flux-dev"), PARTS, offload=offload)


def test_too_little_memory_says_how_much_is_missing(machine):
    machine(host=20)
    with pytest.raises(ModelLoadError, match=r"at least 64.0 GB of memory.*float32.*44.0 GB are missing"):
        place_for(card("flux-dev"), PARTS, device="cpu")


def test_a_cpu_takes_half_precision_only_to_fit(machine):
    machine(host=40)
    place = place_for(card("latte"), PARTS, device="cpu")
    assert place.dtype == torch.bfloat16 and "does not fit" in place.reason
    machine(host=100)
    assert place_for(card("latte"), PARTS, device="cpu").dtype == torch.float32


def test_a_gpu_runs_what_the_authors_ran(machine):
    machine(gpu=1000)
    assert place_for(card("cogvideox-2b"), PARTS).dtypes == {"default": torch.float16}
    wan = place_for(card("wan-1.3b"), PARTS)
    assert wan.dtypes == {"default": torch.bfloat16, "vae": torch.float32}
    small = place_for(card("shapes"), {"transformer": 1e6})
    assert small.dtype == torch.float32 and "small" in small.reason


def test_a_wanted_precision_holds_for_every_part(machine):
    machine(gpu=1000)
    assert place_for(card("wan-1.3b"), PARTS, dtype=torch.float16).dtypes == {"default": torch.float16}


def test_offloading_without_a_gpu_is_refused(machine):
    machine()
    with pytest.raises(ModelLoadError, match="this run is on the CPU"):
        place_for(card("latte"), PARTS, offload="model")
    with pytest.raises(ModelLoadError, match="no offload 'disk': use one of auto, none, model, group"):
        place_for(card("latte"), PARTS, offload="disk")
