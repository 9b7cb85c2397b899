"""A sweep gives every method the same budgets, keeps what it made, and goes on where it stopped."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest

from teacache.errors import RequestError
from teacache.method.trace import Trace
from teacache.models.catalog import CARDS
from teacache.study.collect import collect
from teacache.study.prompts import prompts_for
from teacache.study.signals import facts
from teacache.study.sweep.plan import levels_for_thresholds
from teacache.study.sweep.rows import UNCACHED, from_table, judged
from teacache.study.sweep.run import sweep
from teacache.study.sweep.store import JOURNAL, TABLE, Store
from teacache.study.tables import facts_table
from tests.study.sweep.conftest import BUDGETS, METHODS


def test_every_prompt_meets_every_method_at_every_budget_after_its_uncached_run(rows):
    wanted = [(UNCACHED, None), *((method, budget) for method in METHODS for budget in BUDGETS)]
    assert [(r.index, r.method, r.budget) for r in rows] == [
        (index, *one) for index in (0, 1) for one in wanted
    ]


def test_fixed_methods_meet_their_budget_exactly_and_adaptive_ones_nearly(rows):
    for row in judged(rows):
        if row.method in ("uniform", "fewer_steps"):
            assert row.computed == row.budget
        else:
            assert abs(row.computed - row.budget) <= 2
        assert 0 < row.share < 1 and 0 < row.psnr < 100 and row.ssim <= 1 and row.seconds > 0


def test_the_uncached_run_is_its_own_measure(rows):
    for row in (row for row in rows if row.method == UNCACHED):
        assert (row.share, row.psnr, row.speedup, row.computed) == (1, 100, 1, 8)


def test_the_table_holds_the_rows_and_every_row_has_its_clip_and_its_trace(rows, store):
    table = pq.read_table(store.folder / TABLE)
    assert from_table(table) == rows
    assert json.loads(table.schema.metadata[b"sweep"])["setup"]["steps"] == 8
    for row in rows:
        assert store.clip(row.key).read_bytes()[4:8] == b"ftyp"
        trace = store.load_trace(row.key)
        assert isinstance(trace, Trace) and trace.computed_calls == row.computed


def test_a_finished_sweep_runs_nothing_again(hands, rows, plan, store, monkeypatch):
    monkeypatch.setattr("teacache.study.sweep.hands.work", lambda *_: pytest.fail("it ran"))
    assert sweep(hands, plan, store) == rows


def test_a_longer_plan_runs_only_what_is_new(hands, rows, plan, store):
    more = replace(plan, levels=(*plan.levels, *levels_for_thresholds(["naive"], [0.7])))
    grown = sweep(hands, more, store)
    assert [row for row in grown if row.knob != 0.7] == rows
    assert sum(row.knob == 0.7 for row in grown) == 2


def test_a_half_written_row_is_run_again_and_no_other(hands, rows, plan, store, tmp_path):
    copy = Store(tmp_path)
    with copy.writing():
        copy.begin(plan.to_json())
    lines = (store.folder / JOURNAL).read_bytes().splitlines(keepends=True)[: len(rows)]
    (tmp_path / JOURNAL).write_bytes(b"".join(lines[:-2]) + lines[-2][:30])
    again = sweep(hands, plan, copy)
    assert [row.decided for row in again] == [row.decided for row in rows]
    assert again[:-2] == rows[:-2]  # seconds included: these were read, not run


def test_a_sweep_from_before_settings_got_a_field_goes_on(plan, tmp_path):
    old = plan.to_json()
    del old["settings"]["order"], old["settings"]["reach"]
    store = Store(tmp_path)
    store.begin(old)
    store.begin(plan.to_json())
    with pytest.raises(RequestError, match="holds a sweep of other runs"):
        store.begin(old | {"settings": old["settings"] | {"order": 1}})


def test_a_second_process_may_not_write_to_the_same_folder(store):
    with store.writing(), pytest.raises(RequestError, match="Another process is writing"), store.writing():
        pass


def test_a_folder_of_another_sweep_is_refused(hands, rows, plan, store):
    other = replace(plan, setup=replace(plan.setup, guidance_scale=5.0))
    with pytest.raises(RequestError, match="holds a sweep of other runs"):
        sweep(hands, other, store)


def test_every_noise_of_a_prompt_has_an_uncached_run_of_its_own(plan, hands):
    keys = replace(plan, seeds=3).keys(hands.card)
    assert len(set(keys)) == len(keys) == 3 * len(plan.keys(hands.card))
    assert sum(key.endswith(UNCACHED) for key in keys) == 6


def test_calibrations_and_sweeps_share_their_uncached_runs(pipe, traces, setup, monkeypatch):
    monkeypatch.setattr("teacache.study.collect.uncached_trace", lambda *_, **__: pytest.fail("it ran"))
    assert collect(pipe, setup, prompts_for("calibration", 3)) == traces


def test_the_uncached_runs_of_a_sweep_can_be_measured(rows, store):
    found = facts([store.load_trace(row.key) for row in rows if row.method == UNCACHED])
    assert found.runs == 2 and len(found.output_change) == 7
    assert "modulated input" in facts_table(found)


def test_sounds_are_not_judged_as_clips(plan, store):
    with pytest.raises(RequestError, match="TangoFlux makes sounds"):
        sweep(SimpleNamespace(card=CARDS["tangoflux"]), plan, store)
