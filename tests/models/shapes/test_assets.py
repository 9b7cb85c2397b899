"""The shipped folder: small, ordinary, offline, and good enough to look at."""

import json
import socket

import pytest
import torch
from diffusers import LattePipeline

from teacache.models.shapes.data import Scene, caption
from teacache.models.shapes.evaluate import main
from teacache.models.shapes.judge import judge
from teacache.models.shapes.sample import ASSETS, generate
from teacache.models.training.export import folder_bytes


@pytest.fixture(scope="module")
def pipeline():
    pipeline = LattePipeline.from_pretrained(ASSETS)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def test_folder_is_at_most_30_megabytes():
    assert folder_bytes(ASSETS) <= 30e6


def test_index_names_only_classes_of_public_packages():
    index = json.loads((ASSETS / "model_index.json").read_text())
    parts = {name: value for name, value in index.items() if not name.startswith("_")}
    assert parts["tokenizer"] == ["transformers", "T5Tokenizer"]
    assert {value[0] for value in parts.values()} == {"transformers", "diffusers"}


def test_loads_without_a_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    loaded = LattePipeline.from_pretrained(ASSETS)
    assert loaded.transformer.dtype == loaded.vae.dtype == loaded.text_encoder.dtype == torch.float32


def test_same_seed_same_clip(pipeline):
    first, second = (generate(pipeline, "a red ball circling", seed=4, steps=3) for _ in range(2))
    assert torch.equal(first, second)


def test_evaluation_writes_a_report_and_draws_a_sheet(tmp_path):
    report, sheet = tmp_path / "report.json", tmp_path / "sheet.png"
    main(["--count", "2", "--steps", "1", "--json", str(report), "--sheet", str(sheet)])
    written = json.loads(report.read_text())
    assert written["count"] == len(written["clips"]) == 2
    assert set(written["held_out"]) == {"color", "background", "shape", "motion", "all"}
    assert sheet.stat().st_size > 0


def test_generates_what_the_prompt_says(pipeline):
    scene = Scene("red", "square", "growing", "white")
    verdict = judge(generate(pipeline, caption(scene), seed=0, steps=25))
    assert (verdict.color, verdict.background, verdict.motion) == ("red", "white", "growing")
