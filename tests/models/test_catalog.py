"""The table of models can be read without torch, and says what a run needs."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from teacache.errors import ModelLoadError, SettingsError
from teacache.method.settings import NAIVE
from teacache.models.catalog import (
    CARDS,
    Calibration,
    calibration_name,
    card,
    folder_card,
    read_calibrations,
    write_calibration,
)

MEASURED = Calibration(
    coefficients=(1.0, 2.0, 3.0, 4.0, 5.0),
    r2=0.5,
    pairs=98,
    prompts=2,
    input_range=(0.01, 0.3),
    steps=50,
    guidance_scale=3.0,
    threshold=0.2,
    threshold_max=0.9,
    source="a test",
)


def test_reading_the_catalog_needs_no_torch():
    code = (
        "import sys, teacache.models.catalog; from teacache.models import card; card('shapes'); "
        "assert not {'torch', 'diffusers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_card_is_found_under_its_own_name():
    assert all(card(name).name == name for name in CARDS)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(ModelLoadError, match=r"'latti'.*shapes"):
        card("latti")


def test_sliders_start_inside_their_range():
    assert all(0 < entry.threshold < entry.threshold_max for entry in CARDS.values())


def test_a_calibrated_card_gives_its_polynomial_and_the_range_it_was_fitted_on():
    calibrated = replace(CARDS["shapes"], calibration=MEASURED)
    settings = calibrated.settings(0.3)
    assert (settings.threshold, settings.coefficients) == (0.3, MEASURED.coefficients)
    assert settings.input_range == MEASURED.input_range
    assert calibrated.settings().threshold == MEASURED.threshold


def test_outside_the_calibrated_range_the_estimate_stays_that_of_its_edge():
    settings = replace(CARDS["shapes"], calibration=MEASURED).settings(0.3)
    low, high = MEASURED.input_range
    assert settings.estimate(10 * high) == settings.estimate(high)
    assert settings.estimate(0.0) == settings.estimate(low)


def test_a_measured_polynomial_is_used_with_the_tensor_it_was_measured_on():
    measured = replace(CARDS["wan-1.3b"], calibration=replace(MEASURED, variant="authors_retention"))
    assert measured.settings().variant == "authors_retention"
    assert measured.settings(naive=True).variant == "authors_retention"  # left out, it compares the same
    assert measured.settings(mode="authors") == CARDS["wan-1.3b"].settings(mode="authors")


def test_a_second_calibration_is_asked_for_by_what_it_compares():
    retention = replace(MEASURED, variant="authors_retention", threshold=0.07, first_steps=5, last_steps=0)
    card = replace(CARDS["shapes"], calibration=MEASURED, other_calibrations={retention.variant: retention})
    settings = card.settings(mode="authors_retention")
    assert (settings.variant, settings.threshold) == ("authors_retention", 0.07)
    assert (settings.first_steps, settings.last_steps) == (5, 0)
    assert card.settings(0.2, mode="authors_retention").threshold == 0.2
    assert card.settings().variant == MEASURED.variant
    with pytest.raises(SettingsError, match="default, authors_retention"):
        card.settings(mode="authors")


def test_a_calibration_is_kept_beside_that_of_the_usual_variant():
    card = replace(CARDS["shapes"], variant="authors")
    assert calibration_name(card, "authors") == "shapes"
    assert calibration_name(card, "default") == "shapes:default"
    assert calibration_name(CARDS["wan-1.3b"], "authors_retention") == "wan-1.3b"


def test_a_folder_of_a_known_class_takes_its_kind_and_defaults_from_the_catalog(tmp_path):
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "WanImageToVideoPipeline"}))
    found, known = folder_card(tmp_path), CARDS["wan-i2v-480p"]
    assert (found.kind, found.fps, found.guidance_scale) == (known.kind, known.fps, known.guidance_scale)
    assert found.settings().naive and not found.modes and found.hub is None
    assert found.license_url == "" and not found.gated


def test_the_polynomial_can_be_left_out():
    calibrated = replace(CARDS["shapes"], calibration=MEASURED)
    naive = calibrated.settings(naive=True)
    assert naive.coefficients == NAIVE and naive.threshold == calibrated.naive_threshold
    assert replace(CARDS["shapes"], calibration=None).settings(0.1).coefficients == NAIVE


def test_a_threshold_out_of_range_is_refused():
    with pytest.raises(SettingsError, match="threshold"):
        CARDS["shapes"].settings(-1)


def test_a_calibration_survives_writing_and_reading(tmp_path):
    path = tmp_path / "calibrations.json"
    path.write_text("{}")
    write_calibration("shapes", MEASURED, path)
    write_calibration("another", replace(MEASURED, r2=0.9), path)
    assert read_calibrations(path) == {"shapes": MEASURED, "another": replace(MEASURED, r2=0.9)}


def test_a_folder_without_a_pipeline_is_named(tmp_path):
    with pytest.raises(ModelLoadError, match="no model_index.json"):
        folder_card(tmp_path)
    (tmp_path / "model_index.json").write_text("{")
    with pytest.raises(ModelLoadError, match="cannot be read"):
        folder_card(tmp_path)


@pytest.mark.parametrize(
    "kind, said, frames",
    [
        ("AllegroPipeline", {"sample_frames": 22}, 88),
        ("OpenSoraPlanPipeline", {"video_length": 56}, 221),
        ("CogVideoXPipeline", {"sample_frames": 49}, 49),
    ],
)
def test_a_configuration_that_counts_latent_frames_is_read_so(tmp_path, kind, said, frames):
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": kind}))
    (tmp_path / "transformer").mkdir()
    (tmp_path / "transformer" / "config.json").write_text(json.dumps(said))
    assert folder_card(tmp_path).frames == frames


def test_a_folder_says_its_own_size(tmp_path):
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "LattePipeline"}))
    (tmp_path / "transformer").mkdir()
    (tmp_path / "transformer" / "config.json").write_text(json.dumps({"sample_size": 8, "video_length": 16}))
    (tmp_path / "vae").mkdir()
    (tmp_path / "vae" / "config.json").write_text(json.dumps({"block_out_channels": [16, 32, 64, 64]}))
    found = folder_card(tmp_path)
    assert (found.pipeline, found.frames, found.height, found.width) == ("LattePipeline", 16, 64, 64)
