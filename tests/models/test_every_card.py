"""Every card's pipeline class goes to disk and comes back through `load`, with tiny random weights."""

import pytest
import torch

from teacache.method.architectures import architecture_of
from teacache.models import load
from teacache.models.catalog import CARDS
from teacache.models.loading import OURS
from tests import tiny

CARDS_BY_KIND = {
    ("Wan 2.2" if card.name == "wan-2.2-a14b" else card.pipeline): card for card in CARDS.values()
}


@pytest.fixture(scope="module", params=CARDS_BY_KIND)
def loaded(request, tmp_path_factory):
    folder = tiny.save(request.param, tmp_path_factory.mktemp("models") / "small")
    return CARDS_BY_KIND[request.param], load(folder, device="cpu")


def test_no_pipeline_class_is_left_out():
    assert {card.pipeline for card in CARDS_BY_KIND.values()} == {card.pipeline for card in CARDS.values()}
    assert set(OURS) <= set(CARDS_BY_KIND)


def test_a_folder_comes_back_as_its_class_in_one_precision(loaded):
    card, pipe = loaded
    assert type(pipe).__name__ == card.pipeline == pipe.teacache_card.pipeline
    parts = [part for part in pipe.components.values() if isinstance(part, torch.nn.Module)]
    dtypes = {p.dtype for part in parts for p in part.parameters()}
    assert dtypes == {torch.float32}
    assert pipe.teacache_card.kind == card.kind


def test_an_unknown_folder_is_run_naively(loaded):
    _, pipe = loaded
    assert pipe.teacache_settings.naive and pipe.teacache_settings.variant == "default"


def test_the_card_knows_whether_replays_are_exact(loaded):
    card, pipe = loaded
    for published in card.modes.values():
        architecture = architecture_of(pipe.transformer).read_as(published.variant)
        assert architecture.latent_free == card.latent_free
