"""What TangoFlux tells its transformer beside the words: their mean, and how long the sound shall be.

Follows tangoflux/model.py of declare-lab/TangoFlux. Knows neither tokenizer nor text encoder.
"""

from __future__ import annotations

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from diffusers.pipelines.stable_audio.modeling_stable_audio import StableAudioNumberConditioner
from torch import nn


class TangoFluxConditioner(ModelMixin, ConfigMixin):
    """Text features (B, L, `text_dim`) to a pooled vector, seconds to one more token of the text.

    `joint_dim`: width of the pooled vector; `max_seconds`: the longest sound of the training.
    """

    @register_to_config
    def __init__(self, text_dim: int = 1024, joint_dim: int = 1024, max_seconds: float = 30.0):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(text_dim, joint_dim), nn.ReLU())
        self.duration_embedder = StableAudioNumberConditioner(text_dim, min_value=0, max_value=max_seconds)

    def pooled(self, features: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(B, L, text_dim) and its mask (B, L) -> (B, joint_dim): the mean of the tokens that count."""
        weights = mask[..., None].to(features.dtype)
        return self.fc((features * weights).sum(dim=1) / weights.sum(dim=1))

    def of_seconds(self, seconds: float, like: torch.Tensor) -> torch.Tensor:
        """A length as the token (1, 1, text_dim), where and as precise as `like`."""
        # Normalised in single precision, as the authors do; only then as precise as the weights.
        token = self.duration_embedder(torch.tensor([seconds], device=like.device, dtype=torch.float32))
        return token.to(like.dtype)
