# Its types are not told: what is used here is told as it is in accelerate 1.15.
from typing import TypeVar

import torch

T = TypeVar("T")

def send_to_device(tensor: T, device: torch.device | str | int) -> T: ...
