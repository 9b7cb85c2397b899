"""No card is exempt: its pipeline class, tiny, from a folder on disk, is compared at its own settings."""

from __future__ import annotations

from collections.abc import Hashable
from contextlib import contextmanager
from dataclasses import fields, replace

import numpy as np
import pytest
import torch

from teacache.errors import StoreError
from teacache.method.gate import Settings
from teacache.models import load
from teacache.models.catalog import CARDS
from teacache.runs import Baselines, Request, Store, compare, generate, watch
from teacache.runs.adapters import ADAPTERS, Adapter, adapter_of
from teacache.runs.events import Previewed
from teacache.runs.hearing import sound_fidelity
from teacache.runs.picture import fitted
from teacache.runs.sound import read_sound
from teacache.study.calibrate import fit
from tests import tiny
from tests.representative import one_of_each
from tests.runs.conftest import assert_clean

NEVER = 1e9  # a threshold that nothing reaches: all is reused but what is always computed
_BUILDERS = {"wan-2.2-a14b": "Wan 2.2"}  # the class has two kinds
CASES = [(name, mode) for name, card in CARDS.items() for mode in (card.modes or [None])]
OTHERS = sorted(set(ADAPTERS) - {card.pipeline for card in CARDS.values()})


def rows(name: str) -> set[Hashable]:
    """What a pipeline class may be the first to show: which ways of its own its row says."""
    row = ADAPTERS[name]
    own = {(field.name, getattr(row, field.name) == field.default) for field in fields(Adapter)}
    return {*own, ("calls", row.guided_calls), ("preview", row.preview is None)}


def ways(case: tuple[str, str | None]) -> set[Hashable]:
    """The same of a card in one of its modes."""
    card, mode = CARDS[case[0]], case[1]
    return {*rows(card.pipeline), ("mode", mode is None), card.kind}


