"""The judge is right about rendered clips, also blurred and noisy ones, and refuses what shows less."""

import random
import time
from dataclasses import replace

import pytest
import torch

from teacache.models.scenes.data import Scene, sample_scene
from teacache.models.scenes.evaluate import WORLD
from teacache.models.scenes.eye import SIDE, looked_at
from teacache.models.scenes.eye_lessons import Pictures, draw_lesson, looked_at_windows
from teacache.models.scenes.eye_training import Course, save, train_eye
from teacache.models.scenes.judge import judge
from teacache.models.scenes.render import render, render_empty
from teacache.models.training.spoiling import blurred, spoiled

SCENES = [sample_scene(random.Random(f"test/{i}"), split="all") for i in range(32)]


def clips_of(drawn):
    """The frames of every scene that the judge looks at, (5, 3, 128, 128) each."""
    frames = [drawn(SCENES, window=window)[:, :, 0] for window in looked_at_windows()]
    return list(torch.stack(frames, 1))


@pytest.fixture(scope="module")
def whole():
    return clips_of(render)


@pytest.fixture(scope="module")
def empty():
    return clips_of(render_empty)


def rates(clips):
    return WORLD.rates((scene, judge(clip)) for scene, clip in zip(SCENES, clips, strict=True))


def none_of(name, clips):
    """Part of the clips in which the judge finds an attribute unclear."""
    return sum(getattr(judge(clip), name) is None for clip in clips) / len(clips)


def test_names_what_was_drawn(whole):
    assert min(rates(whole).values()) >= 0.96


@pytest.mark.parametrize("psnr", [30, 23])
def test_names_what_an_autoencoder_blurred(whole, psnr):
    found = rates([spoiled(clip, psnr, seed=i) for i, clip in enumerate(whole)])
    assert min(found.values()) >= 0.9


def test_hardly_accepts_a_wrong_label():
    wrong = WORLD.check_judge(12, seed=1)["wrong_labels_accepted"]
    assert max(wrong.values()) == 0


def test_a_place_without_a_thing_has_no_thing(empty):
    found = [judge(clip) for clip in empty]
    assert sum(verdict.thing is verdict.motion is None for verdict in found) >= 0.95 * len(found)
    right = [
        (verdict.place, verdict.time) == (s.place, s.time) for verdict, s in zip(found, SCENES, strict=True)
    ]
    assert sum(right) >= 0.95 * len(found)


def test_a_smear_is_no_thing(whole, empty):
    smears = [e + 1.5 * blurred(w - e, 10) for w, e in zip(whole, empty, strict=True)]
    assert none_of("thing", smears) >= 0.9


@pytest.mark.parametrize("order", [[2, 0, 4, 1, 3], [0, 0, 0, 0, 0], [3, 1, 4, 0, 2]])
def test_frames_out_of_order_show_no_motion(whole, order):
    assert none_of("motion", [clip[order] for clip in whole]) >= 0.9


def test_noise_shows_nothing():
    noise = torch.rand(17, 3, 128, 128, generator=torch.Generator().manual_seed(0)) * 2 - 1
    verdict = judge(noise)
    assert verdict.time is verdict.place is verdict.thing is verdict.motion is None


def test_a_clip_the_other_way_round_moves_the_other_way(whole):
    for scene, clip in zip(SCENES, whole, strict=True):
        if scene.motion == "moving left":
            assert judge(clip.flip(-1)).matches(replace(scene, motion="moving right"))["all"]


def test_looks_at_frames_from_the_first_to_the_last():
    clip = torch.arange(17.0)[:, None, None, None].expand(-1, 3, 128, 128) / 16
    assert looked_at(clip)[:, 0, 0, 0].tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_a_clip_takes_well_under_a_second():
    clip = render([Scene("red", "boat", "moving right", "sea", "day")])[0].transpose(0, 1)
    judge(clip)
    start = time.process_time()
    judge(clip)
    assert time.process_time() - start < 1


def test_a_lesson_is_spoiled_in_part(whole, empty):
    small = [torch.stack([looked_at(clip) for clip in clips]) for clips in (whole, empty)]
    pictures = Pictures(*((part + 1).mul(127.5).round().byte() for part in small), torch.zeros(32, 5).long())
    frames, answers = draw_lesson(pictures, 32, random.Random(0))
    assert frames.shape == (len(answers), 5, 3, SIDE, SIDE) and frames.abs().max() <= 1
    unclear = (answers[:, 1] == 6).float().mean()
    assert 0.1 < unclear < 0.5


def test_an_eye_is_taught_and_written(tmp_path):
    course = Course(pictures=8, steps=2, batch=8)
    losses = []
    save(
        train_eye(course, seed=1, report=lambda _step, loss: losses.append(loss)),
        tmp_path / "eye.safetensors",
    )
    assert len(losses) == 2
    assert 0 < (tmp_path / "eye.safetensors").stat().st_size < 1e6


@pytest.mark.parametrize("psnr", [30, 23])
def test_spoiling_reaches_its_level(whole, psnr):
    error = ((spoiled(whole[0], psnr) - whole[0]) ** 2).mean()
    assert 10 * torch.log10(4 / error) == pytest.approx(psnr, abs=0.7)
