"""Python code that makes the cached run of a comparison again, with teacache on the plain diffusers pipeline.

Everything is written as a literal, so a prompt can hold what it likes. Knows requests, settings and the rows
that say what a pipeline calls its arguments.
"""

from __future__ import annotations

import json
import pprint
from dataclasses import fields
from typing import Any

from teacache.method.gate import Settings
from teacache.method.trace import Trace
from teacache.models.catalog import CARDS

_WIDTH = 96  # characters of a line


def code(run: Any) -> str:
    """The program, as text. `run` is a StoredRun or an UploadedRun."""
    trace, request = run.cached, run.request
    lines = [
        f'"""The TeaCache run {run.run_id}, made again."""',
        "",
        "import torch",
        *_helpers(request),
        "",
        "from teacache import Settings, TeaCache",
        "from teacache.models import load",
        "",
        f"pipe = load({_literal(_name(request.model))})  # {_what(request.model, trace)}",
        "",
        *_settings(trace.settings),
        "with TeaCache(pipe, settings=settings) as cache:",
        "    result = pipe(",
        *(f"        {name}={value}," for name, value in _arguments(run).items()),
        "    )",
        "",
        _saved(request),
        'cache.trace.save("trace.json")',
        "",
        'schedule = "".join(str(int(computed)) for computed in cache.trace.schedule)',
        *_expected(trace),
        'print(f"{cache.trace.computed_calls} of {len(schedule)} calls were computed")',
    ]
    return "\n".join(lines) + "\n"


def _settings(settings: Settings) -> list[str]:
    """All that is not the default, since a reader looks for what matters."""
    default = Settings(threshold=settings.threshold)
    shown = [
        (field.name, getattr(settings, field.name))
        for field in fields(Settings)
        if field.name == "threshold" or getattr(settings, field.name) != getattr(default, field.name)
    ]
    return ["settings = Settings(", *(f"    {name}={_literal(value)}," for name, value in shown), ")"]


def _arguments(run: Any) -> dict[str, str]:
    """Name -> source of the value, in the words of the pipeline's call."""
    request = run.request
    made = {"prompt": _literal(request.prompt)}
    if getattr(request, "image", None):
        made["image"] = f"load_image({_literal(request.image)})"
    named = {name: _literal(v) for name, v in _named(run).items() if v is not None and name not in made}
    return {**made, **named, "generator": f'torch.Generator("cpu").manual_seed({request.seed})'}


def _named(run: Any) -> dict[str, Any]:
    """Steps, guidance and size as this pipeline's class calls them, else by their usual names."""
    from teacache.runs.adapters import ADAPTERS  # imports torch, which the page does without

    request = run.request
    row = ADAPTERS.get(run.cached.pipeline)
    if row is not None:
        return row.arguments(request)
    usual = {"num_inference_steps": request.steps, "guidance_scale": request.guidance_scale}
    return usual | {"num_frames": request.frames, "height": request.height, "width": request.width}


def _expected(trace: Trace) -> list[str]:
    """The recorded schedule beside the new one."""
    recorded = "".join(str(int(computed)) for computed in trace.schedule)
    return [f"recorded = {_literal(recorded)}", 'print("as recorded" if schedule == recorded else "differs")']


def _name(model: str) -> str:
    return model or "path/to/a/diffusers/folder"


def _what(model: str, trace: Trace) -> str:
    card = CARDS.get(model)
    source = (getattr(card, "hub", None) or getattr(card, "source", "")) if card else "a diffusers folder"
    return " ".join(f"{trace.pipeline or 'diffusers'}: {source}".split())


def _helpers(request: Any) -> list[str]:
    """What diffusers lends for files: an image to begin with, the video to end with."""
    names = ["load_image"] if getattr(request, "image", None) else []
    names = [*names, "export_to_video"] if _moving(request) else names
    return [f"from diffusers.utils import {', '.join(sorted(names))}"] if names else []


def _saved(request: Any) -> str:
    if not _moving(request):
        return 'result.images[0].save("run.png")'
    card = CARDS.get(request.model)
    return f'export_to_video(result.frames[0], "run.mp4", fps={getattr(card, "fps", 8)})'


def _moving(request: Any) -> bool:
    return getattr(CARDS.get(request.model), "kind", "text_to_video") != "text_to_image"


def _literal(value: Any) -> str:
    """Source text on one line for strings, readable for tuples."""
    if isinstance(value, str):
        return json.dumps(value) if value.isascii() else repr(value)
    return " ".join(pprint.pformat(value, width=_WIDTH, compact=True).split("\n"))
