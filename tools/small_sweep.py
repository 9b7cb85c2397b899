"""Copies a sweep to assets/sweeps in a form that is small enough to ship.

That is the table of all whole prompts, and small clips and traces of the first few of them.

python tools/small_sweep.py sweeps/shapes-1234 shapes
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from teacache.runs.video import find_ffmpeg  # noqa: E402
from teacache.study.sweep.rows import Row  # noqa: E402
from teacache.study.sweep.store import RECORD, Store  # noqa: E402

SHIPPED = ROOT / "assets" / "sweeps"
SEEN = 5  # prompts whose clips and traces are taken along
SIDE, QUALITY = 128, 24  # pixels and x264's crf: a few thousand bytes a clip of Shapes


def main() -> None:
    """Copy, and say what was taken."""
    source, target = Store(sys.argv[1]), Store(SHIPPED / sys.argv[2])
    rows = whole_prompts(source.rows())
    seen = [row for row in rows if row.index in sorted({row.index for row in rows})[:SEEN]]
    wanted = {place(row.key) for row in seen for place in (target.clip, target.trace)}
    for name in ("clips", "traces"):
        (target.folder / name).mkdir(parents=True, exist_ok=True)
        for path in set((target.folder / name).iterdir()) - wanted:
            path.unlink()
    shutil.copy(source.folder / RECORD, target.folder / RECORD)
    for row in seen:
        if not target.clip(row.key).exists():
            shrink(source.clip(row.key), target.clip(row.key))
        if source.trace(row.key).exists():
            shutil.copy(source.trace(row.key), target.trace(row.key))
    target.write_table(rows)
    size = sum(path.stat().st_size for path in target.folder.rglob("*") if path.is_file())
    prompts = len({row.index for row in rows})
    print(
        f"{prompts} prompts, {len(rows)} rows, {size / 1e6:.1f} MB; left out: {left_out(source, rows)} rows"
    )


def whole_prompts(rows: list[Row]) -> list[Row]:
    """The rows of the prompts that have every level."""
    counts = Counter(row.index for row in rows)
    most = max(counts.values())
    return sorted((row for row in rows if counts[row.index] == most), key=lambda row: row.index)


def left_out(source: Store, rows: list[Row]) -> int:
    """Rows of prompts that were not finished."""
    return len(source.rows()) - len(rows)


def shrink(source: Path, target: Path) -> None:
    """The same clip, smaller."""
    scale = f"scale={SIDE}:{SIDE}:flags=area"
    command = [find_ffmpeg(), "-y", "-loglevel", "error", "-i", str(source), "-vf", scale,
               "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", str(QUALITY), "-preset", "veryslow",
               "-movflags", "+faststart", str(target)]  # fmt: skip
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
