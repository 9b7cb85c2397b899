"""What the judge's eye is taught with: renderings as they are, and spoiled ones that show less than they did.

Knows renderings and answers; knows no network. A lesson is a batch of pictures (N, 5, 3, 64, 64) in [-1, 1]
and, for every attribute, the number of its answer: of a word, of "unclear", or IGNORED where either would do.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from teacache.models.scenes.canvas import Window
from teacache.models.scenes.data import FRAMES, MOTIONS, Scene, sample_scene
from teacache.models.scenes.eye import LOOKS, SIDE, UNCLEAR, WORDS
from teacache.models.scenes.render import render, render_empty

IGNORED = -100
_ALIKE = 16  # clips of a batch that are worn alike
_COLUMN = {name: i for i, name in enumerate(WORDS)}
_LEFT, _RIGHT = MOTIONS.index("moving left"), MOTIONS.index("moving right")


@dataclass(frozen=True)
class Pictures:
    """Clips as the eye sees them, with their thing and without, as bytes, and their answers (N, 5)."""

    whole: torch.Tensor
    empty: torch.Tensor
    answers: torch.Tensor


Lesson = tuple[torch.Tensor, torch.Tensor]
Spoiling = Callable[[torch.Tensor, torch.Tensor, torch.Tensor, random.Random], Lesson]


def draw_pictures(count: int, *, seed: int) -> Pictures:
    """Random clips of both splits."""
    rng = random.Random(f"{seed}/eye")
    parts = []
    for start in range(0, count, 32):
        scenes = [sample_scene(rng, split="all") for _ in range(min(32, count - start))]
        parts.append((looks(scenes, render), looks(scenes, render_empty), torch.tensor(_answers(scenes))))
    whole, empty, answers = (torch.cat(part) for part in zip(*parts, strict=True))
    return Pictures(whole, empty, answers)


def looks(scenes: list[Scene], drawn: Callable[..., torch.Tensor]) -> torch.Tensor:
    """The frames that the eye looks at, as bytes (N, 5, 3, 64, 64)."""
    frames = [F.avg_pool2d(drawn(scenes, window=window)[:, :, 0], 2) for window in looked_at_windows()]
    return ((torch.stack(frames, 1) + 1) * 127.5).round().byte()


def looked_at_windows() -> list[Window]:
    """The frames of a clip that the eye looks at, one by one."""
    return [Window(first=i * (FRAMES - 1) // (LOOKS - 1), frames=1) for i in range(LOOKS)]


def _answers(scenes: list[Scene]) -> list[list[int]]:
    return [[words.index(getattr(scene, name)) for name, words in WORDS.items()] for scene in scenes]


def draw_lesson(pictures: Pictures, count: int, rng: random.Random) -> Lesson:
    """A batch of `count`, some of it spoiled; all as an autoencoder or a denoiser might blur and tint it."""
    picked = torch.tensor(rng.sample(range(len(pictures.whole)), count))
    whole, empty = (part[picked].float() / 127.5 - 1 for part in (pictures.whole, pictures.empty))
    batches, answers = [], []
    ends = [round(count * share) for share in itertools.accumulate(SHARES.values())]
    for spoil, start, end in zip(SHARES, [0, *ends], ends, strict=False):
        if start == end:
            continue
        part = slice(start, end)
        frames, right = spoil(whole[part], empty[part], pictures.answers[picked][part], rng)
        batches.append(frames)
        answers.append(right)
    frames, right = _mirrored(torch.cat(batches), torch.cat(answers), rng)
    noise = torch.randn(_ALIKE * LOOKS, 3, SIDE, SIDE)  # the same for every part: drawing it is slow
    return torch.cat([_worn(part, noise, rng) for part in frames.split(_ALIKE)]), right


def _as_it_is(
    whole: torch.Tensor, _empty: torch.Tensor, answers: torch.Tensor, _rng: random.Random
) -> Lesson:
    return whole, answers


def _without_thing(
    _whole: torch.Tensor, empty: torch.Tensor, answers: torch.Tensor, _rng: random.Random
) -> Lesson:
    return empty, _unclear(answers, "color", "thing", "motion")


def _blob(whole: torch.Tensor, empty: torch.Tensor, answers: torch.Tensor, rng: random.Random) -> Lesson:
    """A smear of the thing's colors where it was: no thing, and whether it has a color may be argued."""
    smear = _soft((whole - empty).flatten(0, 1), rng.randint(6, 11)).view_as(whole)
    answers[:, [_COLUMN["color"], _COLUMN["motion"]]] = IGNORED
    return empty + 1.5 * smear, _unclear(answers, "thing")


