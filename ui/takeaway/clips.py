"""Videos made from stored videos: two runs side by side, and a small copy for the report. Knows ffmpeg.

As in teacache.runs.video every frame is a key frame and colours stay BT.709, so that a player can step and
shows them right; nothing is ever measured on these files.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from teacache.errors import VideoError

_QUALITY = 14  # x264's crf; the sources were made with 12, and nobody should see the second time
_SMALL_QUALITY = 26
_LONG = 120  # seconds after which ffmpeg is stuck
_CODEC = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "veryfast", "-g", "1", "-bf", "0", "-an")
_TAGS = (
    "-movflags", "+faststart", "-f", "mp4",
    "-x264-params", "colorprim=bt709:transfer=bt709:colormatrix=bt709",
)  # fmt: skip


def side_by_side(left: Path, right: Path, target: Path) -> None:
    """Two clips of one height in one file. Raises VideoError, one sentence, if ffmpeg fails."""
    join = ("-filter_complex", "[0:v][1:v]hstack=inputs=2:shortest=1")
    _write(("-i", str(left), "-i", str(right), *join, "-crf", str(_QUALITY)), target)


def smaller(source: Path, target: Path, height: int) -> None:
    """A copy of at most this height that takes little room. Raises VideoError if ffmpeg fails."""
    scale = ("-vf", f"scale=-2:'min({height},ih)':flags=area")
    _write(("-i", str(source), *scale, "-crf", str(_SMALL_QUALITY)), target)


def _write(what: tuple[str, ...], target: Path) -> None:
    """Run ffmpeg into a file beside the target, and put it in its place only when whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(suffix=".mp4", dir=target.parent)
    os.close(handle)
    command = [_ffmpeg(), "-y", "-loglevel", "error", *what, *_CODEC, *_TAGS, unfinished]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_LONG)
        if done.returncode:
            raise VideoError(f"The videos could not be put together: {_reason(done.stderr)}.")
        os.replace(unfinished, target)
    except subprocess.TimeoutExpired as error:
        raise VideoError("The videos could not be put together in time: try a shorter clip.") from error
    except OSError as error:
        raise VideoError(f"The videos could not be put together: {error}.") from error
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _ffmpeg() -> str:
    try:
        import imageio_ffmpeg  # here, since most pages are shown without it

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise VideoError("ffmpeg was not found: install imageio-ffmpeg.") from error


def _reason(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").strip().splitlines()
    return " ".join(lines[0].split())[:160].rstrip(".") if lines else "ffmpeg gave no reason"
