"""From the boxes and radios of a visitor to settings, and back."""

from __future__ import annotations

import pytest

from teacache.errors import SettingsError
from teacache.method.gate import Settings
from teacache.models.catalog import CARDS, card
from ui.controls import rules
from ui.controls.form import Form


def made(estimator=rules.CALIBRATED, **changes):
    values = {"threshold": 0.1, "first": 1, "last": 1, "most": 0, "mode": None, "estimator": estimator}
    return rules.settings(card(changes.pop("model", "shapes")), Form.read(values | changes))


@pytest.mark.parametrize(
    "text, coefficients, known",
    [
        ("1, 0", (1.0, 0.0), None),
        ("[4.5e3, -1.2e+2 .5]", (4500.0, -120.0, 0.5), None),
        ("2;-1;0.25 @ 0.02 .. 0.16", (2.0, -1.0, 0.25), (0.02, 0.16)),
        ("3\n1", (3.0, 1.0), None),
    ],
)
def test_a_polynomial_can_be_written_as_people_write_it(text, coefficients, known):
    assert rules.read(text) == (coefficients, known)


@pytest.mark.parametrize("text", ["", "three", "1, two", "1, 2 @ 3", "1 @ a .. b", "import os", "nan"])
def test_anything_else_is_refused_with_an_example(text):
    with pytest.raises(SettingsError, match="write for example"):
        rules.read(text)


def test_what_is_written_reads_as_the_same_polynomial():
    settings = card("shapes").settings()
    coefficients, known = rules.read(rules.written(settings))
    assert coefficients == pytest.approx(settings.coefficients, rel=1e-6)
    assert known == pytest.approx(settings.input_range, rel=1e-3)


def test_an_own_polynomial_keeps_within_its_range_only_if_it_has_one():
    plain = made(rules.OWN, coefficients="2, 0")
    assert (plain.coefficients, plain.out_of_range, plain.input_range) == ((2.0, 0.0), "ignore", None)
    known = made(rules.OWN, coefficients="2, 0 @ 0.1 .. 0.2")
    assert known.estimate(0.5) == pytest.approx(0.4)


def test_every_rule_reaches_the_settings():
    settings = made(first=3, last=2, most=4, negative="zero")
    assert (settings.first_steps, settings.last_steps, settings.max_reuses) == (3, 2, 4)
    assert settings.negative == "zero" and not settings.naive
    assert made(rules.NAIVE).naive
    shares = made(first=0.1, last=0.25)
    assert (shares.first_steps, shares.last_steps) == (0.1, 0.25)


def test_a_published_mode_brings_its_own_polynomial():
    wan = card("wan-1.3b")
    assert made(model="wan-1.3b").coefficients == wan.published.coefficients
    kept = made(model="wan-1.3b", mode="retention")
    assert kept.coefficients == wan.modes["retention"].coefficients
    assert kept.variant == wan.modes["retention"].variant
    assert made(model="shapes", mode="retention") == made()  # a mode of another model means nothing


@pytest.mark.parametrize(
    "settings, estimator",
    [
        (card("shapes").settings(0.3), rules.CALIBRATED),
        (Settings(threshold=0.1), rules.NAIVE),
        (Settings(threshold=0.1, coefficients=(2.0, 0.0)), rules.OWN),
    ],
)
def test_settings_are_shown_as_what_they_are(settings, estimator):
    shown = rules.values_of(card("shapes"), settings)
    assert shown["estimator"] == estimator
    again = made(shown["estimator"], coefficients=shown["coefficients"])
    assert again.coefficients == pytest.approx(settings.coefficients, rel=1e-6)


def test_the_usual_polynomial_has_no_name_so_that_no_link_tells_of_it():
    for name, one in CARDS.items():
        offered = [value for _, value in rules.modes(one)]
        assert offered[0] == "", name
        assert rules.values_of(one, one.settings())["mode"] == "", name
        assert len(offered) == max(1, len(one.polynomials)), name
        for given, mode in zip(one.polynomials, offered, strict=False):
            assert rules.offered_mode(one, given) == mode
            assert made(model=name, mode=mode).coefficients == one.polynomials[given].coefficients


def test_a_run_in_a_published_mode_is_shown_in_it():
    wan = card("wan-1.3b")
    assert rules.values_of(wan, wan.settings(mode="retention"))["mode"] == "retention"
    assert rules.values_of(wan, wan.settings(mode="retention"))["estimator"] == rules.CALIBRATED


def test_another_signal_goes_without_the_polynomial_and_the_own_one_as_the_run_had_it():
    shapes = card("shapes")
    for settings, own in ((shapes.settings(), rules.CALIBRATED), (shapes.settings(naive=True), rules.NAIVE)):
        found = [rules.estimator_for(name, shapes, settings) for name in rules.INDICATORS]
        assert found == [own, rules.NAIVE, rules.NAIVE]
