"""A run is stored whole or not at all, and whatever lies in the folder, the others can be read."""

import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from teacache.errors import StoreError, VideoError
from teacache.runs import store as store_module
from teacache.runs.store import Store
from teacache.runs.video import enlarge
from tests.runs import samples

IDS = (
    "",
    ".",
    "..",
    "../elsewhere",
    "a/b",
    "/etc",
    "a\\b",
    "-flag",
    "_x",
    "run 1",
    "run\n",
    "é",
    "x" * 81,
    None,
    7,
)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def refusal(action, *arguments) -> str:
    with pytest.raises(StoreError) as caught:
        action(*arguments)
    message = str(caught.value)
    assert "\n" not in message and message.endswith("."), message
    return message


def test_a_comparison_comes_back_as_it_was(store):
    comparison = samples.comparison()
    stored = store.save(comparison)
    assert stored == store.load("run-1")
    assert stored.request == comparison.request and stored.fidelity == comparison.fidelity
    assert (stored.uncached, stored.cached) == (comparison.uncached.trace, comparison.cached.trace)
    assert stored.uncached_timings == comparison.uncached.timings
    assert stored.cached_timings == comparison.cached.timings
    assert (stored.fps, stored.created, stored.rivals) == (8, comparison.created, ())


def test_speedups_are_those_of_the_comparison(store):
    comparison = samples.comparison()
    stored = store.save(comparison)
    assert stored.measured_speedup == comparison.measured_speedup == 1.25
    assert stored.ideal_speedup == comparison.ideal_speedup == pytest.approx(4 / 3)
    assert stored.efficiency == comparison.efficiency == pytest.approx(1.25 * 3 / 4)


def test_three_videos_and_a_record_are_all_that_is_written(store):
    stored = store.save(samples.comparison())
    expected = {"run.json", "stacked.mp4", "uncached.mp4", "cached.mp4"}
    assert {path.name for path in stored.folder.iterdir()} == expected
    assert all(path.stat().st_size > 1_000 for path in stored.folder.iterdir())
    assert {stored.stacked.name, stored.uncached_video.name, stored.cached_video.name} == expected - {
        "run.json"
    }
    assert [path.name for path in store.folder.iterdir()] == ["run-1"]


def test_the_record_is_strict_json(store):
    text = (store.save(samples.comparison()).folder / "run.json").read_text()

    def refuse(constant):
        raise AssertionError(constant)

    assert json.loads(text, parse_constant=refuse)["version"] == 1


def test_a_figure_that_is_not_a_number_is_refused_before_anything_is_left(store):
    from dataclasses import replace

    broken = replace(samples.comparison(), fidelity=replace(samples.fidelity(), psnr=float("nan")))
    assert "could not be stored" in refusal(store.save, broken)
    assert list(store.folder.iterdir()) == []


def test_newest_runs_come_first(store):
    for run_id, created in (
        ("b", "2026-01-02T00:00:00Z"),
        ("a", "2026-01-03T00:00:00Z"),
        ("c", "2026-01-01T00:00:00Z"),
    ):
        store.save(samples.comparison(run_id, created))
    assert [run.run_id for run in store.list()] == ["a", "b", "c"]


def test_a_store_never_used_is_empty(store):
    assert store.list() == [] and not store.folder.exists()


def test_the_folder_comes_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TEACACHE_RUNS_DIR", str(tmp_path / "elsewhere"))
    assert Store().folder == tmp_path / "elsewhere"
    monkeypatch.delenv("TEACACHE_RUNS_DIR")
    assert Store().folder == Path("runs")


@pytest.mark.parametrize("run_id", IDS)
def test_a_name_that_could_lead_elsewhere_is_refused(store, run_id):
    assert "names no run" in refusal(store.load, run_id)
    assert "names no run" in refusal(store.add_rivals, run_id, ())


def test_a_run_of_a_forbidden_name_is_not_written(store, tmp_path):
    refusal(store.save, samples.comparison("../escaped"))
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_run_is_named(store):
    assert "no run nothing-here" in refusal(store.load, "nothing-here")


def test_a_run_is_never_overwritten(store):
    stored = store.save(samples.comparison())
    before = (stored.folder / "run.json").read_bytes()
    assert "stored already" in refusal(store.save, samples.comparison())
    assert (stored.folder / "run.json").read_bytes() == before


