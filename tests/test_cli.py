"""The command line answers in text and in JSON, and refuses in one sentence."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from teacache import cli
from teacache.errors import StoreError
from teacache.models.catalog import CARDS
from teacache.runs.store import Store
from teacache.study import collect
from tests import tiny, tiny_latte

ROOT = Path(__file__).resolve().parents[1]
SMALL = ("--height", "32", "--width", "32")
COMMANDS = ("compare", "replay", "calibrate", "sweep", "signals", "models")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(tiny_latte.save(tmp_path_factory.mktemp("models") / "tiny"))


@pytest.fixture(scope="module")
def run_folder(model, tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    options = ["--threshold", "0.3", "--steps", "6", "--runs-dir", str(runs), "--rivals", "--device", "cpu"]
    assert cli.main(["compare", "a red ball", "--model", model, *options]) == 0
    (stored,) = Store(runs).list()
    return stored.folder


@pytest.fixture
def studies(tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "CACHE", tmp_path / "cache")


def answer(capsys, *arguments):
    """The JSON that a command prints."""
    assert cli.main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    assert left.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_models_are_listed(capsys):
    assert [entry["name"] for entry in answer(capsys, "models")] == list(CARDS)
    assert cli.main(["models"]) == 0
    assert "Shapes" in capsys.readouterr().out


def test_models_say_what_runs_here_and_where_reuse_begins(capsys):
    entries = {entry["name"]: entry for entry in answer(capsys, "models")}
    assert entries["shapes"]["runs_here"] and entries["flux-dev"]["modes"]["authors"]["points"]
    cli.main(["models"])
    assert "FLUX.1-dev: the estimate is never below 0.18, so no step is reused" in capsys.readouterr().out


def test_one_model_is_told_in_full(capsys):
    assert cli.main(["models", "wan-1.3b"]) == 0
    text = capsys.readouterr().out
    assert "2396.76752, -1311.10545" in text and "5 steps at the start, no steps at the end" in text
    assert "apache-2.0" in text and "14.5 GB" in text
    assert answer(capsys, "models", "wan-1.3b")["modes"]["retention"]["first_steps"] == 5


def test_a_published_mode_is_compared_with_its_own_settings(tmp_path, capsys):
    # Known by the folder's name, so that the card is Wan's.
    folder = tiny.save("WanPipeline", tmp_path / "Wan2.1-T2V-1.3B-Diffusers")
    options = ["--model", str(folder), "--mode", "retention", "--steps", "4", "--device", "cpu"]
    options += ["--runs-dir", str(tmp_path / "runs"), "--offload", "none", *SMALL]
    assert cli.main(["compare", tiny.PROMPT, "--frames", "5", *options]) == 0
    (stored,) = Store(tmp_path / "runs").list()
    assert stored.cached.settings == CARDS["wan-1.3b"].settings(mode="retention")


def test_an_image_becomes_a_clip(tmp_path, capsys):
    folder = tiny.save("CogVideoXImageToVideoPipeline", tmp_path / "moving")
    picture = tmp_path / "first frame.png"
    tiny.picture().save(picture)
    options = ["--model", str(folder), "--steps", "2", "--frames", "9", *SMALL]
    options += ["--runs-dir", str(tmp_path / "runs"), "--device", "cpu", "--dtype", "bfloat16"]
    options += ["--image", str(picture)]
    found = answer(capsys, "compare", tiny.PROMPT, *options)
    assert found["calls"] == 2
    (stored,) = Store(tmp_path / "runs").list()
    assert stored.request.image == "first frame.png"  # its name, not where it lies
    assert stored.cached.environment["dtype"] == "bfloat16"


def test_a_comparison_is_stored_with_its_rivals(run_folder, capsys):
    stored = Store(run_folder.parent).load(run_folder.name)
    assert stored.stacked.stat().st_size > 0
    assert [rival.name for rival in stored.rivals] == ["uniform", "fewer_steps"]
    assert len(stored.cached.records) == 6


def test_a_comparison_prints_its_figures(model, tmp_path, capsys):
    options = ["--model", model, "--steps", "4", "--runs-dir", str(tmp_path), "--device", "cpu"]
    assert cli.main(["compare", "a red ball", *options, "--plot", str(tmp_path / "plot.html")]) == 0
    text = capsys.readouterr().out
    assert "ideal" in text and "PSNR" in text and str(tmp_path) in text
    assert "actual change" in (tmp_path / "plot.html").read_text(encoding="utf-8")
    found = answer(capsys, "compare", "a red ball", *options, "--threshold", "0")
    assert found["computed"] == found["calls"] == 4 and found["fidelity"]["psnr"] == 100


def test_a_comparison_says_lpips_or_why_there_is_none(model, tmp_path, capsys):
    options = ["--model", model, "--steps", "4", "--runs-dir", str(tmp_path), "--device", "cpu"]
    assert cli.main(["compare", "a red ball", *options]) == 0
    assert "LPIPS" in capsys.readouterr().out


def test_a_probed_comparison_is_not_timed(model, tmp_path, capsys):
    options = ["--model", model, "--steps", "4", "--runs-dir", str(tmp_path), "--device", "cpu", "--probe"]
    assert cli.main(["compare", "a red ball", *options]) == 0
    text = capsys.readouterr().out
    assert "probed: not timed" in text and "measured" not in text
    found = answer(capsys, "compare", "a red ball", *options)
    assert found["probed"] and found["measured_speedup"] is found["efficiency"] is None
    assert found["seconds"]["cached"] is None and found["ideal_speedup"] >= 1


def test_a_comparison_says_what_keeping_residuals_elsewhere_cost(model, tmp_path, capsys):
    options = ["--model", model, "--steps", "4", "--runs-dir", str(tmp_path), "--device", "cpu"]
    assert cli.main(["compare", "a red ball", *options]) == 0
    assert "moving" not in capsys.readouterr().out
    found = ["compare", "a red ball", *options, "--cache-device", "cpu"]
    assert cli.main(found) == 0
    assert "moving     0.00 s of the cached run: residuals kept on cpu" in capsys.readouterr().out
    assert answer(capsys, *found)["moving_seconds"] == 0
    assert [run.request.cache_device for run in Store(tmp_path).list()] == ["cpu", "cpu", None]
    assert cli.main([*found[:-1], "nowhere"]) == 2
    assert "cache_device is 'nowhere'" in capsys.readouterr().err


def test_what_cannot_be_stored_is_refused_before_the_model_is_loaded(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("teacache.commands._loaded", lambda asked: pytest.fail("it was loaded"))
    (tmp_path / "runs").write_text("I am a file")
    assert cli.main(["compare", "a red ball", "--runs-dir", str(tmp_path / "runs")]) == 2
    assert "Runs cannot be stored in" in capsys.readouterr().err


@pytest.mark.parametrize("rivals", [[], ["--rivals"]])
def test_a_run_that_could_not_be_stored_in_the_end_is_answered_all_the_same(
    model, tmp_path, capsys, monkeypatch, rivals
):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("teacache.runs.store.unfinished_name", full)
    options = ["--model", model, "--steps", "4", "--runs-dir", str(tmp_path), "--device", "cpu", *rivals]
    assert cli.main(["compare", "a red ball", *options]) == 2
    shown = capsys.readouterr()
    assert "PSNR" in shown.out and "stored in" not in shown.out
    assert "the disk is full" in shown.err and shown.err.count("\n") == 1
    assert cli.main(["compare", "a red ball", *options, "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert found["folder"] is None and found["fidelity"]["psnr"] > 0
    assert len(found["rivals"]) == 2 * len(rivals)


def test_rivals_that_could_not_be_stored_are_answered_all_the_same(model, tmp_path, capsys, monkeypatch):
    def refuse(*_):
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Store, "add_rivals", refuse)
    options = ["--model", model, "--steps", "4", "--runs-dir", str(tmp_path), "--device", "cpu", "--rivals"]
    assert cli.main(["compare", "a red ball", *options]) == 2
    shown = capsys.readouterr()
    assert "uniform" in shown.out and "stored in" in shown.out and shown.err == "The disk is full.\n"


@pytest.mark.parametrize("run", ["cached", "uncached"])
def test_a_stored_run_is_replayed(run_folder, capsys, run):
    found = answer(capsys, "replay", str(run_folder), "--threshold", "0.3", "--run", run)
    assert found["calls"] == 6 and found["exactness"] == "approximate"
    stored = Store(run_folder.parent).load(run_folder.name)
    if run == "cached":
        assert [d["computed"] for d in found["decisions"]] == list(stored.cached.schedule)


def test_a_replay_computes_a_share_of_the_steps_first_and_last(run_folder, capsys):
    asked = ["replay", str(run_folder), "--threshold", "1e9", "--first-steps", "0.5", "--last-steps", "0.2"]
    computed = [d["computed"] for d in answer(capsys, *asked)["decisions"]]
    assert computed == [True, True, True, False, True, True]  # of 6: three, and 1.2 rounded up


def test_a_trace_file_is_replayed_for_a_speedup(run_folder, tmp_path, capsys):
    Store(run_folder.parent).load(run_folder.name).uncached.save(tmp_path / "trace.json")
    found = answer(capsys, "replay", str(tmp_path / "trace.json"), "--speedup", "2")
    assert found["ideal_speedup"] >= 2 and found["threshold"] > 0


def test_a_trace_file_may_bear_the_name_of_a_runs_record(run_folder, tmp_path, capsys):
    trace = Store(run_folder.parent).load(run_folder.name).uncached
    trace.save(tmp_path / "run.json")
    asked = ["--threshold", "0.3"]
    of_trace = answer(capsys, "replay", str(tmp_path / "run.json"), *asked)
    of_record = answer(capsys, "replay", str(run_folder / "run.json"), *asked)
    assert of_trace == of_record == answer(capsys, "replay", str(run_folder), *asked)


def test_a_threshold_too_low_to_reuse_anything_is_answered_with_the_first_that_does(run_folder, capsys):
    asked = ["replay", str(run_folder), "--threshold"]
    assert cli.main([*asked, "1e-9"]) == 0
    first = float(
        re.search(r"no call is reused: above threshold (\S+) the first", capsys.readouterr().out)[1]
    )
    for threshold, reused in ((0.99 * first, False), (1.01 * first, True)):
        found = answer(capsys, *asked, str(threshold))
        assert (found["computed"] < found["calls"]) == reused
    assert cli.main([*asked, "1e9"]) == 0
    assert "no call is reused" not in capsys.readouterr().out


def test_a_replay_says_which_indicator_it_stands_on(run_folder, tmp_path, capsys):
    plain = Store(run_folder.parent).load(run_folder.name).uncached
    theirs = replace(plain, settings=plain.settings.replaced(variant="authors"))
    for trace, said in ((plain, "default"), (theirs, "authors")):
        trace.save(tmp_path / "trace.json")
        asked = ["replay", str(tmp_path / "trace.json"), "--naive", "--threshold", "0.3"]
        assert answer(capsys, *asked)["indicator"] == said
        assert cli.main(asked) == 0
        assert ("on the recorded indicator 'authors'" in capsys.readouterr().out) == (said == "authors")


def test_every_schedule_of_a_run_is_listed(run_folder, capsys):
    found = answer(capsys, "replay", str(run_folder), "--breakpoints")["breakpoints"]
    assert found[0]["low"] == 0 and found[-1]["high"] is None
    assert cli.main(["replay", str(run_folder), "--breakpoints"]) == 0
    assert f"{len(found)} schedules" in capsys.readouterr().out


def test_a_calibration_is_run_and_then_fitted_from_its_files(model, studies, tmp_path, capsys):
    run = answer(capsys, "calibrate", "--model", model, "--prompts", "2", "--steps", "8", "--device", "cpu")
    assert (run["prompts"], run["pairs"], len(run["coefficients"])) == (2, 14, 5)
    (folder,) = (tmp_path / "cache" / "uncached").iterdir()
    assert answer(capsys, "calibrate", str(folder)) == run


def test_a_calibration_is_saved_for_models_of_the_catalog_only(model, studies, capsys):
    arguments = ["calibrate", "--model", model, "--prompts", "2", "--steps", "8", "--device", "cpu", "--save"]
    assert cli.main(arguments) == 2
    assert "not in the catalog" in capsys.readouterr().err


def test_a_sweep_prints_tables_for_a_model_card_and_keeps_a_table_and_a_report(
    model, studies, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    arguments = ["sweep", "--model", model, "--steps", "8", "--prompts", "2", "--calibration-prompts", "2"]
    arguments += ["--budgets", "4", "--methods", "teacache,uniform", "--device", "cpu", "--fit"]
    assert cli.main(arguments) == 0
    text = capsys.readouterr().out
    assert "| Uniform reuse" in text and "Output change by step" in text and "timestep embedding" in text
    assert "14 pairs of 2 prompts" in text
    found = answer(capsys, *arguments)
    assert len(found["rows"]) == 2 * (1 + 2) and found["setup"]["steps"] == 8
    kept = {path.name for path in (tmp_path / found["folder"]).iterdir()}
    assert {"sweep.json", "sweep.parquet", "report.html", "clips", "traces"} <= kept


def test_signals_tells_who_came_nearest_at_one_cost(model, capsys):
    arguments = [
        "signals",
        "a red ball",
        "--model",
        model,
        "--steps",
        "8",
        "--computed",
        "4",
        "--device",
        "cpu",
    ]
    assert cli.main(arguments) == 0
    text = capsys.readouterr().out
    assert "| even intervals" in text and "table 2" in text
    found = answer(capsys, *arguments)
    assert {row["computed_calls"] for row in found["runs"][0]["rows"]} == {4}
    assert [mean["won"] for mean in found["means"]] == [1, 0, 0, 0]


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["compare", "a red ball", "--model", "nosuch"], "no model 'nosuch'"),
        (["compare", "a red ball", "--model", "./nosuch"], "no folder ./nosuch"),
        (["compare", "a red ball", "--offload", "model", "--device", "cpu"], "this run is on the CPU"),
        (["compare", "a red ball", "--mode", "authors"], "nothing is published for it"),
        (["compare", "a red ball", "--model", "flux-dev", "--device", "cpu"], "FLUX.1-dev"),
        (["compare", "a red ball", "--image", "nosuch.png"], "leave the image out"),
        (["models", "nosuch"], "no model 'nosuch'"),
        (["replay", "nosuch/trace.json", "--threshold", "1"], "nosuch/trace.json"),
        (["replay", "nosuch", "--threshold", "1"], "no run nosuch"),
        (["calibrate", "nosuch.json"], "nosuch.json cannot be read"),
        (["calibrate", "--save", "--flow-shift", "2"], "leave --flow-shift out"),
        (["calibrate", "--degree", "8"], "The degree is 8, but must be a whole number from 1 to 7"),
        (["calibrate", "--flow-shift", "-2", "--device", "cpu"], "The flow shift is -2.0"),
        (["calibrate", "--prompts", "0", "--device", "cpu"], "0 prompts for calibration"),
        (["calibrate", "--steps", "0", "--device", "cpu"], "The number of steps is 0"),
        (["calibrate", "--guidance", "nan", "--device", "cpu"], "The guidance is nan"),
        (["sweep", "--calibration-prompts", "0", "--device", "cpu"], "0 prompts for calibration"),
        (["signals", "--computed", "50", "--device", "cpu"], "50 of 50 calls cannot be computed here"),
        (["sweep", "--budgets", "60,10", "--device", "cpu"], "A budget of 60 of 50 steps"),
        (["sweep", "--methods", "x", "--thresholds", "1", "--device", "cpu"], "There is no method 'x'"),
        (["sweep", "--methods", "uniform", "--thresholds", "1", "--device", "cpu"], "Nothing is left to run"),
        (["compare", "a red ball", "--steps", "0", "--device", "cpu"], "The number of steps is 0"),
        (["compare", "a red ball", "--seed", "-1", "--device", "cpu"], "The seed is -1"),
        (["compare", "a red ball", "--threshold", "nan", "--device", "cpu"], "threshold is nan"),
        (["compare", "a red ball", "--guidance", "inf", "--device", "cpu"], "The guidance is inf"),
        (["compare", "a red ball", "--max-reuses", "0", "--device", "cpu"], "max_reuses is 0"),
        (["compare", "a red ball", "--frames", "0", "--device", "cpu"], "The number of frames is 0"),
    ],
)
def test_a_refusal_is_one_sentence_on_stderr(arguments, said, capsys):
    assert cli.main(arguments) == 2
    shown = capsys.readouterr()
    assert said in shown.err and shown.err.count("\n") == 1 and not shown.out


@pytest.mark.parametrize(
    "asked, said",
    [
        (["--threshold", "nan"], "threshold is nan"),
        (["--threshold", "-1"], "threshold is -1.0"),
        (["--speedup", "0"], "The speedup is 0"),
        (["--speedup", "nan"], "The speedup is nan"),
        (["--threshold", "1", "--max-reuses", "0"], "max_reuses is 0"),
        (["--threshold", "1", "--first-steps", "1.5"], "first_steps is 1.5, but must be a whole number"),
    ],
)
def test_a_number_that_a_replay_cannot_use_is_refused(run_folder, asked, said, capsys):
    assert cli.main(["replay", str(run_folder), *asked]) == 2
    shown = capsys.readouterr()
    assert said in shown.err and shown.err.count("\n") == 1 and not shown.out


@pytest.mark.parametrize(
    "asked",
    [
        ["-m", "teacache", "compare", "x", "--steps", "2.5"],
        pytest.param(
            ["-m", "teacache.models.shapes.evaluate", "--count", "95"], marks=pytest.mark.exhaustive
        ),
        ["app.py", "--port", "70000"],
    ],
)
def test_a_number_of_the_wrong_kind_is_refused_at_once(asked):
    done = subprocess.run([sys.executable, *asked], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2 and f"'{asked[-1]}'" in done.stderr.splitlines()[-1]


def test_a_file_that_is_no_trace_is_refused(tmp_path, capsys):
    (tmp_path / "trace.json").write_text("[]")
    assert cli.main(["replay", str(tmp_path / "trace.json"), "--threshold", "1"]) == 2
    assert "trace must be a JSON object" in capsys.readouterr().err


def test_ctrl_c_ends_in_one_word(monkeypatch, capsys):
    def interrupted(asked):
        raise KeyboardInterrupt

    monkeypatch.setattr("teacache.commands.models", interrupted)
    assert cli.main(["models"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


# `python -m teacache ...` whose third run of a model says so in the middle and goes no further.
HELD = """
import signal, sys, threading
from diffusers import DDIMScheduler
from teacache import cli
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores interrupts
runs, begin, step = [], DDIMScheduler.set_timesteps, DDIMScheduler.step
def begun(*args, **kwargs):
    runs.append(1)
    return begin(*args, **kwargs)
