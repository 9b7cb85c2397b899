"""Every signal decides a run of its own, at one number of computed calls, from the same noise."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
import torch

from teacache.errors import RequestError
from teacache.method.cache import TeaCache
from teacache.method.settings import NAIVE, Settings
from teacache.runs import Request, generate
from teacache.runs.adapters import checked
from teacache.study import ablation
from teacache.study.ablation import NAMES, Row, closest, comparing_signals, means, unscaled
from teacache.study.clips import sample
from teacache.study.schedules import uniform

STEPS, COMPUTED = 12, 5


@pytest.fixture(scope="module")
def request_(pipe):
    asked = Request(
        model=pipe.teacache_card.name,
        prompt="a red ball",
        seed=3,
        steps=STEPS,
        guidance_scale=3.0,
        settings=Settings(threshold=0.3, coefficients=(2.0, 0.0, 1.0), input_range=(0.1, 0.2), first_steps=2),
    )
    return checked(pipe, asked)


@pytest.fixture(scope="module")
def states(pipe, request_):
    return list(comparing_signals(pipe, request_, COMPUTED))


def rows_of(states):
    return [state for state in states if isinstance(state, Row)]


@pytest.fixture(scope="module")
def rows(states):
    return rows_of(states)


def test_every_signal_computes_the_wanted_number_of_calls(rows):
    assert [row.name for row in rows] == list(NAMES)
    assert [(row.computed_calls, row.calls) for row in rows] == [(COMPUTED, STEPS)] * len(NAMES)
    assert [row.threshold is None for row in rows] == [False, False, False, True]


def test_a_row_is_the_run_by_that_signal_without_the_polynomial(pipe, request_, rows):
    """The rules of the request hold: here, two steps that are computed at the start."""
    for row in rows[:3]:
        variant = {"indicator": "default"}.get(row.name, row.name)
        settings = Settings(threshold=row.threshold, variant=variant, first_steps=2)
        assert unscaled(request_.settings).replaced(threshold=row.threshold, variant=variant) == settings
        run = sample(pipe, request_, settings)
        assert run.trace.computed_calls == COMPUTED and run.trace.schedule[:2] == (True, True)
        assert row.fidelity.psnr == pytest.approx(_psnr(pipe, request_, run), abs=1e-6)


def _psnr(pipe, request, run):
    from teacache.runs.fidelity import fidelity

    return fidelity(run.video, sample(pipe, request).video).psnr


def test_the_error_is_the_distance_of_the_final_latents(pipe, request_, rows):
    def latents(settings):
        with torch.no_grad(), TeaCache(pipe, settings=settings):
            adapter = generate.adapter_of(pipe)
            return pipe(
                **adapter.encode(pipe, request_),
                **adapter.arguments(request_),
                generator=torch.Generator("cpu").manual_seed(request_.seed),
                output_type="latent",
                return_dict=False,
            )[0]

    whole = latents(Settings(threshold=0))
    even = latents(Settings(threshold=1.0, schedule=uniform(STEPS, COMPUTED)))
    wanted = float((even - whole).abs().mean() / whole.abs().mean())
    assert rows[-1].error == pytest.approx(wanted, rel=1e-4) and wanted > 0


def test_where_the_replay_is_wrong_real_runs_close_in_on_the_number(pipe, request_, monkeypatch):
    foretold = ablation._foretold
    monkeypatch.setattr(ablation, "_foretold", lambda *asked: foretold(*asked) / 2)
    (row,) = rows_of(comparing_signals(pipe, request_, COMPUTED, names=["latent"]))
    assert 1 < row.tries <= ablation.TRIES and row.computed_calls == COMPUTED


def test_a_number_that_no_threshold_meets_is_come_near_to(pipe, request_, monkeypatch):
    """Of all tries the nearest is kept, not the last."""
    tried = iter([0.9, 1.1, 0.5, 0.4, 0.3, 0.2])
    usual = ablation._foretold(sample(pipe, request_).trace, unscaled(request_.settings), COMPUTED)
    monkeypatch.setattr(ablation, "_foretold", lambda *_: usual * 50)
    monkeypatch.setattr(ablation, "_between", lambda *_: usual * next(tried) / 50)
    (row,) = rows_of(comparing_signals(pipe, request_, COMPUTED, names=["indicator"]))
    assert row.tries == ablation.TRIES and row.computed_calls == 3  # of the first try; the others compute all


def test_a_third_is_computed_where_nothing_else_is_said(pipe, request_):
    (row,) = (
        state for state in comparing_signals(pipe, request_, names=["uniform"]) if isinstance(state, Row)
    )
    assert row.computed_calls == STEPS // 3


@pytest.mark.parametrize("computed", [0, 2, 4.5, float("nan"), STEPS, 99])
def test_a_number_that_leaves_nothing_to_compare_is_refused(pipe, request_, computed):
    """Before anything is run."""
    with pytest.raises(RequestError, match=f"{computed} of {STEPS} calls .* from 3 to {STEPS - 1}"):
        comparing_signals(pipe, request_, computed)


def test_there_is_a_pause_at_every_call_and_the_run_is_named(states):
    under = [state for state in states if not isinstance(state, Row)]
    assert len(under) >= STEPS * (1 + len(NAMES))
    assert list(dict.fromkeys(state.name for state in under)) == ["uncached", *NAMES]
    assert max(state.call for state in under) == STEPS == under[-1].calls


def test_closed_between_two_calls_it_leaves_the_pipeline_free(pipe, request_):
    with closing(comparing_signals(pipe, request_, COMPUTED)) as found:
        next(state for state in found if state.call == 2)
    assert not generate.lock_of(pipe).locked()
    assert sample(pipe, request_).trace.computed_calls == STEPS


def test_the_nearest_is_told_for_one_prompt_and_for_several(rows):
    best = closest(rows)
    assert all(best.error <= row.error for row in rows)
    other = [replace(row, error=2 * row.error) for row in rows]
    found = means([rows, other])
    assert found[0].name == best.name and found[0].won == found[0].prompts == 2
    assert found[0].error == pytest.approx(1.5 * best.error)
    assert [mean.error for mean in found] == sorted(mean.error for mean in found)


def test_a_polynomial_is_left_out_with_all_that_belongs_to_it():
    scaled = Settings(
        threshold=0.1, coefficients=(1.0, 2.0, 3.0), input_range=(0.1, 0.2), out_of_range="clamp",
        variant="authors", schedule=(True, False), max_reuses=3,
    )  # fmt: skip
    assert unscaled(scaled) == Settings(threshold=0.1, coefficients=NAIVE, max_reuses=3)
