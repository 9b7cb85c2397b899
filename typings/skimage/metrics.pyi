# Its types are not told: what the fidelity uses is told here, as in scikit-image 0.26 without `full` and
# `gradient`, with which it returns more.
from typing import Any

import numpy as np

def structural_similarity(
    im1: np.ndarray,
    im2: np.ndarray,
    *,
    win_size: int | None = None,
    data_range: float | None = None,
    channel_axis: int | None = None,
    gaussian_weights: bool = False,
    sigma: float = ...,
    use_sample_covariance: bool = ...,
) -> np.floating[Any]: ...
def __getattr__(name: str) -> Any: ...
