"""The plot is defined once: what Python and the page fill into it is the same, call by call."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

from teacache.runs import Store
from teacache.study.plot.columns import columns
from teacache.study.plot.empty import Words, empty
from teacache.study.plot.filling import Filling, fill
from teacache.study.plot.palette import LIGHT

ROOT = Path(__file__).resolve().parents[3]
RUNS = Store(ROOT / "assets" / "runs").list()
FIGURE = empty(LIGHT, Words())
# Reads [figure, fillings], prints the figures that the page's filler makes of them.
FILL = """
import { readFileSync } from "node:fs";
import { fill } from "./plot/filling.js";
const [figure, given] = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(given.map((each) => fill(figure, each))));
"""


def filling(run, *, own: bool = True, names: tuple[str, ...] = ()) -> Filling:
    """Of a recorded run; of `names` for branches, if any, whose calls all are as the recorded ones."""
    traces = [
        [replace(r, branch=name) for r in trace.records for name in names] if names else trace.records
        for trace in (run.cached, run.uncached)
    ]
    branches = names or run.cached.branches
    cached, uncached = (columns(records, branches) for records in traces)
    threshold = run.cached.settings.threshold
    return Filling(
        run=cached, uncached=uncached, branches=branches, steps=run.cached.steps, threshold=threshold, own=own
    )


GIVEN = [
    *(filling(run) for run in RUNS),
    filling(RUNS[0], own=False),
    filling(RUNS[0], names=("cond", "uncond", "text")),
    replace(filling(RUNS[0]), threshold=0.0),
    replace(filling(RUNS[0]), threshold=0.002),  # bars that the axis cuts off
    Filling(run=columns((), ()), uncached=columns((), ()), branches=("",), steps=3, threshold=0.1),
    replace(filling(RUNS[0]), steps=0),  # a trace need not say how many
]


def test_the_page_fills_in_what_python_fills_in(on_the_page, rounded):
    drawn = on_the_page(FILL, [FIGURE, [vars(each) for each in GIVEN]])
    for given, figure in zip(GIVEN, drawn, strict=True):
        assert rounded(figure) == rounded(fill(FIGURE, given))


def test_what_was_only_decided_again_marks_no_changes_of_its_own():
    kinds = [trace["meta"]["kind"] for trace in fill(FIGURE, filling(RUNS[0], own=False))["data"]]
    assert "own" not in kinds and "actual" in kinds


def test_a_bar_answers_for_its_own_step_however_few_there_are():
    """Plotly lets the bars of a trace answer to a pointer as far as the nearest two stand apart."""
    seldom = replace(filling(RUNS[0]), run={**filling(RUNS[0]).run})
    seldom.run["computed"] = [step % 3 == 0 for step in seldom.run["step"]]
    for trace in fill(FIGURE, seldom)["data"]:
        if trace["type"] == "bar":
            steps = sorted(set(trace["x"]))
            assert {after - before for before, after in itertools.pairwise(steps)} == {1}
            drawn = [step for step, sum_ in zip(trace["x"], trace["y"], strict=True) if sum_ is not None]
            assert drawn and all((step % 3 == 1) == (trace["meta"]["kind"] == "computed") for step in drawn)


def test_the_figures_for_the_page_have_only_colours_of_its_sheet_and_words_of_its_table():
    from ui.base import figures
    from ui.words.texts import texts

    def leaves(node, field=""):
        if isinstance(node, dict | list):
            pairs = node.items() if isinstance(node, dict) else ((field, each) for each in node)
            for name, value in pairs:
                yield from leaves(value, f"shape {name}" if "shape" in f"{field} {name}" else name)
        elif isinstance(node, str):
            yield field, node

    sheet = (ROOT / "ui" / "base" / "style.css").read_text(encoding="utf-8")
    found = list(leaves(figures.figures()))
    words = {text for field, text in found if field in ("name", "text") and text}
    assert words and words <= set(texts("en"))
    colours = {text for field, text in found if field.endswith("color") and "rgba(0,0,0,0)" not in text}
    assert colours and all(text[4:-1] + ":" in sheet for text in colours)
