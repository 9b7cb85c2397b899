"""Open-Sora 1.2: guidance in one call of twice the batch, a learned null prompt, a two-stage autoencoder."""

from __future__ import annotations

from teacache.models.opensora import OpenSoraPipeline, OpenSoraVAE, RectifiedFlowScheduler, STDiT3
from tests.tiny import text


def opensora() -> OpenSoraPipeline:
    tokenizer, encoder = text.t5()
    return OpenSoraPipeline(
        tokenizer=tokenizer,
        text_encoder=encoder,
        vae=OpenSoraVAE(
            spatial_vae={"block_out_channels": (8, 8, 8, 8), "norm_num_groups": 4, "layers_per_block": 1},
            temporal_vae={"filters": 8, "num_res_blocks": 1, "num_groups": 4},
        ),
        transformer=STDiT3(
            hidden_size=32, depth=2, num_heads=2, caption_channels=text.WIDTH, model_max_length=32
        ),
        scheduler=RectifiedFlowScheduler(),
    )  # fmt: skip
