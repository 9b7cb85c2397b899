# scipy has no types: what the study uses is told here, as in scipy 1.17.
from typing import Any

import numpy as np

def rankdata(a: np.ndarray) -> np.ndarray: ...
def __getattr__(name: str) -> Any: ...
