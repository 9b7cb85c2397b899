"""Which clips can be asked for, and what they are as latents."""

import json

import pytest

from teacache.errors import RequestError
from teacache.models.opensora import sizes
from tests import parity


def test_the_paper_s_size_and_length():
    assert sizes.size("480p") == (480, 854)
    assert sizes.frames("2s") == 51


@pytest.mark.parametrize("resolution", sizes.RESOLUTIONS)
def test_every_shape_has_its_name_s_proportion_and_the_resolution_s_area(resolution):
    base = sizes.size(resolution, "16:9")
    assert base[0] == int(resolution.removesuffix("p"))
    for aspect in sizes.ASPECTS:
        height, width = sizes.size(resolution, aspect)
        wide, high = map(int, aspect.split(":"))
        assert width / height == pytest.approx(wide / high, rel=0.03)
        assert height * width == pytest.approx(base[0] * base[1], rel=0.03)


def test_latent_frames_are_those_of_the_authors(golden):
    config = json.loads(parity.found(golden / "opensora12" / "vae_config.json").read_text())
    for frames, (latents, height, width) in config["latent_sizes_480x854"].items():
        assert sizes.latent_frames(int(frames)) == latents
        assert (height, width) == (480 // 8, 854 // 8)


@pytest.mark.parametrize("count", [1, 17, 18, 24, 51, 102, 204, 408, 500])
def test_images_and_clips_of_a_chunk_or_more_pass(count):
    assert sizes.frames(count) == count


def test_clips_shorter_than_a_chunk_are_refused_with_the_reason():
    for count in range(2, 17):
        words = rf"num_frames is {count}, .*whole chunks of 17 .*1 for an image"
        with pytest.raises(RequestError, match=words):
            sizes.frames(count)


@pytest.mark.parametrize("count", [0, -51, 51.0, True, None])
def test_what_is_no_number_of_frames_is_refused(count):
    with pytest.raises(RequestError, match="num_frames"):
        sizes.frames(count)


def test_unknown_names_list_the_known():
    with pytest.raises(RequestError, match="240p"):
        sizes.size("1080p")
    with pytest.raises(RequestError, match="16:9"):
        sizes.size("480p", "7:5")
    with pytest.raises(RequestError, match="16s"):
        sizes.frames("3s")
