"""Rows from outside: of a journal and of a table, read by their types; what is wrong is named."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from teacache.errors import RequestError
from teacache.study.sweep.rows import UNCACHED, Row, from_table, read_rows, to_table
from teacache.study.sweep.store import JOURNAL, RECORD, SCORES, Store

ROW = Row(
    key="0-0-uncached", index=0, prompt="a red ball", seed=0, model="tiny", steps=8, guidance_scale=1.0,
    flow_shift=None, method=UNCACHED, values="{}", knob=0.0, budget=None, computed=8, calls=8, share=1.0,
    seconds=0.5, uncached_seconds=0.5, psnr=100.0, ssim=1.0, lpips=None, object_psnr=None,
)  # fmt: skip


def test_a_table_gives_its_rows_back():
    rows = [ROW, replace(ROW, key="0-0-naive", lpips=0.25, disturbed=True, worker="b")]
    assert from_table(to_table(rows, scores={"0-0-naive": {"vbench_x": 0.5}})) == rows


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"psnr": "high"}, r"rows\[1\].psnr must be a finite number, but is 'high'"),
        ({"steps": 8.5}, r"rows\[1\].steps must be a whole number, but is 8.5"),
        ({"disturbed": 1}, r"rows\[1\].disturbed must be true or false, but is 1"),
        ({"colour": "red"}, r"rows\[1\].colour is not a field of version 1"),
    ],
)
def test_the_row_and_the_field_that_are_wrong_are_named(changes, said):
    with pytest.raises(RequestError, match=f"^{said}\\.$"):
        read_rows([asdict(ROW), asdict(ROW) | changes])


def test_a_table_without_a_column_is_refused_by_its_name():
    with pytest.raises(RequestError, match=r"^rows\[0\]\.psnr is missing\.$"):
        from_table(to_table([ROW]).drop_columns(["psnr"]))


def test_a_folder_whose_files_are_amiss_says_which(tmp_path):
    store = Store(tmp_path)
    (tmp_path / JOURNAL).write_text(json.dumps(asdict(ROW)) + "\n{\n")
    with pytest.raises(RequestError, match=f"{JOURNAL} cannot be read"):
        store.rows()
    (tmp_path / RECORD).write_text("[]")
    with pytest.raises(RequestError, match=rf"^{RECORD} must be a JSON object, but is \[\]\.$"):
        store.record()
    (tmp_path / SCORES).write_text('{"0-0-naive": {"vbench_x": "much"}}')
    with pytest.raises(RequestError, match=r"^0-0-naive\.vbench_x must be a finite number, but is 'much'\.$"):
        store.scores()
