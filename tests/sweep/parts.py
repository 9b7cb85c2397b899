"""What single pipeline classes have other than the pipelines of tests/tiny that they take after.

A new class needs nothing here as long as its parts are those of its relative, or of a class in COMPONENTS.
"""

from __future__ import annotations

from typing import Any

from diffusers import AnimaTextConditioner, FlowMatchEulerDiscreteScheduler

from teacache.models.shapes.text import TOKENIZER_SIZE
from tests.sweep.components import (
    COMPONENTS,
    Maker,
    Others,
    qwen_controlnet,
    sd3_controlnet,
    sizes,
    z_controlnet,
)
from tests.tiny import images, text, wan

# Pipeline class -> what its transformer has other than the family's tiny one.
_CONTROL = {"in_channels": 32, "out_channels": 16}
_FILL = {"in_channels": 16 + 16 + 256, "out_channels": 16}
_KEYFRAMES = {"use_keyframes_abs_pos_embedding": True}
CHANGES: dict[str, dict[str, Any]] = {
    "CogView4ControlPipeline": {"in_channels": 8},
    "CogVideoXFunControlPipeline": {"in_channels": 8},
    "Cosmos2VideoToWorldPipeline": {"in_channels": 5},
    "Cosmos2_5_PredictBasePipeline": {"in_channels": 5, "text_embed_dim": 2 * text.WIDTH},
    "Cosmos2_5_TransferPipeline": {
        "in_channels": 5, "text_embed_dim": 2 * text.WIDTH, "controlnet_block_every_n": 1
    },
    "CosmosVideoToWorldPipeline": {"in_channels": 5},
    "FluxControlPipeline": _CONTROL,
    "FluxControlImg2ImgPipeline": _CONTROL,
    "FluxControlInpaintPipeline": _CONTROL,
    "FluxFillPipeline": _FILL,
    "HunyuanSkyreelsImageToVideoPipeline": {"in_channels": 8},
    "HunyuanVideoImageToVideoPipeline": {"in_channels": 9, "image_condition_type": "latent_concat"},
    "HunyuanImageRefinerPipeline": {
        "in_channels": 16, "out_channels": 8, "guidance_embeds": True, "patch_size": (1, 1, 1),
        "rope_axes_dim": (4, 2, 2),
    },
    "Kandinsky5I2IPipeline": {"visual_cond": True},
    "Kandinsky5I2VPipeline": {"visual_cond": True},
    "LTX2DFRPipeline": _KEYFRAMES,
    "LTX2DFRTemporalRefinePipeline": _KEYFRAMES,
    "LucyEditPipeline": {"in_channels": 2 * wan.CHANNELS},
    "QwenImageLayeredModularPipeline": {"use_additional_t_cond": True, "use_layer3d_rope": True},
    "QwenImageLayeredPipeline": {"use_additional_t_cond": True, "use_layer3d_rope": True},
    "SkyReelsV2ImageToVideoPipeline": {"in_channels": 2 * wan.CHANNELS + 4, "image_dim": 8},
    "StableDiffusion3InpaintPipeline": {"in_channels": 16, "out_channels": 16},
    "VisualClozeGenerationPipeline": _FILL,
    "VisualClozePipeline": _FILL,
    "Wan22Image2VideoModularPipeline": {"in_channels": 2 * wan.CHANNELS + 4},
    "WanImage2VideoModularPipeline": {"in_channels": 2 * wan.CHANNELS + 4, "image_dim": 8},
}  # fmt: skip


def _sixteen_channels(others: Others) -> Any:
    """The autoencoder as Stable Diffusion 3's inpainting insists on it."""
    model = others["vae"]
    return type(model)(**sizes(model) | {"latent_channels": 16})


_QWEN = {"text_encoder": lambda _: text.qwen_vision()[1], "tokenizer": lambda _: text.qwen_vision()[0]}
_WORDLESS = {"text_encoder": lambda _: None, "tokenizer": lambda _: None}
_KARRAS = {"scheduler": lambda _: FlowMatchEulerDiscreteScheduler(use_karras_sigmas=True)}
_STATIC = {"scheduler": COMPONENTS["FlowMatchEulerDiscreteScheduler"]}
_CLOZE = {"resolution": lambda _: 32}

# Pipeline class -> component -> what builds it, where the class of the component is not enough to know.
PARTS: dict[str, dict[str, Maker]] = {
    "AnimaModularPipeline": {
        "t5_tokenizer": lambda _: text.t5()[0],
        "text_encoder": lambda _: text.qwen_text()[1],
        "tokenizer": lambda _: text.qwen_text()[0],
        "text_conditioner": lambda _: AnimaTextConditioner(
            source_dim=text.WIDTH, target_dim=text.WIDTH, model_dim=text.WIDTH, num_layers=1,
            num_attention_heads=2, target_vocab_size=TOKENIZER_SIZE, min_sequence_length=16,
        ),
        "vae": lambda _: images.qwen_image().vae,
    },
    "Cosmos2TextToImagePipeline": _KARRAS,
    "Cosmos2VideoToWorldPipeline": _KARRAS,
    "Cosmos2_5_PredictBasePipeline": _QWEN,
    "Cosmos2_5_TransferPipeline": _QWEN,
    "LTX2DFRPipeline": _STATIC,
    "LTXConditionPipeline": _STATIC,
    "LTXI2VLongMultiPromptPipeline": {"scheduler": COMPONENTS["LTXEulerAncestralRFScheduler"]},
    "QwenImageControlNetInpaintPipeline": {
        "controlnet": qwen_controlnet(extra_condition_channels=4)
    },
    "StableDiffusion3ControlNetInpaintingPipeline": {
        "controlnet": sd3_controlnet(extra_conditioning_channels=1)
    },
    "Kandinsky5I2IPipeline": {"vae": lambda _: images.autoencoder(levels=4)},
    "Kandinsky5T2IPipeline": {"vae": lambda _: images.autoencoder(levels=4)},
    "Flux2Pipeline": _WORDLESS,
    "SkyReelsV2ImageToVideoPipeline": {
        "image_encoder": COMPONENTS["CLIPVisionModel"],
        "image_processor": COMPONENTS["CLIPImageProcessorPil"],
    },
    "StableDiffusion3InpaintPipeline": {"vae": _sixteen_channels},
    "ZImageControlNetInpaintPipeline": {"controlnet": z_controlnet(with_mask=True)},
    "VisualClozeGenerationPipeline": _CLOZE,
    "VisualClozePipeline": _CLOZE,
}  # fmt: skip

# Modular pipeline -> the one whose parts it gets, where it names several transformers.
RELATIVES = {"Wan22VaceModularPipeline": "WanVACEPipeline"}

# Components that a call without their special feature does not need: prompts written anew, lengths guessed.
NOT_NEEDED = {"prompt_enhancer", "processor", "duration_head"}
