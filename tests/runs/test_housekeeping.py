"""A runs folder after kills, and when it is full."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from teacache.runs.files import HOST, UNFINISHED, unfinished_name
from teacache.runs.housekeeping import EXTRAS, RECORD, come_last, make_room, records, sweep

OLD = time.time() - 10_000


def a_run(folder, name: str, *, age: float = 0.0, size: int = 1000):
    """A folder like a run's, and one with its extra files."""
    for place in (folder / name, folder / EXTRAS / name):
        place.mkdir(parents=True)
        (place / "stacked.mp4").write_bytes(bytes(size))
    (folder / name / RECORD).write_text("{}")
    os.utime(folder / name / RECORD, (time.time() - age,) * 2)


def left_by(pid: int, host: str = HOST) -> str:
    return unfinished_name("x").replace(f"{HOST}-{os.getpid()}", f"{host}-{pid}")


@pytest.fixture
def dead():
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_what_a_killed_process_left_is_removed_wherever_it_lies(tmp_path, dead):
    a_run(tmp_path, "a")
    for place in (tmp_path, tmp_path / "a", tmp_path / EXTRAS / "a"):
        (place / left_by(dead)).write_text("half")
    (tmp_path / left_by(os.getpid())).mkdir()  # a container's first process has the same number each time
    assert sweep(tmp_path) == 4
    assert not list(tmp_path.rglob(UNFINISHED + "*")) and (tmp_path / "a" / RECORD).exists()


def test_what_another_is_writing_stays(tmp_path):
    parent = tmp_path / left_by(os.getppid())
    elsewhere = tmp_path / left_by(1, host="ffffffff")
    unnamed = tmp_path / f"{UNFINISHED}abcd"
    for place in (parent, elsewhere, unnamed):
        place.mkdir()
    assert sweep(tmp_path) == 0
    for place in (elsewhere, unnamed):
        os.utime(place, (OLD, OLD))  # nothing takes so long to write
    assert sweep(tmp_path) == 2 and parent.exists()


def test_a_folder_that_is_not_there_needs_no_tidying(tmp_path):
    assert sweep(tmp_path / "none") == 0 and make_room(tmp_path / "none", most=1) == []


def test_the_oldest_runs_make_room(tmp_path):
    for age, name in enumerate("abcde"):
        a_run(tmp_path, name, age=100 * age)
    assert make_room(tmp_path, most=3) == ["e", "d"]
    assert sorted(place.name for place in tmp_path.iterdir()) == [EXTRAS, "a", "b", "c"]
    assert sorted(place.name for place in (tmp_path / EXTRAS).iterdir()) == ["a", "b", "c"]
    assert make_room(tmp_path) == []


def test_extra_files_count_and_the_newest_run_stays_whatever_it_takes(tmp_path):
    for age, name in enumerate("abc"):
        a_run(tmp_path, name, age=100 * age, size=10_000)
    assert make_room(tmp_path, most_bytes=45_000) == ["c"]
    assert make_room(tmp_path, most_bytes=10) == ["b"]
    assert (tmp_path / "a" / RECORD).exists()


def test_a_run_that_was_just_made_is_the_newest_also_after_the_clock_was_set_back(tmp_path):
    for days, name in enumerate("abc"):
        a_run(tmp_path, name, age=-86_400 * (3 - days))  # written by a clock that was days ahead
    for name in "de":
        a_run(tmp_path, name)
        come_last(tmp_path / name / RECORD, records(tmp_path))
        make_room(tmp_path, most=3)
    assert sorted(record.parent.name for record in records(tmp_path)) == ["a", "d", "e"]
