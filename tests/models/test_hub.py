"""Repositories on the hub become folders; every failure is one sentence that says what to do."""

import contextlib
import json
import shutil
from importlib import import_module
from inspect import signature

import httpx2
import huggingface_hub
import pytest
import torch
from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError, RepositoryNotFoundError
from safetensors.torch import save_file

from teacache.errors import ModelLoadError
from teacache.models import hub, load, loading, placement
from teacache.models.catalog import CARDS
from teacache.models.checkpoints import SAFE_T5
from teacache.models.opensora.published import DENOISER_HUB, VAE_HUB
from tests import tiny, tiny_latte


def refusal(kind, status):
    request = httpx2.Request("GET", "https://huggingface.co/api/models/a/b")
    return kind("refused", response=httpx2.Response(status, request=request))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_latte.save(tmp_path_factory.mktemp("hub") / "snapshot")


@pytest.fixture
def fake_hub(monkeypatch):
    """Answer downloads from local folders, by repository, or with an error; remembers what was asked."""
    asked = []

    def install(answers):
        def snapshot_download(repository, *, allow_patterns, ignore_patterns):
            asked.append((repository, allow_patterns))
            answer = answers[repository]
            if isinstance(answer, Exception):
                raise answer
            return str(answer)

        monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
        monkeypatch.setattr(placement, "free_host_gb", lambda: 1000.0)
        return asked

    return install


def test_a_model_of_the_catalog_is_downloaded_and_loaded(fake_hub, folder):
    asked = fake_hub({"maxin-cn/Latte-1": folder})
    pipe = load("latte", device="cpu")
    assert type(pipe).__name__ == "LattePipeline"
    assert pipe.teacache_card.source == str(folder) and pipe.teacache_card.name == "latte"
    assert pipe.teacache_settings == CARDS["latte"].settings()
    assert asked[0] == ("maxin-cn/Latte-1", ["model_index.json"])


def test_only_the_parts_of_the_index_are_fetched_and_no_pickles(fake_hub, folder):
    asked = fake_hub({"maxin-cn/Latte-1": folder})
    hub.pipeline_folder("maxin-cn/Latte-1")
    wanted = asked[-1][1]
    parts = {part for part in json.loads((folder / "model_index.json").read_text()) if part[0] != "_"}
    assert {pattern.partition("/")[0] for pattern in wanted} == parts | {"model_index.json"}
    assert not [pattern for pattern in wanted if pattern.endswith((".bin", ".pt", ".ckpt", "/*"))]


def test_a_gated_repository_says_where_to_accept_the_licence(fake_hub):
    fake_hub({"black-forest-labs/FLUX.1-dev": refusal(GatedRepoError, 403)})
    with pytest.raises(ModelLoadError, match=r"gated: .*huggingface\.co/black-forest-labs.* log in with"):
        load("flux-dev", device="cpu")


def test_an_unknown_repository_is_one_sentence(fake_hub):
    fake_hub({"maxin-cn/Latte-1": refusal(RepositoryNotFoundError, 404)})
    with pytest.raises(ModelLoadError, match="no maxin-cn/Latte-1 on the hub, or it is private"):
        load("latte", device="cpu")


