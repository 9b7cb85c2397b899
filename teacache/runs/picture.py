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

from teacache.errors import RequestError

MAX_BYTES = 64 * 2**20  # of the file
MAX_PIXELS = 50_000_000  # more than any camera's picture that a clip of 2048 pixels could use
MIN_SIDE = 16  # pixels

Source = str | Path | Image.Image


def read(source: Source) -> Image.Image:
    """The picture of a file or as given, RGB and upright.

    Raises RequestError, one sentence: the file is missing, no picture, broken, too large or too small.
    """
    if isinstance(source, Image.Image):
        _check(source, "The image")
        return _upright(source)
    path = Path(source)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise RequestError(
                f"The image {path.name} has more than {MAX_BYTES >> 20} MB: give a smaller one."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # _check says it in our words
            with Image.open(path) as opened:
                _check(opened, f"The image {path.name}")
                return _upright(opened)
    except FileNotFoundError as error:
        raise RequestError(f"There is no image {path.name}: give the path of a picture.") from error
    except Image.DecompressionBombError as error:
        raise RequestError(_too_large(f"The image {path.name}")) from error
    except UnidentifiedImageError as error:
        raise RequestError(f"{path.name} is not an image: give a PNG, JPEG or WebP file.") from error
    except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for broken files
        if isinstance(error, RequestError):
            raise
        raise RequestError(
            f"The image {path.name} cannot be read: give a whole PNG, JPEG or WebP."
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


def _check(picture: Image.Image, what: str) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise RequestError(_too_large(what))
    if min(width, height) < MIN_SIDE:
        raise RequestError(f"{what} has {width}x{height} pixels, but needs at least {MIN_SIDE} each way.")


def _too_large(what: str) -> str:
    return f"{what} has more than {MAX_PIXELS // 1_000_000} million pixels: give a smaller one."


def _upright(picture: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(picture).convert("RGB")
