"""Open-Sora-Plan v1.1.0 as a diffusers pipeline: text to video, 65 or 221 frames of 512x512 pixels.

Follows opensora/sample/pipeline_videogen.py of PKU-YuanGroup/Open-Sora-Plan v1.1.0 in what it computes, and
diffusers' pipelines in how it is called. Knows nothing of caches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers import DiffusionPipeline, LatteTransformer3DModel, PNDMScheduler
from diffusers.callbacks import MultiPipelineCallbacks, PipelineCallback
from diffusers.utils import BaseOutput
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image
from transformers import PreTrainedTokenizerBase, T5EncoderModel

from teacache.models import arguments
from teacache.models.opensora_plan import text
from teacache.models.opensora_plan.checks import check_inputs
from teacache.models.opensora_plan.denoiser import set_positions_in_time
from teacache.models.opensora_plan.vae import CausalVAE

FPS = 24  # of the training clips and of the authors' files


@dataclass
class OpenSoraPlanOutput(BaseOutput):
    """What a call returns.

    `frames`: B lists of PIL images, or an array or tensor (B, F, ...), or latents (B, C, T, h, w).
    """

    frames: list[list[Image.Image]] | np.ndarray | torch.Tensor


class OpenSoraPlanPipeline(DiffusionPipeline):
    """Text to video with Open-Sora-Plan v1.1.0, in the parts of diffusers.

    The scheduler's own PNDM repeats its first steps: 150 steps are 159 calls of the transformer. Progress
    bar, callbacks and `num_timesteps` count calls.
    """

    model_cpu_offload_seq = "text_encoder->transformer->vae"
    _optional_components = ["tokenizer", "text_encoder"]
    _callback_tensor_inputs = ["latents", "prompt_embeds", "negative_prompt_embeds"]

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase | None,
        text_encoder: T5EncoderModel | None,
        vae: CausalVAE,
        transformer: LatteTransformer3DModel,
        scheduler: PNDMScheduler,
    ):
        super().__init__()
        set_positions_in_time(transformer)
        self.register_modules(
            tokenizer=tokenizer,
            text_encoder=text_encoder,
            vae=vae,
            transformer=transformer,
            scheduler=scheduler,
        )
        self.vae_scale_factor = vae.spatial_factor
        self.fps = FPS
        self._guidance_scale, self._interrupt, self._num_timesteps = 1.0, False, 0
        self._current_timestep = None

    @property
    def num_frames(self) -> int:
        """Frames of a clip: the checkpoint's positions in time allow one length only."""
        return self.vae.frames(self.transformer.config.video_length)

    @property
    def guidance_scale(self) -> float:
        """Of the current or last call."""
        return self._guidance_scale

    @property
    def do_classifier_free_guidance(self) -> bool:
        """Whether a call of the transformer holds both branches, null prompt first."""
        return self._guidance_scale > 1

    @property
    def num_timesteps(self) -> int:
        """Calls of the transformer in the current or last run: steps + 9 with PNDM."""
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
        negative_prompt: str | list[str] = "",
        height: int | None = None,
        width: int | None = None,
        num_frames: int | None = None,
        num_inference_steps: int = 150,
        guidance_scale: float = 7.5,
        num_videos_per_prompt: int = 1,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: torch.Tensor | None = None,
        prompt_embeds: torch.Tensor | None = None,
        negative_prompt_embeds: torch.Tensor | None = None,
        clean_caption: bool = True,
        output_type: str = "pil",
        return_dict: bool = True,
        callback_on_step_end: Callable | PipelineCallback | MultiPipelineCallbacks | None = None,
        callback_on_step_end_tensor_inputs: list[str] = ("latents",),
    ) -> OpenSoraPlanOutput | tuple:
        """Make clips of `prompt`; arguments as in diffusers' pipelines.

        `height`, `width`: pixels, multiples of 16 (default: the checkpoint's, 512); `num_frames`: the
        checkpoint's own, 65 or 221 (default). `latents`: noise (B, 4, T, h, w) in place of the generator's.
        `prompt_embeds`: T5 features (B, L, C), already cut to the tokens that count, `negative_prompt_embeds`
        of the same shape; see `encode_prompt`. `output_type`: "pil", "uint8" (B, F, H, W, 3), "np" these
        bytes over 255, "pt" (B, F, 3, H, W) in [0, 1], or "latent".
        `callback_on_step_end(pipe, call, timestep, tensors)` follows every call of the transformer.
        Defaults are the authors' settings. Raises RequestError, one sentence, for what cannot be used.
        """
        if isinstance(callback_on_step_end, PipelineCallback | MultiPipelineCallbacks):
            callback_on_step_end_tensor_inputs = callback_on_step_end.tensor_inputs
        size = self._size(num_frames, height, width)
        check_inputs(
            self,
            size=size,
            steps=num_inference_steps,
            guidance_scale=guidance_scale,
            videos=num_videos_per_prompt,
            output_type=output_type,
            text=(prompt, prompt_embeds, negative_prompt_embeds),
            negative_prompt=negative_prompt,
            tensors=callback_on_step_end_tensor_inputs,
        )
        self._guidance_scale, self._interrupt, self._current_timestep = guidance_scale, False, None
        cond, null = self.encode_prompt(
            prompt,
            negative_prompt,
            num_videos_per_prompt=num_videos_per_prompt,
            prompt_embeds=prompt_embeds,
            negative_prompt_embeds=negative_prompt_embeds,
            clean_caption=clean_caption,
        )
        self.scheduler.set_timesteps(num_inference_steps, device=self._execution_device)
        latents = self.prepare_latents(len(cond), *size, cond.dtype, generator, latents)
        latents = self._denoise(latents, cond, null, callback_on_step_end, callback_on_step_end_tensor_inputs)
        frames = self._finish(latents, output_type)
        self.maybe_free_model_hooks()
        return OpenSoraPlanOutput(frames=frames) if return_dict else (frames,)

    def _size(self, frames: int | None, height: int | None, width: int | None) -> tuple[int, int, int]:
        """What is asked for, or the checkpoint's own: frames, height and width in pixels."""
        side = self.transformer.config.sample_size * self.vae_scale_factor
        sizes = ((frames, self.num_frames), (height, side), (width, side))
        return tuple(own if value is None else value for value, own in sizes)

    @torch.no_grad()
    def encode_prompt(
        self,
        prompt: str | list[str] | None = None,
        negative_prompt: str | list[str] = "",
        *,
        do_classifier_free_guidance: bool | None = None,
        num_videos_per_prompt: int = 1,
        prompt_embeds: torch.Tensor | None = None,
        negative_prompt_embeds: torch.Tensor | None = None,
        clean_caption: bool = True,
        device: torch.device | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """T5 features (B, L, C) of the prompt and of the negative one (None without guidance).

        What is given as features is taken as it is. `do_classifier_free_guidance` None: as in the last call.
        """
        guided = (
            self.do_classifier_free_guidance
            if do_classifier_free_guidance is None
            else do_classifier_free_guidance
        )
        device = device or self._execution_device
        if prompt_embeds is None:
            prompts = [prompt] if isinstance(prompt, str) else list(prompt)
            negatives = (
                [negative_prompt] * len(prompts) if isinstance(negative_prompt, str) else negative_prompt
            )
            prompt_embeds, negative_prompt_embeds = text.encode(
                self, prompts, negatives if guided else None, device=device, clean=clean_caption
            )
        cond, null = (
            None
            if e is None
            else e.to(device, self.transformer.dtype).repeat_interleave(num_videos_per_prompt, 0)
            for e in (prompt_embeds, negative_prompt_embeds)
        )
        return cond, null if guided else None

    def prepare_latents(
        self,
        batch: int,
        num_frames: int,
        height: int,
        width: int,
        dtype: torch.dtype,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """The noise (batch, C, T, h, w) that a run starts from; height and width in pixels."""
        channels, factor = self.transformer.config.in_channels, self.vae_scale_factor
        shape = (batch, channels, self.vae.latent_frames(num_frames), height // factor, width // factor)
        if latents is None:
            latents = randn_tensor(shape, generator=generator, device=self._execution_device, dtype=dtype)
        arguments.noise(latents, shape)
        return latents.to(self._execution_device) * self.scheduler.init_noise_sigma

    @torch.no_grad()
    def decode_latents(self, latents: torch.Tensor) -> torch.Tensor:
        """(B, C, T, h, w) -> (B, F, 3, H, W) in [0, 1]."""
        video = self.vae.decode(latents.to(self.vae.dtype) / self.vae.config.scaling_factor).sample
        return (video / 2 + 0.5).clamp(0, 1).transpose(1, 2)

    @staticmethod
    def to_uint8(video: torch.Tensor) -> np.ndarray:
        """(B, F, 3, H, W) in [0, 1] -> (B, F, H, W, 3); cut, not rounded, as the authors do."""
        return (video * 255).to(torch.uint8).permute(0, 1, 3, 4, 2).cpu().numpy()

    def _denoise(
        self,
        latents: torch.Tensor,
        cond: torch.Tensor,
        null: torch.Tensor | None,
        callback: Callable | None,
        tensors: list[str],
    ) -> torch.Tensor:
        """The loop: one call of the transformer a timestep, both branches in one batch, null first."""
        timesteps = self.scheduler.timesteps
        self._num_timesteps = len(timesteps)
        with self.progress_bar(total=len(timesteps)) as bar:
            for i, t in enumerate(timesteps):
                if self.interrupt:
                    continue
                self._current_timestep = t
                noise = self._predict(latents, cond, null, t)
                latents = self.scheduler.step(noise, t, latents, return_dict=False)[0]
                if callback is not None:
                    values = {"latents": latents, "prompt_embeds": cond, "negative_prompt_embeds": null}
                    changed = callback(self, i, t, {name: values[name] for name in tensors})
                    values.update(changed or {})
                    latents, cond, null = (values[name] for name in self._callback_tensor_inputs)
                bar.update()
        self._current_timestep = None
        return latents

    def _predict(
        self, latents: torch.Tensor, cond: torch.Tensor, null: torch.Tensor | None, t: torch.Tensor
    ) -> torch.Tensor:
        """The guided noise; the second half of the channels is a variance that PNDM does not use."""
        batch = latents if null is None else torch.cat([latents, latents])
        batch = self.scheduler.scale_model_input(batch, t)
        out = self.transformer(
            batch,
            timestep=t[None].expand(len(batch)),
            encoder_hidden_states=cond if null is None else torch.cat([null, cond]),
            return_dict=False,
        )[0]
        if null is not None:
            without, with_text = out.chunk(2)
            out = without + self.guidance_scale * (with_text - without)
        return out[:, : latents.shape[1]]

    def _finish(self, latents: torch.Tensor, output_type: str) -> Any:
        """What was asked for, decoded from the latents if it is not they."""
        if output_type == "latent":
            return latents
        video = self.decode_latents(latents)
        if output_type == "pt":
            return video
        pixels = self.to_uint8(video)
        if output_type == "np":
            return pixels / np.float32(255)
        return pixels if output_type == "uint8" else [[Image.fromarray(f) for f in clip] for clip in pixels]
