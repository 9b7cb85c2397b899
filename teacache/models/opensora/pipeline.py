"""Open-Sora 1.2 as a diffusers pipeline: text in, clip out, the usual call.

Knows its five parts and the order they work in; nothing of caches, cards or pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import DiffusionPipeline
from diffusers.callbacks import MultiPipelineCallbacks, PipelineCallback
from diffusers.utils import BaseOutput, logging
from diffusers.utils.torch_utils import randn_tensor
from diffusers.video_processor import VideoProcessor
from transformers import PreTrainedTokenizerBase, T5EncoderModel

from teacache.models import arguments
from teacache.models.opensora import checks
from teacache.models.opensora.scheduler import RectifiedFlowScheduler
from teacache.models.opensora.sizes import latent_frames
from teacache.models.opensora.stdit3 import STDiT3
from teacache.models.opensora.text import prepared
from teacache.models.opensora.vae import OpenSoraVAE

logger = logging.get_logger(__name__)

# What the network is told: for a clip as in configs/opensora-v1-2/inference/sample.py of v1.2.0, for a single
# image IMG_FPS of opensora/datasets/utils.py.
FRAME_RATE, IMAGE_RATE = 24.0, 120.0

Callback = Callable[[Any, int, torch.Tensor, dict[str, Any]], dict[str, Any]]


@dataclass
class OpenSoraPipelineOutput(BaseOutput):
    """`frames`: a list of PIL frames, an array (B, F, H, W, 3), a tensor (B, F, 3, H, W), or latents."""

    frames: Any


class OpenSoraPipeline(DiffusionPipeline):
    """Text to video with STDiT3, a rectified flow and a T5-v1.1-XXL text encoder.

    Both guidance branches run in one call of the network, text first. The null prompt is learned and stored
    in the transformer, so there is no negative prompt. `text_encoder` and `tokenizer` may be None if calls
    bring `prompt_embeds`. Settings of the card force the first and the last step; `author_rule.as_authors`
    makes them force those that the authors' code does.
    """

    model_cpu_offload_seq = "text_encoder->transformer->vae"
    _optional_components = ["tokenizer", "text_encoder"]
    _callback_tensor_inputs = ["latents", "prompt_embeds"]

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerBase | None,
        text_encoder: T5EncoderModel | None,
        vae: OpenSoraVAE,
        transformer: STDiT3,
        scheduler: RectifiedFlowScheduler,
    ):
        super().__init__()
        self.register_modules(
            tokenizer=tokenizer,
            text_encoder=text_encoder,
            vae=vae,
            transformer=transformer,
            scheduler=scheduler,
        )
        self.vae_scale_factor = vae.spatial_factor if vae is not None else 8
        self.video_processor = VideoProcessor(vae_scale_factor=self.vae_scale_factor)
        self._guidance_scale, self._num_timesteps = 1.0, 0
        self._current_timestep: torch.Tensor | None = None
        self._interrupt = False

    @property
    def guidance_scale(self) -> float:
        """w of the current or last call: v = null + w (text - null)."""
        return self._guidance_scale

    @property
    def do_classifier_free_guidance(self) -> bool:
        """Whether the null branch runs as well."""
        return self._guidance_scale > 1.0

    @property
    def num_timesteps(self) -> int:
        """Steps of the current or last call."""
        return self._num_timesteps

    @property
    def current_timestep(self) -> torch.Tensor | None:
        """The timestep that is being worked on; None outside a call."""
        return self._current_timestep

    @property
    def interrupt(self) -> bool:
        """Set `_interrupt` from a callback to leave out the remaining steps."""
        return self._interrupt

    @torch.no_grad()
    def __call__(
        self,
        prompt: str | list[str] | None = None,
        negative_prompt: str | None = None,
        height: int = 480,
        width: int = 854,
        num_frames: int = 51,
        num_inference_steps: int = 30,
        guidance_scale: float = 7.0,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: torch.Tensor | None = None,
        prompt_embeds: torch.Tensor | None = None,
        prompt_attention_mask: torch.Tensor | None = None,
        output_type: str = "pil",
        return_dict: bool = True,
        callback_on_step_end: Callback | PipelineCallback | MultiPipelineCallbacks | None = None,
        callback_on_step_end_tensor_inputs: list[str] | tuple[str, ...] = ("latents",),
        aesthetic_score: float | None = 6.5,
        motion_score: float | None = None,
        camera_motion: str | None = None,
    ) -> OpenSoraPipelineOutput | tuple[Any]:
        """Make a clip for each prompt; the defaults are the paper's setting (480p, 2 s, 30 steps, 7.0).

        `height`, `width` in pixels (sizes.size gives the trained ones; what is no multiple of 8 is cut);
        `num_frames` 1, or 17 and more (sizes.FRAMES gives the trained ones). `latents` (B, C, T', h, w)
        replace the noise; `prompt_embeds` (B, L, width) with `prompt_attention_mask` (B, L) replace the
        prompt. `output_type`: "pil", "np", "pt" or "latent". A callback gets (pipe, step, timestep, tensors)
        and may return other `latents` or `prompt_embeds` (B, L, width). The scores are told to the model as
        words: see text.prepared.

        Raises RequestError for anything that cannot be made, with the reason.
        """
        if isinstance(callback_on_step_end, (PipelineCallback, MultiPipelineCallbacks)):
            callback_on_step_end_tensor_inputs = callback_on_step_end.tensor_inputs
        checks.request(height, width, num_frames, self.vae_scale_factor, output_type)
        checks.texts(prompt, negative_prompt, prompt_embeds, prompt_attention_mask)
        checks.numbers(num_inference_steps, guidance_scale, aesthetic_score, motion_score, camera_motion)
        arguments.callback_tensors(callback_on_step_end_tensor_inputs, self._callback_tensor_inputs)
        self._guidance_scale, self._interrupt = guidance_scale, False
        embeds, mask = self.encode_prompt(
            prompt, prompt_embeds, prompt_attention_mask, aesthetic_score, motion_score, camera_motion
        )
        self.scheduler.set_timesteps(
            num_inference_steps, self._execution_device, height=height, width=width, num_frames=num_frames
        )
        latents = self.prepare_latents(embeds, height, width, num_frames, generator, latents)
        latents = self.denoise(
            latents,
            embeds,
            mask,
            height=height,
            width=width,
            fps=IMAGE_RATE if num_frames == 1 else FRAME_RATE,
            callback=callback_on_step_end,
            callback_tensors=callback_on_step_end_tensor_inputs,
        )
        frames = latents if output_type == "latent" else self._frames(latents, num_frames, output_type)
        self.maybe_free_model_hooks()
        return OpenSoraPipelineOutput(frames=frames) if return_dict else (frames,)

    def encode_prompt(
        self,
        prompt: str | list[str] | None,
        prompt_embeds: torch.Tensor | None = None,
        prompt_attention_mask: torch.Tensor | None = None,
        aesthetic_score: float | None = 6.5,
        motion_score: float | None = None,
        camera_motion: str | None = None,
        *,
        device: torch.device | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Embeddings (B, m, width) and mask (B, m), cut to the longest prompt's m tokens.

        Given embeddings are only cut. A prompt longer than the model reads is cut with a warning; the scores
        are those of text.prepared. Raises RequestError without a text encoder to ask.
        """
        device = device or self._execution_device
        if prompt_embeds is None:
            prompts = [prompt] if isinstance(prompt, str) else prompt
            scores = {"motion_score": motion_score, "camera_motion": camera_motion}
            texts = [prepared(text, aesthetic_score=aesthetic_score, **scores) for text in prompts]
            prompt_embeds, prompt_attention_mask = self._encoded(texts, device)
        if prompt_attention_mask is None:
            prompt_attention_mask = prompt_embeds.new_ones(prompt_embeds.shape[:2])
        config, mask = self.transformer.config, prompt_attention_mask.bool()
        checks.embeddings(prompt_embeds, mask, config.model_max_length, config.caption_channels)
        longest = int(mask.any(dim=0).nonzero().max()) + 1
        embeds = prompt_embeds[:, :longest].to(device, self.transformer.dtype)
        return embeds, mask[:, :longest].to(device)

    def _encoded(self, texts: list[str], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        checks.text_encoder(self.tokenizer, self.text_encoder)
        longest = self.transformer.config.model_max_length
        for text in texts:
            if len(self.tokenizer(text).input_ids) > longest:
                logger.warning(
                    f"The model reads only {longest} tokens; the rest of this prompt is lost: {text}"
                )
        tokens = self.tokenizer(
            texts, max_length=longest, padding="max_length", truncation=True, return_tensors="pt"
        ).to(device)
        embeds = self.text_encoder(tokens.input_ids, attention_mask=tokens.attention_mask)[0]
        return embeds, tokens.attention_mask

    def prepare_latents(
        self,
        embeds: torch.Tensor,
        height: int,
        width: int,
        num_frames: int,
        generator: torch.Generator | list[torch.Generator] | None = None,
        latents: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Noise (B, C, T', h, w) in the dtype and on the device of the embeddings; or `latents`, checked."""
        shape = (
            embeds.shape[0],
            self.transformer.config.in_channels,
            latent_frames(num_frames),
            height // self.vae_scale_factor,
            width // self.vae_scale_factor,
        )
        if latents is None:
            return randn_tensor(shape, generator=generator, device=embeds.device, dtype=embeds.dtype)
        arguments.noise(latents, shape)
        return latents.to(embeds.device)

    @torch.no_grad()
    def denoise(
        self,
        latents: torch.Tensor,
        embeds: torch.Tensor,
        mask: torch.Tensor,
        *,
        height: float,
        width: float,
        fps: float,
        callback: Callback | PipelineCallback | MultiPipelineCallbacks | None = None,
        callback_tensors: list[str] | tuple[str, ...] = ("latents",),
    ) -> torch.Tensor:
        """Walk the scheduler's timesteps, which must be set; float32 latents as the result."""
        text_mask = None if bool(mask.all()) else mask
        if self.do_classifier_free_guidance and text_mask is not None:
            text_mask = torch.cat([text_mask, text_mask])  # the null prompt is cut by the same mask
        self._num_timesteps = len(self.scheduler.timesteps)
        conditions = {"fps": fps, "height": height, "width": width}
        with self.progress_bar(total=self._num_timesteps) as bar:
            for step, t in enumerate(self.scheduler.timesteps):
                if self.interrupt:
                    continue
                self._current_timestep = t
                velocity = self._velocity(latents, t, embeds, text_mask, conditions)
                latents = self.scheduler.step(velocity, t, latents, return_dict=False)[0]
                if callback is not None:
                    tensors = {"latents": latents, "prompt_embeds": embeds}
                    inputs = {name: tensors[name] for name in callback_tensors}
                    changed = callback(self, step, t, inputs) or {}
                    latents = changed.get("latents", latents)
                    embeds = changed.get("prompt_embeds", embeds)
                bar.update()
        self._current_timestep = None
        return latents

    def _velocity(
        self,
        latents: torch.Tensor,
        t: torch.Tensor,
        embeds: torch.Tensor,
        mask: torch.Tensor | None,
        conditions: dict[str, float],
    ) -> torch.Tensor:
        """The guided velocity towards the data, (B, C, T', h, w) in float32."""
        guided = self.do_classifier_free_guidance
        x = torch.cat([latents, latents]) if guided else latents
        predicted = self.transformer(
            hidden_states=x.to(embeds.dtype),
            timestep=t[None].expand(len(x)),  # a view: who watches the calls can tell the step without a sync
            encoder_hidden_states=embeds,
            encoder_attention_mask=mask,
            null_prompts=len(latents) if guided else 0,
            return_dict=False,
            **conditions,
        )[0]
        predicted = predicted[:, : latents.shape[1]].float()  # the rest is a variance that nothing uses
        if not guided:
            return predicted
        text, null = predicted.chunk(2)
        return null + self.guidance_scale * (text - null)

    @torch.no_grad()
    def decode_latents(self, latents: torch.Tensor, num_frames: int | None = None) -> torch.Tensor:
        """A clip (B, 3, F, H, W) in about [-1, 1]; `num_frames` None: as many as the latents hold."""
        return self.vae.decode(latents, num_frames, return_dict=False)[0]

    def _frames(self, latents: torch.Tensor, num_frames: int, output_type: str) -> Any:
        video = self.decode_latents(latents, num_frames)
        return self.video_processor.postprocess_video(video=video, output_type=output_type)
