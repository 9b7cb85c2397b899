"""What single classes need: faces, guardrails, guiders, images, tiles; and what a row promises."""

from dataclasses import replace

import numpy as np
import pytest

from teacache.errors import RequestError
from teacache.method.gate import Settings
from teacache.models.families import family_of
from teacache.runs import Baselines, Request, compare, generate
from teacache.runs.adapters import ADAPTERS, adapter_of, defaults_of
from tests import tiny

REQUEST = Request(
    prompt=tiny.PROMPT,
    steps=2,
    guidance_scale=3.0,
    frames=9,
    height=32,
    width=32,
    settings=Settings(threshold=0),
)


@pytest.fixture(scope="module")
def image_pipe():
    return tiny.build("CogVideoXImageToVideoPipeline")


@pytest.fixture(scope="module")
def consisid():
    return tiny.build("ConsisIDPipeline")


def video(pipe, request: Request) -> np.ndarray:
    *_, finished = generate.generate(pipe, request, preview_every=0)
    return finished.run.video


def test_there_is_a_tiny_pipeline_for_every_row():
    assert set(ADAPTERS) <= set(tiny.PIPELINES)


def test_another_image_is_another_clip_and_another_baseline(image_pipe):
    baselines, reused = Baselines(), []
    for turned in (False, True, True):
        image = tiny.picture().rotate(180) if turned else tiny.picture()
        *_, last = compare(image_pipe, replace(REQUEST, image=image), baselines=baselines, preview_every=0)
        reused.append(last.comparison.baseline_reused)
    assert reused == [False, False, True]
    clips = [video(image_pipe, replace(REQUEST, image=image)) for image in (tiny.picture(), image)]
    assert not np.array_equal(*clips)


def test_a_bad_image_is_refused_before_the_first_state(image_pipe):
    with pytest.raises(RequestError, match="There is no image"):
        compare(image_pipe, replace(REQUEST, image="nothing.png"))


def test_a_pipeline_without_a_card_says_what_it_is(image_pipe):
    assert family_of(defaults_of(image_pipe).pipeline).kind == "image_to_video"
    assert defaults_of(tiny.build("FluxPipeline")).frames == 1


def test_without_its_face_packages_consisid_says_which(consisid, monkeypatch):
    monkeypatch.delattr(consisid, "teacache_face_reader")
    with pytest.raises(RequestError, match="packages that are not installed: install .*insightface"):
        video(consisid, replace(REQUEST, image=tiny.picture()))


def test_the_face_reaches_consisid(consisid, monkeypatch):
    request = replace(REQUEST, image=tiny.picture())
    read = consisid.teacache_face_reader
    before = video(consisid, request)
    changed = lambda image: replace(read(image), identity=-read(image).identity)  # noqa: E731
    monkeypatch.setattr(consisid, "teacache_face_reader", changed)
    assert not np.array_equal(before, video(consisid, request))


def test_the_guardrail_of_cosmos_sees_the_prompt(monkeypatch):
    pipe = tiny.build("CosmosTextToWorldPipeline")
    seen = []
    monkeypatch.setattr(pipe.safety_checker, "check_text_safety", seen.append)  # returns None: unsafe
    with pytest.raises(RequestError, match="guardrail of Cosmos refuses"):
        video(pipe, REQUEST)
    assert seen == [tiny.PROMPT]


def test_the_guider_of_hunyuan_video_15_is_as_it_was():
    pipe = tiny.build("HunyuanVideo15Pipeline")
    before, step = pipe.guider, pipe.scheduler.step
    one, other = (video(pipe, replace(REQUEST, guidance_scale=g)) for g in (2.0, 9.0))
    assert not np.array_equal(one, other)
    assert pipe.guider is before and pipe.scheduler.step == step


def test_a_distilled_model_makes_one_call_whatever_the_guidance():
    for name in ("FluxPipeline", "HunyuanVideoPipeline"):
        assert ADAPTERS[name].calls_per_step(None, REQUEST) == 1
    assert ADAPTERS["WanPipeline"].calls_per_step(None, REQUEST) == 2
    assert ADAPTERS["WanPipeline"].calls_per_step(None, replace(REQUEST, guidance_scale=1.0)) == 1


def test_a_distilled_flux_2_says_so_itself():
    pipe = tiny.build("Flux2KleinPipeline")
    for distilled, calls in ((False, 2), (True, 1)):
        pipe.register_to_config(is_distilled=distilled)
        *_, finished = generate.generate(pipe, replace(REQUEST, frames=1), preview_every=0)
        assert len(finished.run.trace.records) == calls * REQUEST.steps
        assert adapter_of(pipe).calls_per_step(pipe, REQUEST) == calls


@pytest.mark.parametrize("asked, told", [(1.0, 0.0), (3.0, 3.0)])
def test_no_guidance_is_0_for_z_image(asked, told):
    arguments = ADAPTERS["ZImagePipeline"].arguments(replace(REQUEST, guidance_scale=asked))
    assert arguments["guidance_scale"] == told


def test_a_prompt_that_would_be_cut_is_refused(image_pipe):
    request = replace(REQUEST, prompt="red ball " * 150, image=tiny.picture())
    with pytest.raises(RequestError, match="reads only 226"):
        video(image_pipe, request)


def test_a_class_derived_from_a_known_one_has_its_row(image_pipe):
    class Mine(type(image_pipe)):
        pass

    assert adapter_of(Mine.__new__(Mine)) is ADAPTERS["CogVideoXImageToVideoPipeline"]
