"""What TeaCache reads from each class, written out by hand from the class's own forward.

Knows nothing of `architectures.py`: the two are compared. A function gets the transformer, its first block,
the arguments of the block and those of the transformer, by name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch


def modulated_six(block, a, timestep, axis=1):
    """Norm, then scale and shift from a table of six rows plus the time embedding."""
    batch = timestep.shape[0]
    table = block.scale_shift_table
    if axis == 2:  # one embedding per token or per batch entry, as (B, T, 6, D)
        rows = table[None, None] + timestep.reshape(batch, timestep.shape[1], 6, -1)
    else:
        rows = table[None] + timestep.reshape(batch, 6, -1)
    shift, scale = rows.select(axis, 0), rows.select(axis, 1)
    if axis == 1:
        shift, scale = shift[:, None], scale[:, None]
    return block.norm1(a["hidden_states"]) * (1 + scale) + shift


def of_wan(model, block, a, given):
    rows = block.scale_shift_table + a["temb"].float()
    return (block.norm1(a["hidden_states"].float()) * (1 + rows[:, 1:2]) + rows[:, :1]).type_as(
        a["hidden_states"]
    )


def in_float32(linear, value):
    return torch.nn.functional.linear(value.float(), linear.weight.float(), linear.bias.float())


def e_of_wan(model, block, a, given):
    """In float32, as the authors assert it."""
    embedder = model.condition_embedder
    inner = torch.nn.functional.silu(
        in_float32(embedder.time_embedder.linear_1, embedder.timesteps_proj(given["timestep"]))
    )
    return in_float32(embedder.time_embedder.linear_2, inner)


def e0_of_wan(model, block, a, given):
    e = e_of_wan(model, block, a, given)
    return in_float32(model.condition_embedder.time_proj, torch.nn.functional.silu(e))


def of_vace(model, block, a, given):
    """Its first block adds the video's tokens to those of the control."""
    control = block.proj_in(a["control_hidden_states"]) + a["hidden_states"]
    return of_wan(model, block, {**a, "hidden_states": control}, given)


def of_flux2(model, block, a, given):
    shift, scale = a["temb_mod_img"].reshape(len(a["temb_mod_img"]), 1, -1).chunk(6, dim=-1)[:2]
    return (1 + scale) * block.norm1(a["hidden_states"]) + shift


def of_z_image(model, block, a, given):
    scale = block.adaLN_modulation(a["adaln_input"])[:, None].chunk(4, dim=-1)[0]
    return block.attention_norm1(a["x"]) * (1 + scale)


def of_kandinsky(model, block, a, given):
    shift, scale = block.visual_modulation(a["time_embed"])[:, None].float().chunk(9, dim=-1)[:2]
    tokens = a["visual_embed"]
    return (block.self_attention_norm(tokens.float()) * (scale + 1) + shift).type_as(tokens)


def of_ltx2(model, block, a, given):
    batch = a["hidden_states"].shape[0]
    shift, scale = block.get_mod_params(block.scale_shift_table, a["temb"], batch)[:2]
    return block.norm1(a["hidden_states"]) * (1 + scale) + shift


def of_cosmos(model, block, a, given, positions=True):
    tokens = a["hidden_states"] + a["extra_pos_emb"] if positions else a["hidden_states"]
    return block.norm1(tokens, a["embedded_timestep"], a["temb"])[0]


def of_hidream(model, block, a, given):
    inner = block.block
    shift, scale = inner.adaLN_modulation(a["temb"])[:, None].chunk(12, dim=-1)[:2]
    return inner.norm1_i(a["hidden_states"]) * (1 + scale) + shift


def of_qwen(model, block, a, given):
    shift, scale = block.img_mod(a["temb"]).chunk(6, dim=-1)[:2]
    return block.img_norm1(a["hidden_states"]) * (1 + scale[:, None]) + shift[:, None]


def of_stdit3(model, block, a, given):
    shift, scale = (block.scale_shift_table + a["temb"])[:, :, :2].chunk(2, dim=2)  # (B, 1, 1, C) each
    tokens = a["hidden_states"]
    return torch.nn.functional.layer_norm(tokens, tokens.shape[-1:], eps=1e-6) * (1 + scale) + shift


def of_norm(model, block, a, given):
    return block.norm1(a["hidden_states"], a["temb"])[0]


