"""Sizes that a pipeline would round without a word are refused with the nearest that fits."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from teacache.errors import RequestError
from teacache.models.catalog import CARDS
from teacache.models.families import family_of
from teacache.runs.adapters import particular
from teacache.runs.request import Request
from teacache.runs.sizes import check_size


def refusal(pipeline: str, **size: int) -> str:
    with pytest.raises(RequestError) as caught:
        check_size(pipeline, **{"frames": 1, "height": 64, "width": 64, **size})
    message = str(caught.value)
    assert "\n" not in message and message.endswith("."), message
    return message


@pytest.mark.parametrize(
    "pipeline, frames, near",
    [
        ("WanPipeline", 80, 81),
        ("WanImageToVideoPipeline", 2, 1),
        ("CogVideoXPipeline", 48, 49),
        ("CogVideoXPipeline", 53, 49),  # 4 k + 1, but an even number of latent frames
        ("HunyuanVideoPipeline", 128, 129),
        ("LTXPipeline", 160, 161),
        ("MochiPipeline", 84, 85),
        ("CosmosTextToWorldPipeline", 120, 121),
    ],
)
def test_a_length_between_latent_frames_is_refused_with_the_nearest(pipeline, frames, near):
    message = refusal(pipeline, frames=frames)
    assert f"is {frames}," in message and message.endswith(f"try {near}.")
    check_size(pipeline, near, 64, 64)


@pytest.mark.parametrize("pipeline, width, near", [("WanPipeline", 830, 832), ("LTXPipeline", 720, 704)])
def test_a_side_between_patches_is_refused_with_the_nearest(pipeline, width, near):
    message = refusal(pipeline, width=width)
    assert f"The width is {width} pixels" in message and message.endswith(f"try {near}.")
    check_size(pipeline, 1, 64, near)


@pytest.mark.parametrize(
    "pipeline", [card.pipeline for card in CARDS.values() if card.kind == "text_to_image"]
)
def test_a_model_of_pictures_makes_no_clip(pipeline):
    assert "not clips of 17 frames: ask for 1" in refusal(pipeline, frames=17)


@dataclass
class _Request:
    height: int
    width: int
    frames: int = 88

    @property
    def size(self):
        return self.frames, self.height, self.width


ALLEGRO = SimpleNamespace(vae=SimpleNamespace(kernel=(24, 320, 320), stride=(16, 200, 240)))
HIDREAM = SimpleNamespace(vae_scale_factor=8, default_sample_size=128)


def test_allegro_makes_what_its_tiles_cover():
    particular.allegro_size(ALLEGRO, _Request(height=720, width=1280))
    for bad, near in (({"frames": 80}, 88), ({"height": 704}, 720), ({"width": 64}, 320)):
        with pytest.raises(RequestError, match=f"try {near}.$"):
            particular.allegro_size(ALLEGRO, _Request(**{"height": 720, "width": 1280, **bad}))


@pytest.mark.parametrize("width, height", [(1024, 1024), (768, 1360), (1360, 768), (880, 1168)])
def test_hidream_makes_pictures_of_its_area(width, height):
    particular.hidream_size(HIDREAM, _Request(height=height, width=width))


def test_hidream_names_the_size_that_it_would_make():
    with pytest.raises(RequestError, match="so 512x512 would change: try 1024x1024"):
        particular.hidream_size(HIDREAM, _Request(height=512, width=512))
    with pytest.raises(RequestError) as caught:
        particular.hidream_size(HIDREAM, _Request(height=480, width=832))
    width, height = str(caught.value).removesuffix(".").rsplit(" ", 1)[1].split("x")
    particular.hidream_size(HIDREAM, _Request(height=int(height), width=int(width)))


@pytest.mark.parametrize("name", CARDS)
def test_the_rule_of_a_card_is_named_by_its_pipeline(name):
    card = CARDS[name]
    if family_of(card.pipeline).every > 1:
        with pytest.raises(RequestError, match="try "):
            image = "x.png" if card.kind == "image_to_video" else None
            Request(prompt="a dog", frames=card.frames + 1, image=image).checked(card)