def held(*args, **kwargs):
    if len(runs) == 3:
        print("held", flush=True)
        threading.Event().wait()
    return step(*args, **kwargs)
DDIMScheduler.set_timesteps, DDIMScheduler.step = begun, held
sys.exit(cli.main())
"""


def test_a_calibration_interrupted_in_a_run_ends_cleanly_and_goes_on(model, tmp_path, monkeypatch, capsys):
    asked = ["calibrate", "--model", model, "--steps", "6", "--device", "cpu"]
    environment = {**os.environ, "TEACACHE_CACHE_DIR": str(tmp_path)}
    running = subprocess.Popen(
        [sys.executable, "-c", HELD, *asked, "--prompts", "4"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout.readline() == "held\n"
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130 and said.endswith("Stopped.\n") and "Traceback" not in said
    kept = {file: file.read_bytes() for file in tmp_path.glob("uncached/*/*")}
    assert len(kept) == 2
    monkeypatch.setenv("TEACACHE_CACHE_DIR", str(tmp_path))
    assert cli.main([*asked, "--prompts", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["prompts"] == 2
    assert {file: file.read_bytes() for file in kept} == kept


def test_a_reader_that_has_enough_is_no_error():
    read, write = os.pipe()
    os.close(read)
    asked = [sys.executable, "-m", "teacache", "models"]
    with os.fdopen(write, "w") as nobody_reads:
        done = subprocess.run(asked, stdout=nobody_reads, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_replay_needs_no_torch(run_folder):
    code = (
        "import sys; from teacache.cli import main; "
        f"assert main(['replay', {str(run_folder)!r}, '--breakpoints']) == 0; "
        "assert not {'torch', 'diffusers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
