"""What pipeline classes call the same things: one row each.

A row says how to turn a request into the pipeline's arguments and what a preview of its latents is; the clip
itself is always decoded by the pipeline. To support another pipeline, add a row; nothing else asks for a
pipeline's class. Knows diffusers pipelines, nothing about caches or timing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from teacache.errors import UnsupportedModelError
from teacache.models.cards_audio import AUDIO_CARDS
from teacache.runs.adapters import particular, previews, text
from teacache.runs.adapters.previews import Preview, stills
from teacache.runs.adapters.text import EMBEDS_AND_MASKS, Encoder, with_image
from teacache.runs.request import Defaults, Request


def _alone(pipe: Any, request: Request) -> AbstractContextManager:
    return nullcontext()


def _any(pipe: Any, request: Request) -> None:
    return None


def _never(pipe: Any) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """How to work one pipeline class."""

    encode: Callable[[Any, Request], dict[str, Any]]  # pipeline, request -> embeddings, masks, image
    preview: Preview | None  # pipeline, latents, request -> (f, H, W, 3) uint8; None: too dear to be made
    frames_argument: str | None = "num_frames"  # None: it makes one picture, or a sound
    seconds_argument: str | None = None  # it makes a sound of so many seconds, and is asked for no size
    guidance_arguments: tuple[str, ...] = ("guidance_scale",)  # each gets the request's guidance
    constants: dict[str, Any] = field(default_factory=dict)  # arguments that never change
    guided_calls: int = 1  # transformer calls per step with guidance: 2 where the branches are separate calls
    distilled: Callable[[Any], bool] = _never  # whether this pipeline's model needs no second call after all
    unguided: float | None = None  # what the class calls no guidance, where it is not 1
    check: Callable[[Any, Request], None] = _any  # limits that depend on the pipeline at hand
    around: Callable[[Any, Request], AbstractContextManager] = _alone  # a state that its runs need
    callback: bool = True  # it takes callback_on_step_end

    def arguments(self, request: Request) -> dict[str, Any]:
        """The keyword arguments of the pipeline's call, all but embeddings, image, noise and callbacks."""
        scale = request.guidance_scale
        if self.unguided is not None and scale <= 1:
            scale = self.unguided
        guidance = dict.fromkeys(self.guidance_arguments, scale)
        return {
            "num_inference_steps": request.steps,
            **self._extent(request),
            **guidance,
            **self.constants,
        }

    def _extent(self, request: Request) -> dict[str, Any]:
        """How large or how long."""
        if self.seconds_argument:
            return {self.seconds_argument: request.seconds}
        frames = {self.frames_argument: request.frames} if self.frames_argument else {}
        return {"height": request.height, "width": request.width, **frames}

    def calls_per_step(self, pipe: Any, request: Request) -> int:
        """Transformer calls in one scheduler step."""
        return self.guided_calls if request.guidance_scale > 1 and not self.distilled(pipe) else 1


@dataclass(frozen=True, kw_only=True)
class PipelineDefaults:
    """What a pipeline that did not come from the catalog says of itself."""

    name: str
    pipeline: str
    kind: str
    steps: int
    frames: int
    height: int
    width: int
    guidance_scale: float
    fps: int = 8
    seconds: float | None = None


def adapter_of(pipe: Any) -> Adapter:
    """The row of a pipeline's class or of its parents. Raises UnsupportedModelError that lists the rows."""
    for kind in type(pipe).__mro__:
        if kind.__name__ in ADAPTERS:
            return ADAPTERS[kind.__name__]
    known = ", ".join(ADAPTERS)
    raise UnsupportedModelError(
        "A {kind} cannot be compared, only {known}: call it inside `with TeaCache(pipe)`.",
        kind=type(pipe).__name__,
        known=known,
    )


def checked(pipe: Any, request: Request) -> Request:
    """The request with the pipeline's defaults filled in, within the limits of both.

    Raises RequestError, one sentence, for what cannot be run; UnsupportedModelError without a row.
    """
    adapter = adapter_of(pipe)
    filled = request.checked(defaults_of(pipe))
    adapter.check(pipe, filled)
    return filled


def defaults_of(pipe: Any) -> Defaults:
    """The catalog card that the loader left on the pipeline, else what its configuration says."""
    card = getattr(pipe, "teacache_card", None)
    if card is not None:
        return card
    name = type(pipe).__name__
    adapter = adapter_of(pipe)
    config = pipe.transformer.config
    scale = getattr(pipe, "vae_scale_factor", None) or getattr(pipe, "vae_scale_factor_spatial", 8)
    side = config.get("sample_size") or 64
    if adapter.seconds_argument:
        return _sound_defaults(pipe)
    return PipelineDefaults(
        name=name,
        pipeline=name,
        kind="image_to_video" if name in IMAGE_TO_VIDEO else "text_to_video",
        steps=50,
        frames=_length(pipe) if adapter.frames_argument else 1,
        height=(config.get("sample_height") or side) * scale,
        width=(config.get("sample_width") or side) * scale,
        guidance_scale=7.5,  # the default of the pipelines themselves
    )


