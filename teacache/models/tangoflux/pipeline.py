"""TangoFlux as a diffusers pipeline: text to stereo sound of up to 30 seconds at 44.1 kHz.

Follows tangoflux/model.py of declare-lab/TangoFlux (arXiv 2412.21037) in what it computes, and diffusers'
pipelines in how it is called. Knows nothing of caches.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from diffusers import (
    AudioPipelineOutput,
    AutoencoderOobleck,
    DiffusionPipeline,
    FlowMatchEulerDiscreteScheduler,
    FluxTransformer2DModel,
)
from diffusers.callbacks import MultiPipelineCallbacks, PipelineCallback
from diffusers.utils.torch_utils import randn_tensor
from transformers import PreTrainedTokenizerBase, T5EncoderModel

from teacache.models import arguments
from teacache.models.tangoflux.checks import check_inputs
from teacache.models.tangoflux.conditioner import TangoFluxConditioner

TOKENS = 645  # latents of a sound: 30 seconds at 2048 samples each, but for 0.05
Text = tuple[torch.Tensor, torch.Tensor, torch.Tensor | None, torch.Tensor | None]


class TangoFluxPipeline(DiffusionPipeline):
    """Text to sound with TangoFlux, in the parts of diffusers: a FLUX transformer over tokens of time.

    Every call makes as many latents as the checkpoint was trained on; `duration` is told to the transformer,
    and what lies behind it is cut off.
    """

    model_cpu_offload_seq = "text_encoder->conditioner->transformer->vae"
    _optional_components = ["tokenizer", "text_encoder"]
    _callback_tensor_inputs = ["latents"]

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase | None,
        text_encoder: T5EncoderModel | None,
        conditioner: TangoFluxConditioner,
        vae: AutoencoderOobleck,
        transformer: FluxTransformer2DModel,
        scheduler: FlowMatchEulerDiscreteScheduler,
        tokens: int = TOKENS,
    ):
        super().__init__()
        self.register_modules(
            tokenizer=tokenizer,
            text_encoder=text_encoder,
            conditioner=conditioner,
            vae=vae,
            transformer=transformer,
            scheduler=scheduler,
        )
        self.register_to_config(tokens=tokens)
        self._guidance_scale, self._interrupt, self._num_timesteps = 1.0, False, 0
        self._current_timestep = None

    @property
    def sampling_rate(self) -> int:
        """Samples a second of each channel."""
        return self.vae.config.sampling_rate

    @property
    def longest(self) -> float:
        """Seconds that can be asked for: what the training knew, and what the latents hold, rounded up.

        So 30 can be asked of the published checkpoint, whose latents hold 29.95.
        """
        held = self.config.tokens * self.vae.hop_length / self.sampling_rate
        return min(self.conditioner.config.max_seconds, math.ceil(held))

    @property
    def guidance_scale(self) -> float:
        """Of the current or last call."""
        return self._guidance_scale

    @property
    def do_classifier_free_guidance(self) -> bool:
        """Whether a call of the transformer holds both branches, empty prompt first."""
        return self._guidance_scale > 1

    @property
    def num_timesteps(self) -> int:
        """Calls of the transformer in the current or last run."""
        return self._num_timesteps

    @property
    def current_timestep(self) -> torch.Tensor | None:
        """Of the call that is under way."""
        return self._current_timestep

    @property
    def interrupt(self) -> bool:
        """Set `_interrupt` from a callback to leave out all calls that remain."""
        return self._interrupt

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | list[str] | None = None,
        duration: float = 10.0,
        num_inference_steps: int = 50,
        guidance_scale: float = 4.5,
        num_waveforms_per_prompt: int = 1,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: torch.Tensor | None = None,
        prompt_embeds: torch.Tensor | None = None,
        pooled_prompt_embeds: torch.Tensor | None = None,
        negative_prompt_embeds: torch.Tensor | None = None,
        negative_pooled_prompt_embeds: torch.Tensor | None = None,
        output_type: str = "np",
        return_dict: bool = True,
        callback_on_step_end: Callable | PipelineCallback | MultiPipelineCallbacks | None = None,
        callback_on_step_end_tensor_inputs: list[str] = ("latents",),
    ) -> AudioPipelineOutput | tuple:
        """Make sounds of `prompt`; arguments as in diffusers' pipelines.

        `duration`: seconds, up to 30. `latents`: noise (B, 645, 64) in place of the generator's. The four
        `..._embeds`: see `encode_prompt`. `output_type`: "np" or "pt", (B, channels, samples) about within
        [-1, 1], or "latent", (B, 645, 64). Defaults are the authors' settings (`generate` of
        tangoflux/__init__.py, at the 50 steps that their README recommends). Raises RequestError, one
        sentence, for what cannot be used.
        """
        if isinstance(callback_on_step_end, PipelineCallback | MultiPipelineCallbacks):
            callback_on_step_end_tensor_inputs = callback_on_step_end.tensor_inputs
        features = (
            prompt_embeds,
            pooled_prompt_embeds,
            negative_prompt_embeds,
            negative_pooled_prompt_embeds,
        )
        check_inputs(
            self,
            duration=duration,
            steps=num_inference_steps,
            guidance_scale=guidance_scale,
            sounds=num_waveforms_per_prompt,
            output_type=output_type,
            prompt=prompt,
            features=features,
            tensors=callback_on_step_end_tensor_inputs,
        )
        self._guidance_scale, self._interrupt, self._current_timestep = guidance_scale, False, None
        text = features if prompt is None else self.encode_prompt(prompt)
        conditions = self._told(text, duration, num_waveforms_per_prompt)
        # The authors' own noise levels: from 1 to 1/steps, without a shift.
        sigmas = np.linspace(1.0, 1 / num_inference_steps, num_inference_steps)
        self.scheduler.set_timesteps(sigmas=sigmas, device=self._execution_device)
        count = len(text[0]) * num_waveforms_per_prompt
        latents = self.prepare_latents(count, conditions["pooled_projections"].dtype, generator, latents)
        latents = self._denoise(latents, conditions, callback_on_step_end, callback_on_step_end_tensor_inputs)
        sounds = latents if output_type == "latent" else self.decode_latents(latents, duration)
        if output_type == "np":
            sounds = sounds.float().cpu().numpy()
        self.maybe_free_model_hooks()
        return AudioPipelineOutput(audios=sounds) if return_dict else (sounds,)

    @torch.no_grad()
    def encode_prompt(
        self,
        prompt: str | list[str],
        *,
        do_classifier_free_guidance: bool | None = None,
        device: torch.device | None = None,
    ) -> Text:
        """T5 features (B, L, C) of the prompt and its pooled vector (B, D), the same of the empty prompt.

        The latter two are None without guidance; None asks for what the last call had. The empty prompt is
        padded to the same length, and its padding reaches the transformer, as it did in training.
        """
        guided = (
            self.do_classifier_free_guidance
            if do_classifier_free_guidance is None
            else do_classifier_free_guidance
        )
        device = device or self._execution_device
        prompts = [prompt] if isinstance(prompt, str) else list(prompt)
        embeds, pooled = self._features(prompts, device, padding=True)
        if not guided:
            return embeds, pooled, None, None
        length = embeds.shape[1]
        negative = self._features([""] * len(prompts), device, padding="max_length", max_length=length)
        return embeds, pooled, *negative

    def _features(
        self, prompts: list[str], device: torch.device, **options: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        tokens = self.tokenizer(prompts, truncation=True, return_tensors="pt", **options)
        mask = tokens.attention_mask.to(device)
        features = self.text_encoder(tokens.input_ids.to(device), attention_mask=mask)[0]
        features = features.to(self.transformer.dtype)
        return features, self.conditioner.pooled(features, mask)

    def _told(self, text: Text, duration: float, sounds: int) -> dict[str, torch.Tensor]:
        """What every call of the transformer is told: text and length, and where the tokens are."""
        embeds, pooled, negative, negative_pooled = (
            None if one is None else one.repeat_interleave(sounds, 0) for one in text
        )
        if self.do_classifier_free_guidance:
            embeds, pooled = torch.cat([negative, embeds]), torch.cat([negative_pooled, pooled])
        length = self.conditioner.of_seconds(duration, embeds).expand(len(embeds), -1, -1)
        embeds = torch.cat([embeds, length], dim=1)
        places = torch.arange(self.config.tokens, device=embeds.device, dtype=torch.float32)
        return {
            "encoder_hidden_states": embeds,
            "pooled_projections": pooled,
            "txt_ids": embeds.new_zeros(embeds.shape[1], 3, dtype=torch.float32),
            "img_ids": places[:, None].repeat(1, 3),  # time stands on all three of FLUX's axes
        }

    def prepare_latents(
        self,
        batch: int,
        dtype: torch.dtype,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """The noise (batch, tokens, channels) that a run starts from."""
        shape = (batch, self.config.tokens, self.transformer.config.in_channels)
        if latents is None:
            latents = randn_tensor(shape, generator=generator, device=self._execution_device, dtype=dtype)
        arguments.noise(latents, shape)
        return latents.to(self._execution_device, dtype)

    @torch.no_grad()
    def decode_latents(self, latents: torch.Tensor, duration: float) -> torch.Tensor:
        """(B, tokens, channels) -> (B, audio channels, samples), cut where the sound shall end."""
        sounds = self.vae.decode(latents.transpose(1, 2).to(self.vae.dtype)).sample
        return sounds[..., : int(duration * self.sampling_rate)]

    def _denoise(
        self, latents: torch.Tensor, conditions: dict[str, torch.Tensor], callback: Any, tensors: list[str]
    ) -> torch.Tensor:
        """The loop: one call of the transformer a step, both branches in one batch, empty prompt first."""
        timesteps = self.scheduler.timesteps
        self._num_timesteps = len(timesteps)
        with self.progress_bar(total=len(timesteps)) as bar:
            for i, t in enumerate(timesteps):
                if self.interrupt:
                    continue
                self._current_timestep = t
                velocity = self._predict(latents, conditions, t)
                latents = self.scheduler.step(velocity, t, latents, return_dict=False)[0]
                if callback is not None:
                    inputs = {"latents": latents}
                    changed = callback(self, i, t, {name: inputs[name] for name in tensors})
                    latents = (changed or {}).get("latents", latents)
                bar.update()
        self._current_timestep = None
        return latents

    def _predict(
        self, latents: torch.Tensor, conditions: dict[str, torch.Tensor], t: torch.Tensor
    ) -> torch.Tensor:
        """The guided velocity; the transformer takes timesteps over 1000, as FLUX does."""
        guided = self.do_classifier_free_guidance
        batch = torch.cat([latents, latents]) if guided else latents
        time = (t / 1000).expand(len(batch)).to(batch.dtype)
        out = self.transformer(batch, timestep=time, guidance=None, return_dict=False, **conditions)[0]
        if not guided:
            return out
        without, with_text = out.chunk(2)
        return without + self.guidance_scale * (with_text - without)
