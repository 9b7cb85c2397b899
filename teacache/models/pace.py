"""How long an uncached run of a model takes, before anything was measured here: a guess for an hourglass.

From what was published for one GPU, scaled to another GPU, size and number of steps. Knows cards and the
names of GPUs; knows no run. Errs on the slow side: a slot that is too short loses the run, one that is too
long only waits a little longer.
"""

from __future__ import annotations

from dataclasses import dataclass

from teacache.models.cards import Card

ZERO = "ZeroGPU"  # the name of a device for a Hugging Face ZeroGPU slice
SLOT = 120  # seconds of a GPU that a visitor without an account has a day: docs/hub/spaces-zerogpu
# Seconds of a slot that are no denoising: weights to the GPU, the prompt, both clips decoded. Not measured.
AROUND = 15.0

# How fast a call is, A100 = A800 = 1: dense half-precision TFLOPS of the data sheets over 312. Measured runs
# of the H100 family are twice as fast, not three times (CogVideoX's own table: 90 and 45 s, 180 and 90 s).
SPEEDS = {
    "H100": 2.0, "H200": 2.0, "H800": 2.0, "GH200": 2.0, "B200": 3.0, "A100": 1.0, "A800": 1.0, "L40S": 0.9,
    "RTX PRO 6000": 1.2, "RTX 4090": 0.53, "RTX 3090": 0.23, "A10": 0.25, "L4": 0.3, "T4": 0.15,
    ZERO: 2.0 * 60 / 132,  # a slice of an H200: 60 of its 132 multiprocessors
}  # fmt: skip
UNKNOWN = 0.25  # the speed of a GPU that is not in the table


@dataclass(frozen=True, kw_only=True)
class Pace:
    """An uncached run at the card's own size and steps."""

    seconds: float  # of denoising, mostly with decoding
    hardware: str
    source: str


# Where the method's authors print no seconds of an uncached run.
_PUBLISHED = {
    "cogvideox-2b": Pace(seconds=90, hardware="A100", source="CogVideoX's README"),
    "cogvideox-5b": Pace(seconds=180, hardware="A100", source="CogVideoX's README"),
    "cogvideox-5b-i2v": Pace(seconds=180, hardware="A100", source="CogVideoX's README"),
    "opensora-plan-221": Pace(seconds=328, hardware="A800", source="that of 65 frames, by latent frames"),
    "wan-2.2-a14b": Pace(seconds=2640, hardware="A800", source="that of Wan 2.1 14B, by steps"),
}
# The share of a call that grows with the square of its tokens: N / (N + 6 d) for N tokens of width d at the
# card's size, since a block takes 24 N d^2 flops in its matrices and 4 N^2 d in attention. 0 where space and
# time attend apart.
_ATTENTION = {
    "cogvideox-2b": 0.6, "cogvideox-5b": 0.49, "cogvideox-5b-i2v": 0.49, "consisid": 0.49,
    "cogvideox-1.5-5b": 0.71, "cogvideox-1.5-5b-i2v": 0.71, "wan-1.3b": 0.78, "wan-14b": 0.71,
    "wan-i2v-480p": 0.52, "wan-i2v-720p": 0.65, "wan-2.2-a14b": 0.71, "hunyuan-video": 0.79,
    "ltx-video": 0.4, "mochi": 0.71, "cosmos": 0.7, "cosmos-video2world": 0.7, "flux-dev": 0.2,
    "hidream": 0.2,
}  # fmt: skip
_TIME = 4  # frames of one latent frame, in most models; the first has its own


def pace_of(card: Card) -> Pace | None:
    """What is published for a model; None where nothing is."""
    if card.name in _PUBLISHED:
        return _PUBLISHED[card.name]
    published = card.published
    if published is None or published.baseline_seconds is None:
        return None
    return Pace(
        seconds=published.baseline_seconds, hardware=published.hardware or "A800", source=published.source
    )


def speed_of(device: str) -> float:
    """How fast a GPU of that name is, an A100 being 1."""
    names = [name for name in SPEEDS if name.lower() in device.lower()]
    return SPEEDS[max(names, key=len)] if names else UNKNOWN


def work(card: Card, *, frames: int, height: int, width: int) -> float:
    """The work of one call at a size, 1 being that at the card's own."""
    tokens = (frames + _TIME - 1) / (card.frames + _TIME - 1) * height * width / (card.height * card.width)
    square = _ATTENTION.get(card.name, 0.0)
    return (1 - square) * tokens + square * tokens**2


def guess(card: Card, device: str, *, steps: int, frames: int, height: int, width: int) -> float | None:
    """Seconds of an uncached run on a GPU of that name; None where nothing is published."""
    pace = pace_of(card)
    if pace is None:
        return None
    slower = speed_of(pace.hardware) / speed_of(device)
    return pace.seconds * slower * steps / card.steps * work(card, frames=frames, height=height, width=width)
