"""How near a clip is to another where it matters: on the object, not the background.

Knows arrays of pixels only. Before a background of one colour, as in the clips of Shapes, the object is what
has another; before a picture, as in those of Scenes, it is what moves.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation

from teacache.runs.fidelity import psnr

FAR = 0.18  # of the full range, in any channel: a pixel this far from the background belongs to the object
MOSTLY = 0.8  # of the border's pixels have one colour where the background is flat: an object may touch it
MARGIN = 3  # pixels around it, so that a displaced edge counts
SMALLEST = 0.01  # of the clip; a smaller region says nothing


def object_mask(video: np.ndarray) -> np.ndarray:
    """Where an uncached clip (F, H, W, 3) uint8 shows its object: (F, H, W) bool, widened by 3 pixels."""
    border = np.concatenate([video[:, 0], video[:, -1], video[:, :, 0], video[:, :, -1]], axis=1)
    colour = np.median(border, axis=1)
    flat = (_distance(border, colour[:, None]) <= FAR).mean() >= MOSTLY
    background = colour[:, None, None] if flat else np.median(video, axis=0)
    side = 2 * MARGIN + 1
    return binary_dilation(_distance(video, background) > FAR, np.ones((1, side, side), bool))


def _distance(pixels: np.ndarray, others: np.ndarray) -> np.ndarray:
    """In any channel, as a part of the full range."""
    return np.abs(pixels - others).max(axis=-1) / 255


def object_psnr(video: np.ndarray, reference: np.ndarray, mask: np.ndarray | None = None) -> float | None:
    """PSNR in dB over the object's pixels of all frames; None where the reference shows hardly any object."""
    mask = object_mask(reference) if mask is None else mask
    if mask.mean() < SMALLEST:
        return None
    return psnr(video[mask] / 255.0, reference[mask] / 255.0)
