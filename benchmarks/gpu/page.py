"""(b) The page itself on this device: a whole run through its HTTP interface, its states, and Stop.

The network is a real one with random weights at the paper's size; its text encoder and autoencoder are toys,
since neither has a part in the cache. The server is the one that `python app.py` starts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers import T5Tokenizer, UMT5Config, UMT5EncoderModel

from benchmarks.gpu.parts import Where
from benchmarks.overhead import caller
from benchmarks.subjects import SUBJECTS, Subject
from benchmarks.table import Row

NAME, PROMPT = "wan-1.3b", "a red ball"
WORDS = ("a", "red", "ball")
FEWEST = 6  # steps
SHARE = 0.3  # of the time that is left, for the run that is watched
SOME = 3  # states of a run before it is stopped
HTTP = 0.5  # seconds that a request to stop may travel
LONG = 600.0  # seconds


def rows(where: Where) -> Sequence[Row]:
    """A run through `gradio_client` and one that is stopped."""
    subject = SUBJECTS[NAME]
    with tempfile.TemporaryDirectory(prefix="teacache-gpu-page-") as place:
        folder, steps = _save(subject, where, Path(place) / "wan")
        with _served(subject, where, folder, steps, Path(place) / "runs") as (address, pipe):
            client = _client(address)
            return [*_watched(client, steps), *_stopped(client, pipe, steps)]


def _save(subject: Subject, where: Where, folder: Path) -> tuple[Path, int]:
    """The pipeline as a folder that the server can load, and for how many steps there is time."""
    pipe = subject.build(where.scale, where.device, where.dtype)
    run = caller(subject, pipe, where.scale, 2)
    for _ in range(2):  # the first one warms up
        began = time.perf_counter()
        with torch.no_grad():
            run()
        if where.device.type == "cuda":
            torch.cuda.synchronize()
    step = (time.perf_counter() - began) / 2
    pipe.register_modules(tokenizer=_tokenizer(), text_encoder=_text_encoder(subject.sizes[where.scale].text))
    pipe.save_pretrained(folder)
    return folder, max(FEWEST, min(50, int(SHARE * where.left / (2 * step))))


@contextmanager
def _served(
    subject: Subject, where: Where, folder: Path, steps: int, runs: Path
) -> Iterator[tuple[str, Any]]:
    """The address of the page, and the pipeline that it runs."""
    from tools.serving import HOST, free_port
    from ui.base.options import Options
    from ui.library.library import Library
    from ui.models.models import Models
    from ui.run.engine import Engine
    from ui.server import launch

    models, size = Models(str(folder)), subject.sizes[where.scale]
    extent = {"frames": size.frames, "height": size.height, "width": size.columns, "steps": steps}
    models.cards[models.default] = replace(models.cards[models.default], **extent)
    options = Options(host=HOST, port=free_port(), browser=False)
    page = launch(Engine(models, Library(runs), options), options)
    try:
        yield page.local_url.rstrip("/"), models.get(models.default)
    finally:
        page.close(verbose=False)


def _watched(client: Any, steps: int) -> list[Row]:
    """A whole comparison: how long, and how far apart its states were."""
    times: list[float] = []
    began = time.monotonic()
    job = client.submit(**_asked(steps), api_name="/compare")
    state: dict[str, Any] = {}
    for answer in job:
        times.append(time.monotonic())
        state = answer[0]
    gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
    done = state["phase"] == "done"
    note = f"{steps} steps, {state.get('problem') or 'no problem'}"
    return [
        Row(name="page: both runs, from click to files", value=times[-1] - began, unit="s", note=note),
        Row(
            name="page: states that came",
            value=float(len(times)),
            goal=2.0 * steps if done else None,
            at_least=True,
            note=f"longest pause {max(gaps, default=0.0):.2f} s, phase {state['phase']}",
        ),
    ]


def _stopped(client: Any, pipe: Any, steps: int) -> list[Row]:
    """Stop in the middle of a run: how long until the model is free."""
    from teacache.runs.generate import lock_of

    lock, count, times = lock_of(pipe), 0, []
    job = client.submit(**_asked(steps) | {"seed": 1}, api_name="/compare")
    for answer in job:
        times.append(time.monotonic())
        count += bool(answer[0]["uncached"]["step"])
        if count >= SOME:
            break
    gaps = [after - before for before, after in zip(times[-SOME:], times[-SOME + 1 :], strict=False)]
    call = max(gaps, default=LONG)  # a run that was over before it could be stopped says nothing
    began = time.monotonic()
    job.cancel()
    free = lock.acquire(timeout=LONG)
    seconds = time.monotonic() - began
    if free:
        lock.release()
    return [
        Row(
            name="page: from Stop until the model is free",
            value=seconds if free else None,
            unit="s",
            goal=call + HTTP,
            note=f"a call takes {call:.2f} s, and a request may travel for {HTTP} s",
        )
    ]


def _client(address: str) -> Any:
    from gradio_client import Client

    return Client(address, verbose=False)


def _asked(steps: int) -> dict[str, Any]:
    return {"prompt": PROMPT, "threshold": 0.1, "naive": True, "steps": steps}


def _tokenizer() -> T5Tokenizer:
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((f"▁{word}", -1.0) for word in WORDS)]
    return T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=512)


def _text_encoder(width: int) -> UMT5EncoderModel:
    sizes = {"d_model": width, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2}
    return UMT5EncoderModel(UMT5Config(vocab_size=16, dropout_rate=0.0, **sizes)).eval()