@pytest.mark.parametrize(
    "error",
    [
        LocalEntryNotFoundError("no connection"),
        httpx2.ConnectError("[Errno -2] Name or service not known"),
        httpx2.ReadTimeout("timed out"),
        httpx2.ProxyError("407 Proxy Authentication Required"),
        httpx2.RemoteProtocolError("peer closed connection without sending complete message body"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_unreachable_hub_is_one_sentence(fake_hub, monkeypatch, error):
    fake_hub({"maxin-cn/Latte-1": error})
    monkeypatch.setattr(hub, "offline", lambda: False)
    with pytest.raises(ModelLoadError, match="hub cannot be reached: check the network"):
        load("latte", device="cpu")


def test_a_hub_that_is_switched_off_says_so(monkeypatch):
    """The real client: tests run with HF_HUB_OFFLINE."""
    monkeypatch.setattr(placement, "free_host_gb", lambda: 1000.0)
    with pytest.raises(ModelLoadError, match=r"Latte-1 is not downloaded, and HF_HUB_OFFLINE") as caught:
        load("latte", device="cpu")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "error, said",
    [
        (OSError(28, "No space left on device"), "No space left"),
        (httpx2.TooManyRedirects("Exceeded 20 redirects."), "Exceeded 20 redirects"),
        (RuntimeError("Data processing error: connection reset\nmore"), "connection reset"),
    ],
)
def test_a_full_disk_or_a_broken_download_is_one_sentence(fake_hub, error, said):
    fake_hub({"maxin-cn/Latte-1": error})
    with pytest.raises(ModelLoadError, match=f"Latte-1 could not be downloaded: .*{said}") as caught:
        load("latte", device="cpu")
    assert "\n" not in str(caught.value)


def test_nothing_is_downloaded_that_would_not_fit(fake_hub, monkeypatch):
    asked = fake_hub({})
    monkeypatch.setattr(placement, "free_host_gb", lambda: 4.0)
    with pytest.raises(ModelLoadError, match="FLUX.1-dev needs at least .* GB are missing"):
        load("flux-dev", device="cpu")
    assert not asked


def test_a_repository_without_a_pipeline_is_one_sentence(fake_hub, tmp_path):
    fake_hub({"maxin-cn/Latte-1": tmp_path})
    with pytest.raises(ModelLoadError, match="holds no diffusers pipeline"):
        load("latte", device="cpu")


def test_open_sora_is_read_as_its_authors_published_it(fake_hub, tmp_path):
    pipe = tiny.build("OpenSoraPipeline")
    answers = {repository: tmp_path / str(n) for n, repository in enumerate((DENOISER_HUB, VAE_HUB, SAFE_T5))}
    for repository, part in ((DENOISER_HUB, pipe.transformer), (VAE_HUB, pipe.vae)):
        answers[repository].mkdir()
        config = {name: value for name, value in part.config.items() if not name.startswith("_")}
        (answers[repository] / "config.json").write_text(json.dumps(config))
        save_file(part.state_dict(), answers[repository] / "model.safetensors")
    pipe.text_encoder.save_pretrained(answers[SAFE_T5] / "text_encoder")
    pipe.tokenizer.save_pretrained(answers[SAFE_T5] / "tokenizer")
    asked = fake_hub(answers)
    loaded = load("opensora", device="cpu")
    assert type(loaded).__name__ == "OpenSoraPipeline" and loaded.teacache_card.name == "opensora"
    assert loaded.teacache_settings == CARDS["opensora"].settings()
    assert loaded.teacache_card.source == str(answers[DENOISER_HUB])
    assert {repository for repository, _ in asked} == set(answers)
    assert set(answers) == {CARDS["opensora"].hub, *CARDS["opensora"].parts.values()}
    weights = pipe.transformer.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in loaded.transformer.state_dict().items())


@pytest.mark.parametrize("name", ["opensora", "opensora-plan-65", "opensora-plan-221"])
def test_the_text_encoder_that_a_card_names_is_the_one_that_is_read(name):
    home = import_module(loading.OURS[CARDS[name].pipeline])
    default = signature(home.load_published).parameters["text_encoder"].default
    assert CARDS[name].parts["text_encoder"] == default


@pytest.mark.parametrize("frames", [65, 221])
def test_each_open_sora_plan_card_asks_for_its_own_checkpoint(fake_hub, frames):
    asked = fake_hub({CARDS["opensora-plan-65"].hub: OSError("enough for this test")})
    with pytest.raises(ModelLoadError, match="could not be downloaded"):
        load(f"opensora-plan-{frames}", device="cpu")
    assert any(pattern.startswith(f"{frames}x512x512/") for pattern in asked[0][1])


@pytest.mark.parametrize("name", ["hidream", "HiDream-I1-Full", "mine"])
def test_hidream_gets_its_llama_from_another_repository(fake_hub, tmp_path, name):
    """Its own repository has none, so neither has a folder that was downloaded by hand."""
    folder = tiny.save("HiDreamImagePipeline", tmp_path / name)
    index = json.loads((folder / "model_index.json").read_text())
    llama = tmp_path / "llama"
    shutil.copytree(folder / "text_encoder_4", llama)
    shutil.copytree(folder / "tokenizer_4", llama, dirs_exist_ok=True)
    for part in ("text_encoder_4", "tokenizer_4"):
        shutil.rmtree(folder / part)
        del index[part]
    (folder / "model_index.json").write_text(json.dumps(index))
    fake_hub({"HiDream-ai/HiDream-I1-Full": folder, "meta-llama/Llama-3.1-8B-Instruct": llama})
    pipe = load("hidream" if name == "hidream" else folder, device="cpu")
    assert type(pipe.text_encoder_4).__name__ == "LlamaForCausalLM"
    tiny.prepare(pipe)
    assert pipe(**tiny.call_arguments(pipe, steps=1, guidance=1.0)).images.isfinite().all()


def test_a_part_that_lies_elsewhere_counts_in_the_memory_that_is_needed(fake_hub, tmp_path, monkeypatch):
    folder = tiny.save("HiDreamImagePipeline", tmp_path / "mine")
    index = json.loads((folder / "model_index.json").read_text())
    del index["text_encoder_4"], index["tokenizer_4"]
    (folder / "model_index.json").write_text(json.dumps(index))
    shutil.rmtree(folder / "text_encoder_4")
    fake_hub({})
    monkeypatch.setattr(placement, "free_host_gb", lambda: 10.0)
    with pytest.raises(ModelLoadError, match=r"at least 16\.1 GB .*bfloat16.* 6\.1 GB are missing"):
        load(folder, device="cpu", dtype="bfloat16")


def test_packages_that_a_model_needs_are_named_before_a_download(fake_hub, monkeypatch):
    asked = fake_hub({})
    monkeypatch.setattr(loading, "find_spec", lambda package: None)
    with pytest.raises(ModelLoadError, match="install cosmos_guardrail"):
        load("cosmos", device="cpu")
    assert not asked


@pytest.mark.parametrize(
    "proxies, answers, found", [({}, True, True), ({}, False, False), ({"https": "p"}, False, True)]
)
def test_whether_the_hub_can_be_reached(monkeypatch, proxies, answers, found):
    def connect(address, timeout):
        assert address == ("huggingface.co", 443)
        if not answers:
            raise TimeoutError
        return contextlib.nullcontext()

    monkeypatch.setattr(hub, "getproxies", lambda: proxies)
    monkeypatch.setattr(hub.socket, "create_connection", connect)
    hub.reachable.cache_clear()
    try:
        assert hub.reachable() == found
    finally:
        hub.reachable.cache_clear()
