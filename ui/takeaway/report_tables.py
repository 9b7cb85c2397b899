"""The tables of a report: settings, environment, other methods, schedule, every decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from teacache.runs.comparison import Fidelity, SoundFidelity
from teacache.runs.stored import StoredRun
from ui.screen import same_cost, same_cost_rows
from ui.screen.shown import ShownRun
from ui.takeaway.schedule import forms
from ui.takeaway.written import number, written
from ui.words.texts import local, ssim_text


@dataclass(frozen=True)
class Table:
    """A table with its heading; the first cell of a row names it."""

    title: str
    rows: Sequence[Sequence[Any]]
    head: Sequence[str] = ()
    code: bool = False  # for other programs to read


def settings(run: ShownRun, words: dict[str, str]) -> Table:
    """The settings of the cached run."""
    return Table(words["report_settings"], _named(run.cached.settings.to_json(), words))


def environment(run: ShownRun, words: dict[str, str]) -> Table:
    """What was run, and where."""
    request = run.request
    values = {
        "run": run.run_id, "model": request.model, "pipeline": run.cached.pipeline, "seed": request.seed,
        "steps": run.cached.steps, "guidance_scale": request.guidance_scale,
        **_extent(run),
    }  # fmt: skip
    return Table(words["report_environment"], _named(values | run.cached.environment, words))


def _extent(run: ShownRun) -> dict[str, Any]:
    """The size of a clip, or the length of a sound."""
    if run.request.seconds is not None:
        return {"seconds": run.request.seconds}
    return {"size": "×".join(str(side) for side in run.request.size if side)}


def _named(values: dict[str, Any], words: dict[str, str]) -> list[tuple[str, str]]:
    """Values by what they are; a package's name is the same in every language."""
    return [(words.get(f"field_{name}", name), written(value, words)) for name, value in values.items()]


def nearness(fidelity: Fidelity | SoundFidelity, words: dict[str, str]) -> list[tuple[str, str]]:
    """The figures of a clip or of a sound: name, then what it is."""
    if isinstance(fidelity, SoundFidelity):
        return [
            (words["fig_snr"], f"{fidelity.snr:.1f} dB"),
            (words["fig_lsd"], f"{fidelity.log_spectral:.2f} dB"),
            ("MR-STFT", f"{fidelity.stft:.3f}"),
        ]
    lpips = [] if fidelity.lpips is None else [("LPIPS", f"{fidelity.lpips:.4f}")]
    return [
        (words["fig_psnr"], f"{fidelity.psnr:.1f} dB"),
        (words["fig_ssim"], ssim_text(fidelity.ssim)),
        *lpips,
    ]


def rivals(run: ShownRun, words: dict[str, str]) -> Table | None:
    """TeaCache beside schedules of the same cost; None where no clips were made."""
    if not isinstance(run, StoredRun):
        return None
    schedules = same_cost_rows.rivals(run.run_id, run, run.rivals)["rows"]
    near = [dict(nearness(one, words)) for one in (run.fidelity, *(rival.fidelity for rival in run.rivals))]
    names = [name for name in near[0] if all(name in figures for figures in near)]
    rows = [
        (
            same_cost.title(row["name"], words),
            f"{row['computed']}/{row['calls']}",
            _seconds(row, words),
            *(
                local(figures[name].removesuffix(" dB"), words) for name in names
            ),  # a unit would break a number
        )
        for row, figures in zip(schedules, near, strict=True)
    ]
    head = ("", words["col_computed"], words["col_seconds"], *names)
    return Table(words["rivals_title"], rows, head)


def _seconds(row: dict[str, Any], words: dict[str, str]) -> str:
    if row["seconds"] is None:
        return "–"
    return local(f"{row['seconds']:.1f}", words) + f" ({words['disturbed_word']})" * row["disturbed"]


def schedule(run: ShownRun, words: dict[str, str]) -> Table:
    """The schedule in the forms that other programs read."""
    texts = forms(run.cached)
    rows = [
        (words["take_bits"], texts["bits"]),
        (words["take_steps"], ", ".join(str(step + 1) for step in texts["computed_steps"])),
        (words["take_mask"], str(texts["cache_dit"]["steps_computation_mask"])),
    ]
    return Table(words["take_schedule"], rows, code=True)


def decisions(run: ShownRun, words: dict[str, str]) -> Table:
    """Every call, counted from 1, with the change of the same call in the uncached run, as on the page."""
    head = ("call", "step", "branch", "timestep", "indicator", "estimate", "sum", "actual")
    actual = {(r.step, r.stream): r.output_distance for r in run.uncached.records}
    rows = [
        (
            r.call + 1, r.step + 1, words.get("branch_" + r.stream, r.stream),
            local(f"{r.timestep:.6g}", words),
            *(local(number(value), words) for value in (
                r.indicator_distance, r.estimated_distance, r.accumulated_distance,
                actual.get((r.step, r.stream)),
            )),
            words["legend_computed" if r.computed else "legend_reused"], words["reason_" + r.reason],
        )
        for r in run.cached.records
    ]  # fmt: skip
    named = [*(words["calls_" + name] for name in head), words["report_decision"], words["report_reason"]]
    return Table(words["report_decisions"], rows, named)