def broken_folder(store: Store, run_id: str) -> Path:
    """A sound run beside a copy that the caller may spoil."""
    store.save(samples.comparison("sound"))
    place = store.folder / run_id
    shutil.copytree(store.folder / "sound", place)
    record = json.loads((place / "run.json").read_text())
    (place / "run.json").write_text(json.dumps(record | {"run_id": run_id}))
    return place


def spoil_record(**changes):
    def spoil(place: Path) -> None:
        record = json.loads((place / "run.json").read_text())
        (place / "run.json").write_text(json.dumps(record | changes))

    return spoil


def drop(*names: str):
    def spoil(place: Path) -> None:
        for name in names:
            (place / name).unlink()

    return spoil


def write(text: str | bytes):
    def spoil(place: Path) -> None:
        (place / "run.json").write_bytes(text if isinstance(text, bytes) else text.encode())

    return spoil


def record_is_a_folder(place: Path) -> None:
    (place / "run.json").unlink()
    (place / "run.json").mkdir()


DAMAGE = {
    "no record": drop("run.json"),
    "no stacked video": drop("stacked.mp4"),
    "only a video": drop("run.json", "stacked.mp4", "cached.mp4"),
    "empty": write(""),
    "cut short": write('{"version": 1, "run_id": "bro'),
    "binary": write(b"\xff\xfe\x00"),
    "deep": write("[" * 200_000),
    "not an object": write("[1, 2]"),
    "NaN": write('{"version": 1, "x": NaN}'),
    "later version": spoil_record(version=2),
    "renamed": spoil_record(run_id="other"),
    "no prompt": spoil_record(request={}),
    "bad trace": spoil_record(cached={"version": 1}),
    "trace is text": spoil_record(uncached="x"),
    "negative time": spoil_record(cached_timings={"text": 0, "denoising": -1, "decoding": 0, "decision": 0}),
    "no timings": spoil_record(uncached_timings=None),
    "infinite psnr": spoil_record(fidelity=samples.fidelity().to_json() | {"psnr": 10**400}),
    "text for ssim": spoil_record(fidelity=samples.fidelity().to_json() | {"ssim": "good"}),
    "frames are a number": spoil_record(fidelity=samples.fidelity().to_json() | {"psnr_frames": 3}),
    "fps zero": spoil_record(fps=0),
    "fps true": spoil_record(fps=True),
    "created is a number": spoil_record(created=5),
    "rivals is text": spoil_record(rivals="many"),
    "unknown rival": spoil_record(rivals=[samples.rival().to_json() | {"name": "no method!"}]),
    "record is a folder": record_is_a_folder,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_run_is_reported_and_hides_no_other(store, damage):
    DAMAGE[damage](broken_folder(store, "broken"))
    listing = store.scan()
    assert [run.run_id for run in listing.runs] == ["sound"]
    assert len(listing.problems) == 1 and "broken" in listing.problems[0] and len(listing.problems[0]) < 300
    refusal(store.load, "broken")


def test_foreign_files_and_folders_are_passed_over(store):
    store.save(samples.comparison("sound"))
    (store.folder / "notes.txt").write_text("hello")
    (store.folder / "holiday").mkdir()
    (store.folder / ".hidden").mkdir()
    (store.folder / "dangling").symlink_to("nowhere")
    listing = store.scan()
    assert [run.run_id for run in listing.runs] == ["sound"] and listing.problems == ()


def test_what_a_crash_left_behind_is_reported(store):
    store.save(samples.comparison("sound"))
    (store.folder / ".unfinished-x1").mkdir()
    listing = store.scan()
    assert [run.run_id for run in listing.runs] == ["sound"] and ".unfinished-x1" in listing.problems[0]


def test_a_process_killed_while_storing_leaves_no_half_run(store):
    code = (
        "import os, sys; from teacache.runs import store, video; from tests.runs import samples\n"
        "real = store.write_video\n"
        "def die(path, *rest):\n"
        "    real(path, *rest)\n"
        "    if path.name == 'uncached.mp4': os._exit(9)\n"
        "store.write_video = die\n"
        "store.Store(sys.argv[1]).save(samples.comparison())"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store.folder)], check=False)
    assert done.returncode == 9
    listing = store.scan()
    assert listing.runs == () and len(listing.problems) == 1
    assert store.save(samples.comparison()).run_id == "run-1"


