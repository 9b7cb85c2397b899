"""A comparison: two runs from one noise, a state after every call, baselines used again."""

import json
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.models.catalog import card
from teacache.models.shapes import data
from teacache.runs import Baselines, Request, Store, compare, generate, watch
from teacache.runs.comparison import Progress
from tests.runs import tiny
from tests.runs.conftest import STEPS, assert_clean
from tests.runs.running import inside_forward, nothing


def states_of(pipe, request, **options) -> list[Progress]:
    return list(compare(pipe, request, **{"preview_every": 0, **options}))


def last_of(pipe, request, **options):
    return states_of(pipe, request, **options)[-1].comparison


def test_there_is_a_state_after_every_call_and_each_holds_all_before_it(pipe, request_):
    states = states_of(pipe, request_)
    for kind in ("uncached", "cached"):
        counts = [len(getattr(state, kind)) for state in states]
        assert sorted(set(counts)) == list(range(STEPS + 1)) and counts == sorted(counts)
    assert [record.call for record in states[-1].cached] == list(range(STEPS))
    assert {state.calls for state in states} == {STEPS}


def test_phases_follow_one_another(pipe, request_):
    phases = [state.phase for state in states_of(pipe, request_) if state.phase != "warming"]
    assert [p for i, p in enumerate(phases) if i == 0 or p != phases[i - 1]] == [
        "text", "uncached", "decoding", "cached", "decoding", "done",
    ]  # fmt: skip


def test_every_state_is_of_the_same_run_and_time_goes_on(pipe, request_):
    states = states_of(pipe, request_)
    assert len({state.run_id for state in states}) == 1
    assert len({state.request for state in states}) == 1 and states[0].request.size == (tiny.FRAMES, 32, 32)
    elapsed = [state.elapsed for state in states]
    assert elapsed == sorted(elapsed)


def test_only_the_last_state_has_the_comparison(pipe, request_):
    *before, last = states_of(pipe, request_)
    assert all(state.comparison is None for state in before)
    assert last.phase == "done" and last.comparison.run_id == last.run_id
    assert last.comparison.uncached.trace.records == last.uncached
    assert last.comparison.cached.trace.records == last.cached


def test_both_runs_are_those_of_a_fresh_process(pipe, request_, fresh):
    comparison = last_of(pipe, request_)
    assert np.array_equal(comparison.uncached.video, fresh["uncached_video"])
    assert np.array_equal(comparison.cached.video, fresh["cached_video"])


def test_the_prompt_is_encoded_once(pipe, request_):
    encoded = []
    handle = pipe.text_encoder.register_forward_pre_hook(lambda *_: encoded.append(1))
    comparison = last_of(pipe, request_)
    handle.remove()
    assert len(encoded) == 2  # the prompt and the empty one for guidance
    assert comparison.uncached.timings.text == comparison.cached.timings.text > 0


def test_threshold_zero_gives_the_same_clip_twice(pipe, request_):
    comparison = last_of(pipe, replace(request_, settings=Settings(threshold=0)))
    assert np.array_equal(comparison.uncached.video, comparison.cached.video)
    assert comparison.fidelity.psnr == 100 and comparison.fidelity.identical and comparison.ideal_speedup == 1


def test_speedups_come_from_the_calls_and_from_the_clock(pipe, request_):
    comparison = last_of(pipe, request_)
    assert comparison.ideal_speedup == STEPS / comparison.cached.trace.computed_calls > 1
    assert comparison.measured_speedup == pytest.approx(
        comparison.uncached.timings.denoising / comparison.cached.timings.denoising
    )
    assert comparison.efficiency == pytest.approx(comparison.measured_speedup / comparison.ideal_speedup)


def test_a_fixed_schedule_is_followed_and_the_baseline_does_not_know_it(pipe, request_):
    schedule = (True, False, True, False, False, True)
    comparison = last_of(pipe, replace(request_, settings=Settings(threshold=0.1, schedule=schedule)))
    assert comparison.cached.trace.schedule == schedule
    assert all(comparison.uncached.trace.schedule) and comparison.uncached.trace.settings.off


def test_probing_is_for_the_cached_run_alone(pipe, request_):
    comparison = last_of(pipe, replace(request_, probe=True))
    assert comparison.cached.trace.probe and not comparison.uncached.trace.probe


