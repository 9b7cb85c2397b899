"""Depths and widths of the catalog's models: each size is built without weights, its parameters counted."""

from __future__ import annotations

from typing import Any

import diffusers
import pytest
import torch

from teacache.method.architectures import ARCHITECTURES
from teacache.models.catalog import CARDS
from teacache.models.opensora.stdit3 import STDiT3
from tests.representative import one_of_each
from ui.mechanism.depths import DEPTHS

NEAR = 0.01  # the cards give billions with three digits behind the point
# What else the parameters of a class depend on: its configs on the hub, where they differ from its defaults.
_LATTE = {
    "in_channels": 4, "out_channels": 8, "patch_size": 2, "cross_attention_dim": 1152,
    "caption_channels": 4096,
    "attention_bias": True, "activation_fn": "gelu-approximate", "norm_type": "ada_norm_single",
    "num_embeds_ada_norm": 1000, "norm_elementwise_affine": False, "sample_size": 64,
}  # fmt: skip
_HEADS = {
    "CogVideoXTransformer3DModel": 64,
    "ConsisIDTransformer3DModel": 64,
    "LTXVideoTransformer3DModel": 64,
    "LatteTransformer3DModel": 72,
}
_WAN_PICTURE = {"in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120}
MORE: dict[str, dict[str, Any]] = {
    "latte": _LATTE,
    "opensora-plan-65": _LATTE,
    "opensora-plan-221": _LATTE,
    "cogvideox-5b-i2v": {"in_channels": 32},
    "cogvideox-1.5-5b": {"patch_size_t": 2, "patch_bias": False},
    "cogvideox-1.5-5b-i2v": {"in_channels": 32, "patch_size_t": 2, "patch_bias": False, "ofs_embed_dim": 512},
    "consisid": {"in_channels": 32, "is_train_face": True, "is_kps": False},
    "wan-1.3b": {"ffn_dim": 8960},
    "wan-i2v-480p": _WAN_PICTURE,
    "wan-i2v-720p": _WAN_PICTURE,
    "cosmos-video2world": {"in_channels": 17},
    "cosmos": {},
    "flux-dev": {"guidance_embeds": True},
    "lumina2": {"cap_feat_dim": 2304},
    "hidream": {"patch_size": 2, "in_channels": 16, "caption_channels": [4096, 4096],
                "llama_layers": [*range(32), *[31] * 16], "text_emb_dim": 2048},
    "tangoflux": {"in_channels": 64, "joint_attention_dim": 1024, "pooled_projection_dim": 1024},
}  # fmt: skip


def _built(name: str) -> torch.nn.Module:
    """The transformer of a card's size on the device that holds no numbers."""
    depth, kind = DEPTHS[name], CARDS[name].transformer
    if kind == "STDiT3":
        sizes: dict[str, Any] = {"depth": depth.blocks[0], "hidden_size": depth.width}
    elif kind.startswith("Lumina"):
        sizes = {"num_layers": depth.blocks[0], "hidden_size": depth.width}
    else:
        head = _HEADS.get(kind, 128)
        sizes = {"num_attention_heads": depth.width // head, "attention_head_dim": head}
        sizes["num_layers"] = depth.blocks[0]
        if len(depth.blocks) > 1 and kind != "LatteTransformer3DModel":
            sizes["num_single_layers"] = depth.blocks[1]
    with torch.device("meta"):
        made = STDiT3 if kind == "STDiT3" else getattr(diffusers, kind)
        return made(**sizes, **MORE.get(name, {}))


@pytest.mark.parametrize("name", one_of_each(DEPTHS, lambda name: {"the kind"}))
def test_a_transformer_of_this_size_has_as_many_parameters_as_the_card(name):
    model = _built(name)
    found = sum(one.numel() for one in model.parameters()) / 1e9
    assert found == pytest.approx(CARDS[name].parameters["transformer"], rel=NEAR)
    lists = ARCHITECTURES[CARDS[name].transformer].blocks
    assert tuple(len(getattr(model, each)) for each in lists) == DEPTHS[name].blocks


# At the sizes that diffusers' conversion script names, its class has 6 % fewer parameters than its card says.
NOT_CERTAIN = {"lumina-next"}


def test_every_other_model_that_does_not_lie_here_is_in_the_table():
    assert set(DEPTHS) == {name for name, card in CARDS.items() if not card.source} - NOT_CERTAIN
