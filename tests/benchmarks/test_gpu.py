"""The script for full-size networks, run on tiny ones without a GPU: what it asks, keeps and concludes."""

import json
import time

import pytest
import torch

from benchmarks import gpu
from benchmarks.subjects import SUBJECTS

CPU = torch.device("cpu")


def measure(name, folder, *, seconds=0.0):
    until = time.monotonic() + seconds
    return gpu.measure(SUBJECTS[name], "tiny", CPU, torch.bfloat16, until=until, folder=folder)


@pytest.fixture(scope="module")
def latte(tmp_path_factory):
    """The file of one round of Latte."""
    return measure("latte", tmp_path_factory.mktemp("gpu"))


def test_the_schedules_compute_what_the_paper_s_speedups_imply(latte):
    one = json.loads(latte.read_text())["rounds"][0]
    assert {name: (one[name]["calls"], one[name]["computed"]) for name in ("slow", "fast", "decided")} == {
        "slow": (50, 27),  # 50 / 1.86
        "fast": (50, 15),  # 50 / 3.28
        "decided": (50, 50),
    }


def test_a_command_goes_on_where_the_last_one_stopped(latte):
    first = json.loads(latte.read_text())["rounds"]
    rounds = json.loads(measure("latte", latte.parent).read_text())["rounds"]
    assert len(rounds) == len(first) + 1 and rounds[: len(first)] == first


def test_a_model_with_enough_rounds_is_left_alone(tmp_path):
    path = tmp_path / "latte.json"
    path.write_text(json.dumps({"rounds": [{}] * gpu.ENOUGH}))
    before = path.read_text()
    assert measure("latte", tmp_path, seconds=60).read_text() == before


def test_rows_say_speed_efficiency_and_cost(latte):
    rows = {row.name: row for row in gpu.rows_of(latte)}
    slow = rows["latte, slow: efficiency"]
    assert slow.goal == 0.99 and slow.value == pytest.approx(
        rows["latte, slow: measured speedup"].value / (50 / 27)
    )
    assert rows["latte: decision and trace of a computed call"].goal == 0.1
    assert "latte: peak memory with the cache" not in rows  # there is no GPU to ask
    assert gpu.rows_of(latte.with_name("nothing.json")) == []


def test_numbers_read_back_are_counted(latte):
    """Latte's indicator depends on the latents: each weighed call must read one number, forced ones none."""
    reads = json.loads(latte.read_text())["host_reads"]
    weighed = (gpu.WARM_UP_STEPS - 2) / gpu.WARM_UP_STEPS
    assert reads["decided"] - reads["scheduled"] == pytest.approx(weighed)


def test_without_a_gpu_one_sentence_says_what_to_do_instead(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(gpu.NoDevice, match="--models"):
        gpu.run([], minutes=1, again=False)


def test_the_table_names_command_device_and_versions(latte):
    text = gpu.save("python -m benchmarks --gpu", folder=latte.parent).read_text()
    for part in ("`python -m benchmarks --gpu`", "device cpu", f"torch {torch.__version__}", "latte, fast"):
        assert part in text