def _sound_defaults(pipe: Any) -> PipelineDefaults:
    """Those of the card of the same class, but no longer than the pipeline can."""
    name = type(pipe).__name__
    known = next(one for one in AUDIO_CARDS if one.pipeline == name)
    return PipelineDefaults(
        name=name,
        pipeline=name,
        kind=known.kind,
        steps=known.steps,
        frames=known.frames,
        height=known.height,
        width=known.width,
        guidance_scale=known.guidance_scale,
        fps=known.fps,
        seconds=min(known.seconds, pipe.longest),
    )


def _length(pipe: Any) -> int:
    """Frames of a clip: a pipeline's own word where it has one, since `video_length` may count latents."""
    known = getattr(pipe, "num_frames", None)
    return known if isinstance(known, int) else pipe.transformer.config.get("video_length", 17)


def _cogvideox(encode: Callable[[Any, Request], dict[str, Any]]) -> Adapter:
    return Adapter(encode=encode, preview=stills(previews.by_factor, previews.frames_first))


def _wan(encode: Callable[[Any, Request], dict[str, Any]]) -> Adapter:
    return Adapter(encode=encode, preview=stills(previews.by_statistics), guided_calls=2)


_COGVIDEOX_TEXT = Encoder(limit=226)
_WAN_TEXT = Encoder(options={"max_sequence_length": 512}, limit=512)
_HUNYUAN_15 = ("prompt_embeds", "prompt_embeds_mask", "prompt_embeds_2", "prompt_embeds_mask_2")
_CHROMA = (
    *("prompt_embeds", "", "prompt_attention_mask"),
    *("negative_prompt_embeds", "", "negative_prompt_attention_mask"),
)
_KANDINSKY = ("prompt_embeds_qwen", "prompt_embeds_clip", "prompt_cu_seqlens")
_SD3 = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
_HIDREAM = (
    "prompt_embeds_t5",
    "negative_prompt_embeds_t5",
    "prompt_embeds_llama3",
    "negative_prompt_embeds_llama3",
    "pooled_prompt_embeds",
    "negative_pooled_prompt_embeds",
)
IMAGE_TO_VIDEO = (
    "CogVideoXImageToVideoPipeline",
    "ConsisIDPipeline",
    "WanImageToVideoPipeline",
    "CosmosVideoToWorldPipeline",
    "ChronoEditPipeline",
)

