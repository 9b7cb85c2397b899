"""Which clips Open-Sora 1.2 makes: resolutions, shapes, lengths; and what they are as latents.

Knows numbers only, no tensors.
"""

from __future__ import annotations

from teacache.errors import RequestError

CHUNK = 17  # frames that the autoencoder packs at once ...
CHUNK_LATENTS = 5  # ... into this many latent frames: the first frame alone, then four to one
FRAMES = {"image": 1, "2s": 51, "4s": 102, "8s": 204, "16s": 408}
"""Lengths that the model was trained on, at about 25.5 frames a second (v1.2.0, datasets/aspect.py)."""

RESOLUTIONS = ("144p", "240p", "360p", "480p", "720p")
_TABLE: dict[str, tuple[tuple[int, int], ...]] = {
    "8:3": ((117, 312), (196, 522), (294, 784), (392, 1046), (588, 1568)),
    "21:9": ((125, 291), (210, 490), (314, 732), (420, 980), (628, 1466)),
    "25:12": ((133, 277), (222, 462), (332, 692), (444, 925), (666, 1388)),
    "2:1": ((135, 270), (226, 452), (340, 680), (452, 904), (678, 1356)),
    "17:9": ((139, 262), (232, 438), (350, 662), (466, 880), (698, 1318)),
    "50:27": ((141, 260), (236, 436), (352, 652), (470, 870), (706, 1306)),
    "16:9": ((144, 256), (240, 426), (360, 640), (480, 854), (720, 1280)),
    "8:5": ((151, 241), (252, 404), (380, 608), (506, 810), (758, 1212)),
    "3:2": ((156, 234), (262, 393), (392, 588), (522, 784), (784, 1176)),
    "4:3": ((166, 221), (276, 368), (416, 554), (554, 738), (832, 1110)),
    "1:1": ((192, 192), (320, 320), (480, 480), (640, 640), (960, 960)),
    "3:4": ((221, 165), (370, 278), (554, 416), (740, 555), (1108, 832)),
    "2:3": ((235, 156), (392, 262), (588, 392), (784, 522), (1176, 784)),
    "9:16": ((256, 144), (426, 240), (640, 360), (854, 480), (1280, 720)),
    "9:17": ((263, 139), (440, 232), (660, 350), (880, 466), (1320, 698)),
    "1:2": ((271, 135), (452, 226), (678, 340), (906, 454), (1358, 680)),
    "12:25": ((277, 132), (462, 222), (692, 332), (924, 444), (1386, 666)),
}
"""(height, width) for each resolution; hpcaitech/Open-Sora v1.2.0, `opensora/datasets/aspect.py`.

The last row is named by its proportion; the authors call it 50:27 (height:width), which it is not.
"""

ASPECTS = tuple(_TABLE)
"""Shapes as width:height, as people write them; the authors write height:width."""


def size(resolution: str, aspect: str = "16:9") -> tuple[int, int]:
    """(height, width) in pixels, e.g. ("480p", "16:9") -> (480, 854). Raises RequestError if unknown."""
    if resolution not in RESOLUTIONS:
        raise RequestError(f"There is no resolution {resolution!r}: choose one of {', '.join(RESOLUTIONS)}.")
    if aspect not in _TABLE:
        raise RequestError(
            f"There is no shape {aspect!r} (width:height): choose one of {', '.join(ASPECTS)}."
        )
    return _TABLE[aspect][RESOLUTIONS.index(resolution)]


def frames(length: str | int) -> int:
    """Frames of a length such as "2s", or a number of frames. Raises RequestError if it cannot be made."""
    if isinstance(length, str) and length not in FRAMES:
        raise RequestError(f"There is no length {length!r}: choose one of {', '.join(FRAMES)}.")
    count = FRAMES[length] if isinstance(length, str) else length
    check_frames(count)
    return count


def check_frames(count: int) -> None:
    """Raises RequestError for a number of frames that this model cannot make, with the reason."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise RequestError(f"num_frames is {count!r}, but must be a whole number: 1, or {CHUNK} and more.")
    if 1 < count < CHUNK:
        raise RequestError(
            f"num_frames is {count}, but Open-Sora paces its steps by whole chunks of {CHUNK} frames and a "
            f"shorter clip has none: give 1 for an image, or at least {CHUNK} "
            f"(trained on {', '.join(str(n) for n in FRAMES.values())})."
        )


def latent_frames(count: int) -> int:
    """Latent frames of a clip: 5 for every 17 frames, then one for every four or part of four that remain."""
    whole, rest = divmod(count, CHUNK)
    return whole * CHUNK_LATENTS + -(-rest // 4)


def latent_frames_of_whole_chunks(count: int) -> int:
    """The same without the remainder, which the pacing of the steps leaves out; 1 for an image.

    Raises RequestError as `check_frames`.
    """
    check_frames(count)
    return 1 if count == 1 else count // CHUNK * CHUNK_LATENTS
