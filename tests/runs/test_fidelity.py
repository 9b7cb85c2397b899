"""The figures follow the authors' conventions and come with a reason where one is missing."""

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import correlate1d

from teacache.models.catalog import ROOT
from teacache.runs.comparison import Fidelity
from teacache.runs.fidelity import NO_PACKAGES, NO_WEIGHTS, fidelity, psnr, ssim
from tests.runs.samples import clip


def ssim_by_the_paper(a: np.ndarray, b: np.ndarray) -> float:
    """Wang et al. 2004, one channel: 11x11 Gaussian of sigma 1.5, K1 = .01, K2 = .03, valid part."""
    x = np.arange(11) - 5
    kernel = np.exp(-(x**2) / (2 * 1.5**2))
    kernel /= kernel.sum()

    def blur(image):
        return correlate1d(correlate1d(image, kernel, axis=0), kernel, axis=1)[5:-5, 5:-5]

    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2
    covariance = blur(a * b) - mean_a * mean_b
    c1, c2 = 0.01**2, 0.03**2
    top = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    return float((top / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))).mean())


def noisy(frames: np.ndarray, amount: float) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, amount, frames.shape)
    return np.clip(frames + noise, 0, 255).round().astype(np.uint8)


def test_identical_clips_have_the_authors_cap_and_full_similarity():
    result = fidelity(clip(), clip())
    assert result.psnr == 100.0 and result.ssim == pytest.approx(1.0) and result.identical


def test_a_capped_figure_is_not_yet_identity():
    same = Fidelity(psnr=100.0, ssim=1.0, psnr_frames=(100.0,), ssim_frames=(1.0,))
    assert same.identical
    assert not replace(same, ssim=1 - 1e-12, ssim_frames=(1 - 1e-12,)).identical
    assert not replace(same, psnr=99.9).identical


def test_a_known_error_has_its_known_psnr():
    reference = np.full((16, 16, 3), 0.5)
    assert psnr(reference + 0.1, reference) == pytest.approx(20.0)


def test_black_against_white_is_zero_decibels():
    assert fidelity(
        np.zeros((1, 16, 16, 3), np.uint8), np.full((1, 16, 16, 3), 255, np.uint8)
    ).psnr == pytest.approx(0.0)


@pytest.mark.parametrize("amount", [2, 20])
def test_similarity_is_that_of_the_paper(amount):
    a, b = clip(side=48)[0] / 255, noisy(clip(side=48), amount)[0] / 255
    channels = [ssim_by_the_paper(a[..., i], b[..., i]) for i in range(3)]
    assert ssim(b, a) == pytest.approx(np.mean(channels), abs=1e-9)


def test_overall_figures_are_the_mean_of_the_frames():
    frames = clip()
    changed = frames.copy()
    changed[2] = noisy(frames, 20)[2]
    result = fidelity(changed, frames)
    assert len(result.psnr_frames) == len(result.ssim_frames) == len(frames)
    assert result.psnr_frames[2] < 40 < result.psnr_frames[1] == 100
    assert result.psnr == pytest.approx(np.mean(result.psnr_frames)) and result.ssim == pytest.approx(
        np.mean(result.ssim_frames)
    )


def test_more_noise_is_less_fidelity():
    frames = clip()
    little, much = fidelity(noisy(frames, 2), frames), fidelity(noisy(frames, 20), frames)
    assert little.psnr > much.psnr and little.ssim > much.ssim


def test_lpips_is_a_number_or_the_reason_why_not():
    result = fidelity(noisy(clip(side=64), 10), clip(side=64))
    if result.lpips is None:
        assert result.lpips_reason.startswith("LPIPS needs") and result.lpips_reason.count(". ") == 0
    else:
        assert math.isfinite(result.lpips) and result.lpips > 0 and not result.lpips_reason


def test_what_lpips_needs_is_named_with_the_command_that_gets_it():
    asked = (ROOT / "requirements-lpips.txt").read_text()
    assert "pip install -r requirements-lpips.txt" in NO_PACKAGES
    fetching = NO_WEIGHTS.split("`")[1]
    assert fetching in asked  # where the other reason sends the reader


def test_figures_are_plain_floats_for_strict_json():
    result = fidelity(noisy(clip(), 5), clip())
    assert {
        type(value) for value in (result.psnr, result.ssim, *result.psnr_frames, *result.ssim_frames)
    } == {float}


def test_clips_of_different_shape_cannot_be_compared():
    with pytest.raises(ValueError, match="one shape"):
        fidelity(clip(frames=3), clip(frames=4))


def test_frames_smaller_than_the_window_cannot_be_compared():
    with pytest.raises(ValueError, match="at least 11x11"):
        fidelity(clip(side=10), clip(side=10))


@pytest.mark.parametrize(
    "module, words",
    [
        (
            "raise RuntimeError('operator torchvision::nms does not exist')",
            "do not load: operator torchvision::nms",
        ),
        ("raise RuntimeError", "do not load"),
        ("raise ImportError", "requirements-lpips.txt"),
    ],
)
def test_lpips_packages_that_do_not_load_are_a_reason_and_no_error(tmp_path, monkeypatch, module, words):
    (tmp_path / "lpips.py").write_text(module)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "lpips", raising=False)
    result = fidelity(clip(), clip(1))
    assert result.lpips is None and words in result.lpips_reason and result.lpips_reason.endswith(".")