def test_previews_belong_to_the_clip_that_is_being_made(pipe, request_, monkeypatch):
    monkeypatch.setattr(watch, "affordable", lambda *_: True)
    states = states_of(pipe, request_, preview_every=2)
    first_cached = next(state for state in states if state.phase == "cached")
    assert first_cached.preview is None
    assert all(
        any(s.preview is not None for s in states if s.phase == phase) for phase in ("uncached", "cached")
    )
    assert all(state.preview is None for state in states_of(pipe, request_))


# --- baselines ------------------------------------------------------------------------------------


def test_a_baseline_is_used_again_and_the_state_says_so(pipe, request_):
    baselines = Baselines()
    again = replace(request_, settings=Settings(threshold=0.5))
    with inside_forward(pipe, nothing) as calls:  # one hook for both: without it, it is another pipeline
        first = last_of(pipe, request_, baselines=baselines)
        states_of(pipe, again)  # nothing has to be warmed up any more
        before = len(calls)
        states = states_of(pipe, again, baselines=baselines)
    assert len(calls) - before == STEPS  # the cached run alone
    assert not first.baseline_reused and states[-1].comparison.baseline_reused
    assert all(state.baseline_reused for state in states[1:])
    assert all(len(state.uncached) == STEPS for state in states[1:])
    assert "uncached" not in {state.phase for state in states}
    assert states[-1].comparison.uncached.video is first.uncached.video
    assert states[-1].comparison.uncached.timings == first.uncached.timings
    assert states[-1].comparison.run_id != first.run_id


def test_a_cached_run_beside_a_lent_baseline_is_the_same_as_beside_a_new_one(pipe, request_, fresh):
    baselines = Baselines()
    last_of(pipe, replace(request_, settings=Settings(threshold=0)), baselines=baselines)
    comparison = last_of(pipe, request_, baselines=baselines)
    assert comparison.baseline_reused and np.array_equal(comparison.cached.video, fresh["cached_video"])


@pytest.mark.parametrize(
    "change",
    [{"prompt": "a blue star"}, {"seed": 4}, {"steps": 5}, {"guidance_scale": 2.0}, {"model": "other"}],
)
def test_a_baseline_of_another_request_is_not_used(pipe, request_, change):
    baselines = Baselines()
    last_of(pipe, request_, baselines=baselines)
    reused = last_of(pipe, replace(request_, **change), baselines=baselines).baseline_reused
    assert reused == (change == {"model": "other"})  # the weights decide, not their name


def test_a_baseline_of_other_weights_is_not_used(pipe, request_, tiny_folder):
    baselines = Baselines()
    last_of(pipe, request_, baselines=baselines)
    assert not last_of(tiny.load(tiny_folder), request_, baselines=baselines).baseline_reused


def test_without_a_place_for_baselines_none_is_kept(pipe, request_):
    assert not last_of(pipe, request_).baseline_reused
    assert not last_of(pipe, request_).baseline_reused


def test_a_lent_baseline_shows_the_estimates_of_the_new_polynomial(pipe, request_):
    baselines = Baselines()
    last_of(pipe, request_, baselines=baselines)
    steep = Settings(threshold=0.5, coefficients=(2.0, 0.5, 0.1))
    lent = last_of(pipe, replace(request_, settings=steep), baselines=baselines).uncached.trace
    new = last_of(pipe, replace(request_, settings=steep)).uncached.trace
    assert lent.settings == new.settings
    assert [r.estimated_distance for r in lent.records] == [r.estimated_distance for r in new.records]


def test_the_longest_unused_baseline_makes_room(pipe, request_):
    baselines = Baselines(most=2)
    for seed in (1, 2, 1, 3):  # 1 is used again, so 2 goes
        last_of(pipe, replace(request_, seed=seed, steps=2), baselines=baselines)
    reused = [baselines.get(pipe, replace(request_, seed=seed, steps=2)) for seed in (1, 2, 3)]
    assert len(baselines) == 2 and reused[1] is None


def test_baselines_keep_to_their_memory(pipe, request_):
    one_clip = tiny.FRAMES * tiny.SIDE * tiny.SIDE * 3
    baselines = Baselines(most_bytes=one_clip)
    for seed in (1, 2):
        last_of(pipe, replace(request_, seed=seed, steps=2), baselines=baselines)
    assert len(baselines) == 1


# --- stopping, waiting, refusing ------------------------------------------------------------------


