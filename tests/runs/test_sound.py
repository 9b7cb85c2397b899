"""Sounds as files and as pictures: what is written can be read, and what is heard can be seen."""

import io
import wave

import numpy as np
import pytest

from teacache.runs.sound import Sound, is_whole_sound, read_sound, write_sound
from teacache.runs.spectrogram import GROUND, WAVE, coloured, hertz, magnitudes, mel, picture

RATE = 16_000
SIZE = {"height": 200, "width": 320}


def tone(frequency: float, *, level: float = 1.0, seconds: float = 1.0) -> Sound:
    wave_ = level * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)
    return Sound(np.stack([wave_, wave_], axis=1).astype(np.float32), RATE)


def lower(frame: np.ndarray) -> np.ndarray:
    """The spectrogram of a picture, as brightness."""
    return frame[round(WAVE * len(frame)) :].sum(axis=2).astype(float)


def test_a_file_holds_the_sound_to_half_a_step_of_16_bits(tmp_path):
    sound = tone(440, level=0.5)
    write_sound(tmp_path / "a.wav", sound)
    back = read_sound(tmp_path / "a.wav")
    assert back.rate == RATE and back.samples.shape == sound.samples.shape
    assert abs(back.samples - sound.samples).max() <= 0.5 / 32767 + 1e-9


def test_what_is_louder_than_full_scale_is_cut_and_does_not_wrap(tmp_path):
    write_sound(tmp_path / "a.wav", Sound(np.array([[3.0], [-3.0]], dtype=np.float32), RATE))
    assert read_sound(tmp_path / "a.wav").samples[:, 0].tolist() == [1.0, -1.0]


def test_every_player_knows_such_a_file(tmp_path):
    write_sound(tmp_path / "a.wav", tone(440))
    with wave.open(io.BytesIO((tmp_path / "a.wav").read_bytes())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)


def test_a_file_that_was_cut_short_is_not_whole(tmp_path):
    place = tmp_path / "a.wav"
    write_sound(place, tone(440))
    assert is_whole_sound(place)
    place.write_bytes(place.read_bytes()[:-100])
    assert not is_whole_sound(place) and not is_whole_sound(tmp_path / "b.wav")


@pytest.mark.parametrize("frequency", [300, 1000, 4000])
def test_a_tone_is_one_bright_line_where_its_frequency_is(frequency):
    shown = lower(picture(tone(frequency), **SIZE)[0])
    row = shown.mean(axis=1).argmax()
    share = 1 - row / len(shown)  # of the height, from below
    assert share == pytest.approx(mel(np.float64(frequency)) / mel(np.float64(RATE / 2)), abs=0.02)


def test_time_runs_from_left_to_right_in_both_halves():
    silence = np.zeros((RATE, 2), dtype=np.float32)
    late = Sound(np.concatenate([silence, tone(1000).samples]), RATE)
    frame = picture(late, **SIZE)[0]
    wave_ = frame[: round(WAVE * len(frame))].sum(axis=2).astype(float)
    for part in (wave_, lower(frame)):
        left, right = part[:, : SIZE["width"] // 2 - 12], part[:, SIZE["width"] // 2 + 12 :]
        assert right.mean() > left.mean() + 10


def test_the_waveform_reaches_as_far_as_it_is_loud():
    heights = []
    for level in (0.25, 0.5, 1.0):
        frame = picture(tone(200, level=level), **SIZE)[0][: round(WAVE * SIZE["height"])]
        bright = (abs(frame[:, 50].astype(int) - GROUND).sum(axis=1) > 150).sum()
        heights.append(bright / len(frame))
    assert heights == pytest.approx([0.25, 0.5, 1.0], abs=0.08)


def test_a_quieter_tone_is_darker_by_the_same_step_for_the_same_ratio():
    brightness = [
        lower(picture(tone(1000, level=level), **SIZE)[0]).max() for level in (1.0, 0.1, 0.01, 1e-6)
    ]
    assert brightness == sorted(brightness, reverse=True) and brightness[-1] == sum(GROUND)


@pytest.mark.parametrize("count", [1, 10, 700])
def test_even_a_tiny_sound_has_a_picture(count):
    sound = Sound(np.ones((count, 1), dtype=np.float32) * 0.3, 8000)
    shown = picture(sound, **SIZE)
    assert shown.shape == (1, 200, 320, 3) and shown.dtype == np.uint8


def test_a_full_scale_tone_has_the_same_magnitude_in_every_window():
    for window in (512, 2048):
        peak = magnitudes(tone(1000).mono, window=window, hop=window // 4)[4:-4].max(axis=1)
        assert peak == pytest.approx(np.full(len(peak), window / 4), rel=0.01)


def test_a_transform_is_that_of_torch():
    torch = pytest.importorskip("torch")
    samples = np.random.default_rng(0).normal(size=4000)
    wanted = torch.stft(
        torch.from_numpy(samples), 512, 50, 240, window=torch.hann_window(240, dtype=torch.float64),
        return_complex=True,
    ).abs()  # fmt: skip
    got = magnitudes(samples, window=240, hop=50, size=512)
    assert pytest.approx(wanted.numpy(), abs=1e-9) == got.T


def test_mel_and_back():
    frequencies = np.array([0.0, 440.0, 22050.0])
    assert hertz(mel(frequencies)) == pytest.approx(frequencies)
    assert mel(np.float64(1000)) == pytest.approx(1000, abs=0.1)


def test_colours_grow_brighter_with_the_level():
    shown = coloured(np.linspace(-0.5, 1.5, 100)).astype(float) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(shown) >= 0).all() and shown[0] < 25 and shown[-1] > 230
