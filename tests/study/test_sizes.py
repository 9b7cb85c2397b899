"""Latency at several sizes, by several methods; what a model cannot carry is a row with the reason."""

from __future__ import annotations

import pytest

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.runs import Request
from teacache.study.figures import latency_by_size
from teacache.study.sizes import latency, read_size, table
from tests import tiny

SIZES = [(5, 48, 32), (5, 32, 32), (6, 32, 32)]  # the last is no length that Wan makes


@pytest.fixture(scope="module")
def rows():
    pipe = tiny.build("WanPipeline")
    asked = Request(
        model="tiny", prompt=tiny.PROMPT, steps=4, guidance_scale=3.0, settings=Settings(threshold=0.5)
    )
    return [row for row in latency(pipe, asked, SIZES, methods=("teacache", "pab")) if row is not None]


def test_every_size_is_run_by_every_method_smallest_first(rows):
    told = [(row.size, row.method) for row in rows if row.seconds is not None]
    methods = ("uncached", "teacache", "pab")
    assert told == [(size, method) for size in ((5, 32, 32), (5, 48, 32)) for method in methods]
    assert all(row.share < 1 for row in rows if row.method == "teacache")


def test_a_size_that_cannot_be_run_says_why(rows):
    refused = next(row for row in rows if row.seconds is None)
    assert refused.size == (6, 32, 32) and "frames" in refused.reason
    assert refused.reason in table(rows)


def test_the_figure_has_a_bar_a_size_and_the_speedup_on_top(rows):
    uncached, ours, _ = latency_by_size(rows, names={"teacache": "TeaCache"}).data
    assert uncached.x == ("5, 32x32", "5, 48x32") and ours.name == "TeaCache"
    assert uncached.text == ("", "") and all(text.endswith("x") for text in ours.text)


@pytest.mark.parametrize("text", ["16", "16x64", "ax64x64", "16x64x64x3"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(RequestError, match="16x256x256"):
        read_size(text)
