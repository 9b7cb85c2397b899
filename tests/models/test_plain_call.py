"""A plain call of a loaded pipeline makes what its card says, and is still the pipeline that it was."""

import copy
import inspect
import pickle
from dataclasses import replace

import diffusers
import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, LattePipeline

from teacache.models import load
from teacache.models.catalog import CARDS
from teacache.models.plain_call import fill_in, usual
from teacache.runs.adapters import ADAPTERS
from teacache.runs.request import Request
from tests import tiny
from tests.tiny import opensora_plan

NAMED = {"wan-2.2-a14b": "Wan 2.2"}  # the class has two kinds
STEPS, GUIDANCE = 4, 2.5
MORE = ("image", "clean_caption", "id_cond", "id_vit_hidden")  # what a call needs beside the card's numbers


def built(name: str) -> DiffusionPipeline:
    """A tiny pipeline of a card's class, which makes what that class makes at the card's size."""
    card = CARDS[name]
    if card.pipeline == "OpenSoraPlanPipeline":  # it makes one length
        return tiny.prepare(opensora_plan.opensora_plan((card.frames - 1) // 4 + 1))
    pipe = tiny.build(NAMED.get(name, card.pipeline))
    if card.seconds is not None:
        pipe.register_to_config(tokens=645)  # as many as hold ten seconds, at the tiny sampling rate too
    if card.pipeline == "HiDreamImagePipeline":
        pipe.default_sample_size = 128  # as published: it scales what it is asked for to one area
    return pipe


def small(pipe: DiffusionPipeline, name: str) -> DiffusionPipeline:
    """The pipeline as `load` leaves it, with a card of the same model at the size of the tests."""
    size = {"frames": tiny.frames_of(pipe), "height": tiny.SIDE, "width": tiny.SIDE}
    size["seconds"] = tiny.seconds_of(pipe)
    pipe.teacache_card = replace(CARDS[name], steps=STEPS, guidance_scale=GUIDANCE, **size)
    fill_in(pipe)
    return pipe


def more(pipe: DiffusionPipeline) -> dict:
    """Prompt, image and the like, with latents for the result."""
    given = {k: v for k, v in tiny.call_arguments(pipe, steps=STEPS, guidance=GUIDANCE).items() if k in MORE}
    noise = torch.Generator("cpu").manual_seed(0)
    return given | {"prompt": tiny.PROMPT, "generator": noise, "output_type": "latent"}


def made(pipe: DiffusionPipeline, **given) -> np.ndarray:
    return np.asarray(pipe(**more(pipe) | given, return_dict=False)[0])


class Reached(Exception):
    """The noise is about to be made."""


def asked(pipe: DiffusionPipeline, **given) -> tuple:
    """Frames, height, width and guidance of a call, as they are when the noise is about to be made."""
    parameters = inspect.signature(pipe.prepare_latents)

    def reached(*args, **kwargs):
        found = parameters.bind(*args, **kwargs).arguments
        size = tuple(found.get(name, 1) for name in ("num_frames", "height", "width"))
        raise Reached(*size, pipe.guidance_scale)

    pipe.prepare_latents = reached
    try:
        with pytest.raises(Reached) as caught:
            pipe(**more(pipe) | given)
    finally:
        del pipe.prepare_latents
    return caught.value.args


@pytest.mark.parametrize("name", CARDS)
def test_a_plain_call_asks_for_what_the_card_says(name):
    card, pipe = CARDS[name], built(name)
    pipe.teacache_card = card
    fill_in(pipe)
    size = (card.frames, card.height, card.width) if card.seconds is None else (1, 1, 1)  # a sound has none
    assert asked(pipe) == (*size, card.guidance_scale)


@pytest.mark.parametrize("name", {card.pipeline: card.name for card in CARDS.values()}.values())
def test_a_plain_call_runs_as_the_call_that_says_it_all(name):
    kind = NAMED.get(name, CARDS[name].pipeline)
    pipe, plain = small(tiny.build(kind), name), tiny.build(kind)
    numbers = tiny.call_arguments(plain, steps=STEPS, guidance=GUIDANCE)
    said = {key: value for key, value in numbers.items() if key not in more(plain)} | CARDS[name].call
    assert np.array_equal(made(pipe), made(plain, **said))
    assert len(pipe.scheduler.timesteps) == len(plain.scheduler.timesteps)


@pytest.mark.parametrize("name", CARDS)
def test_a_plain_call_is_given_what_a_comparison_gives(name):
    card = CARDS[name]
    found = usual(card, inspect.signature(type(built(name)).__call__).parameters)
    image = tiny.picture() if card.kind == "image_to_video" else None
    prompt = card.vocabulary.examples[0] if card.vocabulary else tiny.PROMPT
    row, request = ADAPTERS[card.pipeline], Request(prompt=prompt, image=image).checked(card)
    compared = {key: value for key, value in row.arguments(request).items() if key not in row.constants}
    assert found == compared | card.call


@pytest.fixture
def pipe():
    return small(tiny.build("LattePipeline"), "latte")


def test_what_the_caller_gives_wins(pipe):
    assert asked(pipe, height=48, guidance_scale=6.0) == (4, 48, tiny.SIDE, 6.0)
    assert asked(pipe, height=None) == (4, tiny.SIDE, tiny.SIDE, GUIDANCE)
    latents = pipe(tiny.PROMPT, "", 2, clean_caption=False, output_type="latent").frames  # by position
    assert len(pipe.scheduler.timesteps) == 2 and latents.shape[2] == 4
    with pytest.raises(TypeError, match="nonesuch"):
        pipe(tiny.PROMPT, nonesuch=1)


def test_it_is_still_the_pipeline_that_it_was(pipe, tmp_path):
    assert isinstance(pipe, LattePipeline) and type(pipe).__name__ == "LattePipeline"
    assert inspect.signature(pipe.__call__) == inspect.signature(LattePipeline.__call__.__get__(pipe))
    assert type(pipe).__call__.__doc__ == LattePipeline.__call__.__doc__
    assert type(pipe) is type(small(tiny.build("LattePipeline"), "latte"))
    pipe.save_pretrained(tmp_path)
    assert type(DiffusionPipeline.from_pretrained(tmp_path)) is LattePipeline
    assert set(pipe.components) == set(tiny.build("LattePipeline").components)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda pipe: pickle.loads(pickle.dumps(pipe))])
