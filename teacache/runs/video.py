"""Frames to an mp4 that browsers show in the right colours, frame by frame.

Every frame is a key frame, so that a player can step; colours are tagged BT.709 through x264 and converted
with the matching matrix (other taggings were off by 4 of 255 and more in Chromium). 8-bit 4:2:0 loses a
little in any case: fidelity is never computed from these files. Knows arrays and ffmpeg, nothing about
runs.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np

from teacache.errors import Phrase, VideoError

SMALL = 128  # pixels: clips no larger are enlarged, as 4:2:0 would halve their few colour samples
ENLARGE = 4
FULL = os.strerror(errno.ENOSPC)

_X264 = (
    "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "12", "-preset", "veryfast", "-g", "1", "-bf", "0",
    "-movflags", "+faststart",
    "-x264-params", "colorprim=bt709:transfer=bt709:colormatrix=bt709",
    "-vf", "scale=out_color_matrix=bt709:out_range=tv,"
    "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
)  # fmt: skip


def enlarge(frames: np.ndarray) -> np.ndarray:
    """Small clips four times as large by repeating pixels, others as they are; (F, H, W, 3) in and out."""
    if max(frames.shape[1:3]) > SMALL:
        return frames
    return frames.repeat(ENLARGE, axis=1).repeat(ENLARGE, axis=2)


def stack(uncached: np.ndarray, cached: np.ndarray) -> np.ndarray:
    """Both clips in one, uncached left and cached right, small ones enlarged.

    Takes (F, H, W, 3) twice, returns (F, H, 2 W, 3). Raises VideoError if the clips differ in size or length.
    """
    if uncached.shape != cached.shape:
        raise VideoError(
            "Clips of shapes {left} and {right} do not fit side by side: make both alike.",
            left=uncached.shape,
            right=cached.shape,
        )
    return np.concatenate([enlarge(uncached), enlarge(cached)], axis=2)


def find_ffmpeg() -> str:
    """The ffmpeg that is used, found to be there. Raises VideoError, one sentence."""
    try:
        import imageio_ffmpeg  # here, since a page that only shows stored runs needs no encoder

        program = imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise _no_ffmpeg(error) from error
    if shutil.which(program) is None:  # a name from the environment is not looked up before
        raise _no_ffmpeg(FileNotFoundError(f"{program} cannot be run"))
    return program


def is_whole(path: Path) -> bool:
    """Whether the parts of an mp4 end just where the file does; one that was cut short ends within a part.

    Raises OSError if that cannot be seen.
    """
    if not path.is_file():
        return False
    end, at = path.stat().st_size, 0
    with path.open("rb") as file:
        while 0 <= at < end:
            file.seek(at)
            length = int.from_bytes(file.read(4))
            if length == 1:  # too long for four bytes: eight, behind the part's name
                length = int.from_bytes(file.read(12)[4:])
            at = at + length if length >= 8 else -1
    return 0 < at == end


def write_video(path: str | Path, frames: np.ndarray, fps: float) -> None:
    """Write (F, H, W, 3) uint8 frames as H.264, `fps` frames a second.

    Raises VideoError, one sentence, if ffmpeg is missing or fails; nothing is then left at `path`.
    """
    path = Path(path)
    _check(frames, fps)
    height, width = frames.shape[1:3]
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", f"{fps:g}", "-i", "-")
    command = [
        find_ffmpeg(),
        "-y",
        "-loglevel",
        "error",
        *source,
        *_X264,
        "-r",
        f"{fps:g}",
        "-f",
        "mp4",
        str(path),
    ]
    try:
        done = subprocess.run(
            command, input=np.ascontiguousarray(frames).tobytes(), capture_output=True, check=False
        )
    except OSError as error:
        raise _no_ffmpeg(error) from error
    if done.returncode:
        path.unlink(missing_ok=True)
        raise VideoError(
            "The video {name} could not be written: {reason}.", name=path.name, reason=_reason(done.stderr)
        )


def write_picture(path: str | Path, frame: np.ndarray) -> None:
    """Write one (H, W, 3) uint8 frame as PNG, without loss."""
    from PIL import Image  # a slow import, needed after a run of an image model only

    Image.fromarray(frame).save(path, format="PNG")


def _check(frames: np.ndarray, fps: float) -> None:
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or not len(frames):
        raise VideoError(
            "Frames must be (F, H, W, 3) uint8, but are {shape} {dtype}.",
            shape=frames.shape,
            dtype=frames.dtype,
        )
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        sides = f"{frames.shape[2]}x{frames.shape[1]}"
        raise VideoError(
            "A video needs even sides, but the frames are {sides}: change the size.", sides=sides
        )
    if not 0 < fps <= 240:
        raise VideoError("{fps} frames a second cannot be played: give a number above 0, up to 240.", fps=fps)


def _reason(stderr: bytes) -> Phrase:
    """The first line that ffmpeg wrote, since later ones are consequences; a full disk before all others."""
    lines = stderr.decode(errors="replace").strip().splitlines()
    if any(FULL in line for line in lines):
        return Phrase("ffmpeg says {line!r}", line=FULL)
    return Phrase("ffmpeg says {line!r}", line=_short(lines[0])) if lines else Phrase("ffmpeg gave no reason")


def _no_ffmpeg(error: Exception) -> VideoError:
    return VideoError(
        "Videos cannot be written because ffmpeg was not found: install imageio-ffmpeg ({why}).",
        why=_short(str(error)),
    )


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= 160 else line[:157] + "..."
