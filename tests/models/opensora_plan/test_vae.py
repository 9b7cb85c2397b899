"""CausalVAE: sizes, tiles and windows, and what configurations it refuses."""

import pytest
import torch
import torch.nn.functional as F

from teacache.errors import ModelLoadError
from teacache.models.opensora_plan import CausalVAE
from teacache.models.opensora_plan.tiling import Tiling, in_tiles, in_windows


def test_the_released_size_is_the_published_one():
    with torch.device("meta"):
        vae = CausalVAE()
    assert round(sum(p.numel() for p in vae.parameters()) / 1e6, 1) == 246.9
    assert len(vae.state_dict()) == 260
    assert (vae.spatial_factor, vae.temporal_factor) == (8, 4)
    assert (vae.latent_frames(65), vae.latent_frames(221)) == (17, 56)
    assert (vae.frames(17), vae.frames(56)) == (65, 221)


@pytest.mark.parametrize(
    "field, other",
    [
        ("encoder_attention", "AttnBlock3D"),
        ("decoder_attention", "AttnBlock3D"),
        ("encoder_conv_in", "CausalConv3d"),
        ("encoder_resnet_blocks", ("ResnetBlock2D", "ResnetBlock3D", "ResnetBlock3D", "Other")),
        ("encoder_temporal_downsample", ("", "", "TimeDownsample2x", "")),
        ("decoder_temporal_upsample", ("", "", "TimeUpsample2x", "")),
    ],
)
def test_other_parts_are_refused_by_name(field, other):
    strange = other if isinstance(other, str) else other[-1] or other[2]
    with pytest.raises(ModelLoadError, match=f"{field} '{strange}', but only '.*' of v1.1.0 can be read"):
        CausalVAE(hidden_size=32, **{field: other})


def test_damaged_configs_are_refused():
    with pytest.raises(ModelLoadError, match="4 levels but 3 decoder_resnet_blocks"):
        CausalVAE(hidden_size=32, decoder_resnet_blocks=("ResnetBlock3D",) * 3)
    with pytest.raises(ModelLoadError, match="attention inside its levels"):
        CausalVAE(hidden_size=32, attn_resolutions=(16,))


@torch.no_grad()
def test_convolutions_see_the_past_and_never_the_future(pipe):
    z = torch.randn(1, 4, 3, 2, 2, generator=torch.Generator().manual_seed(0))
    changed = torch.cat([z[:, :, :2], z[:, :, 2:] + 1], dim=2)
    before, after = pipe.vae.decoder.conv_in(z), pipe.vae.decoder.conv_in(changed)
    assert torch.equal(before[:, :, :2], after[:, :, :2])
    assert not torch.equal(before[:, :, 2], after[:, :, 2])


@torch.no_grad()
def test_encoding_and_decoding_keep_the_shape(pipe):
    clip = torch.randn(1, 3, 5, 16, 24, generator=torch.Generator().manual_seed(0)).clamp(-1, 1)
    assert pipe.vae.encode(clip).latent_dist.mode().shape == (1, 4, 2, 2, 3)
    assert pipe.vae(clip).sample.shape == clip.shape


@torch.no_grad()
def test_encoding_in_one_tile_and_window_changes_nothing(pipe, monkeypatch):
    clip = torch.randn(1, 3, 9, 16, 16, generator=torch.Generator().manual_seed(0))
    whole = pipe.vae.encode(clip).latent_dist.mode()
    # The window of 2 latent frames splits the clip in two; each tile still holds all of the picture.
    monkeypatch.setattr(pipe.vae, "tiling", Tiling(side=2, overlap=0.0, frames=2))
    parts = pipe.vae.encode(clip).latent_dist.mode()
    assert parts.shape == whole.shape
    first = pipe.vae.encode(clip[:, :, :5]).latent_dist.mode()
    second = pipe.vae.encode(clip[:, :, 4:]).latent_dist.mode()
    assert torch.equal(parts, torch.cat([first, second[:, :, 1:]], dim=2))


def test_the_authors_tiles_of_a_512_clip_are_four_and_their_windows_three():
    seen = []

    def note(part):
        seen.append(tuple(part.shape[2:]))
        return part

    tiling, z = Tiling(), torch.zeros(1, 1, 17, 64, 64)

    def tiles(part):
        return in_tiles(note, part, side=tiling.side, overlap=tiling.overlap, result_side=tiling.side)

    in_windows(tiles, z, frames=tiling.frames)
    four = [(64, 64), (64, 16), (16, 64), (16, 16)]
    assert seen == [(frames, *side) for frames in (8, 8, 3) for side in four]


@pytest.mark.parametrize("height, width", [(8, 8), (9, 13), (20, 7), (5, 31)])
@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5])
def test_tiles_of_a_network_that_sees_one_pixel_leave_no_trace(height, width, overlap):
    clip = torch.randn(1, 2, 3, height, width, generator=torch.Generator().manual_seed(0))

    def twice_as_large(part):
        return F.interpolate(part, scale_factor=(1, 2, 2))

    tiled = in_tiles(twice_as_large, clip, side=8, overlap=overlap, result_side=16)
    assert torch.allclose(tiled, twice_as_large(clip), atol=1e-6)


def test_blending_fades_from_one_tile_to_the_next():
    values = iter([0.0, 1.0])
    faded = in_tiles(
        lambda part: torch.full_like(part, next(values)),
        torch.zeros(1, 1, 1, 2, 4),
        side=4, overlap=0.5, result_side=4,
    )  # fmt: skip
    assert faded[0, 0, 0].tolist() == [[0.0, 0.0, 0.0, 0.5]] * 2


def test_windows_cover_every_frame_once():
    for frames in range(1, 30):
        clip = torch.arange(frames).float().view(1, 1, frames, 1, 1)
        assert torch.equal(in_windows(lambda part: part, clip, frames=8), clip), frames


@pytest.mark.parametrize("frames, starts", [(1, [0]), (8, [0]), (9, [0, 7]), (15, [0, 7]), (17, [0, 7, 14])])
def test_windows_begin_where_the_authors_begin_them(frames, starts):
    seen = []

    def note(part):
        seen.append(int(part[0, 0, 0, 0, 0]))
        return part

    in_windows(note, torch.arange(frames).float().view(1, 1, frames, 1, 1), frames=8)
    assert seen == starts


@pytest.mark.parametrize("wrong", [{"frames": 1}, {"overlap": 1.0}, {"side": 1, "overlap": 0.5}])
def test_tilings_without_a_next_tile_are_refused(wrong):
    with pytest.raises(ValueError, match="no next tile or window"):
        Tiling(**wrong)
