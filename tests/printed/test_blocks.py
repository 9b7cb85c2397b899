"""Every block of code that the project prints is run as printed, and does what is promised around it.

Nothing is patched: a block gets only the names that it takes for granted (mine.py), and the server that the
README tells to start. A block without a check fails.
"""

from __future__ import annotations

import re
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from teacache import TeaCache, Trace
from teacache.errors import UnsupportedModelError
from teacache.method.distance import Trail
from teacache.method.planned import Planned
from teacache.models.catalog import CARDS
from teacache.runs.store import Store
from teacache.runs.video import find_ffmpeg
from tests.printed import mine
from tests.printed.blocks import ROOT, Block, everything
from tests.printed.conftest import environment

LONG = 150  # seconds for any one block on a busy machine; alone each takes some ten
Names = dict[str, Any]


def first_example(names: Names, said: str, desk: Path) -> None:
    video, trace = names["video"], names["cache"].trace
    assert len(video) == 16 and {frame.size for frame in video} == {(64, 64)}
    assert len(trace.records) == 50 and 2 <= trace.computed_calls < 25
    assert names["pipe"].guidance_scale == 3
    red, _, blue = np.asarray(video[8], dtype=float).transpose(2, 0, 1)
    assert 60 < (red - blue > 80).sum() < 1500 and (blue - red > 80).mean() > 0.5  # a ball, and no smear
    assert Trace.load(desk / "run.json").schedule == trace.schedule


def wan_example(names: Names, said: str, desk: Path) -> None:
    trace = names["cache"].trace
    assert names["video"].shape == (17, 480, 832, 3)
    assert trace.settings == CARDS["wan-1.3b"].settings(0.08) and not trace.settings.naive
    assert len(trace.records) == 100  # 50 steps, two branches
    assert {"threshold", "below_threshold"} & {record.reason for record in trace.records}  # it was asked


def own_class_example(names: Names, said: str, desk: Path) -> None:
    assert names["video"].shape == (8, 8, 8, 4)


def commands(names: Names, said: str, desk: Path) -> None:
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert all(any(f" {name} " in row for row in rows) for name in CARDS)
    assert re.search(r"computed +\d+ of 50 calls", said) and "PSNR" in said
    stored = Store(desk / "runs").list()
    assert [run.cached.settings.threshold for run in stored] == [0.1]
    found = re.search(r"(\d+) of 50 calls computed, ideal speedup ([\d.]+) \(approximate\)", said)
    assert float(found[2]) >= 2 and float(found[2]) == pytest.approx(50 / int(found[1]), abs=0.01)
    assert "plotly" in (desk / "run.html").read_text(encoding="utf-8")


def client_example(names: Names, said: str, desk: Path) -> None:
    phases = said.splitlines()[: 2 * 12]
    assert {"uncached", "cached"} <= set(phases)
    figures = names["state"]["figures"]
    assert figures["psnr"] > 5 and str(figures) in said
    assert len(names["faster"]["schedule"]) == 12 and str(names["faster"]["schedule"]) in said
    assert Trace.load(names["trace"]).steps == 12
    for name, width in (("stacked_video", 512), ("uncached_video", 256), ("cached_video", 256)):
        shown = subprocess.run([find_ffmpeg(), "-i", names[name]], capture_output=True, text=True).stderr
        assert f"{width}x256" in shown  # four times as large, since players blur what is smaller


def refusal_example(names: Names, said: str, desk: Path) -> None:
    assert said.splitlines()[-1].startswith("Shapes does not know the word 'dog': it knows only ")


def tool_example(names: Names, said: str, desk: Path) -> None:
    assert not names["answer"].isError and "ideal_speedup" in said


def model_card_example(names: Names, said: str, desk: Path) -> None:
    assert len(names["video"]) == 16 and {frame.size for frame in names["video"]} == {(64, 64)}


def scenes_card_example(names: Names, said: str, desk: Path) -> None:
    assert names["video"].shape == (17, 128, 128, 3) and names["video"].std() > 0.1


def compare_help(names: Names, said: str, desk: Path) -> None:
    assert re.search(r"computed +\d+ of 20 calls", said) and "stored in" in said


def replay_help(names: Names, said: str, desk: Path) -> None:
    assert float(re.search(r"ideal speedup ([\d.]+)", said)[1]) >= 3


def calibrate_help(names: Names, said: str, desk: Path) -> None:
    assert "R2" in said and "27 pairs" in said


def plan_help(names: Names, said: str, desk: Path) -> None:
    assert "3 of 6 steps" in said and sum(Planned.load(desk / "schedule.json").schedule) == 3


def sweep_help(names: Names, said: str, desk: Path) -> None:
    assert "| Fewer steps" in said and "table and report in" in said


def sizes_help(names: Names, said: str, desk: Path) -> None:
    rows = [line for line in said.splitlines() if line.startswith("| 16x64x64")]
    assert ["uncached" in row or "teacache" in row for row in rows] == [True, True] and "FLOPs" in said


def signals_help(names: Names, said: str, desk: Path) -> None:
    assert "| timestep embedding" in said and said.count("| 4 ") == 4 and "table 2" in said


