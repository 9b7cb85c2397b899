"""Files of a run, the history and the routes, without a browser."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import json
import re
from base64 import b64decode
from pathlib import Path

import imageio.v3 as iio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teacache.errors import StoreError, VideoError
from teacache.method.trace import StepRecord, Trace
from teacache.runs.stored import VIDEOS
from teacache.study.replay import replay
from tests.runs import samples
from ui.history import history
from ui.player import clips
from ui.takeaway import calls_csv, embedded, files, report, schedule, snippet, whatif_query
from ui.takeaway.routes import routes
from ui.words.texts import texts

UI = Path(report.__file__).parent


@pytest.fixture
def client(library):
    return TestClient(Starlette(routes=routes(library)))


@pytest.fixture
def run(library):
    return library.load("1-sample")


def two_branches() -> Trace:
    """Three steps of two calls; the branches disagree at the second step."""
    bare = samples.trace((True, True, True, False, False, False))
    records = [
        dataclasses.replace(r, step=i // 2, branch=("cond", "uncond")[i % 2])
        for i, r in enumerate(bare.records)
    ]
    return dataclasses.replace(bare, steps=3, records=tuple(records))


def test_a_schedule_is_written_as_bits_steps_and_mask():
    forms = schedule.forms(samples.trace((True, True, False, True, False, False)))
    assert forms["bits"] == "110100"
    assert (forms["computed_steps"], forms["reused_steps"]) == ([0, 1, 3], [2, 4, 5])
    assert forms["cache_dit"]["steps_computation_mask"] == [1, 1, 0, 1, 0, 0]


def test_the_pieces_of_the_mask_make_the_mask_again():
    told = schedule.forms(samples.trace((True, True, False, True, False, False, True)))["cache_dit"]
    pieces = zip(told["compute_bins"], [*told["cache_bins"], 0], strict=False)
    again = [bit for computed, reused in pieces for bit in [1] * computed + [0] * reused]
    assert again == told["steps_computation_mask"] and told["num_inference_steps"] == 7


def test_a_step_is_computed_if_any_of_its_calls_is():
    forms = schedule.forms(two_branches())
    assert forms["bits"] == "110" and forms["calls"] == {"cond": "110", "uncond": "100"}


def test_csv_has_one_row_a_call_and_every_field():
    rows = list(csv.DictReader(io.StringIO(calls_csv.as_csv([("cached", samples.trace())]))))
    assert len(rows) == 4
    assert set(rows[0]) == {"clip", *(field.name for field in dataclasses.fields(StepRecord))}
    assert [row["computed"] for row in rows] == ["1", "1", "0", "1"]
    assert [row["step"] for row in rows] == [row["call"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["indicator_distance"] == "" and float(rows[1]["indicator_distance"]) == 0.05


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1", "\tx", "\rx"])
def test_a_spreadsheet_takes_no_text_for_a_formula(name):
    trace = samples.trace()
    odd = trace.with_records((dataclasses.replace(trace.records[0], branch=name),))
    row = next(csv.DictReader(io.StringIO(calls_csv.as_csv([("cached", odd)]), newline="")))
    assert row["branch"] == "'" + name


@pytest.mark.parametrize("name", [*files.FILES, *VIDEOS])
def test_every_file_of_a_run_can_be_fetched_under_a_telling_name(client, name):
    answer = client.get(f"/teacache/take/1-sample/{name}")
    assert answer.status_code == 200 and answer.content
    assert f'filename="teacache-1-sample-{name}"' in answer.headers["content-disposition"]


def words(run, threshold: float, **more: str) -> dict[str, str]:
    """A what-if as the page writes it into an address."""
    rules = json.dumps(run.cached.settings.replaced(threshold=1.0).to_json())
    return {"threshold": str(threshold), "signal": "indicator", "rules": rules, **more}


def test_schedule_and_code_of_a_what_if_are_of_what_is_shown(client, run):
    threshold = run.cached.settings.threshold * 2
    wanted = [d.computed for d in replay(run.cached, run.cached.settings.replaced(threshold=threshold))]
    assert wanted != list(run.cached.schedule)
    told = client.get("/teacache/take/1-sample/schedule.json", params=words(run, threshold))
    bits = "".join(str(int(computed)) for computed in wanted)
    assert told.json()["bits"] == bits
    assert "what-if-schedule.json" in told.headers["content-disposition"]
    code = client.get("/teacache/take/1-sample/run.py", params=words(run, threshold)).text
    assert f'foretold = "{bits}"' in code and f"threshold={threshold}," in code and "what-if" in code


@pytest.mark.parametrize("signal", ["latent", "embedding"])
def test_a_what_if_on_another_signal_is_handed_over_as_a_run_by_it(run, signal):
    field = f"{signal}_distance"
    records = [dataclasses.replace(r, **{field: r.indicator_distance}) for r in run.cached.records]
    run = dataclasses.replace(run, cached=run.cached.with_records(tuple(records)))
    shown = whatif_query.decided(run, words(run, 0.1, signal=signal))
    assert shown.cached.settings.variant == signal and shown.cached.settings.schedule is None
    assert f"variant={signal!r}".replace("'", '"') in snippet.code(shown, foretold=True)


@pytest.mark.parametrize(
    "bad",
    [{"threshold": "x"}, {"threshold": "nan"}, {"rules": "[]"}, {"rules": '{"no": 1}'}, {"signal": "no"}],
)
def test_a_what_if_that_cannot_be_read_is_refused_in_a_sentence(client, run, bad):
    answer = client.get("/teacache/take/1-sample/run.py", params=words(run, 0.1) | bad)
    assert answer.status_code == 400 and answer.text.endswith(".")


def test_the_csv_of_a_run_has_both_runs(client, run):
    rows = list(csv.DictReader(io.StringIO(client.get("/teacache/take/1-sample/calls.csv").text)))
    counted = [row["clip"] for row in rows]
    assert counted.count("uncached") == len(run.uncached.records)
    assert counted.count("cached") == len(run.cached.records)


@pytest.mark.parametrize(
    "path", ["1-sample/run.json", "1-sample/..%2Frun.json", "none/trace.json", "..%2Fx/a"]
)
def test_no_other_file_can_be_fetched(client, path):
    assert client.get(f"/teacache/take/{path}").status_code == 404


def test_the_history_tells_of_named_runs_and_of_no_others(client, library):
    library.made.save(samples.comparison("mine"))
    library.made.save(samples.comparison("other"))
    told = client.get("/teacache/history?ids=mine,gone").json()
    assert [one["run"] for one in told["runs"]] == ["mine"] and told["missing"] == ["gone"]
    assert [one["run"] for one in told["recorded"]] == ["1-sample"]
    assert "other" not in json.dumps(told)
    assert client.get("/teacache/history").json()["runs"] == []


def test_a_run_of_the_history_has_its_measured_figures(library):
    library.made.save(samples.comparison("mine"))
    found = history.summary(library.load("mine"))
    assert (found["measured"], found["psnr"], found["computed"]) == (1.25, 30.0, 3)
    assert found["clip"] == {
        "fps": 8,
        "frames": samples.FRAMES,
        "still": False,
        "sound": None,
        "height": samples.SIDE,
        "width": samples.SIDE,
    }


def test_ids_of_new_runs_cannot_be_guessed():
    from teacache.runs.compare import _Board

    request = samples.comparison().request
    made = {_Board(request, calls=1, fps=8).run_id for _ in range(50)}
    assert len({run_id.rpartition("-")[2] for run_id in made}) == 50
    assert all(len(bytes.fromhex(run_id.rpartition("-")[2])) * 8 >= 64 for run_id in made)


def test_two_runs_become_one_video_side_by_side(client, library, tmp_path):
    library.made.save(samples.comparison("mine"))
    answer = client.get("/teacache/pairs/mine/1-sample.mp4")
    (tmp_path / "pair.mp4").write_bytes(answer.content)
    frames = iio.imread(tmp_path / "pair.mp4")
    single = iio.imread(library.load("mine").cached_video)
    assert frames.shape[0] == single.shape[0] and frames.shape[2] == 2 * single.shape[2]
    left = frames[:, :, : single.shape[2]].astype(float)
    assert abs(left - single).mean() < 2


def test_videos_that_do_not_fit_are_refused_in_a_sentence(client, library):
    made = samples.comparison("wide")
    wide = dataclasses.replace(made.request, frames=samples.FRAMES + 1)
    library.made.save(dataclasses.replace(made, request=wide))
    answer = client.get("/teacache/pairs/wide/1-sample.mp4")
    assert answer.status_code == 409 and "differ in size or length" in answer.text
    assert client.get("/teacache/pairs/gone/1-sample.mp4").status_code == 404


def test_a_broken_video_is_refused_and_leaves_nothing_behind(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no video")
    with pytest.raises(VideoError, match="could not be put together"):
        clips.smaller(tmp_path / "broken.mp4", tmp_path / "out" / "small.mp4", 240)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_large_video_becomes_a_smaller_one_in_the_report(run, monkeypatch):
    whole = len(embedded.video_of(run))
    monkeypatch.setattr(embedded, "LARGEST_VIDEO", whole - 1)
    monkeypatch.setattr(embedded, "HEIGHTS", (64,))
    assert 0 < len(embedded.video_of(run)) < whole


def test_an_uploaded_run_has_no_videos(library):
    made = library.uploads.add(json.dumps(samples.trace().to_json()))
    with pytest.raises(StoreError, match="has no file"):
        files.clip(made, "cached.mp4")


def test_the_report_fetches_nothing(run):
    text = report.page(run, "en")
    assert "default-src 'none'" in text
    assert not re.search(r"""(?:src|href)=["'](?!data:)[^"']""", text.split("<script", 1)[0])
    modules = [b64decode(code).decode() for code in re.findall(r"text/javascript;base64,([\w+/=]+)", text)]
    assert len(modules) > 20
    assert not [code[:80] for code in modules if re.search(r"""fetch\(["'`]teacache/""", code)]
    assert len(text) < 2**20


@pytest.mark.parametrize("language", ["en", "de", "zh", "xx"])
def test_the_report_speaks_the_language_that_is_asked_for(run, language):
    words = texts(language)
    text = report.page(run, language)
    assert all(
        html.escape(words[key]) in text for key in ("report_settings", "report_decisions", "fig_ideal")
    )


def test_the_report_counts_from_1_and_has_the_change_that_the_page_has(run):
    uncached = run.uncached.with_records(
        tuple(dataclasses.replace(r, output_distance=0.5 + r.step) for r in run.uncached.records)
    )
    text = report.page(dataclasses.replace(run, uncached=uncached), "en")
    rows = re.findall(r'<tr><th scope="row">(\d+)</th><td>(\d+)</td>(.*?)</tr>', text)
    assert [row[:2] for row in rows] == [(str(i), str(i)) for i in range(1, len(run.cached.records) + 1)]
    for record, (*_, cells) in zip(uncached.records, rows, strict=False):
        assert f"<td>{0.5 + record.step:g}" in cells


def test_the_report_writes_moments_and_numbers_as_they_are_read(run):
    made = dataclasses.replace(run, created="2026-11-23T10:52:15.686115Z")
    text = report.page(made, "de").split("<script", 1)[0]
    assert "2026-11-23 10:52 UTC" in text and "686115" not in text
    threshold = f"{run.cached.settings.threshold:.6g}".replace(".", ",")
    assert f"<td>{threshold}</td>" in text
    assert "; ".join(f"{c:.6g}" for c in run.cached.settings.coefficients).replace(".", ",") in text


def test_a_prompt_can_hold_markup_without_doing_anything(run):
    evil = "</script><script>alert(1)</script><img src=x>"
    request = dataclasses.replace(run.request, prompt=evil)
    cached = dataclasses.replace(run.cached, prompt=evil)
    text = report.page(dataclasses.replace(run, request=request, cached=cached), "en")
    assert "<script>alert" not in text and "<img" not in text
    assert text.count("</script>") == 3  # of the data, the map of modules, and the code


def test_every_text_that_the_report_asks_for_exists():
    script = set(re.findall(r'\bt\("(\w+)"', (UI / "report.js").read_text()))
    made = "".join((UI / name).read_text() for name in ("report.py", "report.html.jinja"))
    page = set(re.findall(r'words\["(\w+)"\]', made))
    assert script | page <= set(texts("en"))


def test_the_report_of_an_uploaded_trace_has_no_player(library):
    made = library.uploads.add(json.dumps(samples.trace().to_json()))
    text = report.page(made, "en")
    assert 'id="player"' not in text and "below_threshold" in text


def test_the_report_names_no_line_that_the_trace_does_not_hold(library):
    trace = samples.trace()
    bare = [dataclasses.replace(record, output_distance=None) for record in trace.records]
    for told, shown in ((trace.with_records(tuple(bare)), False), (trace, trace.settings.off)):
        text = report.page(library.uploads.add(json.dumps(told.to_json())), "en")
        assert ("tc-swatch actual" in text) is shown
