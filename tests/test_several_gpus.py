"""The recipe for several GPUs is run as printed, on two processes over gloo, with a tiny Wan."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import tiny

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
START = re.compile(r"^```sh\ntorchrun (.*) several_gpus.py wan-1.3b\n```$", re.MULTILINE)


@pytest.mark.slow
def test_the_recipe_makes_one_video_on_two_ranks(tmp_path):
    text = (ROOT / "docs" / "several-gpus.md").read_text(encoding="utf-8")
    (program,), (how,) = PROGRAM.findall(text), START.findall(text)
    (tmp_path / "several_gpus.py").write_text(program)
    tiny.FULL_SIZE["WanPipeline"]().save_pretrained(tmp_path / "wan")
    launch = [sys.executable, "-m", "torch.distributed.run", *how.split(), "-m", "tests.on_one_device"]
    done = subprocess.run(
        [*launch, "several_gpus.py", tmp_path / "wan"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = sorted(re.findall(r"^rank (\d): (\d+) of (\d+) calls computed$", done.stdout, re.MULTILINE))
    (_, computed, calls), second = said
    assert second == ("1", computed, calls)
    assert 0 < int(computed) < int(calls) == 100  # 50 steps of two branches
    assert (tmp_path / "ball.mp4").stat().st_size > 0
