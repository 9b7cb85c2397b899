"""Files made from stored videos and pictures: two runs side by side, and a small copy for the report.

Knows ffmpeg and Pillow.

As in teacache.runs.video every frame is a key frame and colours stay BT.709, so that a player can step and
shows them right; nothing is ever measured on these files.
"""

from __future__ import annotations

import io
import os
import secrets
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from teacache.errors import Phrase, VideoError

if TYPE_CHECKING:
    from PIL import Image

_QUALITY = 14  # x264's crf; the sources were made with 12, and nobody should see the second time
_SMALL_QUALITY = 26
_one_at_a_time = threading.Lock()  # a page asks for one file, a program could for all of them at once
_LONG = 120  # seconds after which ffmpeg is stuck
_CODEC = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-g", "1", "-bf", "0", "-an")
_LIGHT = (
    "-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryslow", "-crf", "17", "-g", "6", "-bf", "0",
    "-an",
)  # fmt: skip
_TAGS = (
    "-movflags", "+faststart", "-f", "mp4",
    "-x264-params", "colorprim=bt709:transfer=bt709:colormatrix=bt709",
)  # fmt: skip


@dataclass(frozen=True)
class Lane:
    """A clip or picture as one of several beside each other; of a file that holds two, the one on a side."""

    path: Path
    side: Literal["whole", "left", "right"] = "whole"


_CROP = {"whole": "null", "left": "crop=iw/2:ih:0:0", "right": "crop=iw/2:ih:iw/2:0"}


def join(lanes: Sequence[Lane], target: Path) -> None:
    """Clips, or pictures, of one height in one file, in this order. Raises VideoError if ffmpeg fails."""
    if target.suffix == ".png":
        _paste(lanes, target)
        return
    sources = [word for lane in lanes for word in ("-i", str(lane.path))]
    cut = "".join(f"[{n}:v]{_CROP[lane.side]}[lane{n}];" for n, lane in enumerate(lanes))
    stack = "".join(f"[lane{n}]" for n in range(len(lanes))) + f"hstack=inputs={len(lanes)}:shortest=1"
    _write((*sources, "-filter_complex", cut + stack, "-crf", str(_QUALITY)), target)


def keep_latest(folder: Path, most: int) -> None:
    """Drop the files of a folder beyond the latest `most`."""
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[most:]:
        file.unlink(missing_ok=True)


def smaller(source: Path, target: Path, height: int) -> None:
    """A copy of at most this height that takes little room. Raises VideoError if ffmpeg fails."""
    scale = ("-vf", f"scale=-2:'min({height},ih)':flags=area")
    _write(("-i", str(source), *scale, "-crf", str(_SMALL_QUALITY)), target)


def lighter(clip: Path) -> None:
    """Write a clip anew for the wire: half its bytes for 0.8 dB more of the codec's error, 44.4 dB.

    One frame in six is a key frame: a step back decodes up to five others. Raises VideoError if ffmpeg fails.
    """
    _run(("-i", str(clip), *_LIGHT, *_TAGS), clip)


def smaller_picture(source: Path, height: int) -> bytes:
    """The same picture, at most so high, as WebP: small enough for a page."""
    from PIL import Image  # here, since most pages are shown without it

    copy = io.BytesIO()
    with Image.open(source) as picture:
        picture.thumbnail((picture.width, height))
        picture.save(copy, "WEBP", quality=90)
    return copy.getvalue()


def smaller_sound(source: Path, target: Path) -> None:
    """The same sound as MP3, an eighth as large. Raises VideoError if ffmpeg fails."""
    _run(("-i", str(source), "-c:a", "libmp3lame", "-b:a", "192k", "-f", "mp3"), target)


def _paste(lanes: Sequence[Lane], target: Path) -> None:
    from PIL import Image

    pictures = [_picture(lane) for lane in lanes]
    both = Image.new("RGB", (sum(picture.width for picture in pictures), pictures[0].height))
    x = 0
    for picture in pictures:
        both.paste(picture, (x, 0))
        x += picture.width
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{secrets.token_hex(8)}.png")  # nobody may get half a file
    both.save(unfinished)
    os.replace(unfinished, target)


def _picture(lane: Lane) -> Image.Image:
    from PIL import Image  # here, since most pages are shown without it

    with Image.open(lane.path) as picture:
        left = picture.width // 2 if lane.side == "right" else 0
        right = picture.width // 2 if lane.side == "left" else picture.width
        return picture.crop((left, 0, right, picture.height))


def _write(what: tuple[str, ...], target: Path) -> None:
    """A video."""
    _run((*what, *_CODEC, *_TAGS), target)


def _run(what: tuple[str, ...], target: Path) -> None:
    """Run ffmpeg into a file beside the target, and put it in its place only when whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(suffix=target.suffix, dir=target.parent)
    os.close(handle)
    command = [_ffmpeg(), "-y", "-loglevel", "error", *what, unfinished]
    try:
        with _one_at_a_time:
            done = subprocess.run(command, capture_output=True, check=False, timeout=_LONG)
        if done.returncode:
            raise VideoError("The videos could not be put together: {reason}.", reason=_reason(done.stderr))
        os.replace(unfinished, target)
    except subprocess.TimeoutExpired as error:
        raise VideoError("The videos could not be put together in time: try a shorter clip.") from error
    except OSError as error:
        raise VideoError("The videos could not be put together: {error}.", error=error) from error
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _ffmpeg() -> str:
    try:
        import imageio_ffmpeg  # here, since most pages are shown without it

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise VideoError("ffmpeg was not found: install imageio-ffmpeg.") from error


def _reason(stderr: bytes) -> str | Phrase:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return " ".join(lines[0].split())[:160].rstrip(".") if lines else Phrase("ffmpeg gave no reason")
