"""A Latte pipeline with random weights that runs in milliseconds, and the two ways to sample from it."""

from functools import cache

import torch
from diffusers import AutoencoderKL, DDIMScheduler, LattePipeline, LatteTransformer3DModel

from teacache.method.gate import Settings

FRAMES, SIDE, CHANNELS, TEXT = 4, 8, 4, 16
MIXED = Settings(threshold=0.5, schedule=(True, False, True, False, False, True))


def build_pipe() -> LattePipeline:
    """2 layers of 16 channels; no text encoder, since the tests give embeddings."""
    torch.manual_seed(0)
    transformer = LatteTransformer3DModel(
        num_attention_heads=2, attention_head_dim=8, in_channels=CHANNELS, out_channels=2 * CHANNELS,
        num_layers=2, cross_attention_dim=16, caption_channels=TEXT, attention_bias=True, sample_size=SIDE,
        patch_size=2, num_embeds_ada_norm=1000, norm_type="ada_norm_single", norm_elementwise_affine=False,
        video_length=FRAMES,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(8,), latent_channels=CHANNELS, norm_num_groups=4, sample_size=SIDE
    )
    pipe = LattePipeline(
        tokenizer=None, text_encoder=None, vae=vae, transformer=transformer.eval(), scheduler=DDIMScheduler()
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def sample(pipe, *, steps=6, guidance=3.0, side=SIDE, prompts=1, **more) -> torch.Tensor:
    """Final latents (B, C, F, H, W) of one run from fixed noise."""
    numbers = torch.Generator().manual_seed(5)
    text, negative = torch.randn(2, prompts, 6, TEXT, generator=numbers)
    return pipe(
        negative_prompt=None,
        prompt_embeds=text,
        negative_prompt_embeds=negative,
        num_inference_steps=steps,
        guidance_scale=guidance,
        height=side,
        width=side,
        video_length=FRAMES,
        generator=torch.Generator().manual_seed(7),
        output_type="latent",
        **more,
    ).frames


@cache
def text(batch: int) -> torch.Tensor:
    """One tensor in all steps, as pipelines have it."""
    return torch.ones(batch, 6, TEXT)


def inputs(step: int = 0, *, side=SIDE, batch=2) -> dict:
    """Arguments of one call of the transformer, other latents at every step."""
    numbers = torch.Generator().manual_seed(100 + step)
    return {
        "hidden_states": torch.randn(batch, CHANNELS, FRAMES, side, side, generator=numbers),
        "encoder_hidden_states": text(batch),
        "return_dict": False,
    }


def loop(bare, *, steps=6, change=lambda step: {}, calls=1, copies=False):
    """Drive the transformer by hand; returns its outputs."""
    bare.scheduler.set_timesteps(steps)
    outputs = []
    with torch.no_grad():
        for step, t in enumerate(bare.scheduler.timesteps):
            for _ in range(calls):
                arguments = inputs(step, **change(step))
                when = (t * 1 if copies else t)[None].expand(arguments["hidden_states"].shape[0])
                outputs.append(bare.transformer(timestep=when, **arguments)[0])
            bare.scheduler.step(outputs[-1][:, :CHANNELS], t, arguments["hidden_states"])
    return outputs


class Outputs:
    """Keeps what the transformer returned, call by call."""

    def __init__(self, module):
        self.seen = []
        self.handle = module.register_forward_hook(lambda m, args, out: self.seen.append(out[0].clone()))

    def __enter__(self):
        return self.seen

    def __exit__(self, *error):
        self.handle.remove()
