"""Clips are laid out as VBench reads them, its scores come back as columns; without it that is said."""

import sys

import pyarrow.parquet as pq
import pytest

from teacache.errors import RequestError
from teacache.study.sweep.rows import UNCACHED
from teacache.study.sweep.vbench import lay_out, score, taken_back


@pytest.fixture
def laid_out(store, rows):
    return lay_out(store, rows)


def test_every_method_and_level_has_a_folder_of_clips_named_by_their_prompt(laid_out, store, rows):
    assert len(laid_out) == 1 + 4 * 2
    for folder, files in laid_out.items():
        assert sorted(path.name for path in (store.folder / "vbench" / folder).iterdir()) == sorted(files)
    uncached = [row for row in rows if row.method == UNCACHED]
    assert laid_out[UNCACHED] == {f"{row.prompt}-0.mp4": row.key for row in uncached}


def test_scores_come_back_as_columns_of_the_table(laid_out, store, rows):
    clips = [
        {"video_path": f"x/{name}", "video_results": 0.5 + i} for i, name in enumerate(laid_out[UNCACHED])
    ]
    scores = taken_back({"imaging_quality": [1.0, clips]}, laid_out[UNCACHED])
    store.keep_scores(scores)
    table = pq.read_table(store.write_table(rows)).to_pydict()
    found = dict(zip(table["key"], table["vbench_imaging_quality"], strict=True))
    assert {key: value for key, value in found.items() if value is not None} == {
        key: 0.5 + i for i, key in enumerate(laid_out[UNCACHED].values())
    }


def test_results_of_another_form_are_refused(laid_out):
    with pytest.raises(RequestError, match="not in the form"):
        taken_back({"imaging_quality": [0.5, [{"video_path": "stranger.mp4", "video_results": 1}]]}, {})
    with pytest.raises(RequestError, match=r"known: imaging_quality\[1\]\[0\].video_results is missing\.$"):
        taken_back({"imaging_quality": [0.5, [{"video_path": "a.mp4"}]]}, {"a.mp4": "a"})


def test_without_the_package_it_is_said(store, rows, monkeypatch):
    monkeypatch.setitem(sys.modules, "vbench", None)
    with pytest.raises(RequestError, match="pip install vbench"):
        score(store, rows)
