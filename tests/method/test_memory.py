"""What is held between calls: how much, where, and that it is let go before the latents are decoded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from teacache.errors import SettingsError
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests.method.sampling import CHANNELS, FRAMES, MIXED, SIDE, inputs, loop, sample
from tests.method.systems import STEPS, SYSTEMS, pipe_of, run

ROOT = Path(__file__).resolve().parents[2]
FLOAT = 4  # bytes


class Ledger:
    """Notes what a cache holds after every call of a transformer, and whenever an autoencoder decodes."""

    def __init__(self, monkeypatch, pipe, cache):
        self.after_calls, self.decoding = [], []
        self.handles = []
        for name in ("transformer", "transformer_2"):
            if getattr(pipe, name, None) is not None:
                self.handles.append(getattr(pipe, name).register_forward_hook(self._note(cache)))
        for name in ("vae", "audio_vae"):
            vae = getattr(pipe, name, None)
            if vae is not None:
                monkeypatch.setattr(vae, "decode", self._noting(cache, vae.decode))

    def close(self):
        for handle in self.handles:
            handle.remove()

    def _note(self, cache):
        def note(*_):
            self.after_calls.append(cache.memory)

        return note

    def _noting(self, cache, decode):
        def noting(*args, **more):
            self.decoding.append(cache.memory)
            return decode(*args, **more)

        return noting


@pytest.mark.parametrize("name", SYSTEMS)
def test_nothing_is_held_while_latents_are_decoded(monkeypatch, name):
    """Whether or not the pipeline resets its hooks at the end, by the last step of its scheduler."""
    system, pipe = SYSTEMS[name], pipe_of(SYSTEMS[name].pipeline)
    steps = STEPS + (system.few if system.warm_up else 0)
    settings = Settings(threshold=1e9)  # reuses all that may be
    if system.pipeline == "AllegroPipeline":
        monkeypatch.setattr(pipe.vae, "use_tiling", True)  # it decodes in tiles only
    with TeaCache(pipe, settings=settings) as cache:
        ledger = Ledger(monkeypatch, pipe, cache)
        traces = []
        for output in ("np", "latent"):
            run(pipe, system, steps=steps, output_type=output)
            traces.append([(r.step, r.branch, r.computed, r.indicator_distance) for r in cache.trace.records])
            assert cache.memory == 0
        ledger.close()
    assert traces[0] == traces[1]
    assert len(ledger.after_calls) == 2 * len(traces[0])
    assert all(held > 0 for held in ledger.after_calls[: len(traces[0]) - 1])
    assert set(ledger.decoding) == {0}
    assert not all(computed for _, _, computed, _ in traces[0])


def test_as_many_bytes_as_there_are_numbers(bare):
    """Latte, once batched: residual and indicator are tokens of 16 channels; latents and half the output."""
    tokens = 2 * FRAMES * (SIDE // 2) ** 2 * 16
    pixels = 2 * CHANNELS * FRAMES * SIDE**2
    with TeaCache(bare, settings=MIXED) as cache:
        held = []
        handle = bare.transformer.register_forward_hook(lambda *_: held.append(cache.memory_by_device))
        loop(bare, steps=6)
        handle.remove()
    embedding = 2 * 16  # of the timestep, one a clip
    assert held == [{"cpu": FLOAT * (2 * tokens + 2 * pixels + embedding)}] * 5 + [{}]


def test_a_run_that_breaks_off_holds_nothing(pipe):
    class Stop:
        def before_call(self, call, step, branch):
            if call == 3:
                raise KeyboardInterrupt

        def after_call(self, record):
            pass

    with TeaCache(pipe, settings=MIXED, observer=Stop()) as cache:
        with pytest.raises(KeyboardInterrupt):
            sample(pipe)
        assert cache.memory == 0


def test_a_cache_that_is_taken_off_holds_nothing(bare):
    with TeaCache(bare, settings=MIXED) as cache, torch.no_grad():
        bare.scheduler.set_timesteps(6)
        bare.transformer(timestep=bare.scheduler.timesteps[0][None].expand(2), **inputs())
        assert cache.memory > 0
    assert cache.memory == 0 and len(cache.trace.records) == 1


def test_kept_where_the_model_is_nothing_moves(pipe):
    with TeaCache(pipe, settings=MIXED):
        wanted = sample(pipe)
    with TeaCache(pipe, settings=MIXED, cache_device="cpu") as cache:
        assert torch.equal(sample(pipe), wanted)
    assert {record.moving_seconds for record in cache.trace.records} == {0.0}


@pytest.fixture(scope="module")
def elsewhere():
    """What runs with another device saw, in a process of their own: torch knows one such device a process."""
    work = [sys.executable, "-m", "tests.method.elsewhere"]
    done = subprocess.run(
        work, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_kept_on_another_device_the_bits_are_the_same(elsewhere):
    assert elsewhere["equal"] and elsewhere["same trace"]
    assert elsewhere["devices"] == [["elsewhere:0"]] * 5 + [[]]  # of its last call nothing is kept
    assert all(0 < moving < seconds for moving, seconds in elsewhere["seconds"])
    assert elsewhere["moves"] > 2 * 6  # there and back, at every call


def test_blocks_may_end_on_another_device_than_they_begin_on(elsewhere):
    assert elsewhere["across"]
    assert elsewhere["moves across"] > 6


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_gpu_s_residuals_are_kept_in_pinned_ram(pipe):
    wanted, kept = [], []
    pipe.to("cuda")
    try:
        for device in (None, "cpu"):
            with TeaCache(pipe, settings=MIXED, cache_device=device) as cache:
                pipe.transformer.register_forward_hook(
                    lambda *_, cache=cache: kept.append(cache.memory_by_device)
                )
                wanted.append(sample(pipe))
    finally:
        pipe.to("cpu")
    assert torch.equal(*wanted)
    assert kept[0].keys() == {"cuda:0"} and kept[-2].keys() == {"cpu"}
    assert all(record.moving_seconds > 0 for record in cache.trace.records)


@pytest.mark.parametrize("device", ["gpu", "cuda:99", 1.5])
def test_a_device_that_is_not_there_is_refused_at_once(pipe, device):
    with pytest.raises(SettingsError, match="cache_device is"):
        TeaCache(pipe, 0.1, cache_device=device)
