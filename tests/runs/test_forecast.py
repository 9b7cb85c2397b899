"""The seconds that are told before Run is pressed: measured here, else published, and never made up."""

from dataclasses import replace

import pytest

from teacache.method.gate import Settings
from teacache.models.catalog import CARDS
from teacache.runs.forecast import Measured, computed_share, forecast
from teacache.runs.paces import NAME, Paces
from teacache.runs.request import Request
from tests.runs import samples

WAN, SHAPES = CARDS["wan-1.3b"], CARDS["shapes"]


def asked(card, **changes):
    return Request(model=card.name, prompt="a red ball", settings=card.settings(), **changes).checked(card)


def measured(card, **changes):
    size = (card.frames, card.height, card.width)
    told = {"model": card.name, "steps": card.steps, "size": size, "guided": True}
    return Measured(**{**told, "text": 1.0, "denoising": 100.0, "decoding": 2.0, **changes})


def test_what_was_measured_here_wins_over_what_is_published():
    found = forecast(WAN, asked(WAN), "NVIDIA A800", [measured(WAN)], share=0.5)
    assert (found.source, found.uncached, found.cached, found.around) == ("measured", 100, 50, 5)
    assert found.total == 155
    assert forecast(WAN, asked(WAN), "NVIDIA A800", [measured(SHAPES)]).source == "published"


def test_steps_and_size_scale_it():
    half = forecast(WAN, asked(WAN, steps=25), "cuda", [measured(WAN)], share=1)
    assert half.uncached == 50
    smaller = forecast(WAN, asked(WAN, frames=33), "cuda", [measured(WAN)], share=1)
    assert 100 * (36 / 84) ** 2 < smaller.uncached < 100 * 36 / 84
    assert smaller.around == pytest.approx(1 + 4 * 33 / 81)


def test_the_nearest_measurement_is_taken():
    near = measured(WAN, steps=10, denoising=18.0)
    assert forecast(WAN, asked(WAN, steps=10), "cuda", [measured(WAN), near], share=1).uncached == 18


def test_without_guidance_a_step_is_another_one():
    alone = forecast(SHAPES, asked(SHAPES, guidance_scale=1.0), "cpu", [measured(SHAPES)])
    assert alone is None


def test_nothing_is_told_where_nothing_is_known():
    assert forecast(SHAPES, asked(SHAPES), "cpu") is None
    assert forecast(WAN, asked(WAN), "cpu") is None  # published for a GPU


@pytest.mark.parametrize("threshold, share", [(0, 1), (0.05, 117 / 175), (0.08, 88 / 175), (9, 88 / 175)])
def test_the_share_of_computed_calls_is_what_the_authors_counted(threshold, share):
    assert computed_share(WAN, WAN.settings(threshold), 50) == pytest.approx(share, rel=0.01)


def test_of_a_measured_polynomial_the_share_is_that_of_its_two_thresholds():
    own = SHAPES.calibration
    assert computed_share(SHAPES, SHAPES.settings(own.threshold), 50) == pytest.approx(1 / 2.3)
    assert computed_share(SHAPES, SHAPES.settings(own.threshold_max), 50) == pytest.approx(1 / 14)


def test_forced_steps_a_schedule_and_an_unknown_polynomial_count():
    forced = SHAPES.settings(9).replaced(first_steps=6, last_steps=4)
    assert computed_share(SHAPES, forced, 20) == 0.5
    assert computed_share(SHAPES, Settings(threshold=9, schedule=(True, False, True, False)), 4) == 0.5
    assert computed_share(SHAPES, Settings(threshold=9, coefficients=(1.0, 0.0)), 50) == 1
    assert computed_share(SHAPES, Settings(threshold=9), 50) == 1


def test_paces_outlive_the_process_but_not_the_machine(tmp_path):
    made = samples.comparison("one")
    Paces(tmp_path, "cpu").note(made)
    (kept,) = Paces(tmp_path, "cpu").known()
    assert (kept.model, kept.denoising) == (made.request.model, made.uncached.timings.denoising)
    assert Paces(tmp_path, "NVIDIA L4").known() == ()


def test_the_latest_run_of_a_kind_replaces_the_one_before(tmp_path):
    paces = Paces(tmp_path, "cpu")
    for seconds in (1.0, 2.0):
        made = samples.comparison("one")
        timed = replace(made.uncached, timings=replace(made.uncached.timings, denoising=seconds))
        paces.note(replace(made, uncached=timed))
    assert [one.denoising for one in paces.known()] == [2.0]


def test_what_was_not_timed_is_not_remembered(tmp_path):
    paces = Paces(tmp_path, "cpu")
    paces.note(replace(samples.comparison("one"), baseline_reused=True))
    assert not paces.known() and not (tmp_path / NAME).exists()


@pytest.mark.parametrize("text", ["", "[]", '{"device": "cpu"}', '{"device": "cpu", "runs": [{"model": 1}]}'])
def test_a_spoiled_file_counts_nothing(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    assert Paces(tmp_path, "cpu").known() == ()


def test_threshold_0_computes_every_call_also_with_a_schedule():
    settings = SHAPES.settings(0.1).replaced(schedule=(True, False, False, True))
    assert computed_share(SHAPES, settings, 4) == 0.5
    assert computed_share(SHAPES, settings.replaced(threshold=0), 4) == 1
