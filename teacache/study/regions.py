"""How near a clip is to another where it matters: on the moving object, not the flat background.

Knows arrays of pixels only. The background is taken to be one colour, as in the clips of Shapes.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation

from teacache.runs.fidelity import psnr

FAR = 0.18  # of the full range, in any channel: a pixel this far from the background belongs to the object
MARGIN = 3  # pixels around it, so that a displaced edge counts
SMALLEST = 0.01  # of the clip; a smaller region says nothing


def object_mask(video: np.ndarray) -> np.ndarray:
    """Where an uncached clip (F, H, W, 3) uint8 shows its object: (F, H, W) bool, widened by 3 pixels.

    The background colour of a frame is the median along its border.
    """
    border = np.concatenate([video[:, 0], video[:, -1], video[:, :, 0], video[:, :, -1]], axis=1)
    background = np.median(border, axis=1)[:, None, None]
    far = np.abs(video - background).max(axis=-1) > FAR * 255
    side = 2 * MARGIN + 1
    return binary_dilation(far, np.ones((1, side, side), bool))


def object_psnr(video: np.ndarray, reference: np.ndarray, mask: np.ndarray | None = None) -> float | None:
    """PSNR in dB over the object's pixels of all frames; None where the reference shows hardly any object."""
    mask = object_mask(reference) if mask is None else mask
    if mask.mean() < SMALLEST:
        return None
    return psnr(video[mask] / 255.0, reference[mask] / 255.0)
