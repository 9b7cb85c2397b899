"""Whether a pipeline class can make a size: multiples of pixels and of frames, by the row of its family.

Knows numbers, imports no torch.
"""

from __future__ import annotations

from teacache.errors import Phrase, RequestError
from teacache.models.families import Family, family_of


def check_size(pipeline: str, frames: int, height: int, width: int) -> None:
    """Raises RequestError, one sentence that names the nearest value that fits."""
    family = family_of(pipeline)
    for what, pixels in ((Phrase("The height"), height), (Phrase("The width"), width)):
        if pixels % family.side:
            near = max(family.side, round(pixels / family.side) * family.side)
            raise RequestError(
                "{what} is {pixels} pixels, but must be a multiple of {side}: try {near}.",
                what=what,
                pixels=pixels,
                side=family.side,
                near=near,
            )
    if family.kind == "text_to_image" and frames != 1:
        raise RequestError(
            "This model makes pictures, not clips of {frames} frames: ask for 1.", frames=frames
        )
    _check_length(family, frames)


def _check_length(family: Family, frames: int) -> None:
    every, first = family.every, family.first
    if (frames - first) % every == 0 and frames >= first:
        return
    pattern = Phrase("a multiple of {every}", every=every)
    if first:
        pattern = Phrase("a multiple of {every} plus {first}", every=every, first=first)
    raise RequestError(
        "The number of frames is {frames}, but must be {pattern}: try {near}.",
        frames=frames,
        pattern=pattern,
        near=first + max(0, round((frames - first) / every)) * every,
    )