ADAPTERS: dict[str, Adapter] = {
    "LattePipeline": Adapter(
        encode=text.latte,
        preview=previews.latte,
        frames_argument="video_length",
        constants={"negative_prompt": None, "clean_caption": False, "mask_feature": True},
    ),
    "AllegroPipeline": Adapter(
        encode=Encoder(
            returns=EMBEDS_AND_MASKS,
            options={"negative_prompt": "", "clean_caption": False, "max_sequence_length": 512},
            limit=512,
        ),
        preview=None,  # its autoencoder decodes nothing smaller than 24 frames
        constants={"negative_prompt": None, "clean_caption": False},
        check=particular.allegro_size,
        around=particular.allegro_tiles,
    ),
    "CogVideoXPipeline": _cogvideox(_COGVIDEOX_TEXT),
    "CogVideoXImageToVideoPipeline": _cogvideox(with_image(_COGVIDEOX_TEXT)),
    "ConsisIDPipeline": _cogvideox(particular.consisid),
    "WanPipeline": _wan(_WAN_TEXT),
    "WanImageToVideoPipeline": _wan(with_image(_WAN_TEXT)),
    "WanVACEPipeline": _wan(_WAN_TEXT),
    "SkyReelsV2Pipeline": _wan(_WAN_TEXT),
    "SkyReelsV2DiffusionForcingPipeline": replace(
        _wan(_WAN_TEXT), constants={"prompt": None}, check=particular.one_window
    ),
    "ChronoEditPipeline": _wan(with_image(_WAN_TEXT)),
    "Kandinsky5T2VPipeline": Adapter(
        encode=Encoder(returns=_KANDINSKY, guided=False, negative=particular.KANDINSKY_NEGATIVE, limit=512),
        preview=stills(previews.by_factor, previews.channels_last),
        guided_calls=2,
    ),
    "SanaVideoPipeline": Adapter(
        encode=particular.sana_video,
        preview=stills(previews.by_statistics),
        frames_argument="frames",
        constants={"negative_prompt": None, "use_resolution_binning": False},
    ),
    "HunyuanVideoPipeline": Adapter(  # the guidance is distilled: an input of its one call
        encode=Encoder(
            returns=("prompt_embeds", "pooled_prompt_embeds", "prompt_attention_mask"),
            guided=False,
            limit=256,
        ),
        preview=stills(previews.by_factor),
    ),
    "HunyuanVideo15Pipeline": Adapter(
        encode=Encoder(returns=_HUNYUAN_15, guided=False, negative=""),
        preview=stills(previews.by_factor),
        guidance_arguments=(),
        guided_calls=2,
        around=particular.guider,
        callback=False,
    ),
    "HunyuanImagePipeline": Adapter(
        encode=Encoder(returns=_HUNYUAN_15, guided=False, negative=""),
        preview=previews.picture(),
        frames_argument=None,
        guidance_arguments=(),
        guided_calls=2,
        around=particular.guider,
    ),
    "LTXPipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS, limit=128),
        preview=stills(previews.ltx, previews.sequence),
        # as TeaCache's authors decode 0.9.1, whose autoencoder denoises; that of 0.9.0 does not read it
        constants={"decode_timestep": 0.03, "decode_noise_scale": 0.025},
    ),
    "LTX2Pipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS, options={"max_sequence_length": 1024}, limit=1024),
        preview=stills(previews.ltx, previews.sequence),
        guidance_arguments=("guidance_scale", "audio_guidance_scale"),
        # plain guidance in one call; the two other kinds would be calls of their own
        constants={
            "stg_scale": 0.0,
            "modality_scale": 1.0,
            "audio_stg_scale": 0.0,
            "audio_modality_scale": 1.0,
        },
    ),
    "MochiPipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS, limit=256),
        preview=stills(previews.mochi),
    ),
    "CosmosTextToWorldPipeline": Adapter(
        encode=particular.cosmos,
        preview=stills(previews.cosmos),
        guided_calls=2,
        check=particular.cosmos_packages,
    ),
    "CosmosVideoToWorldPipeline": Adapter(
        encode=with_image(particular.cosmos),
        preview=stills(previews.cosmos),
        guided_calls=2,
        check=particular.cosmos_packages,
    ),
    "OpenSoraPipeline": Adapter(
        encode=Encoder(returns=("prompt_embeds", "prompt_attention_mask"), guided=False),
        preview=stills(previews.as_they_are),
        check=particular.opensora_size,
    ),
    "OpenSoraPlanPipeline": Adapter(
        encode=Encoder(),
        preview=stills(previews.by_factor),
        check=particular.plan_size,
    ),
    "FluxPipeline": Adapter(  # distilled, as HunyuanVideo
        encode=Encoder(
            returns=("prompt_embeds", "pooled_prompt_embeds", ""),
            guided=False,
            limit=512,
            tokenizer="tokenizer_2",
        ),
        preview=previews.picture(previews.patches),
        frames_argument=None,
    ),
    "Flux2KleinPipeline": Adapter(
        encode=Encoder(returns=("prompt_embeds", ""), guided=False, negative=""),
        preview=None,  # its latents come as tokens whose places only the call knows
        frames_argument=None,
        guided_calls=2,
        distilled=lambda pipe: bool(pipe.config.is_distilled),
    ),
    "ChromaPipeline": Adapter(
        encode=Encoder(returns=_CHROMA, options={"negative_prompt": ""}, limit=512),
        preview=previews.picture(previews.patches),
        frames_argument=None,
        guided_calls=2,
    ),
    "StableDiffusion3Pipeline": Adapter(
        encode=Encoder(returns=_SD3, options={"prompt_2": None, "prompt_3": None}, limit=256),
        preview=previews.picture(),
        frames_argument=None,
    ),
    "CogView4Pipeline": Adapter(
        encode=Encoder(limit=1024), preview=previews.picture(), frames_argument=None, guided_calls=2
    ),
    "ZImagePipeline": Adapter(
        encode=Encoder(), preview=previews.picture(), frames_argument=None, unguided=0.0
    ),
    "LuminaPipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS, limit=256),
        preview=previews.picture(),
        frames_argument=None,
        constants={"clean_caption": False},
    ),
    "Lumina2Pipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS),
        preview=previews.picture(),
        frames_argument=None,
        guided_calls=2,
    ),
    "HiDreamImagePipeline": Adapter(
        encode=Encoder(returns=_HIDREAM, limit=128, tokenizer="tokenizer_3"),
        preview=previews.picture(),
        frames_argument=None,
        check=particular.hidream_size,
    ),
    "TangoFluxPipeline": Adapter(
        encode=Encoder(returns=text.EMBEDS_AND_POOLED, limit=512),
        preview=previews.sound,
        frames_argument=None,
        seconds_argument="duration",
        check=particular.tangoflux_length,
    ),
    "QwenImagePipeline": Adapter(
        encode=particular.qwen_image,
        preview=stills(previews.by_statistics, previews.patches),
        frames_argument=None,
        guidance_arguments=("true_cfg_scale",),
        guided_calls=2,
    ),
}
