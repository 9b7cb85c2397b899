"""The image of a request: read from anywhere, refused in one sentence, never in JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from teacache.errors import RequestError
from teacache.runs import picture
from teacache.runs.defaults import PipelineDefaults
from teacache.runs.request import Request
from tests import tiny

MODEL = PipelineDefaults(
    name="wan-i2v", pipeline="WanImageToVideoPipeline", steps=50, frames=81, height=480, width=832,
    guidance_scale=5.0,
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a dog.png"
    tiny.picture(90, 60).save(path)
    return path


def refusal(image) -> str:
    with pytest.raises(RequestError) as caught:
        Request(prompt="a dog", image=image).checked(MODEL)
    message = str(caught.value)
    assert "\n" not in message and message.endswith("."), message
    return message


def test_a_file_its_name_and_the_picture_itself_are_all_taken(file):
    for image in (file, str(file), tiny.picture(90, 60)):
        assert Request(prompt="a dog", image=image).checked(MODEL).image is image
    assert (
        picture.fingerprint(file) == picture.fingerprint(str(file)) == picture.fingerprint(Image.open(file))
    )


def test_it_is_cut_from_the_middle_to_the_size_of_the_clip():
    wide = Image.new("RGB", (300, 100), "red")
    wide.paste("blue", (100, 0, 200, 100))
    fitted = picture.fitted(wide, 32, 32)
    inner = np.asarray(fitted)[:, 3:-3]  # at the borders the colours blend
    assert fitted.size == (32, 32) and (inner == (0, 0, 255)).all()


def test_one_of_the_right_size_is_left_as_it_is():
    source = tiny.picture(64, 48)
    assert np.array_equal(np.asarray(picture.fitted(source, 64, 48)), np.asarray(source))


def test_a_photograph_taken_sideways_is_upright(tmp_path):
    path = tmp_path / "phone.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn by a quarter
    tiny.picture(90, 60).save(path, exif=exif)
    assert picture.read(path).size == (60, 90)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK"])
def test_every_kind_of_picture_becomes_colour(mode):
    assert picture.read(tiny.picture().convert(mode)).mode == "RGB"


@pytest.mark.parametrize("image", [None, ""])
def test_a_model_that_needs_an_image_asks_for_one(image):
    assert "brings an image to life: give one" in refusal(image)


def test_a_model_of_words_refuses_an_image(file):
    words = replace(MODEL, pipeline="WanPipeline")
    with pytest.raises(RequestError, match="leave the image out"):
        Request(prompt="a dog", image=file).checked(words)


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    assert refusal(tmp_path / "none.png") == "There is no image none.png: give the path of a picture."


def test_what_is_no_picture_is_refused(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("not a picture")
    assert "notes.txt is not an image" in refusal(text)
    assert "cannot be read" in refusal(tmp_path)


def test_half_a_file_is_refused(file):
    file.write_bytes(file.read_bytes()[:-40])
    assert "cannot be read" in refusal(file)


def test_sizes_out_of_bounds_are_refused_before_decoding(tmp_path, monkeypatch):
    assert "at least 16 each way" in refusal(Image.new("RGB", (8, 400)))
    assert "more than 50 million pixels" in refusal(Image.new("L", (10_000, 6_000)))
    bomb = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(bomb)
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("it was decoded"))
    assert "more than 50 million pixels" in refusal(bomb)


def test_a_heavy_file_is_refused_unread(tmp_path):
    heavy = tmp_path / "heavy.png"
    with heavy.open("wb") as file:
        file.truncate(picture.MAX_BYTES + 1)
    assert "more than 64 MB" in refusal(heavy)


def test_json_has_the_name_alone_and_comes_back(file):
    request = Request(prompt="a dog", image=file)
    data = json.loads(json.dumps(request.to_json()))
    assert data["image"] == "a dog.png" and Request.from_json(data) == replace(request, image="a dog.png")
    assert Request(prompt="a dog", image=tiny.picture()).to_json()["image"] == "image"


def test_without_an_image_json_is_as_it_was():
    assert "image" not in Request(prompt="a dog").to_json()


def test_json_from_strangers_cannot_put_anything_else_there():
    with pytest.raises(RequestError, match="image must be a text"):
        Request.from_json({"prompt": "a dog", "image": ["/etc/passwd"]})