def test_a_file_in_the_place_of_the_folder_is_one_sentence(tmp_path):
    (tmp_path / "runs").write_text("I am a file")
    blocked = Store(tmp_path / "runs")
    assert "TEACACHE_RUNS_DIR" in refusal(blocked.save, samples.comparison())
    assert "cannot be read" in refusal(blocked.list)
    assert (tmp_path / "runs").read_text() == "I am a file"


@pytest.mark.parametrize(
    "number, words", [(errno.EACCES, "may not"), (errno.EROFS, "may not"), (errno.ENOSPC, "full")]
)
def test_a_folder_that_refuses_is_one_sentence_and_nothing_is_left(store, monkeypatch, number, words):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    store.folder.mkdir()
    monkeypatch.setattr(os, "replace", refuse)
    assert words in refusal(store.save, samples.comparison())
    assert list(store.folder.iterdir()) == []


def test_a_disk_that_fills_up_during_encoding_is_one_sentence_and_nothing_is_left(store, monkeypatch):
    real = store_module.write_video

    def onto_a_full_disk(path, frames, fps):
        path.symlink_to("/dev/full")  # a device that refuses every byte with ENOSPC
        real(path, frames, fps)

    monkeypatch.setattr(store_module, "write_video", onto_a_full_disk)
    assert "the disk is full" in refusal(store.save, samples.comparison())
    assert list(store.folder.iterdir()) == []


def test_a_missing_ffmpeg_leaves_nothing(store, tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "nowhere"))
    with pytest.raises(VideoError, match="ffmpeg was not found"):
        store.save(samples.comparison())
    assert list(store.folder.iterdir()) == []


def test_rivals_are_added_and_replaced_by_name(store):
    store.save(samples.comparison())
    store.add_rivals("run-1", (samples.rival("uniform", 1.0), samples.rival("fewer_steps", 2.0)))
    stored = store.add_rivals("run-1", (samples.rival("uniform", 3.0),))
    assert {rival.name: rival.seconds for rival in stored.rivals} == {"uniform": 3.0, "fewer_steps": 2.0}
    assert stored == store.load("run-1")


def test_adding_rivals_touches_nothing_else(store):
    before = store.save(samples.comparison())
    after = store.add_rivals("run-1", (samples.rival(),))
    assert (after.cached, after.fidelity, after.request) == (before.cached, before.fidelity, before.request)
    assert len(list(after.folder.iterdir())) == 4


def test_rivals_that_cannot_be_written_leave_the_record_as_it_was(store, monkeypatch):
    stored = store.save(samples.comparison())
    before = (stored.folder / "run.json").read_bytes()

    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", refuse)
    assert "full" in refusal(store.add_rivals, "run-1", (samples.rival(),))
    assert (stored.folder / "run.json").read_bytes() == before and len(list(stored.folder.iterdir())) == 4


def test_a_stored_run_can_be_read_without_torch(store):
    store.save(samples.comparison())
    code = (
        "import sys; from teacache.runs import Store; from teacache.runs import video\n"
        "run, = Store(sys.argv[1]).list(); print(run.measured_speedup)\n"
        "assert not {'torch', 'diffusers', 'skimage'} & set(sys.modules), 'heavy imports'"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store.folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout.strip() == "1.25", done.stderr


def test_a_single_frame_is_stored_as_pictures_too_without_loss(tmp_path):
    whole = samples.comparison()
    one = replace(
        whole,
        uncached=replace(whole.uncached, video=whole.uncached.video[:1]),
        cached=replace(whole.cached, video=whole.cached.video[:1]),
    )
    stored = Store(tmp_path).save(one)
    stacked, uncached, cached = (np.asarray(Image.open(path)) for path in stored.pictures)
    assert np.array_equal(uncached, enlarge(one.uncached.video)[0])
    assert np.array_equal(cached, enlarge(one.cached.video)[0])
    assert np.array_equal(stacked, np.concatenate([uncached, cached], axis=1))
    assert stored.uncached_video.stat().st_size > 0


def test_clips_have_no_pictures(tmp_path):
    stored = Store(tmp_path).save(samples.comparison())
    assert stored.pictures == () and not list(stored.folder.glob("*.png"))
