"""Running a pipeline in tests: its events, its calls, and what must not be counted as its time."""

import threading
import time
from contextlib import contextmanager

import numpy as np

from teacache.method.gate import Settings
from teacache.runs import generate
from teacache.runs.events import Beat, Denoised

OFF = Settings(threshold=0)


def events_of(pipe, request, **options):
    options = {"preview_every": 0, **options}
    return [event for event in generate.generate(pipe, request, **options) if not isinstance(event, Beat)]


def finish(pipe, request, **options):
    """The run, and its final latents."""
    events = events_of(pipe, request, **options)
    (denoised,) = [event for event in events if isinstance(event, Denoised)]
    return events[-1].run, denoised.latents.numpy()


def assert_as_in_a_fresh_process(pipe, request, fresh):
    for name, settings in (("uncached", OFF), ("cached", request.settings)):
        run, latents = finish(pipe, request, settings=settings)
        assert np.array_equal(latents, fresh[name])
        assert np.array_equal(run.video, fresh[f"{name}_video"])


@contextmanager
def inside_forward(pipe, action):
    """Call `action(index)` at the start of every transformer call; yields the threads of the calls so far."""
    calls = []

    def hook(*_):
        calls.append(threading.current_thread())  # the thread itself: a number may be used again
        action(len(calls) - 1)

    handle = pipe.transformer.register_forward_pre_hook(hook)
    try:
        yield calls
    finally:
        handle.remove()


def nothing(_: int) -> None:
    pass


class Slowly:
    """Wraps functions so that they take longer, and knows how much longer in all.

    What must not be counted is then proved on any machine: the counted seconds are at most those that passed
    less those that were added.
    """

    def __init__(self):
        self.added, self.start = 0.0, time.perf_counter()

    def __call__(self, function, seconds):
        def wrapped(*args, **kwargs):
            start = time.perf_counter()
            time.sleep(seconds)
            self.added += time.perf_counter() - start
            return function(*args, **kwargs)

        return wrapped

    @property
    def others(self) -> float:
        """Seconds since the start that were not added here."""
        return time.perf_counter() - self.start - self.added
