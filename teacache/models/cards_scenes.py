"""The card of Scenes, the second embedded model.

Its usual indicator is the timestep embedding, as the authors have it for Wan: its calibration has the
variant "authors", and a replay is exact.
"""

from __future__ import annotations

from teacache.models.cards import Card
from teacache.models.scenes import data
from teacache.models.vocabulary import Vocabulary

SCENES = Card(
    name="scenes",
    title="Scenes",
    source="assets/scenes",
    pipeline="WanPipeline",
    transformer="WanTransformer3DModel",
    steps=50,
    frames=data.FRAMES,
    height=data.SIZE,
    width=data.SIZE,
    fps=8,
    guidance_scale=3.0,
    one_size=True,
    only_size=True,
    vocabulary=Vocabulary(words=data.WORDS, examples=tuple(data.example_prompts())),
    latent_free=True,
    variant="authors",
    license="apache-2.0",
    note="A small Wan, trained for this project; its cache decides from the timestep alone.",
)