def models_help(names: Names, said: str, desk: Path) -> None:
    assert "Wan 2.1, 1.3B" in said and "832x480, 81 frames, 50 steps, guidance 5" in said


def how_it_works(names: Names, said: str, desk: Path) -> None:
    """The formulas, worked out on the recorded runs."""
    old, new = torch.randn(2, 4, 5, dtype=torch.float64)
    trail = Trail()
    trail.advance(old)
    assert float(trail.advance(new)) == pytest.approx(float((new - old).abs().mean() / old.abs().mean()))
    for run in Store(ROOT / "assets" / "runs").list():
        sums, settings = dict.fromkeys(run.cached.branches, 0.0), run.cached.settings
        low, high = settings.input_range or (0.0, np.inf)
        for record in run.cached.records:
            weighed = record.reason in ("threshold", "below_threshold")
            if weighed:
                change = min(max(record.indicator_distance, low), high)  # a calibration is kept to its range
                sums[record.branch] += np.polyval(settings.coefficients, change)
                assert record.accumulated_distance == pytest.approx(sums[record.branch], rel=1e-9)
                assert record.computed == (not sums[record.branch] < settings.threshold)
            if record.computed:
                sums[record.branch] = 0.0


def demo_example(names: Names, said: str, desk: Path) -> None:
    with urllib.request.urlopen(names["demo"], timeout=30) as answer:
        assert answer.status == 200 and "TeaCache Explorer" in answer.read().decode()
    assert names["demo"] == "http://127.0.0.1:7860"  # as the examples for other programs have it


# Where a block is printed, and words that only this one there holds -> what is checked once it has run.
CHECKS: dict[tuple[str, str], Callable[[Names, str, Path], None]] = {
    ("README.md", "make demo"): demo_example,
    ("README.md", 'load("shapes")\n'): first_example,
    ("README.md", "my_wan_pipeline"): wan_example,
    ("README.md", "python -m teacache"): commands,
    ("README.md", "my_pipeline("): own_class_example,
    ("README.md", "client.submit"): client_example,
    ("README.md", "AppError"): refusal_example,
    ("README.md", "mcp"): tool_example,
    ("README.md", "change(t)"): how_it_works,
    ("assets/shapes/README.md", "LattePipeline"): model_card_example,
    ("assets/scenes/README.md", "WanPipeline"): scenes_card_example,
    ("compare --help", ""): compare_help,
    ("replay --help", ""): replay_help,
    ("calibrate --help", ""): calibrate_help,
    ("plan --help", ""): plan_help,
    ("sweep --help", ""): sweep_help,
    ("signals --help", ""): signals_help,
    ("sizes --help", ""): sizes_help,
    ("models --help", ""): models_help,
}


def keys_of(block: Block) -> list[tuple[str, str]]:
    return [(where, words) for where, words in CHECKS if where == block.where and words in block.text]


def test_every_block_has_its_check_and_every_check_its_block():
    found = [keys_of(block) for block in everything()]
    assert all(len(keys) == 1 for keys in found), found
    assert sorted(key for keys in found for key in keys) == sorted(CHECKS)
    assert {block.language for block in everything()} <= {"python", "sh", "text"}


# Each of these begins anew in a process of its own; the README's commands are the same ones.
LONG_HELP = [key for key in CHECKS if key[0].endswith("--help") and key[0][:6] not in ("models", "replay")]


@pytest.mark.parametrize(
    "key",
    [pytest.param(key, marks=[pytest.mark.exhaustive] * (key in LONG_HELP)) for key in CHECKS],
    ids=" ".join,
)
def test_a_block_does_what_is_promised_as_it_is_printed(key, desk, request, capsys, monkeypatch):
    (block,) = (block for block in everything() if key in keys_of(block))
    monkeypatch.chdir(desk)
    names = {name: build() for name, build in mine.BOUND.items() if name in block.text}
    if "make demo" in block.text or "127.0.0.1" in block.text:
        names["demo"] = request.getfixturevalue("demo")
    if "replay run.json" in block.text and not (desk / "run.json").exists():
        python(next(block.text for block in everything() if "run.json" in block.text), {})
    began = time.monotonic()
    said = ""
    if block.language == "python":
        python(block.text, names)
        said = capsys.readouterr().out
    elif block.language == "sh" and "demo" not in names:
        said = shell(block.text, desk)
    assert time.monotonic() - began < LONG
    CHECKS[key](names, said, desk)


def python(text: str, names: Names) -> None:
    exec(compile(text, "as printed", "exec"), names)


def shell(text: str, desk: Path) -> str:
    done = subprocess.run(
        ["bash", "-ec", text], cwd=desk, env=environment(), capture_output=True, text=True, timeout=LONG
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_refusal_that_the_readme_quotes_is_the_real_one():
    quoted = re.findall(r"^> (.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    with pytest.raises(UnsupportedModelError) as caught:
        TeaCache(mine.pipeline(), 0.1)
    said = f"UnsupportedModelError: {caught.value}"
    for piece in filter(None, map(str.strip, " ".join(quoted).split("..."))):
        assert piece in said
        said = said.partition(piece)[2]


def test_the_readme_counts_the_checkpoints_of_the_catalog():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"lists {len(CARDS)} checkpoints" in text
