"""What a model gives a request where that is silent. Knows no pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from teacache.models.vocabulary import Vocabulary


class Defaults(Protocol):
    """What a request takes from a model where it is silent; a catalog card is one."""

    @property
    def name(self) -> str:
        """As requests name the model."""
        ...

    @property
    def title(self) -> str:
        """As people do."""
        ...

    @property
    def pipeline(self) -> str:
        """Its class, with a row among the families."""
        ...

    @property
    def steps(self) -> int:
        """Of a run."""
        ...

    @property
    def frames(self) -> int:
        """Of a clip; 1 of a picture."""
        ...

    @property
    def height(self) -> int:
        """In pixels."""
        ...

    @property
    def width(self) -> int:
        """In pixels."""
        ...

    @property
    def seconds(self) -> float | None:
        """Of a sound; None for models of pictures."""
        ...

    @property
    def fps(self) -> int:
        """Frames a second."""
        ...

    @property
    def guidance_scale(self) -> float:
        """Strength of the guidance."""
        ...

    @property
    def only_size(self) -> bool:
        """Whether it makes nothing at another size."""
        ...

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The only words that it knows; None: any."""
        ...


@dataclass(frozen=True, kw_only=True)
class PipelineDefaults:
    """What a pipeline that did not come from the catalog says of itself."""

    name: str
    pipeline: str
    steps: int
    frames: int
    height: int
    width: int
    guidance_scale: float
    fps: int = 8
    seconds: float | None = None
    only_size: bool = False
    vocabulary: Vocabulary | None = None

    @property
    def title(self) -> str:
        """Its class has no other."""
        return self.name
