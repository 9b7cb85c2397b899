"""The cards of the sound models, without their polynomials, which are in coefficients.json.

A sound is shown as a picture of one frame, its waveform above its spectrogram, which is what height and width
are of. Steps, length and guidance are those of the authors' published runs; parameters are counted as in
cards_video.py.
"""

from __future__ import annotations

from teacache.models.cards import Card, Demo

PICTURE_HEIGHT, PICTURE_WIDTH = 480, 800  # pixels of the picture of a sound

_TANGOFLUX = Card(
    name="tangoflux",
    title="TangoFlux",
    hub="declare-lab/TangoFlux",
    parts={"text_encoder": "google/flan-t5-large"},
    pipeline="TangoFluxPipeline",
    transformer="FluxTransformer2DModel",
    steps=50,
    seconds=10.0,
    height=PICTURE_HEIGHT,
    width=PICTURE_WIDTH,
    guidance_scale=4.5,
    demo=Demo(steps=50, frames=1, height=PICTURE_HEIGHT, width=PICTURE_WIDTH),
    dtype="float32",
    parameters={"transformer": 0.517, "text_encoder": 0.341, "conditioner": 0.001, "vae": 0.156},
    license="Stability AI Community Licence, and for non-commercial research only",
    note="Its polynomial was fitted to FLUX.1-dev and taken over.",
)

AUDIO_CARDS = (_TANGOFLUX,)
