"""In which ways a pipeline of some class can be called: with guidance and without, from the middle of the
schedule, with guidance in some of the steps, with a second weaker model inside.

Read from the names of its arguments and components.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from diffusers import ClassifierFreeGuidance, SkipLayerGuidance
from diffusers.guiders import BaseGuidance
from diffusers.guiders.ltx2_guidance import LTX2Guidance
from diffusers.hooks import LayerSkipConfig
from diffusers.pipelines.ltx2.dfr_layout import epilogue_tiles, resolve_canvas

from teacache.method.architectures import architecture_of
from tests.sweep import calls

Mode = Callable[[Any], Mapping[str, Any]]  # sets the pipeline's guiders, returns more arguments

SCALE = 4.0

# An argument, the mode that a class has which takes it, and what is given then. Later lines win.
_BY_ARGUMENT = (
    ("strength", "strength", {"strength": 0.5}),
    ("denoise_strength", "strength", {"denoise_strength": 0.5}),
    ("upsampling_strength", "strength", {"upsampling_strength": 0.5}),
    ("cfg_trunc_ratio", "interval", {"cfg_trunc_ratio": 0.5}),
    ("cfg_truncation", "interval", {"cfg_truncation": 0.5}),
    ("pag_scale", "skip-layer", {"pag_scale": 3.0}),
    (
        "skip_guidance_layers",
        "skip-layer",
        {
            "skip_guidance_layers": [1],
            "skip_layer_guidance_start": 0.3,
            "skip_layer_guidance_stop": 0.7,
        },
    ),
)


def modes(pipe: Any) -> dict[str, Mode]:
    """The ways in which this pipeline can be called, by name."""
    takes, flows = calls.accepted(pipe), calls.workflows(pipe)
    found: dict[str, Mode] = {"guided": _guided(SCALE)}
    if _guiders(pipe) or "negative_prompt" in takes:
        found["unguided"] = _guided(1.0)
    for name, mode, given in _BY_ARGUMENT:
        if name in takes and not (flows and mode == "strength"):  # then it belongs to the workflows
            found[mode] = _with(given)
    if _guiders(pipe):
        found |= {"interval": _interval, "skip-layer": _skip_layer}
    if "stg_scale" in takes or any(isinstance(guider, LTX2Guidance) for guider in _guiders(pipe).values()):
        found["skip-layer"] = _perturbed
    part = {"strength": 0.5} if "strength" in takes else {}
    found |= {flow: _with(given | part) for flow, given in flows.items()}
    return found | _OF_CLASS.get(type(pipe).__name__, {})


def _guiders(pipe: Any) -> dict[str, BaseGuidance]:
    return {name: part for name, part in pipe.components.items() if isinstance(part, BaseGuidance)}


def _guided(scale: float) -> Mode:
    def mode(pipe: Any) -> dict[str, Any]:
        takes = calls.accepted(pipe)
        _set_guiders(pipe, lambda guider: _plain_guider(guider, scale))
        scales = (
            ("true_cfg_scale",) if "true_cfg_scale" in takes else ("guidance_scale", "audio_guidance_scale")
        )
        given = {name: scale for name in scales if name in takes}
        if "negative_prompt" in takes and scale > 1:
            given["negative_prompt"] = "bad"
        return given | {name: value for name, value in _PLAIN.items() if name in takes}

    return mode


def _plain_guider(guider: BaseGuidance, scale: float) -> BaseGuidance:
    """Guidance by the negative prompt alone. One that stops at once has the prompt ready, but no use for it:
    without the prompt some modular pipelines break.
    """
    kind = LTX2Guidance if isinstance(guider, LTX2Guidance) else ClassifierFreeGuidance
    return kind(guidance_scale=SCALE, stop=1.0 if scale > 1 else 0.0)


# LTX-2 without the extra calls of its other kinds of guidance.
_PLAIN = {"stg_scale": 0.0, "modality_scale": 1.0, "audio_stg_scale": 0.0, "audio_modality_scale": 1.0}
_PERTURBED = {
    "stg_scale": 1.0, "modality_scale": 3.0, "audio_stg_scale": 1.0, "audio_modality_scale": 3.0,
    "spatio_temporal_guidance_blocks": [1],
}  # fmt: skip


def _with(given: Mapping[str, Any]) -> Mode:
    return lambda pipe: {**_guided(SCALE)(pipe), **given}


def _interval(pipe: Any) -> dict[str, Any]:
    given = _guided(SCALE)(pipe)
    _set_guiders(pipe, lambda guider: guider.new(start=0.3, stop=0.7))
    return given


def _skip_layer(pipe: Any) -> dict[str, Any]:
    given = _guided(SCALE)(pipe)
    _set_guiders(
        pipe,
        lambda guider: SkipLayerGuidance(
            guidance_scale=SCALE, skip_layer_config=_second_block(pipe),
            skip_layer_guidance_start=0.3, skip_layer_guidance_stop=0.7,
        ),
    )  # fmt: skip
    return given


def _second_block(pipe: Any) -> LayerSkipConfig:
    """The first block is the one that is asked for the indicator; skipping it is another test's matter."""
    lists = architecture_of(pipe.transformer).blocks
    blocks = [(name, i) for name in lists for i in range(len(pipe.transformer.get_submodule(name)))]
    name, index = blocks[1]
    return LayerSkipConfig(indices=[index], fqn=name)


