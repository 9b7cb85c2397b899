"""Two pipelines in two threads never mix: each gives, bit for bit, what it gives alone.

One pipeline is never run by two threads.
"""

from threading import Barrier, Event, Thread

import pytest
import torch

from teacache.errors import AttachError
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests.method.sampling import MIXED, build_pipe, sample
from tests.method.systems import SYSTEMS, pipe_of, run

OTHER = Settings(threshold=0.5, schedule=(True, True, False, True, False, True))
PATIENCE = 120  # seconds until a thread that waits for the other gives up


class Meeting:
    """Makes both threads wait for each other before a call, and where the blocks have been left.

    So no thread can be a call ahead, and both have their call open at the same time, every time.
    """

    def __init__(self):
        self.barrier = Barrier(2, timeout=PATIENCE)
        self.open: set[str] = set()
        self.together = 0

    def observer(self, name):
        meeting = self

        class Observer:
            def before_call(self, call, step, branch):
                meeting.open.add(name)
                meeting.barrier.wait()

            def after_call(self, record):
                meeting.open.discard(name)
                meeting.barrier.wait()

        return Observer()

    def at_the_exit(self, module, args):
        self.barrier.wait()
        self.together += len(self.open) == 2
        self.barrier.wait()


def in_threads(*works):
    """Run them at the same time; what they returned, or the error of the first that failed."""
    results = [None] * len(works)

    def run(index, work):
        try:
            results[index] = work()
        except BaseException as error:
            results[index] = error

    threads = [Thread(target=run, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def latte():
    """A pipeline, and a run of it without guidance."""
    pipe = build_pipe()
    return pipe, lambda: sample(pipe, guidance=1.0)


def ltx():
    """One of another class, which knows its indicator ahead of the calls."""
    pipe = pipe_of("LTXPipeline")
    return pipe, lambda: run(pipe, SYSTEMS["LTX"], steps=6)


@pytest.mark.parametrize("second", [latte, ltx])
@pytest.mark.parametrize("settings", [(MIXED, OTHER), (Settings(threshold=0.15), Settings(threshold=0.3))])
def test_two_threads_with_two_pipelines_get_what_each_gets_alone(settings, second):
    first, (other, run_other) = build_pipe(), second()
    pipes, runs = (first, other), (lambda: sample(first, guidance=3.0), run_other)
    meeting = Meeting()

    def work(number, observer=None):
        with TeaCache(pipes[number], settings=settings[number], observer=observer) as cache:
            latents = runs[number]()
        return latents, cache.trace

    alone = [work(0), work(1)]
    handles = [p.transformer.norm_out.register_forward_pre_hook(meeting.at_the_exit) for p in pipes]
    together = in_threads(*(lambda n=n: work(n, meeting.observer(n)) for n in (0, 1)))
    for handle in handles:
        handle.remove()

    assert meeting.together == 2 * 6  # both calls were open at every exit of either: they did interleave
    for (latents, trace), (other_latents, other_trace) in zip(alone, together, strict=True):
        assert torch.equal(latents, other_latents)
        assert facts(trace) == facts(other_trace)
    assert alone[0][1].schedule != alone[1][1].schedule  # so that a mix could be seen


def test_a_pipeline_that_a_thread_is_running_is_refused_to_another_and_goes_on_as_alone():
    pipe = build_pipe()
    inside, refused = Event(), Event()

    class Pausing:
        def before_call(self, call, step, branch):
            if call == 2:
                inside.set()
                assert refused.wait(PATIENCE)

        def after_call(self, record):
            pass

    def work(observer=None):
        with TeaCache(pipe, settings=MIXED, observer=observer):
            first = sample(pipe)
            return first, sample(pipe)

    def intrude():
        assert inside.wait(PATIENCE)
        try:
            with pytest.raises(AttachError, match="is making a clip in another thread"):
                sample(pipe)
        finally:
            refused.set()

    wanted = work()
    found, _ = in_threads(lambda: work(Pausing()), intrude)
    assert all(map(torch.equal, found, wanted))


def facts(trace):
    """All of a trace that does not depend on the clock on the wall."""
    return [
        {k: v for k, v in record.items() if not k.endswith("seconds")}
        for record in trace.to_json()["records"]
    ]


def test_an_error_in_one_thread_leaves_the_other_alone():
    pipes = build_pipe(), build_pipe()
    barrier = Barrier(2, timeout=PATIENCE)

    class Failing:
        def before_call(self, call, step, branch):
            if call < 3:
                barrier.wait()
            if call == 2:
                raise KeyboardInterrupt

        def after_call(self, record):
            pass

    class Steady(Failing):
        def before_call(self, call, step, branch):
            if call < 3:
                barrier.wait()

    def work(number, observer=None):
        with TeaCache(pipes[number], settings=MIXED, observer=observer):
            return sample(pipes[number])

    def interrupted():
        try:
            work(0, Failing())
        except KeyboardInterrupt:
            return "interrupted"

    wanted = work(1)
    said, latents = in_threads(interrupted, lambda: work(1, Steady()))
    assert said == "interrupted" and torch.equal(latents, wanted)
    assert torch.equal(work(0), wanted)  # the same weights; and what the interrupted run left is gone
