"""The script for full-size networks, run on tiny ones without a GPU: what it asks, keeps and concludes."""

import json
import time
from dataclasses import replace

import pytest
import torch

from benchmarks.gpu import __main__ as command
from benchmarks.gpu import bits, compiled, figures, golden, networks, page, parts
from benchmarks.gpu.parts import Part, Where
from benchmarks.subjects import SUBJECTS
from benchmarks.table import Row

CPU = torch.device("cpu")


def measure(name, folder, *, seconds=0.0):
    until = time.monotonic() + seconds
    return networks.measure(SUBJECTS[name], "tiny", CPU, torch.bfloat16, until=until, folder=folder)


@pytest.fixture(scope="module")
def latte(tmp_path_factory):
    """The file of one round of Latte."""
    return measure("latte", tmp_path_factory.mktemp("gpu"))


def test_the_schedules_compute_what_the_paper_s_speedups_imply(latte):
    one = json.loads(latte.read_text())["rounds"][0]
    assert {name: (one[name]["calls"], one[name]["computed"]) for name in ("slow", "fast", "decided")} == {
        "slow": (8, 4),  # 8 / 1.86
        "fast": (8, 2),  # 8 / 3.28
        "decided": (8, 8),
    }


def test_a_command_goes_on_where_the_last_one_stopped(latte):
    first = json.loads(latte.read_text())["rounds"]
    rounds = json.loads(measure("latte", latte.parent).read_text())["rounds"]
    assert len(rounds) == len(first) + 1 and rounds[: len(first)] == first


def test_a_model_with_enough_rounds_is_left_alone(tmp_path):
    path = tmp_path / "latte.json"
    path.write_text(json.dumps({"rounds": [{}] * networks.ENOUGH}))
    before = path.read_text()
    assert measure("latte", tmp_path, seconds=60).read_text() == before


def test_rows_say_speed_efficiency_and_cost(latte):
    rows = {row.name: row for row in networks.rows_of(latte)}
    slow = rows["latte, slow: efficiency"]
    assert slow.goal == 0.99 and slow.value == pytest.approx(
        rows["latte, slow: measured speedup"].value / (8 / 4)
    )
    assert rows["latte: decision and trace of a computed call"].goal == 0.1
    assert "latte: peak memory with the cache" not in rows  # there is no GPU to ask
    assert networks.rows_of(latte.with_name("nothing.json")) == []


def test_a_scheduler_that_repeats_timesteps_has_more_turns(where):
    path = networks.measure(
        SUBJECTS["opensora-plan-65"], "tiny", CPU, torch.float32, until=time.monotonic(), folder=where.folder
    )
    one = json.loads(path.read_text())["rounds"][0]["slow"]
    assert one["calls"] == 8 + 9 and one["computed"] == round(17 / 4.41)


def test_numbers_read_back_are_counted(latte):
    """Latte's indicator depends on the latents: each weighed call must read one number, forced ones none."""
    reads = json.loads(latte.read_text())["host_reads"]
    weighed = (networks.WARM_UP_STEPS - 2) / networks.WARM_UP_STEPS
    assert reads["decided"] - reads["scheduled"] == pytest.approx(weighed)


