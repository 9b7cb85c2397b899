"""A collection of uncached runs goes on where it stopped, and is never mixed with another setup's."""

from dataclasses import replace

import pytest

from teacache.errors import RequestError, SettingsError
from teacache.models.catalog import CARDS
from teacache.models.shapes.nets import build_scheduler
from teacache.study.calibrate import calibration, fit
from teacache.study.collect import Setup, collect, fingerprint, load_traces, setup_of, shift_scheduler
from tests import tiny

PROMPTS = ["a red ball bouncing on a blue background", "a green star circling on a red background"]


@pytest.fixture
def setup(pipe):
    return Setup(model=pipe.teacache_card.name, steps=4, guidance_scale=3.0)


def test_every_prompt_gives_an_uncached_trace(pipe, setup, cache_folder):
    traces = collect(pipe, setup, PROMPTS)
    assert [trace.prompt for trace in traces] == PROMPTS
    assert all(trace.schedule == (True,) * 4 for trace in traces)
    assert all(r.output_distance_exact for trace in traces for r in trace.records[1:])
    assert traces[0].seed != traces[1].seed and traces[0].guidance_scale == 3.0


def test_what_is_on_disk_is_not_run_again(pipe, setup, cache_folder):
    first = collect(pipe, setup, PROMPTS[:1])
    calls = []
    handle = pipe.transformer.register_forward_pre_hook(lambda *_: calls.append(1))
    try:
        both = collect(pipe, setup, PROMPTS)
    finally:
        handle.remove()
    assert len(calls) == 4  # the second prompt only
    assert both[0] == first[0]


def test_a_file_that_was_cut_off_is_run_again(pipe, setup, cache_folder):
    (trace,) = collect(pipe, setup, PROMPTS[:1])
    (file,) = setup.folder(pipe.teacache_card, "uncached").iterdir()
    file.write_text(file.read_text()[:100])
    (again,) = collect(pipe, setup, PROMPTS[:1])
    assert [r.indicator_distance for r in again.records] == [r.indicator_distance for r in trace.records]


def test_another_setup_or_other_weights_have_a_folder_of_their_own(pipe, setup, cache_folder, tmp_path):
    card = pipe.teacache_card
    others = [replace(setup, steps=5), replace(setup, guidance_scale=4.0), replace(setup, flow_shift=3.0)]
    assert len({s.folder(card, "calibration") for s in (setup, *others)}) == 4
    (tmp_path / "a.safetensors").write_bytes(b"1")
    before = fingerprint(tmp_path)
    (tmp_path / "a.safetensors").write_bytes(b"22")
    assert fingerprint(tmp_path) != before


def test_defaults_come_from_the_card(pipe):
    setup = setup_of(pipe, steps=None, guidance=None, flow_shift=None, seed=0)
    card = pipe.teacache_card
    assert (setup.model, setup.steps, setup.guidance_scale) == (card.name, card.steps, card.guidance_scale)


def test_a_scheduler_without_a_flow_shift_says_so(pipe):
    with pytest.raises(RequestError, match="DDIMScheduler has no flow shift"):
        shift_scheduler(pipe, 3.0)


def test_a_flow_shift_changes_the_timesteps_and_nothing_else(pipe, monkeypatch):
    monkeypatch.setattr(pipe, "scheduler", build_scheduler(shift=1.0))
    before = dict(pipe.scheduler.config)
    setup = setup_of(pipe, steps=4, guidance=3.0, flow_shift=3.0, seed=0)
    assert setup.flow_shift == 3.0
    changed = {key for key in before if pipe.scheduler.config[key] != before[key]}
    assert changed == {"flow_shift"}
    pipe.scheduler.set_timesteps(4)
    shifted = pipe.scheduler.timesteps
    plain = build_scheduler(shift=1.0)
    plain.set_timesteps(4)
    assert (shifted[1:] > plain.timesteps[1:]).all()


def test_traces_are_read_from_files_and_folders(pipe, setup, cache_folder, tmp_path):
    traces = collect(pipe, setup, PROMPTS)
    folder = setup.folder(pipe.teacache_card, "uncached")
    assert load_traces([folder]) == traces
    assert load_traces([folder / "100001.json"]) == traces[1:]
    with pytest.raises(RequestError, match="no trace"):
        load_traces([tmp_path])
    with pytest.raises(RequestError, match="cannot be read"):
        load_traces([tmp_path / "none.json"])


def test_a_models_published_mode_says_what_is_compared(cache_folder):
    pipe = tiny.build("WanPipeline")
    pipe.teacache_card = replace(CARDS["wan-1.3b"], frames=5, height=32, width=32)
    asked = {"steps": 3, "guidance": 1.0, "flow_shift": None, "seed": 0}
    plain, theirs = (setup_of(pipe, **asked, mode=mode) for mode in (None, "retention"))
    assert plain.folder(pipe.teacache_card, "calibration") != theirs.folder(pipe.teacache_card, "calibration")
    (trace,) = collect(pipe, theirs, PROMPTS[:1])
    assert trace.settings.variant == CARDS["wan-1.3b"].mode("retention").variant == "authors_retention"
    found = fit([trace], degree=1)
    assert (
        found.settings(0.1).variant == calibration(found, [trace], "here").variant == trace.settings.variant
    )
    with pytest.raises(RequestError, match="differ in variant"):
        fit([trace, *collect(pipe, plain, PROMPTS[:1])], degree=1)
    with pytest.raises(SettingsError, match="mode"):
        setup_of(pipe, **asked, mode="nosuch")
