"""The runs that ship with the page, a table for each embedded model: what is asked, and so what is taught.

Knows prompts and settings; runs nothing (record_runs.py does).
"""

from __future__ import annotations

from dataclasses import dataclass

from teacache.method.settings import Settings
from teacache.models.cards import Card


@dataclass(frozen=True)
class Take:
    """One run to record; the names give the order on the page, and the first is on screen when it opens.

    Behind its number a name is a key of ui/words/texts.json, `recorded_<name>`, which says what it teaches;
    before it stands the model, but for the first one's.
    """

    name: str
    prompt: str
    seed: int
    speedup: float | None = None  # ideal, about: the threshold is chosen for it; None: the model's usual one
    steps: int | None = None  # None: the model's own
    guidance: float | None = None
    naive: bool = False  # without the polynomial
    mode: str | None = None  # a polynomial other than the model's usual one, by its name

    def settings(self, card: Card) -> Settings:
        """What it begins with, before its threshold is chosen."""
        return card.settings(naive=self.naive, mode=self.mode)


STAR = ("a yellow star circling on a purple background", 1)
SQUARE = ("a blue square moving right on a white background", 4)
SHAPES = (
    Take("1-faithful", *STAR),
    Take("2-gentle", "a red ball bouncing on a blue background", 3, speedup=1.5),
    Take("3-drift", "a green star bouncing on an orange background", 2, speedup=4.0),
    Take("4-broken", "a yellow triangle moving up on a green background", 5, speedup=14.0),
    Take("5-naive", *STAR, speedup=2.4, naive=True),
    Take("6-few-steps", *SQUARE, steps=6),
    Take("7-many-steps", *SQUARE, steps=100),
    Take("8-no-guidance", "a purple ball circling on a yellow background", 6, speedup=2.0, guidance=1.0),
    Take("9-moving", "an orange square moving left on a black background", 7, speedup=3.0),
)

BOAT = ("a white boat moving left on the sea at night", 1)
SCENES = (
    Take("scenes-1-faithful", *BOAT),
    Take("scenes-2-drift", "a red balloon rising over the hills at dusk", 2, speedup=4.0),
    Take("scenes-3-broken", "a yellow bird coming closer over the snow at dawn", 3, speedup=14.0),
    Take("scenes-4-naive", *BOAT, speedup=2.4, naive=True),
    Take("scenes-5-retention", *BOAT, mode="authors_retention"),
    Take("scenes-6-few-steps", "a green train moving left in the city at night", 4, steps=6),
)

TAKES_OF = {"shapes": SHAPES, "scenes": SCENES}
