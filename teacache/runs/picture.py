"""The image of an image-to-video request: read, checked, cut to the size of the clip.

Files may come from strangers: nothing is decoded before its size is known to be bearable. Knows pictures,
nothing of pipelines.
"""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from teacache.errors import Phrase, RequestError

MAX_BYTES = 64 * 2**20  # of the file
MAX_PIXELS = 50_000_000  # more than any camera's picture that a clip of 2048 pixels could use
MIN_SIDE = 16  # pixels

Source = str | Path | Image.Image


def read(source: Source) -> Image.Image:
    """The picture of a file or as given, RGB and upright.

    Raises RequestError, one sentence: the file is missing, no picture, broken, too large or too small.
    """
    if isinstance(source, Image.Image):
        _check(source, Phrase("The image"))
        return _upright(source)
    path = Path(source)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RequestError(
                "The image {name} has more than {most} MB: give a smaller one.",
                name=path.name,
                most=MAX_BYTES >> 20,
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # _check says it in our words
            with Image.open(path) as opened:
                _check(opened, _named(path))
                return _upright(opened)
    except FileNotFoundError as error:
        raise RequestError("There is no image {name}: give the path of a picture.", name=path.name) from error
    except Image.DecompressionBombError as error:
        raise _too_large(_named(path)) from error
    except UnidentifiedImageError as error:
        raise RequestError(
            "{name} is not an image: give a PNG, JPEG or WebP file.", name=path.name
        ) from error
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for broken files
        if isinstance(error, RequestError):
            raise
        raise RequestError(
            "The image {name} cannot be read: give a whole PNG, JPEG or WebP.", name=path.name
        ) from error


def fitted(source: Source, width: int, height: int) -> Image.Image:
    """The picture at exactly `width` x `height` pixels: the middle of it, undistorted.

    The pipelines would squeeze a picture of another shape; cut first, their own resizing changes nothing.
    """
    return ImageOps.fit(read(source), (width, height), Image.Resampling.LANCZOS)


def name_of(source: Source) -> str:
    """How a picture is called where its pixels do not go: in JSON and in messages."""
    if isinstance(source, Image.Image):
        return Path(getattr(source, "filename", "")).name or "image"
    return Path(source).name


def fingerprint(source: Any) -> str | None:
    """The same for the same pixels; None for no picture."""
    if source is None:
        return None
    picture = read(source)
    return hashlib.sha256(repr(picture.size).encode() + picture.tobytes()).hexdigest()


def _check(picture: Image.Image, what: Phrase) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _too_large(what)
    if min(width, height) < MIN_SIDE:
        raise RequestError(
            "{what} has {width}x{height} pixels, but needs at least {least} each way.",
            what=what,
            width=width,
            height=height,
            least=MIN_SIDE,
        )


def _named(path: Path) -> Phrase:
    return Phrase("The image {name}", name=path.name)


def _too_large(what: Phrase) -> RequestError:
    return RequestError(
        "{what} has more than {most} million pixels: give a smaller one.",
        what=what,
        most=MAX_PIXELS // 1_000_000,
    )


def _upright(picture: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(picture).convert("RGB")
