"""What the method's authors published is in the catalog digit by digit, and used as they use it."""

import json
import math
import re
from decimal import Decimal
from pathlib import Path

import pytest

from teacache.errors import SettingsError
from teacache.models.catalog import CARDS, COEFFICIENTS, read_published

PUBLISHED = json.loads(Path(__file__).with_name("published_coefficients.json").read_text())
AUTHORS = json.loads(Path(__file__).with_name("authors.json").read_text())
PRINTED = AUTHORS["printed"]
AUTHORS_CARDS = [card for card in CARDS.values() if card.modes]


def as_printed():
    """coefficients.json with its numbers as text: "card/mode" -> five decimal texts."""
    cards = json.loads(COEFFICIENTS.read_text(), parse_float=str)
    return {f"{c}/{m}": entry["coefficients"] for c, modes in cards.items() for m, entry in modes.items()}


def as_kept(reading):
    """An entry of coefficients.json, by "card/mode"."""
    card, mode = reading.split("/")
    return json.loads(COEFFICIENTS.read_text())[card][mode]


def seconds(text):
    number, unit = text.split()
    return float(number) * {"s": 1, "min": 60}[unit]


def test_every_coefficient_has_the_digits_that_were_published():
    assert as_printed() == PUBLISHED


def test_the_catalog_holds_the_published_numbers():
    held = {f"{c.name}/{m}": p.coefficients for c in AUTHORS_CARDS for m, p in c.modes.items()}
    assert held == {key: tuple(float(Decimal(text)) for text in texts) for key, texts in PUBLISHED.items()}


def test_all_checkpoints_of_the_authors_have_a_card():
    """Their folders at their commit: whatever one of them runs is here, and nothing else is said to be."""
    theirs = {name for folder in AUTHORS["folders"].values() for name in folder["cards"]}
    assert theirs <= set(CARDS)
    assert theirs == {card.name for card in AUTHORS_CARDS} == set(read_published())


@pytest.mark.parametrize("reading", PRINTED)
def test_thresholds_seconds_and_speedups_are_as_printed(reading):
    """Where they print no speedup, as for Wan, none is kept."""
    (baseline, *_), *points = AUTHORS["printed"][reading]
    entry = as_kept(reading)
    assert entry["baseline_seconds"] == seconds(baseline)
    kept = [(point["seconds"], point["threshold"], point["speedup"]) for point in entry["points"]]
    assert kept == [(seconds(time), delta, speed and round(speed, 2)) for time, delta, speed in points]


def test_every_figure_that_is_shown_has_a_source():
    """A file of the authors that is there, a table of the paper, or an author's word."""
    files = {f"{folder}/{file}" for folder, told in AUTHORS["folders"].items() for file in told["files"]}
    place = f"{AUTHORS['repository']} at {AUTHORS['commit'][:7]}, "
    for card in AUTHORS_CARDS:
        for mode in card.modes:
            entry = as_kept(f"{card.name}/{mode}")
            shown = {name for name in ("speedup", "seconds") if any(p[name] for p in entry["points"])}
            assert set(entry["sources"]) == {"coefficients", "threshold", *shown}, (card.name, mode)
            for source in entry["sources"].values():
                file = re.split("[,;] | with ", source.removeprefix(place))[0]
                word = f"{AUTHORS['repository']}, an author in issue "
                assert file in files or source.startswith(("arXiv 2411.19108, Table ", word)), source


@pytest.mark.parametrize("card", AUTHORS_CARDS, ids=lambda card: card.name)
def test_a_published_polynomial_is_used_in_author_mode(card):
    for mode, published in card.modes.items():
        settings = card.settings(mode=mode)
        assert settings.coefficients == published.coefficients
        assert settings.variant == published.variant != "default"
        assert (settings.negative, settings.out_of_range) == ("keep", "ignore")  # as their code does
        assert settings.threshold == published.slow.threshold
    assert card.settings() == card.settings(mode=next(iter(card.modes)))


def test_each_mode_of_wan_comes_with_its_own_tensor_and_forced_steps():
    usual, retention = (CARDS["wan-1.3b"].settings(mode=mode) for mode in ("authors", "retention"))
    assert (usual.variant, usual.first_steps, usual.last_steps) == ("authors", 1, 1)
    assert (retention.variant, retention.first_steps, retention.last_steps) == ("authors_retention", 5, 0)


@pytest.mark.parametrize("steps, first", [(50, 5), (28, 3), (16, 2), (5, 1)])
def test_hidream_computes_a_tenth_of_the_steps_first_and_none_at_the_end(steps, first):
    forced = CARDS["hidream"].settings().forced(steps)
    # The authors' test, with their float: forced while counter < 0.1 * steps.
    assert forced == (first, 0) and first == sum(step < 0.1 * steps for step in range(steps))


def test_an_unknown_mode_is_answered_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"'fast'.*v1, v2"):
        CARDS["lumina2"].settings(mode="fast")
    with pytest.raises(SettingsError, match="nothing is published"):
        CARDS["shapes"].settings(mode="authors")


@pytest.mark.parametrize("card", AUTHORS_CARDS, ids=lambda card: card.name)
def test_thresholds_rise_and_lie_on_the_slider(card):
    for published in card.modes.values():
        rising = [point.threshold for point in published.points]
        assert rising == sorted(set(rising)) and rising[0] > 0
        assert published.slow.threshold < published.fast.threshold < card.threshold_max
    assert card.threshold == card.published.slow.threshold


@pytest.mark.parametrize("card", AUTHORS_CARDS, ids=lambda card: card.name)
def test_published_speedups_and_seconds_tell_one_story(card):
    """CogVideoX 1.5 is the one whose labels are older than its seconds, by a sixth at most."""
    for published in card.modes.values():
        for point in published.points:
            if point.seconds and published.baseline_seconds:
                ratio = published.baseline_seconds / point.seconds
                assert math.isclose(point.speedup, ratio, rel_tol=0.17), (card.name, point)


@pytest.mark.parametrize("card", AUTHORS_CARDS, ids=lambda card: card.name)
def test_speedups_come_with_the_hardware_where_it_is_known(card):
    for mode, published in card.modes.items():
        unnamed = card.name.startswith("wan") and mode == "retention"  # their second table names none
        measured = any(point.speedup for point in published.points)
        timed = any(point.seconds for point in published.points)
        assert (published.hardware is not None) == (measured and not unnamed)
        assert timed == (published.baseline_seconds is not None)
        assert published.source


def test_every_card_says_what_a_person_must_know():
    for card in CARDS.values():
        assert card.title and card.license and re.fullmatch(r"\w+Pipeline", card.pipeline)
        assert card.steps >= 28 and card.guidance_scale > 1 and card.fps >= 1
        assert (card.frames == 1) == (card.kind in ("text_to_image", "text_to_audio"))
        assert (card.seconds is not None) == (card.kind == "text_to_audio")
        if card.name not in ("shapes", "scenes"):
            assert card.license_url.startswith("https://huggingface.co/")
            assert card.memory_gb > 2 * card.parameters["transformer"] > 0
            assert not card.source and card.hub.count("/") == 1


def test_gated_repositories_are_marked():
    assert [name for name, card in CARDS.items() if card.gated] == [
        "cosmos",
        "cosmos-video2world",
        "flux-dev",
        "hidream",
    ]


def test_settings_for_a_number_of_steps_have_numbers_for_shares():
    hidream = CARDS["hidream"].published
    assert hidream.settings().first_steps == 0.1
    assert [hidream.settings(steps=steps).first_steps for steps in (5, 20, 28, 100)] == [1, 2, 3, 10]
