"""Runs that outlive their machine in a dataset, against the hub's API over HTTP, which also refuses."""

from __future__ import annotations

import logging
import shutil
import time

import pytest
from huggingface_hub import HfApi, constants

from teacache.runs.dataset import FOLDER, Dataset
from teacache.runs.store import Store
from tests.runs import samples
from tests.runs.hub import Hub, serving

OFTEN = 0.02 / 60  # minutes
OLD, NEW = "20260101-000000-aa", "20260102-000000-bb"


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with serving(Hub()) as made:
        yield made


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


def dataset(store, hub, **options):
    options = {"every": OFTEN, "patience": (0.02, 0.05), **options}
    return Dataset(store, hub.name, api=HfApi(endpoint=hub.address, token="hf_secret"), **options)


def until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


def paths(hub, run_id):
    return {path for path in hub.files if path.startswith(f"{FOLDER}/{run_id}/")}


def test_a_finished_run_goes_to_the_dataset_whole_and_nothing_else_does(store, hub):
    hub.exists = False
    (store.folder / ".extras" / OLD).mkdir(parents=True)
    (store.folder / ".extras" / OLD / "third.mp4").write_bytes(b"made again")
    (store.folder / ".unfinished-x").mkdir()
    (store.folder / ".unfinished-x" / "run.json").write_text("{}")
    kept = dataset(store, hub)
    kept.start()
    made = store.save(samples.comparison(OLD))
    until(lambda: paths(hub, OLD))
    kept.stop()
    assert {path.name for path in made.folder.iterdir()} == {path.split("/")[-1] for path in hub.files}
    assert hub.files[f"{FOLDER}/{OLD}/run.json"] == (made.folder / "run.json").read_bytes()
    assert hub.visibility == "private" and hub.tokens == {"Bearer hf_secret"}


def test_a_server_that_starts_from_nothing_has_its_runs_again(store, hub, tmp_path):
    for run_id in (OLD, NEW):
        save(store, hub, run_id)
    fresh = Store(tmp_path / "fresh")
    assert dataset(fresh, hub).bring_back() == [NEW, OLD]
    assert fresh.load(NEW) == _moved(store.load(NEW), fresh) and len(fresh.list()) == 2
    assert not list(fresh.folder.glob(".unfinished*"))


def save(store, hub, run_id):
    """A run in a store, and the same in the dataset."""
    made = store.save(samples.comparison(run_id))
    for path in made.folder.iterdir():
        hub.files[f"{FOLDER}/{run_id}/{path.name}"] = path.read_bytes()
    return made


def _moved(run, store):
    from dataclasses import replace

    return replace(run, folder=store.folder / run.run_id)


def test_only_as_many_come_back_as_there_is_room_for_the_newest(store, hub, tmp_path):
    for run_id in (OLD, NEW):
        save(store, hub, run_id)
    fresh = Store(tmp_path / "fresh")
    assert dataset(fresh, hub, most=1).bring_back() == [NEW]


def test_what_came_back_is_not_sent_again_and_what_is_new_is(store, hub, tmp_path):
    save(store, hub, OLD)
    fresh = Store(tmp_path / "fresh")
    kept = dataset(fresh, hub)
    kept.start()
    until(lambda: (fresh.folder / OLD).exists())
    fresh.save(samples.comparison(NEW))
    until(lambda: paths(hub, NEW))
    kept.stop()
    assert all(path.startswith(f"{FOLDER}/{NEW}/") for commit in hub.commits for path in commit)


def test_a_run_that_is_cut_short_in_the_dataset_stays_away(store, hub, tmp_path, caplog):
    save(store, hub, OLD)
    hub.files[f"{FOLDER}/{OLD}/cached.mp4"] = b"half"
    hub.files |= {f"{FOLDER}/../../escaped/run.json": b"{}", f"{FOLDER}/.hidden/run.json": b"{}"}
    fresh = Store(tmp_path / "fresh")
    assert dataset(fresh, hub).bring_back() == []
    assert "did not come back" in caplog.text and not (fresh.folder / OLD).exists()


@pytest.mark.parametrize("status", [401, 403])
def test_a_dataset_that_refuses_is_tried_again_and_said_once_a_try(store, hub, caplog, status):
    hub.refuse = [("/tree/", status)] * 2
    save_later = dataset(store, hub)
    save_later.start()
    store.save(samples.comparison(OLD))
    until(lambda: paths(hub, OLD))
    save_later.stop()
    said = [record for record in caplog.records if "cannot be used" in record.getMessage()]
    assert len(said) == 2 and all(record.levelno == logging.WARNING for record in said)
    assert "hf_secret" not in caplog.text


def test_a_commit_that_fails_is_made_with_the_next_one(store, hub):
    hub.refuse = [("/commit/", 403), ("/preupload/", 403)]
    kept = dataset(store, hub)
    kept.start()
    store.save(samples.comparison(OLD))
    until(lambda: paths(hub, OLD))
    kept.stop()
    assert not hub.refuse and len(paths(hub, OLD)) == len(list((store.folder / OLD).iterdir()))


def test_without_the_hub_the_folder_goes_on_alone(store, monkeypatch, caplog):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    kept = Dataset(store, "somebody/runs", patience=(0.01, 0.02))
    kept.start()
    until(lambda: "cannot be used" in caplog.text)
    store.save(samples.comparison(OLD))
    kept.stop()
    assert [run.run_id for run in store.list()] == [OLD]


def test_a_run_that_is_gone_from_the_folder_stays_in_the_dataset(store, hub):
    made = save(store, hub, OLD)
    kept = dataset(store, hub)
    kept.start()
    until(lambda: kept._scheduler is not None)
    shutil.rmtree(made.folder)
    kept.stop()
    assert paths(hub, OLD)
