"""A run that cannot be stored is refused before it begins; one that could not be, in the end, is not lost."""

from __future__ import annotations

import errno
import os
import threading

import pytest

from teacache.errors import StoreError, VideoError
from teacache.method.gate import Settings
from teacache.runs.request import Request
from teacache.runs.store import Store
from teacache.study.replay import replay
from tests.runs import samples
from ui.api.endpoints import Api
from ui.api.files import NO_FILES
from ui.history import history
from ui.library.previews import Previews
from ui.run import fewer_steps
from ui.run.outputs import values_of
from ui.takeaway import panel
from ui.words.phrases import in_every_language


def request(**changes) -> Request:
    asked = {"model": "tiny", "prompt": "a red ball", "steps": 5, "settings": Settings(threshold=0.3)}
    return Request(**{**asked, **changes})


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_disk(monkeypatch):
    """The disk is full when a run comes to be stored, and was not before."""
    monkeypatch.setattr("teacache.runs.store.unfinished_name", full)


@pytest.fixture
def screens(engine, full_disk):
    return list(engine.run(request(), with_rivals=True))


@pytest.fixture
def finished(screens):
    return next(screen for screen in screens if screen.stored is not None)


def test_a_runs_folder_that_cannot_be_written_is_said_before_anything_runs(engine):
    engine.library.made.folder.write_text("I am a file")
    with pytest.raises(StoreError, match="Runs cannot be stored in"):
        next(engine.run(request(), with_rivals=False))


def test_a_missing_ffmpeg_is_said_before_anything_runs(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    with pytest.raises(VideoError, match="ffmpeg was not found"):
        next(engine.run(request(), with_rivals=False))


def test_a_finished_run_is_shown_whole_with_the_sentence_why_it_is_not_stored(finished):
    board = finished.board
    assert board["phase"] == "done" and not board["about"]["videos"]
    assert board["figures"]["measured"] > 0 and board["figures"]["psnr"] > 0
    assert len(board["uncached"]["step"]) == len(board["cached"]["step"]) == 5
    assert finished.table["rows"] and finished.player["kind"] == "none"
    said = str(finished.problem)
    assert "the disk is full" in said and said.endswith("are kept for now, its videos are lost.")
    *_, notice = values_of(finished)
    assert notice["error"] == in_every_language(finished.problem) and notice["error"]["de"] != said


def test_its_rivals_are_run_all_the_same(screens):
    assert [len(screen.rivals["rows"]) for screen in screens if screen.stored] == [1, 2, 3]
    assert len(screens[-1].stored.rivals) == 2


def test_what_if_history_and_the_way_back_know_it(engine, finished):
    run = engine.library.load(finished.stored.run_id)
    assert run.cached == finished.stored.cached and Store(engine.library.made.folder).list() == []
    decided = Api(engine).what_if(run.run_id, 0.6, "", False, 0, -1, 0)["schedule"]
    assert decided == [d.computed for d in replay(run.cached, run.cached.settings.replaced(threshold=0.6))]
    told = history.summary(run)
    assert told["measured"] > 0 and told["clip"] is None
    assert panel.screen(engine, run, []).board["phase"] == "done"


def test_its_files_are_refused_in_a_sentence(engine, finished):
    with pytest.raises(StoreError, match="was not made yet"):
        engine.library.file(finished.stored.run_id, "stacked.mp4")
    with pytest.raises(Exception, match="no video to set a third one beside"):
        next(fewer_steps.screens(engine, finished.stored))


def test_a_program_gets_the_figures_and_the_sentence(engine, full_disk):
    *_, (state, *files) = Api(engine)._states(request(seed=1), rivals=True)
    assert tuple(files) == NO_FILES and "the disk is full" in state["problem"]
    assert state["figures"]["psnr"] > 0 and len(state["rivals"]) == 3


def test_rivals_that_cannot_be_stored_are_shown_with_the_sentence(engine, monkeypatch):
    made, _ = engine.library.keep(samples.comparison())
    monkeypatch.setattr("teacache.runs.files.os.replace", full)
    grown, problem = engine.library.add_rivals(made, (samples.rival(),))
    assert grown.rivals == (samples.rival(),) and "full" in str(problem)


def test_only_the_latest_runs_are_kept_in_memory(engine, full_disk):
    for number in range(20):
        engine.library.keep(samples.comparison(f"run-{number}"))
    assert engine.library.load("run-19").folder is None
    with pytest.raises(StoreError, match="There is no run run-0"):
        engine.library.load("run-0")


def test_previews_that_cannot_be_written_do_not_hide_a_stored_run(engine, monkeypatch, caplog):
    monkeypatch.setattr(Previews, "save", full)
    *_, last = engine.run(request(seed=2), with_rivals=False)
    assert last.board["phase"] == "done" and last.problem is None and last.player["kind"] == "video"
    assert engine.library.load(last.stored.run_id).folder is not None
    assert "previews of run" in caplog.text


def test_half_written_previews_leave_nothing(tmp_path, monkeypatch):
    made = Previews()
    made.add("cached", 1, samples.clip())
    monkeypatch.setattr("teacache.runs.files.os.replace", full)
    with pytest.raises(OSError):
        made.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_stored_beside_the_thread_that_waits(engine, monkeypatch):
    save, storing, screens = Store.save, threading.Event(), []

    def slow(self, comparison):
        storing.wait(60)
        return save(self, comparison)

    monkeypatch.setattr(Store, "save", slow)
    for screen in engine.run(request(seed=3), with_rivals=False):
        screens.append(screen)
        if screen.board is None and len(screens) > 10:  # a sign of life while it is stored
            storing.set()
    assert storing.is_set() and screens[-1].stored is not None