def test_without_a_gpu_one_sentence_says_what_to_do_instead(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert command.main(["--out", str(tmp_path)]) == 2
    assert "--models" in capsys.readouterr().err


def test_fewer_steps_are_made_where_the_cards_do_not_fit():
    assert networks.steps_for(50, step=0.1, left=60) == 50
    assert networks.steps_for(50, step=1.0, left=70) == 20
    assert networks.steps_for(50, step=100.0, left=1) == networks.FEWEST
    assert networks.steps_for(4, step=100.0, left=1) == 4


@pytest.fixture(scope="module")
def where(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gpu")
    return Where(device=CPU, dtype=torch.float32, scale="tiny", folder=folder, until=time.monotonic() + 3600)


def test_a_threshold_of_0_changes_no_value_in_half_precision(where):
    rows = bits.rows(where)
    assert len(rows) == 2 * len(bits.SMALL) and all(row.verdict == "pass" for row in rows)


def test_the_authors_runs_are_made_again_with_their_decisions(where, monkeypatch):
    monkeypatch.setattr(golden, "DTYPES", (torch.float32, torch.bfloat16))
    rows = {row.name: row for row in golden.rows(where)}
    single = [row for name, row in rows.items() if "float32" in name]
    assert len(rows) == 2 * 2 * len(golden.SYSTEMS) and all(row.verdict == "pass" for row in single)
    assert rows["latte, bfloat16: largest difference of final latents"].value > 1e-3


def test_the_authors_runs_may_be_missing_and_that_is_said(where, tmp_path):
    with pytest.raises(golden.NoData, match="tests/golden"):
        golden.rows(where, tmp_path)


def test_the_page_runs_streams_and_stops(where, monkeypatch):
    monkeypatch.setattr(page, "SHARE", 0.0)  # the fewest steps
    rows = {row.name: row for row in page.rows(where)}
    assert rows["page: states that came"].verdict == "pass"
    assert rows["page: from Stop until the model is free"].verdict == "pass"
    assert rows["page: both runs, from click to files"].value > 0


def test_compiled_blocks_keep_the_promised_schedule(where, monkeypatch):
    def as_they_are(module, **_):
        return None  # compiling takes a minute here; that it is asked for is a line

    monkeypatch.setattr("diffusers.ModelMixin.compile_repeated_blocks", as_they_are)
    short = Where(device=CPU, dtype=torch.float32, scale="tiny", folder=where.folder, until=time.monotonic())
    rows = compiled.rows(short, "wan-1.3b", "default")
    assert "8 steps" in rows[0].note and rows[1].note.startswith("ideal 1.6")


def test_both_figures_are_drawn(where, monkeypatch):
    monkeypatch.setattr(figures, "THRESHOLDS", (1.0,))
    rows = figures.quality(where, steps=4)
    assert {row.name.split()[0] for row in rows} == {"no", "TeaCache", "PAB"}
    sized = figures.sizes(where, [(17, 64, 64), (17, 64, 128)], steps=4)
    assert [row.name for row in sized if "faster" in row.name] == [
        "17 frames, 64x64: times faster",
        "17 frames, 64x128: times faster",
    ]
    assert all((where.folder / f"figure-{number}.html").is_file() for number in (1, 8))


@pytest.mark.parametrize("name", networks.MODELS)
def test_every_model_of_the_table_can_be_built_and_run(name):
    pipe = SUBJECTS[name].build("tiny", CPU, torch.float32)
    latents = bits._latents(pipe, SUBJECTS[name].arguments(pipe, "tiny", networks.WARM_UP_STEPS))
    assert torch.isfinite(latents).all()


def part(name, *, rows=lambda where: [Row(name="found", value=1.0)], least=0.0):
    return Part(name=name, asks=f"What {name} asks", rows=rows, least=lambda where: least)


def failing(where):
    raise RuntimeError("CUDA error: out of luck\nand a long trace")


def test_what_could_not_be_done_is_said_and_the_rest_is_kept(tmp_path):
    asked = [part("one"), part("two", rows=failing), part("three", least=90.0), part("four")]
    short = Where(device=CPU, dtype=torch.float32, scale="tiny", folder=tmp_path, until=time.monotonic() + 60)
    report, path = parts.run(asked, short, "python -m benchmarks.gpu --minutes 1")
    assert list(report.rows) == ["one", "four"]
    text = path.read_text()
    assert "- two: it failed: CUDA error: out of luck\n" in text
    assert "- three: it needs some 90 s, and 60 were left" in text and "## What four asks" in text
    kept = json.loads((tmp_path / "report.json").read_text())
    assert kept["rows"]["one"][0]["value"] == 1.0 and list(kept["missing"]) == ["two", "three"]


def test_a_command_cut_off_leaves_what_it_found(tmp_path):
    def stopped(where):
        raise KeyboardInterrupt

    until = time.monotonic() + 60
    short = Where(device=CPU, dtype=torch.float32, scale="tiny", folder=tmp_path, until=until)
    with pytest.raises(KeyboardInterrupt):
        parts.run([part("one"), part("two", rows=stopped)], short, "python -m benchmarks.gpu")
    assert "- two: its turn had not come" in (tmp_path / "report.md").read_text()


def test_a_second_call_asks_first_what_the_first_could_not_and_forgets_nothing(tmp_path):
    short = Where(device=CPU, dtype=torch.float32, scale="tiny", folder=tmp_path, until=time.monotonic() + 60)
    parts.run([part("one"), part("two", rows=failing)], short, "first")
    seen = []
    mended = part("two", rows=lambda where: [seen.append("two"), Row(name="mended", value=2.0)][1:])
    report, path = parts.run([part("one", least=90.0), mended], short, "second")
    assert seen == ["two"] and set(report.rows) == {"one", "two"} and not report.missing
    assert report.rows["one"] == [Row(name="found", value=1.0)] and "What one asks" in path.read_text()
    elsewhere = replace(short, dtype=torch.bfloat16)
    assert set(parts.run([mended], elsewhere, "third")[0].rows) == {"two"}


def test_the_command_asks_the_most_important_first_and_names_where_it_was(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(golden, "SYSTEMS", ("latte",))
    monkeypatch.setattr(golden, "DTYPES", (torch.float32,))
    names = [part.name for part in command.parts()]
    assert names[:4] == ["bits", "golden", "page", "wan-1.3b"] and set(networks.MODELS) < set(names)
    given = ["--device", "cpu", "--scale", "tiny", "--only", "golden", "--out", str(tmp_path)]
    assert command.main(given) == 0
    told = capsys.readouterr().out
    for some in ("--only golden", "device cpu", f"torch {torch.__version__}", "as the authors decided"):
        assert some in told
    assert "Not done" not in told
