"""The published config becomes diffusers' own class, or is refused with the reason."""

import math

import pytest
import torch
from diffusers import LatteTransformer3DModel

from teacache.errors import ModelLoadError
from teacache.models.opensora_plan import OpenSoraPlanPipeline
from teacache.models.opensora_plan.denoiser import denoiser_config, denoiser_weights, set_positions_in_time
from tests.tiny.opensora_plan import opensora_plan, transformer


@pytest.fixture
def published(theirs):
    return dict(theirs.config["transformer"])


def test_the_released_size_is_diffusers_latte_of_a_billion_values(published):
    released = published | {
        "num_attention_heads": 16, "attention_head_dim": 72, "num_layers": 28, "cross_attention_dim": 1152,
        "caption_channels": 4096, "video_length": 17, "sample_size": [64, 64],
    }  # fmt: skip
    config = denoiser_config(released)
    assert config["sample_size"] == 64
    with torch.device("meta"):
        model = LatteTransformer3DModel(**config)
    null_prompt = 120 * 4096  # the one weight that is dropped
    assert round((sum(p.numel() for p in model.parameters()) + null_prompt) / 1e6, 1) == 1057.7
    assert len(model.state_dict()) + 1 == 968


def test_only_the_null_prompt_is_dropped():
    weights = {"caption_projection.y_embedding": torch.ones(1), "proj_out.bias": torch.ones(1)}
    assert denoiser_weights(weights).keys() == {"proj_out.bias"}


@pytest.mark.parametrize(
    "change, said",
    [
        ({"use_rope": True}, "use_rope is True"),
        ({"compress_kv_factor": 2}, "compress_kv_factor is 2"),
        ({"patch_size_t": 2}, "patch_size_t is 2"),
        ({"sample_size": [60, 104]}, "pictures of [60, 104] latents"),
        ({"interpolation_scale_1d": 2.5}, "by 2.5 (interpolation_scale_1d)"),
    ],
)
def test_another_network_is_refused_in_one_sentence(published, change, said):
    with pytest.raises(ModelLoadError) as error:
        denoiser_config(published | change)
    message = str(error.value)
    assert said in message and "v1.1.0" in message
    assert message.endswith(".") and ". " not in message.replace("v1.1.0", "")


def test_a_config_of_something_else_is_refused(published):
    del published["video_length"], published["caption_channels"]
    with pytest.raises(ModelLoadError, match="lacks caption_channels, video_length"):
        denoiser_config(published)


@pytest.mark.parametrize("frames, divisor", [(1, 1), (5, 1), (17, 1), (31, 1), (32, 2), (56, 3)])
def test_positions_in_time_are_stretched_as_in_training(frames, divisor):
    model = transformer(frames)
    set_positions_in_time(model)
    for place in range(frames):
        for k in range(8):
            angle = place / divisor / 10000 ** (k / 8)
            assert model.temp_pos_embed[0, place, k] == pytest.approx(math.sin(angle), abs=1e-6)
            assert model.temp_pos_embed[0, place, 8 + k] == pytest.approx(math.cos(angle), abs=1e-6)


def test_short_clips_keep_diffusers_own_table():
    model = transformer(17)
    before = model.temp_pos_embed.clone()
    set_positions_in_time(model)
    assert torch.equal(model.temp_pos_embed, before)


def test_a_saved_pipeline_for_221_frames_has_its_positions_again(tmp_path):
    """The table is in no file: diffusers alone would load the wrong one."""
    pipe = opensora_plan(56)
    table = pipe.transformer.temp_pos_embed
    pipe.save_pretrained(tmp_path)
    alone = LatteTransformer3DModel.from_pretrained(tmp_path / "transformer")
    assert (alone.temp_pos_embed - table).abs().max() > 0.5
    again = OpenSoraPlanPipeline.from_pretrained(tmp_path)
    assert torch.equal(again.transformer.temp_pos_embed, table)
    assert again.num_frames == 221


def test_the_table_keeps_dtype_and_its_place_outside_the_weights():
    model = transformer(56).half()
    set_positions_in_time(model)
    assert model.temp_pos_embed.dtype == torch.float16
    assert "temp_pos_embed" not in model.state_dict()
