"""A trace read with another signal is decided by that signal alone."""

import dataclasses

import pytest

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.study.indicators import available, read_with
from teacache.study.replay import exactness, replay
from tests.study.traces import recorded


@pytest.fixture
def trace():
    made = recorded({"batched": [0.1] * 8}, Settings(threshold=0))
    return made.with_records(
        tuple(
            dataclasses.replace(
                record,
                embedding_distance=None if i == 0 else 0.02,
                latent_distance=None if i == 0 else 0.3,
            )
            for i, record in enumerate(made.records)
        )
    )


def test_each_signal_gives_its_own_sums(trace):
    for signal, distance in (("indicator", 0.1), ("embedding", 0.02), ("latent", 0.3)):
        decisions = replay(read_with(trace, signal), Settings(threshold=9.0))
        assert decisions[2].accumulated == pytest.approx(2 * distance)


def test_only_the_embedding_makes_a_replay_exact(trace):
    told = {name: exactness(read_with(trace, name)) for name in ("indicator", "embedding", "latent")}
    assert told == {"indicator": "approximate", "embedding": "exact", "latent": "approximate"}
    wan = dataclasses.replace(trace, latent_free=True)
    assert exactness(read_with(wan, "latent")) == "approximate"


def test_a_signal_that_was_not_recorded_is_refused():
    bare = recorded({"batched": [0.1] * 4}, Settings(threshold=0))
    assert available(bare) == ("indicator",)
    with pytest.raises(RequestError, match="latent"):
        read_with(bare, "latent")
    with pytest.raises(RequestError, match="no indicator 'mood'"):
        read_with(bare, "mood")
