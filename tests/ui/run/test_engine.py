"""Real runs of a tiny pipeline, as the page is told of them."""

from __future__ import annotations

import pytest

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.runs.request import Request
from teacache.study import rivals
from ui.run import fewer_steps
from ui.run.engine import ROUND, Screen

STEPS = 5


def request(**changes) -> Request:
    asked = {
        "model": "tiny",
        "prompt": "a red ball",
        "steps": STEPS,
        "settings": Settings(threshold=0.3),
        **changes,
    }
    return Request(**asked)


def phases(screens) -> list[str]:
    """Those of every run; the first one of its kind warms up as well."""
    found = dict.fromkeys(screen.board["phase"] for screen in screens if screen.board)
    return [phase for phase in found if phase != "warming"]


def test_a_run_goes_through_its_phases_and_is_stored(engine):
    screens = list(engine.run(request(), with_rivals=False))
    assert phases(screens) == ["text", "uncached", "decoding", "cached", "done"]
    stored = screens[-1].stored
    assert engine.library.load(stored.run_id).cached == stored.cached
    assert screens[-1].board["figures"]["measured"] > 0
    assert screens[-1].table["rows"]


def test_there_is_a_state_after_every_call(engine):
    screens = list(engine.run(request(seed=1), with_rivals=False))
    seen = {
        (s.board["phase"], len(s.board["uncached"]["step"]), len(s.board["cached"]["step"]))
        for s in screens
        if s.board
    }
    assert {("uncached", n, 0) for n in range(1, STEPS + 1)} <= seen
    assert {("cached", STEPS, n) for n in range(1, STEPS + 1)} <= seen


def test_previews_fill_both_lanes(engine):
    shown = [s.player for s in engine.run(request(seed=2, steps=6), with_rivals=False) if s.player]
    previews = [value for value in shown if value["kind"] == "preview"]
    assert previews and all(previews[-1]["lanes"])
    assert shown[-1]["kind"] == "video"


def test_a_second_run_keeps_the_baseline_and_shows_its_video(engine):
    list(engine.run(request(seed=3), with_rivals=False))
    again = list(engine.run(request(seed=3, settings=Settings(threshold=0.5)), with_rivals=False))
    assert "uncached" not in phases(again)
    assert again[-1].board["baselineReused"]


def test_rivals_follow_with_a_verdict_and_are_stored(engine):
    screens = list(engine.run(request(seed=4), with_rivals=True))
    tables = [s.rivals for s in screens if s.rivals]
    assert [len(t["rows"]) for t in tables] == [0, 1, 2, 3]
    assert tables[1]["busy"] and not tables[-1]["busy"] and tables[-1]["closest"]
    assert len(engine.library.load(screens[-1].stored.run_id).rivals) == 2


def test_a_planned_run_has_its_rivals_of_fewer_steps_too(engine):
    planned = Settings(threshold=0.3, schedule=(True, False, True, False, True))
    *_, last = engine.run(request(seed=14, settings=planned), with_rivals=True)
    assert not last.rivals["busy"]
    fewer = next(row for row in last.rivals["rows"] if row["name"] == "fewer_steps")
    assert (fewer["computed"], fewer["calls"]) == (3, 3)
    *_, third = fewer_steps.screens(engine, engine.library.load(last.stored.run_id))
    assert third.player["third"]["steps"] == 3


def test_where_a_rival_fails_the_run_stands_and_nothing_is_awaited_any_more(engine, monkeypatch):
    fault = RequestError("It does not run.")

    def broken(*_arguments):
        raise fault

    monkeypatch.setattr(rivals, "_running", broken)
    screens = []
    with pytest.raises(RequestError, match="It does not run"):
        screens.extend(engine.run(request(seed=15), with_rivals=True))
    assert screens[-1].rivals["busy"] is False
    assert engine.library.load(next(s.stored for s in screens if s.stored).run_id).fidelity is not None


def test_the_rivals_can_be_stopped_at_every_call(engine):
    screens = list(engine.run(request(seed=8), with_rivals=True))
    first = next(i for i, screen in enumerate(screens) if screen.board and screen.board["phase"] == "done")
    chances = [screen for screen in screens[first + 1 :] if screen.stored is None]
    assert len(chances) >= STEPS
    assert all(screen == Screen() for screen in chances)


def test_bad_input_is_refused_before_anything_runs(engine):
    with pytest.raises(RequestError, match="prompt is empty"):
        next(engine.run(request(prompt=" "), with_rivals=True))


def test_closing_stops_and_the_next_run_works(engine):
    screens = engine.run(request(seed=5, steps=40), with_rivals=False)
    for screen in screens:
        if screen.board and len(screen.board["uncached"]["step"]) >= 2:
            break
    screens.close()
    assert phases(engine.run(request(seed=6), with_rivals=False))[-1] == "done"


def test_the_slider_ends_at_a_round_number_beyond_every_recorded_run(engine):
    used = max(run.cached.settings.threshold for run in engine.library.recorded)
    assert engine.slider_end >= used
    assert engine.slider_end / ROUND == pytest.approx(round(engine.slider_end / ROUND))


@pytest.mark.parametrize("stopped", [False, True], ids=["finished", "stopped"])
def test_what_a_run_took_meanwhile_is_given_back_once_it_has_ended(engine, monkeypatch, stopped):
    given = []
    monkeypatch.setattr("ui.run.engine.heap.trim", lambda: given.append(True))
    screens = engine.run(request(seed=9 + stopped), with_rivals=False)
    for screen in screens:
        assert not given or screen.board["phase"] == "done"
        if stopped and screen.board and screen.board["uncached"]["step"]:
            break
    screens.close()
    assert given
