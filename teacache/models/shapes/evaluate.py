"""Generates clips with the shipped pipeline and judges them by their pixels, half of unseen combinations.

Also judges rendered clips, with right and with wrong labels, to show that the judge can be trusted.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from teacache.models.shapes.batch import Recipe, generate_all
from teacache.models.shapes.data import (
    COLOR_NAMES,
    MOTIONS,
    SHAPES,
    Scene,
    Split,
    caption,
    combinations,
    sample_scene,
)
from teacache.models.shapes.judge import Verdict, judge
from teacache.models.shapes.render import render
from teacache.models.shapes.sample import ASSETS, GUIDANCE, STEPS
from teacache.models.training.sheet import save_sheet

ATTRIBUTES = ("color", "background", "shape", "motion", "all")


def balanced_scenes(count: int, *, split: Split, seed: int) -> list[Scene]:
    """Random scenes of a split, motions and as far as possible shapes taking turns."""
    rng, scenes = random.Random(f"{seed}/{split}"), []
    for i in range(count):
        motion, turn = MOTIONS[i % len(MOTIONS)], i // len(MOTIONS)
        choices = [combo for combo in combinations(split) if combo[2] == motion]
        wanted = [combo for combo in choices if combo[1] == SHAPES[(i + turn) % len(SHAPES)]] or choices
        color, shape, _ = rng.choice(wanted)
        background = rng.choice([name for name in COLOR_NAMES if name != color])
        scenes.append(Scene(color, shape, motion, background, (rng.random(), rng.random(), rng.random())))
    return scenes


def rates(pairs: Iterable[tuple[Scene, Verdict]]) -> dict[str, float]:
    """Part of the clips right in each attribute, 0 to 1. ValueError if there are none."""
    matches = [verdict.matches(scene) for scene, verdict in pairs]
    if not matches:
        raise ValueError("nothing was judged")
    return {name: sum(match[name] for match in matches) / len(matches) for name in ATTRIBUTES}


def check_judge(count: int, *, seed: int) -> dict[str, dict[str, float]]:
    """The judge on rendered clips: rates for their true labels, and how often wrong ones are accepted."""
    rng = random.Random(f"{seed}/judge")
    scenes = [sample_scene(rng, split="all") for _ in range(count)]
    verdicts = [judge(render([scene])[0]) for scene in scenes]
    pairs = list(zip(scenes, verdicts, strict=True))
    wrong = {}
    for name, words in (
        ("color", COLOR_NAMES),
        ("background", COLOR_NAMES),
        ("shape", SHAPES),
        ("motion", MOTIONS),
    ):
        lies = [rng.choice([word for word in words if word != getattr(scene, name)]) for scene in scenes]
        wrong[name] = (
            sum(getattr(verdict, name) == lie for verdict, lie in zip(verdicts, lies, strict=True)) / count
        )
    return {"true_labels": rates(pairs), "wrong_labels_accepted": wrong}


def evaluate(
    recipe: Recipe, *, count: int, seed: int, workers: int = 1, sheet: Path | None = None
) -> dict[str, Any]:
    """Generate and judge `count` clips, half seen and half held out; returns a JSON-ready report."""
    half = count // 2
    scenes = [
        scene for split in ("train", "held_out") for scene in balanced_scenes(half, split=split, seed=seed)
    ]
    jobs = [(caption(scene), seed + i) for i, scene in enumerate(scenes)]
    start = time.monotonic()
    clips = list(
        tqdm(generate_all(recipe, jobs, workers=workers), total=len(jobs), desc="clips", mininterval=5)
    )
    seconds = (time.monotonic() - start) / len(jobs)
    pairs = [(scene, judge(clip)) for scene, clip in zip(scenes, clips, strict=True)]
    if sheet:
        save_sheet(clips, sheet, captions=[_title(*pair) for pair in pairs], columns=3)
    return {
        "folder": recipe.folder.name, "steps": recipe.steps, "guidance": recipe.guidance,
        "shift": recipe.shift or _stored_shift(recipe.folder), "count": len(jobs), "seed": seed,
        "wall_seconds_per_clip": round(seconds, 2),
        "seen": rates(pairs[:half]), "held_out": rates(pairs[half:]), "overall": rates(pairs),
        "by_motion": _grouped(pairs, "motion", MOTIONS), "by_shape": _grouped(pairs, "shape", SHAPES),
        "judge": check_judge(min(80, 5 * len(jobs)), seed=seed),
        "clips": [{"seed": seed + i, **_details(*pair)} for i, pair in enumerate(pairs)],
    }  # fmt: skip


def _grouped(pairs: list[tuple[Scene, Verdict]], attribute: str, words: Sequence[str]) -> dict[str, Any]:
    groups = {word: [pair for pair in pairs if getattr(pair[0], attribute) == word] for word in words}
    return {word: rates(group) for word, group in groups.items() if group}


def _stored_shift(folder: Path) -> float:
    return json.loads((folder / "scheduler" / "scheduler_config.json").read_text())["flow_shift"]


def table(report: dict[str, Any]) -> str:
    """The report's rates as text, in percent."""
    rows = {"seen": report["seen"], "held out": report["held_out"], "overall": report["overall"]}
    rows |= {f"  {name}": row for name, row in {**report["by_motion"], **report["by_shape"]}.items()}
    rows["judge, true labels"] = report["judge"]["true_labels"]
    rows["judge, wrong labels"] = report["judge"]["wrong_labels_accepted"]
    lines = [f"{'percent':<22}" + "".join(f"{name:>12}" for name in ATTRIBUTES)]
    for name, row in rows.items():
        lines.append(
            f"{name:<22}"
            + "".join(f"{100 * row[a]:>12.1f}" if a in row else f"{'-':>12}" for a in ATTRIBUTES)
        )
    return "\n".join(lines)


def _wrong(scene: Scene, verdict: Verdict) -> list[str]:
    return [name for name, right in verdict.matches(scene).items() if not right and name != "all"]


def _details(scene: Scene, verdict: Verdict) -> dict[str, Any]:
    return {"caption": caption(scene), **asdict(verdict), "wrong": _wrong(scene, verdict)}


def _title(scene: Scene, verdict: Verdict) -> str:
    wrong = _wrong(scene, verdict)
    return caption(scene) + (f"  [not {', '.join(wrong)}]" if wrong else "")


def _even(text: str) -> int:
    """A number of clips that has two halves. Raises argparse's error, one sentence."""
    if not text.isdecimal() or int(text) < 2 or int(text) % 2:
        raise argparse.ArgumentTypeError(f"{text!r} has no two halves: give an even number from 2 on")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m teacache.models.shapes.evaluate", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=ASSETS, help="diffusers folder (default: assets/shapes)"
    )
    parser.add_argument(
        "--count", type=_even, default=96, help="clips, half of them held out (default: %(default)s)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    parser.add_argument("--shift", type=float, help="overrides the scheduler's")
    parser.add_argument(
        "--workers", type=int, default=1, help="single-threaded processes (default: one, all threads)"
    )
    parser.add_argument("--json", type=Path, help="file to write the report to")
    parser.add_argument("--sheet", type=Path, help="file to draw the clips to")
    args = parser.parse_args(arguments)
    recipe = Recipe(args.folder, steps=args.steps, guidance=args.guidance, shift=args.shift)
    report = evaluate(recipe, count=args.count, seed=args.seed, workers=args.workers, sheet=args.sheet)
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n")
    print(table(report))
    print(f"{report['wall_seconds_per_clip']} s per clip at {args.steps} steps")


if __name__ == "__main__":
    main()
