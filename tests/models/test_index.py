"""The index of a pipeline's folder, read by its types."""

from __future__ import annotations

import json

import pytest

from teacache.errors import ModelLoadError
from teacache.models.index import NAME, read_index

INDEX = {
    "_class_name": "LuminaText2ImgPipeline",
    "_diffusers_version": "0.30.0",
    "transformer": ["diffusers", "LuminaNextDiT2DModel"],
    "safety_checker": [None, None],
    "tokens": 256,
}


def written(folder, data):
    (folder / NAME).write_text(json.dumps(data))
    return folder


def test_it_tells_the_class_by_its_name_of_today_the_parts_and_the_settings(tmp_path):
    index = read_index(written(tmp_path, INDEX))
    assert index.pipeline == "LuminaPipeline"
    assert index.parts["transformer"] == ("diffusers", "LuminaNextDiT2DModel")
    assert index.parts["safety_checker"] == (None, None)
    assert index.settings == {"tokens": 256}


def test_one_that_names_no_class_has_none(tmp_path):
    assert read_index(written(tmp_path, {})).pipeline == ""


@pytest.mark.parametrize(
    "data, said",
    [
        ([], r"model_index.json must be a JSON object, but is \[\]"),
        ({"_class_name": 5}, "_class_name must be a text, but is 5"),
        ({"transformer": [1, "Latte"]}, r"transformer\[0\] must be a text, but is 1"),
        ({"transformer": ["diffusers"]}, r"transformer\[1\] is missing"),
    ],
)
def test_what_is_amiss_is_named(tmp_path, data, said):
    with pytest.raises(ModelLoadError, match=f"^{said}\\.$"):
        read_index(written(tmp_path, data))
