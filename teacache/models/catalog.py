"""The table of models, put together from the cards, what the authors published and what was measured here.

A model is one entry of a table, cards_*.py; the authors' polynomials are coefficients.json, kept with the
digits they printed; measured ones are calibrations.json, which `python -m teacache calibrate --save` writes.
Imports no torch, so that the page can list models at once.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from teacache.errors import ModelLoadError
from teacache.method.reading import is_list
from teacache.models import published_folders
from teacache.models.cards import Calibration, Card, Point, Published
from teacache.models.cards_audio import AUDIO_CARDS
from teacache.models.cards_image import IMAGE_CARDS
from teacache.models.cards_video import VIDEO_CARDS
from teacache.models.families import family_of
from teacache.models.index import Index, read_index

__all__ = [
    *(
        "CARDS",
        "INSTALLED",
        "ROOT",
        "Calibration",
        "Card",
        "Point",
        "Published",
        "card",
        "folder_card",
    ),
]

# What the sources of cards are relative to: a checkout, or, installed, the package with the assets in it.
_PACKAGE = Path(__file__).resolve().parents[1]
INSTALLED = (_PACKAGE / "assets").is_dir()
ROOT = _PACKAGE if INSTALLED else _PACKAGE.parent
CALIBRATIONS = Path(__file__).with_name("calibrations.json")
COEFFICIENTS = Path(__file__).with_name("coefficients.json")
_ON = ":"  # between a card's name and the variant of a further calibration
_BEYOND = 1.5  # a slider ends so many times beyond the fastest threshold that the authors measured


def read_calibrations(path: Path = CALIBRATIONS) -> dict[str, Calibration]:
    """All calibrations, by the name of the model's card."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return {name: Calibration(**_with_tuples(entry)) for name, entry in entries.items()}


def write_calibration(name: str, calibration: Calibration, path: Path = CALIBRATIONS) -> None:
    """Add or replace the entry of one model; the program reads it when it starts the next time."""
    everything = {**read_calibrations(path), name: calibration}
    entries = {key: asdict(everything[key]) for key in sorted(everything)}
    path.write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")


def calibration_name(card: Card, variant: str) -> str:
    """Under which name a card's calibration on a variant is kept: the card's own for its usual one.

    What a card has published modes for is the same as before: the last one measured is its calibration.
    """
    return card.name if card.modes or variant == card.variant else f"{card.name}{_ON}{variant}"


def read_published(path: Path = COEFFICIENTS) -> dict[str, dict[str, Published]]:
    """What the authors published: by the name of the model's card, then by mode."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return {name: {m: _published(entry) for m, entry in modes.items()} for name, modes in entries.items()}


def card(name: str) -> Card:
    """The card of that name. Raises ModelLoadError that lists the known ones."""
    if name not in CARDS:
        raise ModelLoadError(
            "There is no model {name!r}: choose one of {known}, or give a folder.",
            name=name,
            known=", ".join(CARDS),
        )
    return CARDS[name]


def folder_card(folder: Path) -> Card:
    """A card for a folder with a pipeline, from its own config files and from a card of the same class.

    A download of a model of the catalog, known by the folder's name, gets that model's own card; so does what
    the authors of Open-Sora and Open-Sora-Plan publish, which is no pipeline. Raises ModelLoadError for a
    folder with neither.
    """
    published = published_folders.card_of(folder, CARDS.values())
    if published is not None:
        return published
    index = read_index(folder)
    kind = index.pipeline
    here = next((one for one in CARDS.values() if one.source and ROOT / one.source == folder), None)
    alike = [one for one in CARDS.values() if one.pipeline == kind and one.hub]
    own = here or next((one for one in alike if _is_download(folder, one)), None)
    if own is not None:
        return replace(own, source=str(folder))
    plain = _PICTURE if family_of(kind).kind == "text_to_image" else _UNKNOWN
    base = alike[0] if alike else plain
    frames, height, width = _size(folder, replace(base, pipeline=kind))
    return replace(
        base,
        name=folder.name,
        title=folder.name,
        source=str(folder),
        hub=None,
        gated=False,
        files=(),
        packages=(),
        parameters={},
        pipeline=kind,
        transformer=index.parts.get("transformer", (None, None))[1] or "",
        frames=frames,
        height=height,
        width=width,
        seconds=_seconds(folder, base, index),
        demo=None,
        flow_shift=None,
        call={},
        only_size=False,
        vocabulary=None,
        modes={},
        latent_free=False,  # the naive estimate compares what depends on them
        threshold=_UNKNOWN.threshold,
        threshold_max=_UNKNOWN.threshold_max,
        license="see the folder",
        license_url="",
        note="A local folder without a calibration: the naive estimate is used.",
    )


_UNKNOWN = Card(
    name="", title="", pipeline="", steps=50, frames=16, height=256, width=256, fps=8,
    guidance_scale=6.0, license="",
)  # fmt: skip
_PICTURE = replace(_UNKNOWN, frames=1, height=1024, width=1024, fps=1)


def _is_download(folder: Path, card: Card) -> bool:
    """Named as on the hub, or within the hub's cache."""
    owner, _, repository = (card.hub or "").partition("/")
    return folder.name == repository or f"models--{owner}--{repository}" in folder.parts


