"""What a reader of the README has already: a Wan pipeline, and one of a class that TeaCache does not know.

Both are really built, with random weights, small enough that a clip of Wan's own size takes seconds.
"""

from __future__ import annotations

from typing import Any

import torch
from diffusers import ConfigMixin, DiffusionPipeline, FlowMatchEulerDiscreteScheduler, ModelMixin
from diffusers.configuration_utils import register_to_config
from diffusers.models.attention_processor import Attention
from diffusers.models.embeddings import TimestepEmbedding, Timesteps
from diffusers.models.modeling_outputs import Transformer2DModelOutput
from diffusers.pipelines.wan.pipeline_output import WanPipelineOutput
from diffusers.utils.torch_utils import randn_tensor
from torch import nn

from tests import tiny

WIDTH = 16


class Block(nn.Module):
    """Attention behind a norm that the timestep embedding shifts."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.attn1 = Attention(WIDTH, heads=2, dim_head=8)

    def forward(self, hidden_states: torch.Tensor, temb: torch.Tensor) -> torch.Tensor:
        """Tokens (B, N, C) and the embedding (B, 1, C) to tokens."""
        return hidden_states + self.attn1(self.norm(hidden_states) + temb)


class MyTransformer(ModelMixin, ConfigMixin):
    """A small transformer on latents (B, C, F, H, W) that is not in TeaCache's table."""

    @register_to_config
    def __init__(self, channels: int = 4, layers: int = 2):
        super().__init__()
        self.time = nn.Sequential(Timesteps(WIDTH, True, 0), TimestepEmbedding(WIDTH, WIDTH))
        self.proj_in = nn.Linear(channels, WIDTH)
        self.transformer_blocks = nn.ModuleList(Block() for _ in range(layers))
        self.norm_out = nn.LayerNorm(WIDTH)
        self.proj_out = nn.Linear(WIDTH, channels)

    def forward(self, hidden_states: torch.Tensor, timestep: torch.Tensor) -> Transformer2DModelOutput:
        """What is to be taken off the latents."""
        batch, channels, *size = hidden_states.shape
        tokens = self.proj_in(hidden_states.flatten(2).transpose(1, 2))
        temb = self.time(timestep.expand(batch))[:, None]
        for block in self.transformer_blocks:
            tokens = block(tokens, temb=temb)
        out = self.proj_out(self.norm_out(tokens))
        return Transformer2DModelOutput(sample=out.transpose(1, 2).reshape(batch, channels, *size))


class MyPipeline(DiffusionPipeline):
    """Latents to a clip of 8 frames of 8x8 pixels, whatever the prompt says."""

    def __init__(self, transformer: MyTransformer, scheduler: FlowMatchEulerDiscreteScheduler):
        super().__init__()
        self.register_modules(transformer=transformer, scheduler=scheduler)

    @torch.no_grad()
    def __call__(self, prompt: str, num_inference_steps: int = 20) -> WanPipelineOutput:
        """The clip as numbers (1, 8, 8, 8, 4)."""
        self.scheduler.set_timesteps(num_inference_steps)
        latents = randn_tensor((1, 4, 8, 8, 8))
        for timestep in self.scheduler.timesteps:
            noise = self.transformer(hidden_states=latents, timestep=timestep).sample
            latents = self.scheduler.step(noise, timestep, latents, return_dict=False)[0]
        return WanPipelineOutput(frames=latents.permute(0, 2, 3, 4, 1).numpy())


def pipeline() -> MyPipeline:
    """A pipeline around MyTransformer."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return MyPipeline(MyTransformer().eval(), FlowMatchEulerDiscreteScheduler())


BOUND: dict[str, Any] = {"my_wan_pipeline": tiny.FULL_SIZE["WanPipeline"], "my_pipeline": pipeline}
"""What a name that the README takes for granted is bound to."""
