"""Generates clips of a small world and judges them by their pixels, half of them of unseen combinations.

Also judges rendered clips, with right and with wrong labels, to show that the judge can be trusted. Knows
words and verdicts; which world it is, and how it is judged, is the caller's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from tqdm import tqdm

from teacache.models.training.batch import Recipe, generate_all
from teacache.models.training.sheet import save_sheet
from teacache.models.training.spoiling import spoiled

Rates = dict[str, float]
MOST_WORKERS = 4  # unless more are asked for: each holds the model
CHECKED_AT = (None, 30.0, 23.0)  # dB that rendered clips are spoiled to before the judge sees them


class Verdict(Protocol):
    """What a judge saw: a dataclass with a word, or None where it was not clear, for every attribute."""

    def matches(self, scene: Any) -> dict[str, bool]:
        """Which attributes are as the scene says, and under "all" whether all are."""


@dataclass(frozen=True)
class World:
    """What an evaluation has to know of a world: its words, its scenes, its judge.

    `balanced(count, split=, seed=)` draws scenes of a split, `sample_scene(rng, split=)` one; `render(scene)`
    and `judge` deal in clips (F, 3, H, W) in [-1, 1]. `grouped` names the attributes with rates of their own.
    """

    words: Mapping[str, Sequence[str]]
    grouped: tuple[str, ...]
    caption: Callable[[Any], str]
    sample_scene: Callable[..., Any]
    balanced: Callable[..., list[Any]]
    render: Callable[[Any], torch.Tensor]
    judge: Callable[[torch.Tensor], Verdict]
    columns: int = 3  # of the sheet
    frames: int = 8  # of a clip that the sheet shows

    @property
    def columns_of_rates(self) -> tuple[str, ...]:
        """Every attribute, and all of them together."""
        return (*self.words, "all")

    def rates(self, pairs: Iterable[tuple[Any, Verdict]]) -> Rates:
        """Part of the clips right in each attribute, 0 to 1. ValueError if there are none."""
        matches = [verdict.matches(scene) for scene, verdict in pairs]
        if not matches:
            raise ValueError("nothing was judged")
        return {name: sum(match[name] for match in matches) / len(matches) for name in self.columns_of_rates}

    def check_judge(self, count: int, *, seed: int, psnr: float | None = None) -> dict[str, Rates]:
        """The judge on rendered clips: rates for their true labels, and how often wrong ones are accepted.

        `psnr` spoils the clips to so many dB before they are judged, as an autoencoder does.
        """
        rng = random.Random(f"{seed}/judge")
        scenes = [self.sample_scene(rng, split="all") for _ in range(count)]
        clips = (self.render(scene) for scene in scenes)
        samples = clips if psnr is None else (spoiled(clip, psnr, seed=i) for i, clip in enumerate(clips))
        verdicts = [self.judge(clip) for clip in samples]
        wrong = {}
        for name, words in self.words.items():
            lies = [rng.choice([word for word in words if word != getattr(scene, name)]) for scene in scenes]
            accepted = [getattr(v, name) == lie for v, lie in zip(verdicts, lies, strict=True)]
            wrong[name] = sum(accepted) / count
        true = self.rates(zip(scenes, verdicts, strict=True))
        return {"true_labels": true, "wrong_labels_accepted": wrong}

    def evaluate(
        self, recipe: Recipe, *, count: int, seed: int, workers: int = 1, sheet: Path | None = None
    ) -> dict[str, Any]:
        """Generate and judge `count` clips, half seen and half held out; returns a JSON-ready report."""
        half = count // 2
        scenes = [
            scene for split in ("train", "held_out") for scene in self.balanced(half, split=split, seed=seed)
        ]
        jobs = [(self.caption(scene), seed + i) for i, scene in enumerate(scenes)]
        start = time.monotonic()
        stream = generate_all(recipe, jobs, workers=workers)
        clips = list(tqdm(stream, total=len(jobs), desc="clips", mininterval=5))
        seconds = (time.monotonic() - start) / len(jobs)
        pairs = [(scene, self.judge(clip)) for scene, clip in zip(scenes, clips, strict=True)]
        if sheet:
            titles = [self._title(*pair) for pair in pairs]
            save_sheet(clips, sheet, captions=titles, columns=self.columns, frames=self.frames)
        return {
            "folder": recipe.folder.name, "steps": recipe.steps, "guidance": recipe.guidance,
            "shift": recipe.shift or _stored_shift(recipe.folder), "count": len(jobs), "seed": seed,
            "wall_seconds_per_clip": round(seconds, 2),
            "seen": self.rates(pairs[:half]), "held_out": self.rates(pairs[half:]),
            "overall": self.rates(pairs),
            **{f"by_{name}": self._grouped(pairs, name) for name in self.grouped},
            "judge": self.check_judge(min(80, 5 * len(jobs)), seed=seed),
            "clips": [{"seed": seed + i, **self._details(*pair)} for i, pair in enumerate(pairs)],
        }  # fmt: skip

    def table(self, report: dict[str, Any]) -> str:
        """The report's rates as text, in percent."""
        rows = {"seen": report["seen"], "held out": report["held_out"], "overall": report["overall"]}
        for attribute in self.grouped:
            rows |= {f"  {word}": row for word, row in report[f"by_{attribute}"].items()}
        rows["judge, true labels"] = report["judge"]["true_labels"]
        rows["judge, wrong labels"] = report["judge"]["wrong_labels_accepted"]
        return self._in_percent(rows)

    def check_table(self, count: int, *, seed: int) -> str:
        """The judge on rendered clips, as they are and spoiled, as text."""
        rows = {}
        for psnr in CHECKED_AT:
            rates = self.check_judge(count, seed=seed, psnr=psnr)
            title = "as drawn" if psnr is None else f"at {psnr:g} dB"
            rows[f"{title}, true"] = rates["true_labels"]
            rows[f"{title}, wrong"] = rates["wrong_labels_accepted"]
        return self._in_percent(rows)

    def _in_percent(self, rows: Mapping[str, Rates]) -> str:
        names = self.columns_of_rates
        lines = [f"{'percent':<22}" + "".join(f"{name:>12}" for name in names)]
        for title, row in rows.items():
            cells = (f"{100 * row[name]:>12.1f}" if name in row else f"{'-':>12}" for name in names)
            lines.append(f"{title:<22}" + "".join(cells))
        return "\n".join(lines)

    def _grouped(self, pairs: list[tuple[Any, Verdict]], attribute: str) -> dict[str, Rates]:
        words = self.words[attribute]
        groups = {word: [pair for pair in pairs if getattr(pair[0], attribute) == word] for word in words}
        return {word: self.rates(group) for word, group in groups.items() if group}

    def _wrong(self, scene: Any, verdict: Verdict) -> list[str]:
        return [name for name, right in verdict.matches(scene).items() if not right and name != "all"]

    def _details(self, scene: Any, verdict: Verdict) -> dict[str, Any]:
        return {"caption": self.caption(scene), **asdict(verdict), "wrong": self._wrong(scene, verdict)}

    def _title(self, scene: Any, verdict: Verdict) -> str:
        wrong = self._wrong(scene, verdict)
        return self.caption(scene) + (f"  [not {', '.join(wrong)}]" if wrong else "")