EACH_ROW = one_of_each(sorted(ADAPTERS), rows)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Each kind of pipeline, saved as a checkpoint and loaded from it, once."""
    pipes = {}

    def get(builder: str):
        if builder not in pipes:
            folder = tiny.save(builder, tmp_path_factory.mktemp("models") / "tiny")
            pipes[builder] = tiny.prepare(load(folder, device="cpu"))
        return pipes[builder]

    return get


@contextmanager
def counted(pipe):
    """The names of the experts in the order of their calls."""
    calls, handles = [], []
    for name in ("transformer", "transformer_2"):
        expert = getattr(pipe, name, None)
        if expert is not None:
            handles.append(expert.register_forward_pre_hook(lambda *_, name=name: calls.append(name)))
    yield calls
    for handle in handles:
        handle.remove()


def request_of(pipe, settings: Settings, *, steps: int, guidance: float) -> Request:
    return Request(
        prompt=tiny.PROMPT,
        seed=1,
        steps=steps,
        guidance_scale=guidance,
        frames=tiny.frames_of(pipe),
        height=tiny.SIDE,
        width=tiny.SIDE,
        seconds=tiny.seconds_of(pipe),
        settings=settings,
        image=tiny.picture(80, 50) if type(pipe).__name__ in tiny.IMAGE_TO_VIDEO else None,
    )


def run(pipe, settings: Settings, *, steps: int, guidance: float):
    """The states of a comparison, which has been checked to be whole, and its calls.

    It is made twice: before the first there are calls of every kind that nobody counts.
    """
    request = request_of(pipe, settings, steps=steps, guidance=guidance)
    list(compare(pipe, request, preview_every=0))
    with counted(pipe) as calls:
        states = list(compare(pipe, request, preview_every=2))
    last = states[-1]
    uncached, cached = last.comparison.uncached, last.comparison.cached
    assert uncached.video.shape == cached.video.shape == (request.frames, tiny.SIDE, tiny.SIDE, 3)
    assert uncached.video.dtype == np.uint8 and uncached.video.std() > 0
    assert len(calls) == len(uncached.trace.records) + len(cached.trace.records) == 2 * last.calls
    per_step = adapter_of(pipe).calls_per_step(pipe, last.request)
    assert last.calls == per_step * len(pipe.scheduler.timesteps)
    assert all(uncached.trace.schedule) and 0 < cached.trace.computed_calls < last.calls
    assert_clean(pipe)
    return states, calls


@pytest.mark.parametrize("name, mode", one_of_each(CASES, ways))
def test_a_card_is_compared_at_its_own_settings(loaded, name, mode):
    card = CARDS[name]
    pipe = loaded(_BUILDERS.get(name, card.pipeline))
    assert type(pipe).__name__ == card.pipeline
    steps = 12 if card.settings(mode=mode).forced(card.steps)[0] > 1 else 4
    settings = card.settings(NEVER, mode=mode)
    states, _ = run(pipe, settings, steps=steps, guidance=card.guidance_scale)
    trace = states[-1].comparison.cached.trace
    assert trace.settings == settings
    first, last = settings.forced(trace.steps)
    end = trace.records[-1].step + 1 - last
    forced = [r for r in trace.records if r.step < first or r.step >= end]
    assert forced and all(record.computed for record in forced)


@pytest.mark.parametrize("name", one_of_each(OTHERS, rows))
def test_a_class_without_a_card_is_compared_and_calibrated_too(loaded, name):
    states, _ = run(loaded(name), Settings(threshold=NEVER), steps=4, guidance=3.0)
    trace = states[-1].comparison.uncached.trace
    found = fit([trace], degree=1)
    assert found.pairs == len(trace.records) - len({record.branch for record in trace.records})
    assert 0 < found.input_range[0] < found.input_range[1] and found.output_range[0] > 0
    assert found.variant == trace.settings.variant


@pytest.mark.parametrize("name", CARDS)
def test_the_defaults_of_a_card_can_be_asked_for(name):
    card = CARDS[name]
    image = tiny.picture() if card.kind == "image_to_video" else None
    prompt = card.vocabulary.examples[0] if card.vocabulary else "a dog"
    request = Request(prompt=prompt, image=image).checked(card)
    assert request.size == (card.frames, card.height, card.width) and request.steps == card.steps
    assert card.pipeline in ADAPTERS and card.pipeline in tiny.PIPELINES


def test_both_experts_of_wan_2_2_are_in_one_trace(loaded):
    pipe = loaded("Wan 2.2")
    states, calls = run(pipe, Settings(threshold=NEVER), steps=6, guidance=3.0)
    half = calls[: len(calls) // 2]
    assert set(half) == {"transformer", "transformer_2"} and half == sorted(half)
    records = states[-1].comparison.cached.trace.records
    assert [record.transformer for record in records] == half
    switch = half.index("transformer_2")
    assert len(records) == len(half) == 12
    assert all(record.computed for record in records[switch : switch + 2])  # its first step has no residual
    assert {record.branch for record in records} == {"cond", "uncond"}


def test_a_picture_is_a_clip_of_one_frame_all_the_way_to_the_store(loaded, tmp_path):
    states, _ = run(loaded("FluxPipeline"), Settings(threshold=NEVER), steps=6, guidance=3.0)
    previews = [state.preview for state in states if state.preview is not None]
    assert previews and all(preview.shape == (1, tiny.SIDE, tiny.SIDE, 3) for preview in previews)
    comparison = states[-1].comparison
    assert len(comparison.fidelity.psnr_frames) == 1
    stored = Store(tmp_path).save(comparison)
    assert stored.stacked.stat().st_size > 0 and len(stored.pictures) == 3


@pytest.mark.parametrize("name", EACH_ROW)
def test_another_prompt_is_encoded_as_something_else(loaded, name):
    pipe = loaded(name)
    request = request_of(pipe, Settings(threshold=0), steps=4, guidance=3.0)
    one, other = (
        adapter_of(pipe).encode(pipe, replace(request, prompt=prompt))
        for prompt in (tiny.PROMPT, "a blue star growing")
    )
    one, other = ({key: tensor_of(value) for key, value in found.items()} for found in (one, other))
    different = {key for key, value in one.items() if torch.is_tensor(value) and not same(value, other[key])}
    assert any("prompt_embeds" in key and not key.startswith("negative") for key in different)


def tensor_of(value):
    """Z-Image has its texts in lists, one tensor a prompt."""
    return value[0] if isinstance(value, list) and value else value


def same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and torch.equal(one, other)


@pytest.mark.parametrize("name", EACH_ROW)
def test_the_clip_is_bit_equal_to_a_plain_call_with_the_prompt(loaded, name):
    pipe = loaded(name)
    request = request_of(pipe, Settings(threshold=0), steps=4, guidance=3.0)
    *_, finished = generate.generate(pipe, request, preview_every=0)
    arguments = tiny.call_arguments(pipe, steps=4, guidance=3.0)
    arguments |= {"generator": torch.Generator("cpu").manual_seed(request.seed), "output_type": "np"}
    if request.image is not None:
        arguments["image"] = fitted(request.image, tiny.SIDE, tiny.SIDE)
    with adapter_of(pipe).around(pipe, request):  # Allegro decodes in tiles only
        plain = pipe(**arguments, return_dict=False)[0]
    if finished.run.sound is not None:
        assert np.array_equal(finished.run.sound.samples, plain[0].T)
        return
    plain = plain.reshape(finished.run.video.shape)
    assert np.array_equal(finished.run.video, (plain * 255).round().astype(np.uint8))


@pytest.mark.parametrize("name", EACH_ROW)
def test_without_guidance_there_is_one_call_a_step_and_previews_are_a_few_frames(loaded, name, monkeypatch):
    monkeypatch.setattr(watch, "affordable", lambda *_: True)
    pipe = loaded(name)
    request = request_of(pipe, Settings(threshold=0), steps=4, guidance=1.0)
    events = list(generate.generate(pipe, request, preview_every=1))
    run, steps = events[-1].run, len(pipe.scheduler.timesteps)
    assert len(run.trace.records) == steps
    previews = [event.frames for event in events if isinstance(event, Previewed)]
    assert len(previews) == (steps - 2 if ADAPTERS[name].preview else 0)
    assert all(p.shape[1:] == run.video.shape[1:] and 1 <= len(p) <= 4 for p in previews)
    assert all(p.dtype == np.uint8 for p in previews)


def test_a_sound_goes_all_the_way_to_the_store(loaded, tmp_path):
    pipe = loaded("TangoFluxPipeline")
    states, _ = run(pipe, Settings(threshold=NEVER), steps=6, guidance=4.5)
    previews = [state.preview for state in states if state.preview is not None]
    assert previews and all(preview.shape == (1, tiny.SIDE, tiny.SIDE, 3) for preview in previews)
    comparison = states[-1].comparison
    sounds = comparison.uncached.sound, comparison.cached.sound
    assert all(one.samples.shape == (4000, 2) and one.rate == 8000 for one in sounds)
    assert comparison.fidelity == sound_fidelity(sounds[1], sounds[0]) and comparison.fidelity.snr < 100
    stored = Store(tmp_path).save(comparison)
    assert stored.fidelity == comparison.fidelity and stored.request.seconds == tiny.seconds_of(pipe)
    assert not list(stored.folder.glob("*.mp4")) and len(stored.pictures) == 3
    for place, made in zip(stored.sounds, sounds, strict=True):
        assert np.allclose(read_sound(place).samples, made.samples.clip(-1, 1), atol=1e-4)
    stored.sounds[0].write_bytes(b"RIFF")
    with pytest.raises(StoreError, match=r"uncached\.wav is missing or cut short"):
        Store(tmp_path).load(stored.run_id)


def test_another_length_is_another_sound_and_another_baseline(loaded):
    pipe, baselines, reused = loaded("TangoFluxPipeline"), Baselines(), []
    request = request_of(pipe, Settings(threshold=NEVER), steps=4, guidance=4.5)
    for seconds in (0.5, 0.3, 0.3):
        asked = replace(request, seconds=seconds)
        *_, last = compare(pipe, asked, baselines=baselines, preview_every=0)
        reused.append(last.comparison.baseline_reused)
        assert last.comparison.cached.sound.seconds == pytest.approx(seconds)
    assert reused == [False, False, True]