@pytest.mark.parametrize("index", range(2 * STEPS + 8))
def test_closing_after_any_state_leaves_the_model_clean(pipe, request_, fresh, index):
    with inside_forward(pipe, lambda _: time.sleep(0.003)):
        states = compare(pipe, request_, preview_every=2)
        for _ in range(index):
            next(states)
        states.close()
    assert_clean(pipe)
    comparison = last_of(pipe, request_)
    assert np.array_equal(comparison.uncached.video, fresh["uncached_video"])
    assert np.array_equal(comparison.cached.video, fresh["cached_video"])


def test_a_cancelled_baseline_is_not_kept(pipe, request_):
    baselines = Baselines()
    states = compare(pipe, request_, baselines=baselines)
    while next(states).phase == "text":
        pass
    states.close()
    assert len(baselines) == 0


def test_a_second_comparison_waits_with_signs_of_life_and_can_be_closed(pipe, request_, monkeypatch):
    monkeypatch.setattr(generate, "BEAT", 0.02)
    lock = generate.lock_of(pipe)
    with lock:
        states = compare(pipe, request_)
        waiting = [next(states) for _ in range(4)]
        states.close()
    assert {state.phase for state in waiting} == {"text"}
    assert [state.elapsed for state in waiting] == sorted(state.elapsed for state in waiting)


def test_a_long_call_gives_signs_of_life(pipe, request_, monkeypatch):
    monkeypatch.setattr(generate, "BEAT", 0.02)
    seen, released = [], threading.Event()

    with inside_forward(pipe, lambda call: released.wait(60) if call == 1 else None):
        for state in compare(pipe, request_, preview_every=0):
            seen.append(len(state.uncached))
            if seen.count(1) >= 5:  # one for the call, four for waiting
                released.set()
    assert released.is_set()


def test_two_comparisons_at_once_are_made_one_after_the_other(pipe, request_, fresh):
    results = []
    with inside_forward(pipe, lambda _: time.sleep(0.003)) as calls:
        threads = [threading.Thread(target=lambda: results.append(last_of(pipe, request_))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(results) == 2 and len(calls) == 4 * STEPS
    assert all(np.array_equal(result.cached.video, fresh["cached_video"]) for result in results)
    assert len({result.run_id for result in results}) == 2


@pytest.mark.parametrize(
    "change",
    [{"prompt": ""}, {"steps": 0}, {"seed": -1}, {"guidance_scale": 99}, {"width": 33}, {"frames": 3}],
)
def test_a_bad_request_is_refused_before_the_first_state(pipe, request_, change):
    with pytest.raises(RequestError):
        compare(pipe, replace(request_, **change))


# --- the whole way --------------------------------------------------------------------------------


def test_a_comparison_is_stored_and_read_back_whole(pipe, request_, tmp_path):
    comparison = last_of(pipe, request_)
    stored = Store(tmp_path).save(comparison)
    assert (stored.uncached, stored.cached) == (comparison.uncached.trace, comparison.cached.trace)
    assert stored.request == comparison.request and stored.fidelity == comparison.fidelity
    json.dumps(comparison.to_json(), allow_nan=False)


def test_the_embedded_model_is_compared_and_its_uncached_clip_is_that_of_a_plain_call(embedded, tmp_path):
    prompt, settings = (
        data.example_prompts()[0],
        Settings(threshold=0.1, schedule=(True, False, True, False, False, True)),
    )
    comparison = last_of(embedded, Request(prompt=prompt, seed=7, steps=STEPS, settings=settings))
    request = comparison.request
    plain = embedded(
        prompt,
        generator=torch.Generator("cpu").manual_seed(7),
        num_inference_steps=STEPS,
        guidance_scale=request.guidance_scale,
        video_length=request.frames,
        height=request.height,
        width=request.width,
        clean_caption=False,
        output_type="pil",
    ).frames[0]
    assert np.array_equal(comparison.uncached.video, np.stack([np.asarray(frame) for frame in plain]))
    assert comparison.cached.video.shape[:3] == request.size
    assert 5 < comparison.fidelity.psnr < 100 and 0 < comparison.fidelity.ssim < 1
    assert Store(tmp_path).save(comparison).fps == card("shapes").fps


def test_compare_is_the_function_whoever_imported_its_module_first():
    import teacache.runs.compare  # noqa: F401
    from teacache import runs

    assert runs.compare is compare and callable(compare)
