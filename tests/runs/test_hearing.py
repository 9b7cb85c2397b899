"""The figures of sounds: known distances come out as known, and equal sounds as equal."""

import numpy as np
import pytest
import torch

from teacache.errors import Cancelled
from teacache.runs import hearing
from teacache.runs.hearing import log_spectral_distance, snr, sound_fidelity, stft_distance
from teacache.runs.sound import Sound

RATE = 16_000


@pytest.fixture
def samples():
    return 0.3 * np.random.default_rng(0).normal(size=(RATE, 2))


def sound(samples: np.ndarray) -> Sound:
    return Sound(samples.astype(np.float32), RATE)


def test_equal_sounds_are_identical(samples):
    found = sound_fidelity(sound(samples), sound(samples))
    assert found.identical and (found.snr, found.log_spectral, found.stft) == (100.0, 0.0, 0.0)


def test_a_changed_sample_is_not_identical(samples):
    changed = samples.copy()
    changed[100, 1] += 0.01
    found = sound_fidelity(sound(changed), sound(samples))
    assert not found.identical and 40 < found.snr < 100 and found.log_spectral > 0


@pytest.mark.parametrize("level", [1.0, 0.1, 0.01])
def test_noise_of_a_known_level_has_its_ratio(samples, level):
    noise = np.random.default_rng(1).normal(size=samples.shape)
    noise *= level * np.linalg.norm(samples) / np.linalg.norm(noise)
    assert snr(samples + noise, samples) == pytest.approx(-20 * np.log10(level), abs=1e-6)


def test_silence_is_at_0_db_and_anything_against_silence_far_below(samples):
    assert snr(np.zeros_like(samples), samples) == pytest.approx(0, abs=1e-9)
    assert snr(samples, np.zeros_like(samples)) == -100
    assert snr(np.zeros_like(samples), np.zeros_like(samples)) == 100


def test_half_as_loud_is_6_db_of_spectral_distance(samples):
    assert log_spectral_distance(samples[:, 0] / 2, samples[:, 0]) == pytest.approx(6.0206, abs=1e-3)


def test_a_turned_phase_ruins_the_ratio_and_not_the_spectra(samples):
    found = sound_fidelity(sound(-samples), sound(samples))
    assert found.snr == pytest.approx(-6.02, abs=0.01)
    assert found.log_spectral < 1e-3 and found.stft < 1e-3


def test_what_is_below_100_db_counts_as_nothing():
    quiet = 1e-7 * np.random.default_rng(0).normal(size=RATE)
    assert log_spectral_distance(quiet, np.zeros(RATE)) == 0


def test_the_stft_distance_is_that_of_its_paper(samples):
    """Equations 4 to 6 of arXiv 1910.11480 once more, on torch's own transform."""
    mine, theirs = torch.from_numpy(samples[:, 0]), torch.from_numpy(samples[:, 1])
    losses = []
    for size, hop, window in ((512, 50, 240), (1024, 120, 600), (2048, 240, 1200)):
        weights = torch.hann_window(window, dtype=torch.float64)
        x, y = (
            torch.stft(s, size, hop, window, window=weights, return_complex=True).abs().pow(2)
            .clamp(min=1e-7).sqrt() for s in (mine, theirs)
        )  # fmt: skip
        losses.append((torch.norm(y - x) / torch.norm(y) + (y.log() - x.log()).abs().mean()).item())
    assert stft_distance(samples[:, 0], samples[:, 1]) == pytest.approx(np.mean(losses), rel=1e-9)


def test_sounds_of_two_lengths_are_not_compared(samples):
    with pytest.raises(ValueError, match="one length"):
        sound_fidelity(sound(samples), sound(samples[:-1]))


def test_judging_can_be_left(samples):
    calls = []

    def check():
        calls.append(1)
        if len(calls) > 3:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        sound_fidelity(sound(samples), sound(samples), check=check)


def test_a_short_sound_can_be_judged():
    for count in (1, 100, 3000):
        short = np.random.default_rng(0).normal(size=(count, 1))
        assert np.isfinite(list(sound_fidelity(sound(short), sound(short / 2)).to_json().values())).all()
    assert hearing.RESOLUTIONS[-1][0] == 2048