def _stored_shift(folder: Path) -> float:
    config = json.loads((folder / "scheduler" / "scheduler_config.json").read_text())
    return config["flow_shift"] if "flow_shift" in config else config["shift"]


def _even(text: str) -> int:
    """A number of clips that has two halves. Raises argparse's error, one sentence."""
    if not text.isdecimal() or int(text) < 2 or int(text) % 2:
        raise argparse.ArgumentTypeError(f"{text!r} has no two halves: give an even number from 2 on")
    return int(text)


def run_from_command_line(
    world: World, standard: Recipe, *, prog: str, arguments: Sequence[str] | None = None
) -> None:
    """Evaluate as the arguments say, starting from a recipe; prints the table."""
    parser = argparse.ArgumentParser(prog=prog, description=__doc__)
    add = parser.add_argument
    add("--folder", type=Path, default=standard.folder, help="diffusers folder (default: the shipped one)")
    add("--count", type=_even, default=96, help="clips, half of them held out (default: %(default)s)")
    add("--seed", type=int, default=0)
    add("--steps", type=int, default=standard.steps)
    add("--guidance", type=float, default=standard.guidance)
    add("--shift", type=float, help="overrides the scheduler's")
    # Threads that wait for one another are slow beside any neighbour; processes of one thread do not wait.
    one_a_core = min(MOST_WORKERS, os.cpu_count() or 1)
    add("--workers", type=int, default=one_a_core, help="processes of one thread; 1: one of all threads")
    add("--json", type=Path, help="file to write the report to")
    add("--sheet", type=Path, help="file to draw the clips to")
    add("--check", action="store_true", help="judge rendered clips instead, by right and by wrong labels")
    args = parser.parse_args(arguments)
    if args.check:
        print(world.check_table(args.count, seed=args.seed))
        return
    recipe = Recipe(
        args.folder, args.steps, args.guidance, standard.open, standard.generate, shift=args.shift
    )
    report = world.evaluate(recipe, count=args.count, seed=args.seed, workers=args.workers, sheet=args.sheet)
    if args.json:
        args.json.write_text(json.dumps(report, indent=1) + "\n")
    print(world.table(report))
    print(f"{report['wall_seconds_per_clip']} s per clip at {args.steps} steps")
