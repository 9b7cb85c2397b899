"""Stopping, waiting and failing: whatever happens, the reader is told and the pipeline is as it was."""

import gc
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from teacache.errors import Cancelled, RequestError, UnsupportedModelError
from teacache.runs import adapters, generate
from teacache.runs.events import Called, Denoised, Finished
from teacache.runs.generate import Job, stream
from tests.runs.conftest import STEPS, assert_clean
from tests.runs.running import (
    assert_as_in_a_fresh_process,
    events_of,
    inside_forward,
)


@pytest.mark.parametrize("index", range(STEPS))
def test_stopping_during_a_call_prevents_the_next_and_leaves_no_trace(pipe, request_, fresh, index):
    job = Job(pipe=pipe, request=request_.checked(adapters.defaults_of(pipe)), settings=request_.settings)
    with (
        inside_forward(pipe, lambda call: job.stop.set() if call == index else None) as calls,
        pytest.raises(Cancelled),
    ):
        list(stream(job))
    assert len(calls) == index + 1
    assert_clean(pipe)
    assert_as_in_a_fresh_process(pipe, request_, fresh)


@pytest.mark.parametrize("index", range(STEPS + 3))
def test_closing_after_any_event_leaves_no_trace(pipe, request_, fresh, index):
    with inside_forward(pipe, lambda _: time.sleep(0.01)):
        events = generate.generate(pipe, request_, preview_every=2)
        for _ in range(index):
            next(events)
        events.close()
    assert_clean(pipe)
    assert_as_in_a_fresh_process(pipe, request_, fresh)


def test_closing_stops_before_the_next_call(pipe, request_):
    job = Job(
        pipe=pipe, request=adapters.checked(pipe, replace(request_, steps=50)), settings=request_.settings
    )
    with inside_forward(pipe, lambda call: job.stop.wait(60) if call else None) as calls:
        events = stream(job)
        while not isinstance(next(events), Called):
            pass
        events.close()  # while the second call is being made, or before it
    assert len(calls) <= 2
    assert_clean(pipe)


def test_an_iterator_that_is_thrown_away_ends_its_run(pipe, request_):
    with inside_forward(pipe, lambda _: time.sleep(0.02)):
        events = generate.generate(pipe, replace(request_, steps=50), preview_every=0)
        next(events)
        del events
        gc.collect()
        assert_clean_but_for_own_hook(pipe)


def assert_clean_but_for_own_hook(pipe):
    assert not [thread for thread in threading.enumerate() if thread.name == "teacache-run"]
    assert not generate.lock_of(pipe).locked()


def test_an_iterator_never_begun_holds_nothing(pipe, request_):
    generate.generate(pipe, request_).close()
    assert_clean(pipe)


def test_each_event_may_be_asked_for_by_another_thread(pipe, request_):
    events, seen = generate.generate(pipe, request_, preview_every=0), []

    def ask():
        seen.append(next(events))

    while not seen or not isinstance(seen[-1], Finished):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    events.close()
    assert sum(isinstance(event, Called) for event in seen) == STEPS


class Boom(Exception):
    pass


@pytest.mark.parametrize("index", [0, 2, STEPS - 1])
def test_an_error_in_the_model_is_raised_to_the_reader_and_leaves_no_trace(pipe, request_, fresh, index):
    def fail(call):
        if call == index:
            raise Boom("in the model")

    with inside_forward(pipe, fail), pytest.raises(Boom, match="in the model"):
        events_of(pipe, request_)
    assert_clean(pipe)
    assert_as_in_a_fresh_process(pipe, request_, fresh)


@pytest.mark.parametrize("part", ["encode_prompt", "decode_latents", "prepare_latents"])
def test_an_error_anywhere_else_is_raised_to_the_reader_too(pipe, request_, fresh, monkeypatch, part):
    def fail(*_, **__):
        raise Boom(part)

    with monkeypatch.context() as patch, pytest.raises(Boom, match=part):
        patch.setattr(pipe, part, fail)
        events_of(pipe, request_)
    assert_clean(pipe)
    assert_as_in_a_fresh_process(pipe, request_, fresh)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory"),
    ],
)
def test_too_little_memory_is_said_in_one_sentence(pipe, request_, error):
    def fail(_):
        raise error

    with (
        inside_forward(pipe, fail),
        pytest.raises(RequestError, match="more memory than there is: .* were free"),
    ):
        events_of(pipe, request_)


def test_a_prompt_longer_than_the_text_encoder_reads_is_refused(pipe, request_):
    with pytest.raises(RequestError, match="201 tokens, but this model reads only 120"):
        events_of(pipe, replace(request_, prompt="red ball " * 100))


def test_a_request_that_cannot_be_run_is_refused_before_anything_begins(pipe, request_):
    with pytest.raises(RequestError, match="from 2 to 200"):
        generate.generate(pipe, replace(request_, steps=0))


def test_an_unknown_pipeline_is_refused_with_the_known_ones(request_):
    with pytest.raises(UnsupportedModelError, match="LattePipeline"):
        adapters.adapter_of(object())


def test_the_progress_bar_is_as_it_was(pipe, request_):
    before = dict(pipe._progress_bar_config)
    events_of(pipe, request_)
    assert pipe._progress_bar_config == before


def test_two_runs_of_one_pipeline_wait_for_each_other(pipe, request_, fresh, monkeypatch):
    monkeypatch.setattr(generate, "BEAT", 0.01)
    results, inside, overlaps = [], [], []
    all_begun = threading.Barrier(3 + 1)  # three readers have their first event: one runs, two wait

    def enter(call):
        inside.append(1)
        if call == 0:
            all_begun.wait(timeout=60)
        if len(inside) > 1:
            overlaps.append(1)

    def read():
        events = generate.generate(pipe, request_, preview_every=0)
        seen = [next(events)]
        all_begun.wait(timeout=60)
        seen.extend(events)
        (denoised,) = [event for event in seen if isinstance(event, Denoised)]
        results.append(denoised.latents.numpy())

    def leave(*_):
        inside.pop()  # and nothing returned: that would be the output

    handle = pipe.transformer.register_forward_hook(leave)
    with inside_forward(pipe, enter) as calls:
        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    handle.remove()
    assert len(results) == 3 and not overlaps
    assert all(np.array_equal(latents, fresh["cached"]) for latents in results)
    workers = [calls[i] for i in range(0, len(calls), STEPS)]  # whole runs, one after another
    assert len(set(workers)) == 3 and calls == [worker for worker in workers for _ in range(STEPS)]
