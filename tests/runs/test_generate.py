"""One run: bit for bit what the pipeline gives alone, timed honestly, and stoppable anywhere."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from teacache.method.distance import Trail
from teacache.runs import adapters, generate, watch
from teacache.runs.events import Called, Denoised, Encoded, Finished, Previewed, Started
from teacache.runs.preview import affordable
from tests.runs import tiny
from tests.runs.conftest import STEPS
from tests.runs.running import OFF, Slowly, assert_as_in_a_fresh_process, events_of, finish, inside_forward


@pytest.fixture
def slowly() -> Slowly:
    return Slowly()


def test_runs_are_bit_equal_to_the_pipeline_alone_in_a_fresh_process(pipe, request_, fresh):
    assert_as_in_a_fresh_process(pipe, request_, fresh)
    assert not np.array_equal(
        fresh["uncached"], fresh["cached"]
    )  # or else the comparison would prove nothing


@pytest.mark.parametrize("guidance", [1.0, 3.0, 7.5])
def test_the_clip_is_bit_equal_to_a_plain_call_with_the_prompt(pipe, request_, guidance):
    plain = pipe(
        request_.prompt,
        generator=torch.Generator("cpu").manual_seed(request_.seed),
        num_inference_steps=STEPS,
        guidance_scale=guidance,
        height=tiny.SIDE,
        width=tiny.SIDE,
        video_length=tiny.FRAMES,
        clean_caption=False,
        output_type="pil",
    ).frames[0]
    run, _ = finish(pipe, replace(request_, guidance_scale=guidance), settings=OFF)
    assert np.array_equal(run.video, np.stack([np.asarray(frame) for frame in plain]))


def test_embeddings_given_again_change_nothing_and_are_not_encoded_again(pipe, request_):
    first = events_of(pipe, request_)
    embeddings = first[0].embeddings
    encoded = []
    handle = pipe.text_encoder.register_forward_pre_hook(lambda *_: encoded.append(1))
    again = events_of(pipe, request_, embeddings=embeddings)
    handle.remove()
    assert not encoded
    assert np.array_equal(first[-1].run.video, again[-1].run.video)
    assert again[-1].run.timings.text == first[-1].run.timings.text


def test_seeds_make_different_clips_and_the_same_seed_the_same(pipe, request_):
    clips = [
        finish(pipe, replace(request_, seed=seed), settings=OFF)[0].video for seed in (0, 1, 0, 2**32 - 1)
    ]
    assert np.array_equal(clips[0], clips[2])
    assert not np.array_equal(clips[0], clips[1]) and not np.array_equal(clips[0], clips[3])


def test_events_come_in_order_with_one_for_every_call(pipe, request_):
    kinds = [type(event) for event in events_of(pipe, request_)]
    assert kinds == [Encoded, Started, *[Called] * STEPS, Denoised, Finished]
    assert events_of(pipe, request_)[1] == Started(STEPS)


def test_the_records_told_are_those_of_the_trace(pipe, request_):
    *events, finished = events_of(pipe, request_)
    assert tuple(event.record for event in events if isinstance(event, Called)) == finished.run.trace.records
    assert 1 < finished.run.trace.computed_calls < STEPS


def test_the_trace_says_what_was_asked_and_where_it_ran(pipe, request_):
    trace = finish(pipe, request_)[0].trace
    assert (trace.pipeline, trace.prompt, trace.seed) == ("LattePipeline", request_.prompt, request_.seed)
    assert (trace.steps, trace.size, trace.guidance_scale) == (
        STEPS,
        (tiny.FRAMES, tiny.SIDE, tiny.SIDE),
        3.0,
    )
    assert trace.model == "LattePipeline" and trace.settings == request_.settings and not trace.probe
    assert {"python", "torch", "diffusers", "device", "dtype"} <= set(trace.environment)


def test_probing_reaches_the_trace(pipe, request_):
    trace = finish(pipe, replace(request_, probe=True))[0].trace
    assert trace.probe and all(record.output_distance_exact for record in trace.records[1:])


def test_the_video_is_bytes_of_the_asked_size(pipe, request_):
    video = finish(pipe, request_)[0].video
    assert video.dtype == np.uint8 and video.shape == (tiny.FRAMES, tiny.SIDE, tiny.SIDE, 3)


# --- previews -------------------------------------------------------------------------------------


def test_previews_come_as_often_as_asked_and_alter_nothing(pipe, request_, monkeypatch):
    monkeypatch.setattr(watch, "affordable", lambda *_: True)
    without = events_of(pipe, request_)[-1].run
    events = events_of(pipe, request_, preview_every=2)
    previews = [event.frames for event in events if isinstance(event, Previewed)]
    assert len(previews) == 2  # after steps 2 and 4; after step 6 the clip itself is there
    assert all(p.shape == (tiny.FRAMES, tiny.SIDE, tiny.SIDE, 3) and p.dtype == np.uint8 for p in previews)
    assert np.array_equal(events[-1].run.video, without.video)


def test_the_last_previews_are_near_the_clip(pipe, request_, monkeypatch):
    monkeypatch.setattr(watch, "affordable", lambda *_: True)
    events = events_of(pipe, replace(request_, steps=20), settings=OFF, preview_every=1)
    distances = [
        float(np.abs(event.frames.astype(int) - events[-1].run.video).mean())
        for event in events
        if isinstance(event, Previewed)
    ]
    assert len(distances) == 18 and distances[-1] < 3 and distances[-1] < distances[0]


def no_preview(*_) -> np.ndarray:
    return np.zeros((1, 8, 8, 3), np.uint8)


def test_previews_are_not_counted_as_denoising(pipe, request_, monkeypatch, slowly):
    row = replace(adapters.ADAPTERS["LattePipeline"], preview=slowly(no_preview, 0.5))
    monkeypatch.setitem(adapters.ADAPTERS, "LattePipeline", row)
    events = events_of(pipe, request_, preview_every=2)
    assert any(isinstance(event, Previewed) for event in events)
    assert slowly.added >= 0.5 and events[-1].run.timings.denoising <= slowly.others


def test_slow_previews_are_given_up(pipe, request_, monkeypatch, slowly):
    asked = []

    def remember(spent, count, denoising):
        asked.append((spent, count, denoising))
        return affordable(spent, count, denoising)

    monkeypatch.setattr(watch, "affordable", remember)
    row = replace(adapters.ADAPTERS["LattePipeline"], preview=slowly(no_preview, 0.1))
    monkeypatch.setitem(adapters.ADAPTERS, "LattePipeline", row)
    events = events_of(pipe, replace(request_, steps=12), preview_every=2)
    made = sum(isinstance(event, Previewed) for event in events)
    assert len(asked) == 5 and made == sum(affordable(*one) for one in asked)
    assert all(spent >= 0.1 * count for spent, count, _ in asked)


def test_a_pipeline_without_quick_previews_makes_none(pipe, request_, monkeypatch):
    row = replace(adapters.ADAPTERS["LattePipeline"], preview=None)
    monkeypatch.setitem(adapters.ADAPTERS, "LattePipeline", row)
    assert not any(isinstance(event, Previewed) for event in events_of(pipe, request_, preview_every=1))


def test_a_pipeline_that_is_offloaded_gets_no_previews(pipe, request_, monkeypatch):
    monkeypatch.setattr(pipe.vae, "_hf_hook", object(), raising=False)
    assert watch._offloaded(pipe)


# --- time -----------------------------------------------------------------------------------------


def test_every_call_and_every_scheduler_step_counts_as_denoising(pipe, request_, monkeypatch):
    step = pipe.scheduler.step

    def slow_step(*args, **kwargs):
        time.sleep(0.03)
        return step(*args, **kwargs)

    monkeypatch.setattr(pipe.scheduler, "step", slow_step)
    start = time.perf_counter()
    with inside_forward(pipe, lambda _: time.sleep(0.02)):
        timings = finish(pipe, request_, settings=OFF)[0].timings
    # The clock starts with the first call, behind the hook that sleeps before it.
    assert STEPS * 0.03 + (STEPS - 1) * 0.02 <= timings.denoising < time.perf_counter() - start


def test_what_comes_before_the_first_call_and_after_the_last_step_does_not_count(
    pipe, request_, monkeypatch, slowly
):
    for name in ("prepare_latents", "maybe_free_model_hooks", "encode_prompt", "decode_latents"):
        monkeypatch.setattr(pipe, name, slowly(getattr(pipe, name), 0.2))
    timings = finish(pipe, request_)[0].timings
    assert timings.denoising <= slowly.others
    assert min(timings.text, timings.decoding) >= 0.2


def test_a_reader_that_is_slow_does_not_slow_the_run(pipe, request_):
    events = generate.generate(pipe, request_, preview_every=0)
    next(events)
    for thread in threading.enumerate():
        if thread.name == "teacache-run":
            thread.join(timeout=60)  # it ends although nobody reads
            assert not thread.is_alive()
    assert isinstance(list(events)[-1], Finished)


def test_deciding_is_a_part_of_denoising_and_none_of_it_is_in_an_uncached_run(pipe, request_):
    cached = finish(pipe, request_)[0].timings
    uncached = finish(pipe, request_, settings=OFF)[0]
    assert 0 < cached.decision < cached.denoising
    assert uncached.timings.decision == 0 < uncached.timings.denoising
    assert uncached.timings.total == pytest.approx(
        uncached.timings.text + uncached.timings.denoising + uncached.timings.decoding
    )


def test_watching_does_not_make_the_baseline_slow(pipe, request_, monkeypatch, slowly):
    slow = slowly(Trail.advance, 0.03)
    monkeypatch.setattr(Trail, "advance", lambda *args: slow(*args))  # indicator, latent, embedding, output
    uncached = finish(pipe, request_, settings=OFF)[0].timings
    assert slowly.added >= STEPS * 0.12 and uncached.denoising <= slowly.others
    assert finish(pipe, request_)[0].timings.decision > STEPS * 0.06


def test_a_run_begins_by_giving_back_the_threads_of_the_thread_that_asks(pipe, request_, monkeypatch):
    times = []
    monkeypatch.setattr(generate, "give_back", lambda: times.append(True))
    events = generate.generate(pipe, request_, preview_every=0)
    next(events)
    events.close()
    assert times == [True]
