"""What cannot be stored is known before a run, and what cannot be read stops nothing."""

import json
import logging
import os
import threading
from pathlib import Path

import pytest

from teacache.errors import StoreError, VideoError
from teacache.runs import store as store_module
from teacache.runs.store import Store
from teacache.runs.stored import in_memory
from teacache.runs.video import is_whole
from tests.runs import samples


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def change(store: Store, run_id: str, **changes) -> None:
    record = store.folder / run_id / "run.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | changes))


# --- before a run ---------------------------------------------------------------------------------


def test_a_folder_that_can_be_written_passes_and_is_left_empty(store):
    store.check()
    assert list(store.folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused_before_a_run(tmp_path):
    (tmp_path / "runs").write_text("I am a file")
    with pytest.raises(StoreError, match="Runs cannot be stored in .*: a file is in the place"):
        Store(tmp_path / "runs").check()


def full_file(dir):
    """A device that refuses every byte with ENOSPC."""
    return os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb")


def test_a_full_disk_is_refused_before_a_run(store, monkeypatch):
    monkeypatch.setattr(store_module.tempfile, "TemporaryFile", full_file)
    with pytest.raises(StoreError, match="Runs cannot be stored in .*: the disk is full"):
        store.check()


def test_a_missing_ffmpeg_is_refused_before_a_run(store, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    with pytest.raises(VideoError, match="ffmpeg was not found"):
        store.check()


def test_a_comparison_in_memory_is_the_stored_one_without_files(store):
    made = samples.comparison()
    stored, held = store.save(made), in_memory(made)
    assert held.folder is None and held.pictures == () and held.image is None
    ours, theirs = vars(held), vars(stored)
    assert {name: ours[name] for name in ours if name != "folder"} == {
        name: theirs[name] for name in theirs if name != "folder"
    }


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 7, 1000, -1])
def test_a_video_that_was_cut_short_makes_a_run_not_whole(store, size):
    video = store.save(samples.comparison()).cached_video
    assert is_whole(video)
    os.truncate(video, size if size >= 0 else video.stat().st_size - 1)
    with pytest.raises(StoreError, match=r"not whole: cached.mp4 is missing or cut short"):
        store.load("run-1")
    assert store.list() == []


def test_a_run_without_calls_is_not_read(store):
    stored = store.save(samples.comparison())
    change(store, "run-1", cached=stored.cached.to_json() | {"records": []})
    with pytest.raises(StoreError, match="no calls"):
        store.load("run-1")


def test_a_run_made_at_no_time_is_not_read(store):
    store.save(samples.comparison())
    change(store, "run-1", created="not a date")
    with pytest.raises(StoreError, match="created cannot be 'not a date'"):
        store.load("run-1")


def test_a_pipe_in_the_place_of_the_record_is_not_waited_for(store):
    record = store.save(samples.comparison()).folder / "run.json"
    record.unlink()
    os.mkfifo(record)
    found = []
    reader = threading.Thread(target=lambda: found.append(store.scan()), daemon=True)
    reader.start()
    reader.join(timeout=20)
    assert found and found[0].runs == ()


def closed(monkeypatch, name: str) -> None:
    """Whatever is asked about what lies in a folder of this name is refused, as to another user."""
    stat = Path.stat

    def refuse(self, **options):
        if self.parent.name == name:
            raise PermissionError(13, "Permission denied")
        return stat(self, **options)

    monkeypatch.setattr(Path, "stat", refuse)


def test_a_run_closed_to_us_hides_no_other(store, monkeypatch):
    for run_id in ("open", "shut"):
        store.save(samples.comparison(run_id))
    closed(monkeypatch, "shut")
    listing = store.scan()
    assert [run.run_id for run in listing.runs] == ["open"]
    assert len(listing.problems) == 1 and "Run shut cannot be read" in listing.problems[0]


def test_a_runs_folder_closed_to_us_is_one_sentence(store, monkeypatch):
    store.folder.mkdir()
    closed(monkeypatch, store.folder.name)
    with pytest.raises(StoreError, match="could not be stored"):
        store.save(samples.comparison())


def test_what_is_wrong_with_a_run_is_logged_once(store, caplog):
    store.save(samples.comparison())
    change(store, "run-1", created="not a date")
    with caplog.at_level(logging.WARNING):
        assert store.list() == store.list() == []
    assert len(caplog.records) == 1 and "not a date" in caplog.text
