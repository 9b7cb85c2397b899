"""Open-Sora and Open-Sora-Plan folders run at what they themselves make, and at every size of the table."""

import pytest

from teacache.method.gate import Settings
from teacache.models import load
from teacache.models.catalog import CARDS
from teacache.models.opensora import sizes
from teacache.runs.adapters import defaults_of
from teacache.runs.compare import compare
from teacache.runs.request import Request
from tests import tiny
from tests.tiny.opensora_plan import STEPS, opensora_plan

NEVER = Settings(threshold=1e9)


def last(pipe, **asked):
    request = Request(prompt=tiny.PROMPT, guidance_scale=1.0, settings=NEVER, **asked)
    *_, end = compare(pipe, request, preview_every=0)
    return end.comparison


@pytest.mark.parametrize("latent_frames, frames", [(2, 5), (3, 9)])
def test_a_folder_of_open_sora_plan_runs_at_its_own_size(tmp_path, latent_frames, frames):
    opensora_plan(latent_frames).save_pretrained(tmp_path / "plan")
    pipe = tiny.prepare(load(tmp_path / "plan", device="cpu"))
    assert pipe.teacache_card.frames == pipe.num_frames == frames
    found = last(pipe, steps=STEPS)
    assert found.cached.video.shape == (frames, tiny.SIDE, tiny.SIDE, 3)


def test_without_a_card_it_is_the_pipeline_that_knows_its_length():
    pipe = tiny.build("OpenSoraPlanPipeline")
    assert not hasattr(pipe, "teacache_card")
    assert defaults_of(pipe).frames == pipe.num_frames == 5


@pytest.mark.parametrize("resolution", sizes.RESOLUTIONS)
def test_every_size_of_the_table_can_be_asked_for(resolution):
    for aspect in sizes.ASPECTS:
        height, width = sizes.size(resolution, aspect)
        asked = Request(prompt="a dog", height=height, width=width).checked(CARDS["opensora"])
        assert (asked.height, asked.width) == (height, width)


def test_an_odd_side_is_run_and_cut_as_the_pipeline_does():
    found = last(tiny.build("OpenSoraPipeline"), steps=4, frames=17, height=37, width=45)
    assert found.request.size == (17, 37, 45) and found.cached.video.shape == (17, 32, 40, 3)
