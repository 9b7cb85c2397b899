"""Draws contact sheets: one row per clip, some of its frames side by side, a caption above.

Knows pixels and files; knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image, ImageDraw

GAP, CAPTION_HEIGHT = 2, 14  # pixels


def save_sheet(
    clips: Sequence[torch.Tensor],
    file: Path,
    *,
    captions: Sequence[str],
    frames: int = 8,
    scale: int = 1,
    columns: int = 1,
) -> None:
    """Write clips (F, 3, H, W) in [-1, 1] to an image, `columns` of them side by side. ValueError if none."""
    if not len(clips):
        raise ValueError("no clips to draw")
    side = clips[0].shape[-1] * scale
    width, height = frames * (side + GAP) + GAP, side + GAP + CAPTION_HEIGHT
    sheet = Image.new("RGB", (columns * width, -(-len(clips) // columns) * height), "white")
    draw = ImageDraw.Draw(sheet)
    for i, (clip, text) in enumerate(zip(clips, captions, strict=True)):
        x, y = i % columns * width, i // columns * height
        draw.text((x + 2, y + 1), text, fill="black")
        picked = torch.linspace(0, len(clip) - 1, frames).round().long()
        for j, frame in enumerate(clip[picked]):
            sheet.paste(_image(frame, side), (x + j * (side + GAP), y + CAPTION_HEIGHT))
    sheet.save(file)


def _image(frame: torch.Tensor, side: int) -> Image.Image:
    pixels = ((frame.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    return Image.fromarray(pixels).resize((side, side), Image.Resampling.NEAREST)
