# scipy has no types: what the study uses is told here, as in scipy 1.17.
from typing import Any

import numpy as np

def binary_dilation(input: np.ndarray, structure: np.ndarray | None = None) -> np.ndarray: ...
def __getattr__(name: str) -> Any: ...
