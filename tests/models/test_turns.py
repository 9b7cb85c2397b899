"""Parts that take turns in memory compute what they would anyway, and the text encoder makes room first."""

import accelerate.hooks
import pytest
import torch

from teacache import TeaCache
from teacache.models import load, loading, placement
from teacache.models.placement import Place, put
from tests import tiny

KINDS = ["LattePipeline", "Wan 2.2", "FluxPipeline", "HiDreamImagePipeline", "OpenSoraPipeline"]


@pytest.fixture(scope="module", params=KINDS)
def folder(request, tmp_path_factory):
    return tiny.save(request.param, tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def free(monkeypatch):
    """Say how many GB are free while parts come and go; no part fits beside another into 0."""

    def have(gigabytes):
        monkeypatch.setattr(loading, "free_gb", lambda device: gigabytes)

    return have


def there(pipe):
    """The parts whose weights are in memory."""
    parts = {name: part for name, part in pipe.components.items() if isinstance(part, torch.nn.Module)}
    return {n for n, part in parts.items() if all(p.is_contiguous() for p in part.parameters() if p.ndim)}


def made(pipe, **more):
    """What a short cached run gives, and what it decided."""
    tiny.prepare(pipe)
    arguments = tiny.call_arguments(pipe, steps=4, guidance=3.0) | more
    with TeaCache(pipe, threshold=0.3) as cache:
        output = pipe(**arguments)
    return output.images if hasattr(output, "images") else output.frames, cache.trace.schedule


def test_nothing_is_there_until_it_works_and_results_are_the_same(folder, free):
    free(0.0)
    pipe, plain = load(folder, device="cpu", offload="disk"), load(folder, device="cpu")
    assert there(pipe) == set() and there(plain)
    assert str(pipe._execution_device) == "cpu" and pipe.teacache_reason.endswith(
        "offload disk, as asked for"
    )
    wanted, schedule = made(plain, output_type="pt")
    for _ in range(2):
        got, decided = made(pipe, output_type="pt")
        assert torch.allclose(got, wanted, atol=1e-4) and decided == schedule
        assert there(pipe) == {"vae"}  # the last to work


def test_the_text_encoder_has_left_when_the_transformer_works(folder, free):
    free(0.0)
    pipe = load(folder, device="cpu", offload="disk")
    seen = []
    pipe.transformer.register_forward_hook(lambda *_: seen.append(there(pipe)))
    made(pipe)
    assert seen and all(parts == {"transformer"} for parts in seen)


def test_parts_stay_where_there_is_room(folder, free, monkeypatch):
    free(1.0)
    pipe = load(folder, device="cpu", offload="disk")
    made(pipe, output_type="pt")
    once = there(pipe)
    monkeypatch.setattr(loading.Turns, "bring", lambda turns, name: turns._here.index(name))
    made(pipe, output_type="pt")
    assert {"transformer", "vae"} < once == there(pipe)


def test_with_model_offload_the_text_encoder_leaves_the_device_before_denoising(monkeypatch):
    """On a device that is the CPU under another name: parts are moved there and back, and compute as ever."""
    pipe = tiny.build("LattePipeline")
    names = {id(part): name for name, part in pipe.components.items()}
    on, told = set(), []

    def to(part, device):
        name = names[id(part)]
        on.discard(name) if str(device) == "cpu" else on.add(name)
        told.append((name, str(device)))
        return part

    monkeypatch.setattr(accelerate.hooks.CpuOffload, "init_hook", lambda hook, part: to(part, "cpu"))
    monkeypatch.setattr(accelerate.hooks.CpuOffload, "pre_forward", offloaded_to(to))
    place = Place(device=torch.device("cpu"), dtype=torch.float32, float32=(), offload="model", reason="")
    put(pipe, place, None)
    working = []
    pipe.transformer.register_forward_hook(lambda *_: working.append(set(on)))
    made(pipe)
    assert ("text_encoder", "gpu") in told and working
    assert all(parts == {"transformer"} for parts in working)


def offloaded_to(move):
    """What accelerate's hook does before a part works, with `move` in the place of moving weights."""

    def pre_forward(hook, module, *args, **kwargs):
        if hook.prev_module_hook is not None:
            hook.prev_module_hook.offload()
        move(module, "gpu")
        return args, kwargs

    return pre_forward


def test_short_memory_chooses_turns_by_itself_and_says_what_is_missing(tmp_path, monkeypatch):
    folder = tiny.save("LattePipeline", tmp_path / "tiny")
    sizes = {name: count * 4 / 1e9 for name, count in loading.values_in(folder).items()}
    whole, largest = sum(sizes.values()), max(sizes.values())
    monkeypatch.setattr(placement, "free_host_gb", lambda: (whole + largest) / 2)
    pipe = load(folder, device="cpu", dtype="float32")
    assert there(pipe) == set()
    assert "each part is read when it works" in pipe.teacache_reason and "missing" in pipe.teacache_reason
    monkeypatch.setattr(placement, "free_host_gb", lambda: largest * 0.9)
    with pytest.raises(placement.ModelLoadError, match="GB are missing"):
        load(folder, device="cpu", dtype="float32")