def _size(folder: Path, base: Card) -> tuple[int, int, int]:
    """Frames, height and width in pixels: as the configs say, else as in the card of the same class."""
    transformer, vae = _config(folder, "transformer/config.json"), _config(folder, "vae/config.json")
    # each level but the first halves the picture
    scale = 2 ** (len(vae.get("block_out_channels", [0] * 4)) - 1)
    square = transformer.get("sample_size")
    sides = [
        _whole(transformer.get(f"sample_{name}"), _whole(square, 0)) * scale or default
        for name, default in (("height", base.height), ("width", base.width))
    ]
    frames = transformer.get("video_length", transformer.get("sample_frames"))
    length = _whole(frames, 0)
    frames_of = family_of(base.pipeline).frames_of
    if frames_of and length:
        length = frames_of(length)
    return length or base.frames, sides[0], sides[1]


def _seconds(folder: Path, base: Card, index: Index) -> float | None:
    """Of a sound: those of the card of the same class, but no more than the folder's latents hold."""
    tokens, vae = _whole(index.settings.get("tokens"), 0), _config(folder, "vae/config.json")
    if base.seconds is None or not tokens or "sampling_rate" not in vae:
        return base.seconds
    return min(base.seconds, tokens * math.prod(vae.get("downsampling_ratios", ())) / vae["sampling_rate"])


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if is_list(value) else value for name, value in entry.items()}


def _published(entry: dict[str, Any]) -> Published:
    """One entry of coefficients.json; where no speedup is printed it is the ratio of the printed seconds."""
    baseline = entry["baseline_seconds"]
    points = [
        Point(
            threshold=point["threshold"],
            seconds=point["seconds"],
            speedup=point["speedup"] or (round(baseline / point["seconds"], 2) if baseline else None),
        )
        for point in entry["points"]
    ]
    fields: dict[str, Any] = {**_with_tuples(entry), "points": tuple(points)}
    return Published(**fields)


def _config(folder: Path, name: str) -> dict[str, Any]:
    """What a part's file says; nothing where there is none. Raises ModelLoadError."""
    path = folder / name
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelLoadError("{path} cannot be read: {error}.", path=path, error=error) from error


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default


def _completed(
    card: Card, published: dict[str, dict[str, Published]], calibrations: dict[str, Calibration]
) -> Card:
    """The card with its polynomials, with the usual one's threshold and a slider that all of them fit on."""
    page = f"https://huggingface.co/{card.hub}" if card.hub else ""
    card = replace(card, modes=published.get(card.name, {}), license_url=card.license_url or page)
    if card.published is not None:
        fastest = max(mode.fast.threshold for mode in card.modes.values())
        card = replace(
            card, threshold=card.published.slow.threshold, threshold_max=round(_BEYOND * fastest, 6)
        )
    others = [other for key, other in calibrations.items() if key.startswith(card.name + _ON)]
    card = replace(card, other_calibrations={other.variant: other for other in others})
    calibration = calibrations.get(card.name)
    if calibration is None:
        return card
    return replace(
        card,
        calibration=calibration,
        threshold=calibration.threshold,
        threshold_max=calibration.threshold_max,
    )


def _read() -> dict[str, Card]:
    published, calibrations = read_published(), read_calibrations()
    cards = (*VIDEO_CARDS, *IMAGE_CARDS, *AUDIO_CARDS)
    return {one.name: _completed(one, published, calibrations) for one in cards}


CARDS: dict[str, Card] = _read()
