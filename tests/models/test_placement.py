"""Where weights go is decided from their sizes, with the reason, before one is read."""

import shutil

import pytest
import torch

from teacache import cli_options
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


def test_the_same_weights_once_more_in_half_precision_do_not_count(tmp_path):
    folder = tiny_latte.save(tmp_path / "tiny")
    counted = values_in(folder)
    for file in [*folder.glob("*/*.safetensors")]:
        shutil.copy(file, file.with_name(f"{file.stem}.fp16.safetensors"))
        shutil.copy(file, file.with_name(f"{file.stem}.fp16-00001-of-00002.safetensors"))
    assert values_in(folder) == counted


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
    machine(host=15)
    with pytest.raises(ModelLoadError, match=r"at least 40.0 GB of memory.*float32.*25.0 GB are missing"):
        place_for(card("flux-dev"), PARTS, device="cpu")
    with pytest.raises(ModelLoadError, match=r"at least 64.0 GB of memory.*49.0 GB are missing: close"):
        place_for(card("flux-dev"), PARTS, device="cpu", apart=False)
    machine(host=50, gpu=100)
    with pytest.raises(ModelLoadError, match=r"at least 64.0 .*14.0 GB are missing: leave offload out"):
        place_for(card("flux-dev"), PARTS, dtype="float32", offload="model")


@pytest.mark.parametrize(
    "host, gpu, dtype, offload",
    [
        (65, None, torch.float32, "none"),
        (63, None, torch.bfloat16, "none"),  # all parts in half precision, rather than in turn
        (31, None, torch.bfloat16, "disk"),
        (31, 100, torch.bfloat16, "disk"),
        (33, 25.1, torch.bfloat16, "model"),
    ],
)
def test_memory_for_the_largest_part_alone_is_enough(machine, host, gpu, dtype, offload):
    machine(host=host, gpu=gpu)
    place = place_for(card("flux-dev"), PARTS)
    assert (place.dtype, place.offload) == (dtype, offload)
    assert ("text first, since 1.0 GB of memory are missing" in place.reason) == (offload == "disk")


def test_files_that_cannot_be_read_part_by_part_are_said(machine):
    machine(host=31)
    with pytest.raises(ModelLoadError, match="Open-Sora 1.2 is published in files that cannot be read part"):
        place_for(card("opensora"), PARTS, offload="disk", apart=False)


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


@pytest.mark.parametrize("asked", [torch.bfloat16, "bfloat16", "torch.bfloat16"])
def test_a_precision_can_be_named(machine, asked):
    machine()
    assert place_for(card("latte"), PARTS, dtype=asked).dtype == torch.bfloat16


@pytest.mark.parametrize("asked", ["bf16", "int8", torch.int8, "nn", 16])
def test_an_unknown_precision_is_answered_with_the_known_ones(machine, asked):
    machine()
    with pytest.raises(ModelLoadError, match=r"no precision .*: use one of float32, bfloat16, float16\.$"):
        place_for(card("latte"), PARTS, dtype=asked)


def test_a_wanted_precision_holds_for_every_part(machine):
    machine(gpu=1000)
    assert place_for(card("wan-1.3b"), PARTS, dtype=torch.float16).dtypes == {"default": torch.float16}


def test_the_command_line_offers_every_way_of_offloading():
    assert cli_options.OFFLOADS == placement.OFFLOADS


def test_offloading_without_a_gpu_is_refused(machine):
    machine()
    with pytest.raises(ModelLoadError, match="this run is on the CPU"):
        place_for(card("latte"), PARTS, offload="model")
    with pytest.raises(ModelLoadError, match="no offload 'cpu': use one of auto, none, model, group, disk"):
        place_for(card("latte"), PARTS, offload="cpu")
