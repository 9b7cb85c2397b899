"""The timestep embedding of each class, written out by hand from the class's own forward.

Cosines and sines of the timestep, then the two layers that the class has for them: before anything is made of
it that shifts and scales, and before text or guidance is added. Knows nothing of `architectures.py`: the two
are compared. A function gets the transformer and the arguments of its call, by name.
"""

import torch
from torch.nn.functional import silu


def waves(timestep, channels=256, scale=1.0):
    """The cosines and sines of a timestep: periods from 2 pi to 10,000 times as long."""
    rates = 10_000.0 ** -(torch.arange(channels // 2) / (channels // 2))
    angles = scale * timestep.flatten()[:, None].float() * rates
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def two_layers(find, *, scale=1.0, argument="timestep"):
    """`find`: where the class keeps what diffusers calls TimestepEmbedding."""

    def compute(model, given):
        layers = find(model)
        made = waves(given[argument], layers.linear_1.in_features, scale)
        return layers.linear_2(silu(layers.linear_1(made.to(layers.linear_1.weight.dtype))))

    return compute


def of_cosmos(model, given):
    """Its blocks get the waves themselves, through an RMS norm."""
    made = waves(given["timestep"], model.time_embed.time_proj.num_channels)
    return made * (made.square().mean(-1, keepdim=True) + 1e-6).rsqrt() * model.time_embed.norm.weight


def of_stdit3(model, given):
    first, between, last = model.t_embedder.mlp
    return last(between(first(waves(given["timestep"]))))


def of_kandinsky(model, given):
    layers = model.time_embeddings
    made = waves(given["timestep"], layers.in_layer.in_features)
    return layers.out_layer(silu(layers.in_layer(made)))


def of_chroma(model, given):
    """One network makes of the waves, and of the number of each part, all that shifts and scales."""
    return model.distilled_guidance_layer(model.time_text_embed(1000 * given["timestep"]))


def of_z_image(model, given):
    first, between, last = model.t_embedder.mlp
    return last(between(first(waves(model.t_scale * given["t"]))))


of_adaln_single = two_layers(lambda m: m.adaln_single.emb.timestep_embedder)
of_time_embed_single = two_layers(lambda m: m.time_embed.emb.timestep_embedder)
of_time_embed = two_layers(lambda m: m.time_embed.timestep_embedder)
of_time_embedding = two_layers(lambda m: m.time_embedding)
of_condition_embedder = two_layers(lambda m: m.condition_embedder.time_embedder)

EMBEDDINGS = {
    "LatteTransformer3DModel": of_adaln_single,
    "AllegroTransformer3DModel": of_adaln_single,
    "CogVideoXTransformer3DModel": of_time_embedding,
    "ConsisIDTransformer3DModel": of_time_embedding,
    "WanTransformer3DModel": of_condition_embedder,
    "HunyuanVideoTransformer3DModel": two_layers(lambda m: m.time_text_embed.timestep_embedder),
    "HunyuanVideo15Transformer3DModel": of_time_embed,
    "LTXVideoTransformer3DModel": of_time_embed_single,
    "LTX2VideoTransformer3DModel": of_time_embed_single,
    "MochiTransformer3DModel": of_time_embed,
    "CosmosTransformer3DModel": of_cosmos,
    "SanaVideoTransformer3DModel": of_time_embed_single,
    "FluxTransformer2DModel": two_layers(lambda m: m.time_text_embed.timestep_embedder, scale=1000),
    "Lumina2Transformer2DModel": two_layers(lambda m: m.time_caption_embed.timestep_embedder),
    "HiDreamImageTransformer2DModel": two_layers(
        lambda m: m.t_embedder.timestep_embedder, argument="timesteps"
    ),
    "QwenImageTransformer2DModel": two_layers(lambda m: m.time_text_embed.timestep_embedder, scale=1000),
    "WanVACETransformer3DModel": of_condition_embedder,
    "WanAnimateTransformer3DModel": of_condition_embedder,
    "ChronoEditTransformer3DModel": of_condition_embedder,
    "SkyReelsV2Transformer3DModel": of_condition_embedder,
    "HunyuanVideoFramepackTransformer3DModel": two_layers(lambda m: m.time_text_embed.timestep_embedder),
    "HunyuanImageTransformer2DModel": two_layers(lambda m: m.time_guidance_embed.timestep_embedder),
    "Kandinsky5Transformer3DModel": of_kandinsky,
    "Flux2Transformer2DModel": two_layers(lambda m: m.time_guidance_embed.timestep_embedder, scale=1000),
    "ChromaTransformer2DModel": of_chroma,
    "SD3Transformer2DModel": two_layers(lambda m: m.time_text_embed.timestep_embedder),
    "CogView4Transformer2DModel": two_layers(lambda m: m.time_condition_embed.timestep_embedder),
    "ZImageTransformer2DModel": of_z_image,
    "LuminaNextDiT2DModel": two_layers(lambda m: m.time_caption_embed.timestep_embedder),
    "STDiT3": of_stdit3,
}
