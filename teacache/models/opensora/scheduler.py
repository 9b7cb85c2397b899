"""The rectified flow of Open-Sora 1.2: straight lines from noise to clip, walked in unequal steps.

Written from the facts of hpcaitech/Open-Sora v1.2.0, `opensora/schedulers/rf`. Knows latents and timesteps;
nothing of models or prompts.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from diffusers import ConfigMixin, SchedulerMixin
from diffusers.configuration_utils import register_to_config
from diffusers.utils import BaseOutput

from teacache.errors import RequestError
from teacache.models.opensora.sizes import latent_frames_of_whole_chunks


@dataclass
class RectifiedFlowSchedulerOutput(BaseOutput):
    """The latents after a step."""

    prev_sample: torch.Tensor


class RectifiedFlowScheduler(SchedulerMixin, ConfigMixin):
    """Timesteps run from `num_train_timesteps` (noise) to 0 (clip), exact in float32.

    With `use_timestep_transform` a bigger or longer clip spends more steps near the noise (the idea is that
    of arXiv 2403.03206, section 5.3.2): u -> r u / (1 + (r - 1) u), u = t / num_train_timesteps.
    """

    order = 1
    init_noise_sigma = 1.0

    @register_to_config
    def __init__(self, num_train_timesteps: int = 1000, use_timestep_transform: bool = True):
        self.num_inference_steps: int | None = None
        self.timesteps = torch.empty(0)
        self.sigmas = torch.empty(0)
        self._step: int | None = None

    def set_timesteps(
        self,
        num_inference_steps: int,
        device: str | torch.device | None = None,
        *,
        height: int = 512,
        width: int = 512,
        num_frames: int = 1,
    ) -> None:
        """Spread the steps for a clip of this many pixels and frames; the defaults leave them equal.

        Raises RequestError for fewer than one step and for 2 to 16 frames.
        """
        if num_inference_steps < 1:
            raise RequestError(f"num_inference_steps is {num_inference_steps}, but must be at least 1.")
        trained = self.config.num_train_timesteps
        ratio = shift_ratio(height, width, num_frames) if self.config.use_timestep_transform else 1.0
        t = paced(num_inference_steps, ratio, trained)
        self.num_inference_steps = num_inference_steps
        self.timesteps = t.to(device)
        self.sigmas = torch.cat([t, t.new_zeros(1)]) / trained  # the share of noise, on the CPU; ends at 0
        self._steps = (torch.cat([t, t.new_zeros(1)]).diff().neg() / trained).to(device)
        self._step = None

    def scale_model_input(self, sample: torch.Tensor, timestep: torch.Tensor | None = None) -> torch.Tensor:
        """The latents as they are: this flow needs no scaling."""
        return sample

    def step(
        self,
        model_output: torch.Tensor,
        timestep: torch.Tensor | float,
        sample: torch.Tensor,
        generator: torch.Generator | None = None,
        return_dict: bool = True,
    ) -> RectifiedFlowSchedulerOutput | tuple[torch.Tensor]:
        """Follow the velocity `model_output` (towards the clip) to the next timestep.

        The length of a step is that of the exact timesteps, whatever the model saw; the result is float32, so
        that half precision errors do not add up over the steps. No noise is added: `generator` is not used.
        """
        if self._step is None:
            self._step = self._index_of(timestep)
        moved = sample.float() + model_output.float() * self._steps[self._step]
        self._step += 1
        return RectifiedFlowSchedulerOutput(prev_sample=moved) if return_dict else (moved,)

    def _index_of(self, timestep: torch.Tensor | float) -> int:
        """Where a run begins; raises RequestError for a timestep that is not in the schedule."""
        places = (self.timesteps == timestep).nonzero()
        if not len(places):
            raise RequestError(
                f"Timestep {float(timestep)} is not in the schedule: call set_timesteps first."
            )
        return int(places[0])

    def __len__(self) -> int:
        return self.config.num_train_timesteps


def paced(steps: int, ratio: torch.Tensor | float, trained: int = 1000) -> torch.Tensor:
    """(steps,) timesteps in float32, from `trained` down: equal steps bent by r = `ratio`."""
    u = torch.tensor([(1 - i / steps) * trained for i in range(steps)]) / trained
    return ratio * u / (1 + (ratio - 1) * u) * trained


def shift_ratio(height: int, width: int, num_frames: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """r = sqrt(height * width / 512^2) * sqrt(latent frames), (1,); 1 latent frame for a single image.

    Only whole chunks of 17 frames count (num_frames // 17 * 5); that would be 0 for 2 to 16 frames, and the
    first step not a number: RequestError. `dtype` is that of the arithmetic.
    """
    rows, columns, count = (
        torch.tensor([n], dtype=dtype) for n in (height, width, latent_frames_of_whole_chunks(num_frames))
    )
    return (rows * columns / 512**2).sqrt() * count.sqrt()
