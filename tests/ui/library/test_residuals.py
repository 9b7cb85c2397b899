"""What is kept of a run's latents and residuals, from the run's own events to the page."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from teacache.method.gate import Settings
from teacache.runs import Request, compare
from tests.ui.base.test_scripts import fields_of
from ui.library import latents, residuals
from ui.library.kept import Kept
from ui.library.library import RECORDED, Library
from ui.screen.facts import facts, kept_pictures

STEPS = 10


def shown(told):
    """Steps -> the maps of signed bytes, as the page reads them."""
    values = np.frombuffer(base64.b64decode(told["values"]), np.int8)
    return values.reshape(len(told["steps"]), told["rows"], told["columns"]).astype(float)


@pytest.fixture(scope="module")
def kept(tiny_models, tmp_path_factory):
    """What a run with previews left in a folder, and its schedule."""
    folder, made = tmp_path_factory.mktemp("kept"), Kept()
    asked = Request(prompt="a red ball", seed=1, steps=STEPS, settings=Settings(threshold=0.3))
    for progress in compare(tiny_models.get(tiny_models.default), asked, preview_every=2):
        made.see(progress)
    made.save(folder)
    assert progress.comparison is not None
    return folder, progress.comparison.cached.trace.schedule


def test_a_run_keeps_residuals_of_steps_that_were_computed(kept):
    folder, schedule = kept
    told = residuals.read(folder)
    assert told["steps"] and all(schedule[step] for step in told["steps"])
    assert shown(told).std(axis=(1, 2)).min() > 0
    assert fields_of("Residuals") == set(told)


def test_a_run_keeps_the_latents_that_went_into_its_steps(kept):
    told = latents.read(kept[0])
    assert told["steps"] and set(told["steps"]) <= {2, 4, 6, 8}  # as many as their share of the time allows
    assert fields_of("Latents") == set(told)


def test_of_many_steps_a_few_are_kept_the_first_and_the_last_among_them(tmp_path):
    samples = {step: np.full((2, 3), step - 45.0) for step in range(90)}
    residuals.save(tmp_path, samples)
    told = residuals.read(tmp_path)
    assert len(told["steps"]) == residuals.MOST and told["steps"][0] == 0 and told["steps"][-1] == 89
    assert (np.sign(shown(told)[0]) == -1).all() and (np.sign(shown(told)[-1]) == 1).all()


def test_every_recorded_run_has_its_residuals_in_small_files():
    library = Library()
    told = {run.run_id: kept_pictures(library, run.run_id)["residuals"] for run in library.recorded}
    for run in library.recorded:
        computed = {record.step for record in run.cached.records if record.computed}
        assert set(told[run.run_id]["steps"]) <= computed
    sizes = dict.fromkeys((run.request.model for run in library.recorded), 0)
    for run in library.recorded:
        sizes[run.request.model] += (RECORDED / run.run_id / residuals.RECORD).stat().st_size
    assert max(sizes.values()) < 100_000


def test_every_page_is_told_half_of_the_latents_and_an_opened_box_all():
    library = Library()
    run = library.recorded[0].run_id
    some, every = facts(library, run)["latents"], kept_pictures(library, run)["latents"]
    assert some["steps"] == every["steps"][::2]
    size = every["height"] * every["width"] * 3
    all_bytes, bytes_ = (base64.b64decode(told["rgb"]) for told in (every, some))
    assert (
        bytes_[size : 2 * size] == all_bytes[2 * size : 3 * size] and len(bytes_) == len(some["steps"]) * size
    )