def test_a_copy_makes_the_same(pipe, again):
    other = again(pipe)
    assert type(other) is type(pipe) and other.transformer is not pipe.transformer
    assert np.array_equal(made(other), made(pipe))


def test_a_pipeline_made_from_it_is_the_callers_own(pipe):
    """It is another pipeline, perhaps of another task: diffusers' defaults, until a card is set."""
    for kind in (LattePipeline, type(pipe)):
        other = kind.from_pipe(pipe)
        assert other.transformer is pipe.transformer and isinstance(other, LattePipeline)
        defaults = inspect.signature(LattePipeline.__call__).parameters
        names = ("video_length", "height", "width", "guidance_scale")
        assert asked(other) == tuple(defaults[name].default for name in names)


def test_a_plain_call_of_shapes_makes_a_ball_and_no_smear():
    pipe = load("shapes", device="cpu")
    noise = torch.Generator("cpu").manual_seed(0)
    video = pipe("a red ball bouncing on a blue background", generator=noise, output_type="np").frames[0]
    assert video.shape == (16, 64, 64, 3) and pipe.guidance_scale == 3.0
    assert len(pipe.scheduler.timesteps) == 50
    red, blue = (video[..., one] - video[..., other] > 0.3 for one, other in ((0, 2), (2, 0)))
    assert all(60 < frame.sum() < 1500 for frame in red) and blue.mean() > 0.5


def test_a_folder_of_a_class_that_no_card_is_of_keeps_the_defaults_of_its_pipeline(tmp_path):
    pipe = load(tiny.save("SanaVideoPipeline", tmp_path / "sana"), device="cpu")
    assert not any(card.pipeline == "SanaVideoPipeline" for card in CARDS.values())
    assert type(pipe) is diffusers.SanaVideoPipeline
