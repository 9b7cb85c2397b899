"""Wan 2.2: two transformers, one for the noisy steps and one for the rest, on one clock."""

import json

import pytest
import torch

from teacache.errors import AttachError, SettingsError, TraceFormatError
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from teacache.method.trace import Trace
from tests import tiny
from tests.method.systems import SYSTEMS, pipe_of, run

WAN = SYSTEMS["Wan 2.2"]
EVERY = Settings(threshold=1e-9, variant="authors")  # positive, so that nothing is off; no sum stays below
NEVER = Settings(threshold=1e9, variant="authors_retention")
STEPS = 8


@pytest.fixture
def pipe():
    pipe = pipe_of("Wan 2.2")
    yield pipe
    vars(pipe).pop("teacache_experts", None)


def reasons(trace, transformer):
    return [r.reason for r in trace.branch("cond") if r.transformer == transformer]


def test_one_clock_for_both_and_neither_reuses_the_others_residual(pipe):
    with TeaCache(pipe, 1e9) as cache:
        run(pipe, WAN, steps=STEPS)
    records = cache.trace.branch("cond")
    assert [r.step for r in records] == list(range(STEPS))
    first, second = reasons(cache.trace, "transformer"), reasons(cache.trace, "transformer_2")
    assert first[0] == "first" and set(first[1:]) == {"below_threshold"}
    assert second[0] == "no_residual" and second[-1] == "last"
    assert set(second[1:-1]) == {"below_threshold"}
    assert [r.transformer for r in records] == ["transformer"] * len(first) + ["transformer_2"] * len(second)


def test_each_expert_has_its_own_settings(pipe):
    with TeaCache(pipe, settings=EVERY, experts={"transformer_2": NEVER}) as cache:
        run(pipe, WAN, steps=STEPS)
    assert set(reasons(cache.trace, "transformer")) == {"first", "threshold"}
    assert set(reasons(cache.trace, "transformer_2")) == {"no_residual", "below_threshold", "last"}
    assert cache.trace.settings == EVERY and cache.trace.experts == {"transformer_2": NEVER}
    with TeaCache(pipe, settings=NEVER, experts={"transformer_2": Settings(threshold=0)}) as cache:
        run(pipe, WAN, steps=STEPS)
    assert "below_threshold" in reasons(cache.trace, "transformer")
    assert set(reasons(cache.trace, "transformer_2")) == {"off"}


def test_threshold_zero_is_everybodys(pipe):
    fixed = Settings(threshold=1, schedule=(True, *[False] * (STEPS - 1)))
    with TeaCache(pipe, 0, experts={"transformer": fixed, "transformer_2": NEVER}) as cache:
        run(pipe, WAN, steps=STEPS)
    assert {record.reason for record in cache.trace.records} == {"off"}
    assert TeaCache(pipe, 0.2, experts={"transformer_2": NEVER}).experts == {"transformer_2": NEVER}


def test_a_loaders_settings_are_used_unless_others_are_given(pipe):
    pipe.teacache_experts = {"transformer_2": NEVER}
    assert TeaCache(pipe, 0.2).experts == {"transformer_2": NEVER.replaced(threshold=0.2)}
    assert TeaCache(pipe, settings=EVERY).experts == {}
    assert TeaCache(pipe, 0.2, experts={"transformer": NEVER}).experts == {"transformer": NEVER}


def test_a_transformer_that_the_pipeline_lacks_is_refused(pipe):
    with pytest.raises(
        SettingsError, match="experts is 'transformer_3', but must be one of transformer, tra"
    ):
        TeaCache(pipe, 0.1, experts={"transformer_3": NEVER})


def test_settings_of_experts_are_in_the_file_and_come_back(pipe):
    with TeaCache(pipe, settings=EVERY, experts={"transformer_2": NEVER}) as cache:
        run(pipe, WAN)
    data = json.loads(json.dumps(cache.trace.to_json()))
    assert Trace.from_json(data) == cache.trace
    data["experts"]["transformer_2"]["threshold"] = "high"
    with pytest.raises(TraceFormatError, match=r"experts\.transformer_2: threshold is 'high'"):
        Trace.from_json(data)


def test_a_file_from_before_variants_and_experts_reads_as_the_default(pipe):
    with TeaCache(pipe, 0.1) as cache:
        run(pipe, WAN, guidance=1.0)
    data = cache.trace.to_json()
    del data["experts"], data["settings"]["variant"]
    for record in data["records"]:
        del record["transformer"]
    old = Trace.from_json(data)
    assert old.settings.variant == "default" and old.experts == {}
    assert {r.transformer for r in old.records} == {"transformer"}


def test_the_tiny_pipeline_really_changes_the_expert_in_mid_run(pipe):
    boundary = pipe.config.boundary_ratio * pipe.scheduler.config.num_train_timesteps
    pipe.scheduler.set_timesteps(STEPS)
    above = sum(float(t) >= boundary for t in pipe.scheduler.timesteps)
    assert 2 <= above <= STEPS - 3


def test_one_module_in_both_places_is_one_transformer_with_one_state(pipe):
    """A checkpoint that was merged of both experts is used so."""
    twin = type(pipe)(**{**pipe.components, "transformer_2": pipe.transformer}, boundary_ratio=0.875)
    tiny.prepare(twin)
    plain = run(twin, WAN, steps=STEPS)
    with TeaCache(twin, 0) as off:
        assert torch.equal(run(twin, WAN, steps=STEPS), plain)
    with TeaCache(twin, 1e9) as cache:
        run(twin, WAN, steps=STEPS)
    assert {r.transformer for r in off.trace.records} == {"transformer"}
    records = cache.trace.branch("cond")
    assert [r.step for r in records] == list(range(STEPS))
    assert [r.reason for r in records] == ["first", *["below_threshold"] * (STEPS - 2), "last"]


def test_one_module_in_both_places_cannot_follow_two_settings(pipe):
    twin = type(pipe)(**{**pipe.components, "transformer_2": pipe.transformer}, boundary_ratio=0.875)
    with pytest.raises(AttachError, match=r"pipe\.transformer and pipe\.transformer_2 are one and the same"):
        TeaCache(twin, settings=EVERY, experts={"transformer_2": NEVER})
    with TeaCache(twin, settings=EVERY, experts={"transformer_2": EVERY}):
        pass
