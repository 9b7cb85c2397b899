"""The loop as the paper has it and the hooks on the real pipeline make the same clip, call for call."""

from dataclasses import dataclass

import pytest
import torch

from teacache import Settings, TeaCache
from teacache.method.reference import denoise
from tests import tiny
from tests.method.by_hand import of_wan

STEPS, COEFFICIENTS = 12, (0.5, -0.25, 1.5, 0.75, 0.001)


@dataclass
class CutWan:
    """WanTransformer3DModel, cut in four by hand from its forward."""

    model: torch.nn.Module
    text: torch.Tensor

    def _conditions(self, t):
        temb, six, text, _ = self.model.condition_embedder(t[None], self.text, None, timestep_seq_len=None)
        return temb, six.unflatten(1, (6, -1)), text

    def embed(self, latents, t):
        self.rope, self.size = self.model.rope(latents), latents.shape
        return self.model.patch_embedding(latents).flatten(2).transpose(1, 2).contiguous()

    def modulate(self, tokens, t):
        arguments = {"hidden_states": tokens, "temb": self._conditions(t)[1]}
        return of_wan(self.model, self.model.blocks[0], arguments, {})

    def blocks(self, tokens, t):
        _, six, text = self._conditions(t)
        for block in self.model.blocks:
            tokens = block(tokens, text, six, self.rope)
        return tokens

    def head(self, tokens, t):
        temb, _, _ = self._conditions(t)
        shift, scale = (self.model.scale_shift_table + temb[:, None]).chunk(2, dim=1)
        tokens = self.model.proj_out(self.model.norm_out(tokens.float()) * (1 + scale) + shift)
        batch, _, frames, height, width = self.size
        p_t, p_h, p_w = self.model.config.patch_size
        patches = tokens.reshape(batch, frames // p_t, height // p_h, width // p_w, p_t, p_h, p_w, -1)
        return patches.permute(0, 7, 1, 4, 2, 5, 3, 6).flatten(6, 7).flatten(4, 5).flatten(2, 3)


@pytest.fixture(scope="module")
def pipe():
    return tiny.build("WanPipeline")


def clip(pipe, text, noise):
    """Latents as the pipeline leaves them."""
    size = {"num_frames": 5, "height": tiny.SIDE, "width": tiny.SIDE}
    given = {"prompt_embeds": text, "guidance_scale": 1.0, "num_inference_steps": STEPS, "latents": noise}
    return pipe(**given, **size, output_type="latent").frames


@pytest.mark.parametrize("delta", [0.0, 0.05, 0.2, 0.5, 1e9])
def test_the_hooks_make_what_the_loop_of_the_paper_makes(pipe, delta):
    numbers = torch.Generator().manual_seed(0)
    text, _ = pipe.encode_prompt("a dog", do_classifier_free_guidance=False)
    space, time = pipe.vae_scale_factor_spatial, pipe.vae_scale_factor_temporal
    shape = (1, pipe.transformer.config.in_channels, 4 // time + 1, tiny.SIDE // space, tiny.SIDE // space)
    noise = torch.randn(shape, generator=numbers)
    with TeaCache(pipe, settings=Settings(threshold=delta, coefficients=COEFFICIENTS)) as cache:
        found = clip(pipe, text, noise)
    pipe.scheduler.set_timesteps(STEPS)
    with torch.no_grad():
        latents, schedule = denoise(
            CutWan(pipe.transformer, text),
            noise,
            pipe.scheduler.timesteps,
            lambda output, t, latents: pipe.scheduler.step(output, t, latents, return_dict=False)[0],
            delta=delta,
            coefficients=COEFFICIENTS,
        )
    assert torch.equal(latents, found)
    assert schedule == cache.trace.schedule


def test_these_thresholds_reuse_nothing_something_and_everything(pipe):
    text, _ = pipe.encode_prompt("a dog", do_classifier_free_guidance=False)
    computed = []
    for delta in (0.0, 0.05, 0.2, 0.5, 1e9):
        with TeaCache(pipe, settings=Settings(threshold=delta, coefficients=COEFFICIENTS)) as cache:
            clip(pipe, text, None)
        computed.append(cache.trace.computed_calls)
    assert computed[0] == STEPS and computed[-1] == 2
    assert len(set(computed)) >= 4