def _perturbed(pipe: Any) -> dict[str, Any]:
    takes = calls.accepted(pipe)
    given = _guided(SCALE)(pipe)
    _set_guiders(
        pipe,
        lambda guider: LTX2Guidance(
            guidance_scale=SCALE, stg_scale=1.0, modality_scale=3.0, spatio_temporal_guidance_blocks=[1]
        ),
    )
    return given | {name: value for name, value in _PERTURBED.items() if name in takes}


def _set_guiders(pipe: Any, make: Callable[[BaseGuidance], BaseGuidance]) -> None:
    for name, guider in _guiders(pipe).items():
        if hasattr(pipe, "update_components"):
            pipe.update_components(**{name: make(guider)})
        else:
            setattr(pipe, name, make(guider))


def _per_token(pipe: Any) -> dict[str, Any]:
    """As Wan 2.2 5B, where every token has a time of its own."""
    pipe.register_to_config(expand_timesteps=True)
    return _guided(SCALE)(pipe)


def _two_kinds_stop_apart(pipe: Any) -> dict[str, Any]:
    """The second call of a step is the uncond one at first, later that with a layer skipped."""
    given = _skip_layer(pipe)
    _set_guiders(pipe, lambda guider: guider.new(stop=0.5))
    return given


def _tiled(pipe: Any) -> dict[str, Any]:
    """Four tiles that overlap, one after the other in every step."""
    ratio, side = pipe.vae_temporal_compression_ratio, calls.SIDE // pipe.vae_spatial_compression_ratio
    canvas, *_ = resolve_canvas(calls.frames(pipe), ratio)
    tiles = epilogue_tiles(((canvas - 1) // ratio + 1, side, side), 1, [])
    return {**_guided(SCALE)(pipe), "video_tiles": tiles}


_FORCING = {
    "long": _with({"num_frames": 9, "base_num_frames": 5, "overlap_history": 1}),
    "asynchronous": _with({"ar_step": 1, "causal_block_size": 1}),
}

# Pipeline class -> modes that only it has.
_OF_CLASS: dict[str, dict[str, Mode]] = {
    "LTX2DFRPipeline": {"tiles": _tiled},
    "LTXI2VLongMultiPromptPipeline": {"first-steps-left-out": _with({"skip_steps_sigma_threshold": 0.8})},
    "SkyReelsV2DiffusionForcingImageToVideoPipeline": _FORCING,
    "SkyReelsV2DiffusionForcingPipeline": _FORCING,
    "SkyReelsV2DiffusionForcingVideoToVideoPipeline": _FORCING,
    "WanModularPipeline": {"two-kinds-stop-apart": _two_kinds_stop_apart},
    "WanPipeline": {"per-token": _per_token},
}