def _shuffled(whole: torch.Tensor, _empty: torch.Tensor, answers: torch.Tensor, rng: random.Random) -> Lesson:
    orders = [_disorder(rng) for _ in whole]
    frames = torch.stack([clip[order] for clip, order in zip(whole, orders, strict=True)])
    return frames, _unclear(answers, "motion")


def _disorder(rng: random.Random) -> list[int]:
    """An order of the frames that goes neither forwards nor backwards, nearly; or one frame all the time."""
    if rng.random() < 0.3:
        return [rng.randrange(LOOKS)] * LOOKS
    while True:
        order = rng.sample(range(LOOKS), LOOKS)
        if all(sum(abs(a - b) for a, b in enumerate(way)) >= 6 for way in (order, order[::-1])):
            return order


def _spliced(whole: torch.Tensor, _empty: torch.Tensor, answers: torch.Tensor, rng: random.Random) -> Lesson:
    """The first frames of one clip and the last of another: only what both show is clear."""
    cut, others = rng.choice((2, 3)), answers.roll(1, 0)
    frames = torch.cat([whole[:, :cut], whole.roll(1, 0)[:, cut:]], 1)
    nothing = torch.tensor(list(UNCLEAR.values())).expand_as(answers)
    return frames, _unclear(torch.where(answers == others, answers, nothing), "motion")


def _noise(whole: torch.Tensor, _empty: torch.Tensor, answers: torch.Tensor, rng: random.Random) -> Lesson:
    coarse = torch.randn(len(whole) * LOOKS, 3, rng.choice((4, 16, 64)), rng.choice((4, 16, 64)))
    frames = F.interpolate(coarse * rng.uniform(0.2, 1), size=(SIDE, SIDE), mode="bilinear")
    return frames.view_as(whole).clamp(-1, 1), _unclear(answers, *WORDS)


# How a batch is made up; each kind's share.
SHARES: dict[Spoiling, float] = {
    _as_it_is: 0.62, _without_thing: 0.08, _blob: 0.10, _shuffled: 0.10, _spliced: 0.06, _noise: 0.04,
}  # fmt: skip


def _unclear(answers: torch.Tensor, *names: str) -> torch.Tensor:
    for name in names:
        answers[:, _COLUMN[name]] = UNCLEAR[name]
    return answers


def _mirrored(frames: torch.Tensor, answers: torch.Tensor, rng: random.Random) -> Lesson:
    """About half of the clips the other way round, left for right."""
    turned = torch.tensor([rng.random() < 0.5 for _ in frames])
    frames = torch.where(turned[:, None, None, None, None], frames.flip(-1), frames)
    motion = answers[:, _COLUMN["motion"]]
    swapped = torch.where(motion == _LEFT, _RIGHT, torch.where(motion == _RIGHT, _LEFT, motion))
    answers[:, _COLUMN["motion"]] = torch.where(turned, swapped, motion)
    return frames, answers


def _worn(frames: torch.Tensor, noise: torch.Tensor, rng: random.Random) -> torch.Tensor:
    """Blurred, tinted in patches and noisy, each more or less. noise: as many frames, of deviation 1."""
    flat = frames.flatten(0, 1)
    blunt = F.avg_pool2d(flat, rng.choice((2, 2, 4)))
    blunt = F.interpolate(blunt, size=(SIDE, SIDE), mode="bilinear")
    coarse = torch.randn(len(flat), 3, 8, 8) * rng.uniform(0, 0.12)
    tint = F.interpolate(coarse, size=(SIDE, SIDE), mode="bilinear")
    worn = torch.lerp(flat, blunt, rng.uniform(0, 1)) + tint + noise[: len(flat)] * rng.uniform(0, 0.12)
    return worn.clamp(-1, 1).view_as(frames)


def _soft(frames: torch.Tensor, side: int) -> torch.Tensor:
    """Frames (N, 3, H, W) with no more detail than so many pixels a side hold."""
    small = F.adaptive_avg_pool2d(frames, side)
    return F.interpolate(small, size=(SIDE, SIDE), mode="bilinear")
