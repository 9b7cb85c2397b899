"""How to work each pipeline class: one row each, beside its family's row in models/families.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from teacache.runs.adapters import particular, previews, text
from teacache.runs.adapters.adapter import Adapter
from teacache.runs.adapters.previews import Stills
from teacache.runs.adapters.text import EMBEDS_AND_MASKS, Encoder, with_image
from teacache.runs.request import Checked


def _cogvideox(encode: Callable[[Any, Checked], dict[str, Any]]) -> Adapter:
    return Adapter(encode=encode, preview=Stills(previews.by_factor, previews.frames_first))


def _wan(encode: Callable[[Any, Checked], dict[str, Any]]) -> Adapter:
    return Adapter(encode=encode, preview=Stills(previews.by_statistics), guided_calls=2)


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
        preview=Stills(previews.by_factor, previews.channels_last),
        guided_calls=2,
    ),
    "SanaVideoPipeline": Adapter(
        encode=particular.sana_video,
        preview=Stills(previews.by_statistics),
        frames_argument="frames",
        constants={"negative_prompt": None, "use_resolution_binning": False},
    ),
    "HunyuanVideoPipeline": Adapter(  # the guidance is distilled: an input of its one call
        encode=Encoder(
            returns=("prompt_embeds", "pooled_prompt_embeds", "prompt_attention_mask"),
            guided=False,
            limit=256,
        ),
        preview=Stills(previews.by_factor),
    ),
    "HunyuanVideo15Pipeline": Adapter(
        encode=Encoder(returns=_HUNYUAN_15, guided=False, negative=""),
        preview=Stills(previews.by_factor),
        guidance_arguments=(),
        guided_calls=2,
        around=particular.guider,
        callback=False,
    ),
    "HunyuanImagePipeline": Adapter(
        encode=Encoder(returns=_HUNYUAN_15, guided=False, negative=""),
        preview=previews.Picture(),
        frames_argument=None,
        guidance_arguments=(),
        guided_calls=2,
        around=particular.guider,
    ),
    "LTXPipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS, limit=128),
        preview=Stills(previews.ltx, previews.sequence),
        # as TeaCache's authors decode 0.9.1, whose autoencoder denoises; that of 0.9.0 does not read it
        constants={"decode_timestep": 0.03, "decode_noise_scale": 0.025},
    ),
    "LTX2Pipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS, options={"max_sequence_length": 1024}, limit=1024),
        preview=Stills(previews.ltx, previews.sequence),
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
        preview=Stills(previews.mochi),
    ),
    "CosmosTextToWorldPipeline": Adapter(
        encode=particular.cosmos,
        preview=Stills(previews.cosmos),
        guided_calls=2,
        check=particular.cosmos_packages,
    ),
    "CosmosVideoToWorldPipeline": Adapter(
        encode=with_image(particular.cosmos),
        preview=Stills(previews.cosmos),
        guided_calls=2,
        check=particular.cosmos_packages,
    ),
    "OpenSoraPipeline": Adapter(
        encode=Encoder(returns=("prompt_embeds", "prompt_attention_mask"), guided=False),
        preview=Stills(previews.as_they_are),
        check=particular.opensora_size,
    ),
    "OpenSoraPlanPipeline": Adapter(
        encode=Encoder(),
        preview=Stills(previews.by_factor),
        check=particular.plan_size,
    ),
    "FluxPipeline": Adapter(  # distilled, as HunyuanVideo
        encode=Encoder(
            returns=("prompt_embeds", "pooled_prompt_embeds", ""),
            guided=False,
            limit=512,
            tokenizer="tokenizer_2",
        ),
        preview=previews.Picture(previews.patches),
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
        preview=previews.Picture(previews.patches),
        frames_argument=None,
        guided_calls=2,
    ),
    "StableDiffusion3Pipeline": Adapter(
        encode=Encoder(returns=_SD3, options={"prompt_2": None, "prompt_3": None}, limit=256),
        preview=previews.Picture(),
        frames_argument=None,
    ),
    "CogView4Pipeline": Adapter(
        encode=Encoder(limit=1024), preview=previews.Picture(), frames_argument=None, guided_calls=2
    ),
    "ZImagePipeline": Adapter(
        encode=Encoder(), preview=previews.Picture(), frames_argument=None, unguided=0.0
    ),
    "LuminaPipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS, limit=256),
        preview=previews.Picture(),
        frames_argument=None,
        constants={"clean_caption": False},
    ),
    "Lumina2Pipeline": Adapter(
        encode=Encoder(returns=EMBEDS_AND_MASKS),
        preview=previews.Picture(),
        frames_argument=None,
        guided_calls=2,
    ),
    "HiDreamImagePipeline": Adapter(
        encode=Encoder(returns=_HIDREAM, limit=128, tokenizer="tokenizer_3"),
        preview=previews.Picture(),
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
        preview=Stills(previews.by_statistics, previews.patches),
        frames_argument=None,
        guidance_arguments=("true_cfg_scale",),
        guided_calls=2,
    ),
}
