"""VBench as another judge (arXiv 2311.17982): lays clips out as it reads them, takes its scores back.

Its own package judges, and fetches the weights that it needs; only the dimensions that it offers for prompts
of one's own are asked for. Knows a store and VBench's files; runs no pipeline.
"""

from __future__ import annotations

import inspect
import json
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from teacache.errors import Phrase, RequestError
from teacache.method.reading import read
from teacache.study.sweep.rows import Row
from teacache.study.sweep.store import Store

NO_PACKAGE = Phrase(
    "VBench needs its package: `pip install vbench`, whose own pages say which torch it works with."
)
FOLDER, PREFIX = "vbench", "vbench_"
# What VBench judges of clips that were not made from its own prompts.
DIMENSIONS = (
    "subject_consistency", "background_consistency", "motion_smoothness", "dynamic_degree",
    "aesthetic_quality", "imaging_quality",
)  # fmt: skip

Scores = dict[str, dict[str, float]]  # by a row's key, then by column


def lay_out(store: Store, rows: Sequence[Row]) -> dict[str, dict[str, str]]:
    """One folder a method and level, with links named `PROMPT-N.mp4`; which row each file is, by folder."""
    folders: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        folder = row.key.split("-", 2)[2]  # method and level
        folders[folder][f"{row.prompt}-{_number(rows, row)}.mp4"] = row.key
    for folder, files in folders.items():
        place = store.folder / FOLDER / folder
        place.mkdir(parents=True, exist_ok=True)
        for name, key in files.items():
            (place / name).unlink(missing_ok=True)
            os.link(store.clip(key), place / name)
    return dict(folders)


def score(store: Store, rows: Sequence[Row], dimensions: Sequence[str] = DIMENSIONS) -> Scores:
    """Judge every clip; raises RequestError without the package. What VBench raises passes through."""
    judge = _judge(store.folder / FOLDER / "results")
    scores: Scores = {}
    for folder, files in lay_out(store, rows).items():
        judge.evaluate(
            videos_path=str(store.folder / FOLDER / folder),
            name=folder,
            dimension_list=list(dimensions),
            **_custom(judge.evaluate),
        )
        results = json.loads((store.folder / FOLDER / "results" / f"{folder}_eval_results.json").read_text())
        for key, of_clip in taken_back(results, files).items():
            scores.setdefault(key, {}).update(of_clip)
    return scores


@dataclass(frozen=True)
class _Clip:
    """What VBench says of a clip; a yes counts as 1."""

    video_path: str
    video_results: float


_RESULTS: TypeAdapter[dict[str, tuple[Any, list[_Clip]]]] = TypeAdapter(dict[str, tuple[Any, list[_Clip]]])


def taken_back(results: Mapping[str, Any], files: Mapping[str, str]) -> Scores:
    """VBench's results of one folder, by the keys of its rows.

    `results`: by dimension the mean and a list of {"video_path", "video_results"}. Raises RequestError for
    any other form.
    """
    scores: Scores = defaultdict(dict)
    try:
        for dimension, (_, clips) in read(_RESULTS, results, whole="results", refusal=RequestError).items():
            for clip in clips:
                scores[files[Path(clip.video_path).name]][PREFIX + dimension] = clip.video_results
    except (KeyError, RequestError) as error:
        raise RequestError(
            "The results of VBench are not in the form that is known: {error}.", error=str(error).rstrip(".")
        ) from error
    return dict(scores)


def _number(rows: Sequence[Row], row: Row) -> int:
    """Of the clip among those of its prompt, as VBench counts them."""
    seeds = sorted({other.seed for other in rows if other.prompt == row.prompt})
    return seeds.index(row.seed)


def _judge(results: Path) -> Any:
    try:
        import torch
        import vbench
    except ImportError as error:
        raise RequestError(NO_PACKAGE) from error
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    info = Path(vbench.__file__).parent / "VBench_full_info.json"
    return vbench.VBench(device, str(info), str(results))


def _custom(evaluate: Any) -> dict[str, Any]:
    """The word for prompts of one's own, in the releases that have it."""
    return {"mode": "custom_input"} if "mode" in inspect.signature(evaluate).parameters else {}
