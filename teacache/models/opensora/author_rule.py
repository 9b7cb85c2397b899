"""Which steps the authors' code computes whatever the distance, on Open-Sora.

Our rule goes by the number of the step. Theirs (ali-vilab/TeaCache, eval/teacache/experiments/opensora.py)
compares the timestep that the model got, which is bf16, with int() of the first and of the last one: the last
step is recognised only if its bf16 value is a whole number. So the rule can be told in steps beforehand, and
the gate needs to know nothing of it.
"""

from __future__ import annotations

from itertools import takewhile

import torch

from teacache.method.settings import Settings
from teacache.models.opensora.scheduler import paced, shift_ratio


def forced_steps(timesteps: torch.Tensor, dtype: torch.dtype = torch.bfloat16) -> tuple[int, int]:
    """How many steps at the start and at the end their rule computes, for a model of this dtype.

    `timesteps` (steps,) are the exact ones. More than one at the start where rounding makes neighbours equal;
    none at the end where the last one is no whole number, e.g. 47.75 at 144p and 51 frames.
    """
    values = timesteps.to("cpu", dtype).tolist()
    forced = {int(values[0]), int(values[-1])}
    first = len(list(takewhile(forced.__contains__, values)))
    last = len(list(takewhile(forced.__contains__, reversed(values))))
    return first, last


def author_timesteps(steps: int, *, height: int, width: int, num_frames: int) -> torch.Tensor:
    """(steps,) timesteps as their bf16 pipeline has them: size and length, and so the ratio, are bf16.

    Within 0.5 % of ours, which matters to nothing but this rule: at 360p and 51 frames their last timestep is
    111.1 and ours 111.3, of which one rounds to a whole number.
    """
    return paced(steps, shift_ratio(height, width, num_frames, torch.bfloat16))


def as_authors(settings: Settings, timesteps: torch.Tensor) -> Settings:
    """The settings with the first and last steps that the authors' rule computes on this schedule.

    The first step is computed also where they miss it (their code then stops with an error).
    """
    first, last = forced_steps(timesteps)
    return settings.replaced(first_steps=max(1, first), last_steps=last)
