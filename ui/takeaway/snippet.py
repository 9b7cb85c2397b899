"""Python code that makes the cached run of a comparison again, with teacache on the plain diffusers pipeline.

Everything is written as a literal, so a prompt can hold what it likes. Knows requests, settings and the rows
that say what a pipeline calls its arguments.
"""

from __future__ import annotations

import json
import pprint
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from teacache.method.gate import Settings
from teacache.method.trace import Trace
from teacache.models.catalog import CARDS
from teacache.models.families import family_of
from teacache.runs.request import Request
from ui.models.imports import imported
from ui.screen.shown import ShownRun

if TYPE_CHECKING:
    from teacache.runs.adapters import Adapter  # imports torch

_WIDTH = 96  # characters of a line


def code(run: ShownRun, *, foretold: bool = False) -> str:
    """The program, as text.

    `foretold`: its cached trace is a what-if, which nobody has run yet.
    """
    trace, request = run.cached, run.request
    lines = [
        *_title(run, foretold=foretold),
        "",
        "import torch",
        *_helpers(run),
        "",
        "from teacache import Settings, TeaCache",
        "from teacache.models import load",
        *([f"from teacache.runs.picture import {_cut(request)}"] if _begins_with_image(run) else []),
        *(["from teacache.runs.sound import Sound, write_sound"] if _sounds(run) else []),
        "",
        f"pipe = load({_literal(_name(request.model))})  # {_what(request.model, trace)}",
        "",
        *_settings(trace.settings),
        "with TeaCache(pipe, settings=settings) as cache:",
        "    result = pipe(",
        *(f"        {name}={value}," for name, value in _arguments(run).items()),
        "    )",
        "",
        _saved(run),
        'cache.trace.save("trace.json")',
        "",
        'schedule = "".join(str(int(computed)) for computed in cache.trace.schedule)',
        *_expected(trace, "foretold" if foretold else "recorded"),
        'print(f"{cache.trace.computed_calls} of {len(schedule)} calls were computed")',
    ]
    return "\n".join(lines) + "\n"


def _settings(settings: Settings) -> list[str]:
    """All that is not the default, since a reader looks for what matters."""
    default = Settings(threshold=settings.threshold)
    changes = [
        (field.name, getattr(settings, field.name))
        for field in fields(Settings)
        if field.compare  # not where they come from: the program loads that model
        and (field.name == "threshold" or getattr(settings, field.name) != getattr(default, field.name))
    ]
    written = {name: _bits(value) if name == "schedule" else _literal(value) for name, value in changes}
    return ["settings = Settings(", *(f"    {name}={value}," for name, value in written.items()), ")"]


def _bits(schedule: tuple[bool, ...]) -> str:
    """Source of a schedule, short enough to be read: 1 computes, 0 reuses."""
    return f'tuple(bit == "1" for bit in "{"".join(str(int(step)) for step in schedule)}")'


def _arguments(run: ShownRun) -> dict[str, str]:
    """Name -> source of the value, in the words of the pipeline's call."""
    request = run.request
    arguments = {"prompt": _literal(request.prompt)}
    if _begins_with_image(run):
        size = f", {request.width}, {request.height}" if request.width else ""
        arguments["image"] = f"{_cut(request)}({_literal(request.image or 'path/to/a/picture.png')}{size})"
    named = {name: _literal(v) for name, v in _named(run).items() if v is not None and name not in arguments}
    return {**arguments, **named, "generator": f'torch.Generator("cpu").manual_seed({request.seed})'}


def _named(run: ShownRun) -> dict[str, Any]:
    """Steps, guidance and size as this pipeline's class calls them, else by their usual names."""
    request, row = run.request, _row(run)
    if row is not None:
        return row.arguments(request)
    usual = {"num_inference_steps": request.steps, "guidance_scale": request.guidance_scale}
    return usual | {"num_frames": request.frames, "height": request.height, "width": request.width}


def _row(run: ShownRun) -> Adapter | None:
    """What is known of the pipeline's class; None for one that is not in the table."""
    return imported("teacache.runs.adapters").ADAPTERS.get(run.cached.pipeline)


def _begins_with_image(run: ShownRun) -> bool:
    return family_of(run.cached.pipeline).kind == "image_to_video"


def _cut(request: Request) -> str:
    """The function that makes the image the pipeline's: cut to the clip's size where that is known."""
    return "fitted" if request.width else "read"


def _title(run: ShownRun, *, foretold: bool) -> list[str]:
    if not foretold:
        return [f'"""The TeaCache run {run.run_id}, made again."""']
    return [f'"""A what-if on the TeaCache run {run.run_id}: replayed from it, not run yet."""']


def _expected(trace: Trace, name: str) -> list[str]:
    """The schedule that is known beside the new one."""
    schedule = "".join(str(int(computed)) for computed in trace.schedule)
    return [f"{name} = {_literal(schedule)}", f'print("as {name}" if schedule == {name} else "differs")']


def _name(model: str) -> str:
    """What `load` takes: a name of the catalog; of a folder only its own name is known."""
    if model in CARDS or "/" in model:
        return model
    return f"path/to/{model or 'a/diffusers/folder'}"


def _what(model: str, trace: Trace) -> str:
    card = CARDS.get(model)
    source = card.hub or card.source if card else "a diffusers folder"
    return " ".join(f"{trace.pipeline or 'diffusers'}: {source}".split())


def _helpers(run: ShownRun) -> list[str]:
    """What diffusers lends for the video to end with."""
    return ["from diffusers.utils import export_to_video"] if _moving(run) else []


def _saved(run: ShownRun) -> str:
    if _sounds(run):
        return 'write_sound("run.wav", Sound(result.audios[0].T, pipe.sampling_rate))'
    if not _moving(run):
        return 'result.images[0].save("run.png")'
    card = CARDS.get(run.request.model)
    fps = run.fps or (card.fps if card else 8)  # a trace has none
    return f'export_to_video(result.frames[0], "run.mp4", fps={fps:g})'


def _moving(run: ShownRun) -> bool:
    """False for a pipeline that makes one picture or a sound."""
    row = _row(run)
    return row is None or row.frames_argument is not None


def _sounds(run: ShownRun) -> bool:
    """True for a pipeline that makes a sound."""
    row = _row(run)
    return row is not None and row.seconds_argument is not None


def _literal(value: Any) -> str:
    """Source text on one line for strings, readable for tuples."""
    if isinstance(value, str):
        return json.dumps(value) if value.isascii() else repr(value)
    return " ".join(pprint.pformat(value, width=_WIDTH, compact=True).split("\n"))
