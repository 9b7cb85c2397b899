"""What is said of a model before its weights are there, and what keeps it from running here."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from teacache.models import card_json as told
from teacache.models import hub
from teacache.models.card_json import card_json, explanation, obstacle
from teacache.models.catalog import CARDS
from teacache.models.memory import Machine
from tests import tiny_latte

LARGE = Machine(host_gb=200, gpu="a GPU", gpu_gb=80)


@pytest.fixture
def at_hand(monkeypatch):
    """Say what is there of the hub."""

    def have(*, downloaded=False, offline=False, token=False, reachable=True):
        monkeypatch.setattr(hub, "downloaded", lambda repository: downloaded)
        monkeypatch.setattr(hub, "offline", lambda: offline)
        monkeypatch.setattr(hub, "logged_in", lambda: token)
        monkeypatch.setattr(hub, "reachable", lambda: reachable)

    return have


def test_telling_needs_no_torch():
    code = "import sys, teacache.models.card_json; assert not {'torch', 'diffusers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_facts_are_json_and_tell_no_folder(tmp_path):
    secret = str(tmp_path)
    for card in CARDS.values():
        text = json.dumps(card_json(replace(card, source=secret)))
        assert secret not in text and card.title in text


def test_facts_say_where_reuse_begins_in_each_mode():
    modes = card_json(CARDS["lumina2"])["modes"]
    assert modes["v1"]["first_reuse_threshold"] == modes["v2"]["first_reuse_threshold"] == 0
    assert "above 0.279," in modes["v1"]["explanation"] and "below 0.0111," in modes["v2"]["explanation"]
    assert card_json(CARDS["flux-dev"])["modes"]["authors"]["first_reuse_threshold"] == pytest.approx(
        0.18, abs=1e-3
    )


def test_a_measured_polynomial_is_explained_within_its_own_range():
    measured = CARDS["shapes"].calibration
    floor = min(CARDS["shapes"].settings().estimate(x / 1e4) for x in range(200, 1700))
    assert f"{floor:.3g}"[:4] in explanation(CARDS["shapes"])
    assert measured.input_range[0] > 0.02


def test_a_model_without_a_polynomial_has_nothing_to_explain():
    assert explanation(CARDS["wan-2.2-a14b"]) == ""


def test_everything_that_is_downloaded_runs_on_a_large_machine(at_hand, monkeypatch):
    at_hand(downloaded=True, offline=True)
    monkeypatch.setattr(told, "find_spec", lambda package: object())
    assert {name: obstacle(card, LARGE) for name, card in CARDS.items()} == dict.fromkeys(CARDS, "")


def test_only_the_embedded_models_run_without_a_gpu(at_hand):
    at_hand(downloaded=True)
    without = {name: obstacle(card, Machine(host_gb=200)) for name, card in CARDS.items()}
    assert without.pop("shapes") == without.pop("scenes") == ""
    assert all("needs a GPU" in why for why in without.values())


@pytest.mark.parametrize(
    "name, state, said",
    [
        ("latte", {"offline": True}, "HF_HUB_OFFLINE"),
        ("latte", {"reachable": False}, "cannot be reached"),
        ("flux-dev", {}, "gated: accept its licence at https://huggingface.co/black-forest-labs/FLUX.1-dev"),
        ("hidream", {}, "https://huggingface.co/meta-llama"),
        ("flux-dev", {"token": True}, ""),
        ("latte", {}, ""),
    ],
)
def test_what_is_not_downloaded_says_what_stands_in_the_way(at_hand, name, state, said):
    at_hand(**state)
    why = obstacle(CARDS[name], LARGE)
    assert said in why and bool(why) == bool(said)


def test_too_little_memory_is_said_in_gb(at_hand):
    at_hand(downloaded=True)
    why = obstacle(CARDS["flux-dev"], replace(LARGE, host_gb=20))
    assert why == "It needs at least 23.8 GB of memory, and there are 20.0."  # its largest part
    why = obstacle(CARDS["opensora"], replace(LARGE, host_gb=10))
    assert why == "It needs at least 12.7 GB of memory, and there are 10.0."  # all, as they are published


def test_missing_packages_are_named(at_hand, monkeypatch):
    at_hand(downloaded=True)
    monkeypatch.setattr(told, "find_spec", lambda package: None)
    assert "cosmos_guardrail" in obstacle(CARDS["cosmos"], LARGE)


def test_a_folder_of_this_machine_runs_without_a_gpu_if_it_fits(tmp_path):
    folder = tiny_latte.save(tmp_path / "tiny")
    card = replace(CARDS["latte"], source=str(folder))
    assert obstacle(card, Machine(host_gb=1)) == ""
    assert "memory" in obstacle(card, Machine(host_gb=0))


def test_a_download_is_seen_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert not hub.downloaded("maxin-cn/Latte-1")
    (tmp_path / "models--maxin-cn--Latte-1" / "snapshots" / "abc").mkdir(parents=True)
    assert hub.downloaded("maxin-cn/Latte-1")