def of_zero_norm(model, block, a, given):
    return block.norm1(a["hidden_states"], emb=a["temb"])[0]


def of_joint_norm(model, block, a, given):
    return block.norm1(a["hidden_states"], a["encoder_hidden_states"], a["temb"])[0]


def temb(model, block, a, given):
    return a["temb"]


@dataclass(frozen=True)
class Hand:
    """The facts of one class."""

    indicator: Callable
    exits: dict[str, str] = field(default_factory=lambda: {"norm_out": "hidden_states"})
    variants: dict[str, Callable] = field(default_factory=dict)  # name -> indicator, where it is another one
    variant_exits: dict[str, str] | None = None  # of "authors", where they are others
    # stream -> the module that makes what it becomes at the exit, where the first block gets it otherwise
    entries: dict[str, str] = field(default_factory=dict)


OF_WAN = {"authors": e_of_wan, "authors_retention": e0_of_wan}


BY_HAND = {
    "LatteTransformer3DModel": Hand(lambda m, b, a, g: modulated_six(b, a, a["timestep"])),
    "AllegroTransformer3DModel": Hand(lambda m, b, a, g: modulated_six(b, a, a["temb"])),
    "CogVideoXTransformer3DModel": Hand(
        of_joint_norm, {"norm_final": "hidden_states"}, variants={"authors": temb}
    ),
    "ConsisIDTransformer3DModel": Hand(
        of_joint_norm, {"norm_final": "hidden_states"}, variants={"authors": temb}
    ),
    "WanTransformer3DModel": Hand(of_wan, variants=OF_WAN),
    "WanVACETransformer3DModel": Hand(of_vace, variants=OF_WAN),
    "WanAnimateTransformer3DModel": Hand(of_wan, variants=OF_WAN),
    "ChronoEditTransformer3DModel": Hand(of_wan, variants=OF_WAN),
    "SkyReelsV2Transformer3DModel": Hand(of_wan),
    "HunyuanVideoFramepackTransformer3DModel": Hand(of_zero_norm, entries={"hidden_states": "x_embedder"}),
    "HunyuanImageTransformer2DModel": Hand(of_zero_norm),
    "Kandinsky5Transformer3DModel": Hand(
        of_kandinsky, {"out_layer": "visual_embed"}, entries={"visual_embed": "visual_embeddings"}
    ),
    "Flux2Transformer2DModel": Hand(of_flux2),
    "ChromaTransformer2DModel": Hand(lambda m, b, a, g: b.norm1(a["hidden_states"], emb=a["temb"][:, :6])[0]),
    "SD3Transformer2DModel": Hand(of_zero_norm),
    "CogView4Transformer2DModel": Hand(of_joint_norm),
    "ZImageTransformer2DModel": Hand(of_z_image, {"all_final_layer.2-1": "x"}),
    "LuminaNextDiT2DModel": Hand(of_norm),
    "HunyuanVideoTransformer3DModel": Hand(of_zero_norm),
    "HunyuanVideo15Transformer3DModel": Hand(of_zero_norm),
    "LTXVideoTransformer3DModel": Hand(
        lambda m, b, a, g: modulated_six(b, a, a["temb"], axis=2),
        variant_exits={"proj_out": "hidden_states"},
    ),
    "LTX2VideoTransformer3DModel": Hand(
        of_ltx2, {"norm_out": "hidden_states", "audio_norm_out": "audio_hidden_states"}
    ),
    "MochiTransformer3DModel": Hand(of_norm, variant_exits={"proj_out": "hidden_states"}),
    "CosmosTransformer3DModel": Hand(
        of_cosmos, variants={"authors": lambda *args: of_cosmos(*args, positions=False)}
    ),
    "SanaVideoTransformer3DModel": Hand(lambda m, b, a, g: modulated_six(b, a, a["timestep"], axis=2)),
    "FluxTransformer2DModel": Hand(of_zero_norm),
    "Lumina2Transformer2DModel": Hand(of_norm),
    "HiDreamImageTransformer2DModel": Hand(
        of_hidream,
        {"final_layer": "hidden_states"},
        variants={"authors": lambda m, b, a, g: m.t_embedder(g["timesteps"], g["hidden_states"].dtype)},
    ),
    "QwenImageTransformer2DModel": Hand(of_qwen),
    "STDiT3": Hand(of_stdit3, {"final_layer": "hidden_states"}),
}
