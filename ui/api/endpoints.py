"""The endpoints for programs and assistants: /compare, /what_if, /signals, /calibrate, /models and /runs.

The same functions as the page's. Their docstrings are what Gradio's API page and the tools of the MCP server
say, so they are written for people who have not read the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import gradio as gr

from teacache.errors import RequestError, TeaCacheError
from teacache.models.catalog import Card
from teacache.runs.request import Request
from teacache.study.calibrate import DEGREE, calibration, fit
from ui.api import modes, requests
from ui.api.files import FILES, NO_FILES, files_of
from ui.base import payload
from ui.base.edge import sentences as answering
from ui.controls import controls, planned, rules
from ui.history import history
from ui.library import uploads
from ui.library.uploaded import own_card
from ui.run.engine import Engine
from ui.run.events import QUEUE
from ui.screen import same_cost, state
from ui.studies import signals
from ui.words.phrases import PROGRAM, said

FIT = "fit"  # one calibration at a time


class Api:
    """What programs may ask; every refusal is one sentence."""

    def __init__(self, engine: Engine):
        self._engine = engine

    def compare(
        self,
        prompt: str,
        threshold: float,
        model: str,
        seed: int,
        steps: int,
        guidance_scale: float,
        naive: bool,
        first_steps: float,
        last_steps: float,
        max_reuses: int,
        rivals: bool,
        image: str | None = None,
        mode: str = "",
        seconds: float = 0,
        schedule: str = "",
        methods: str = "",
        demo: bool = False,
    ) -> Iterator[tuple[Any, ...]]:
        """Run a video, image or sound model twice from one noise, without and with TeaCache, and compare.

        Streams the state after every call of the transformer. The last answer also has the two videos side by
        side, each of them alone, and the trace; its state holds the run id, the speedup and the fidelity, and
        in "problem" the reason where a file is missing. An image model gives PNG pictures in place of the
        videos; a sound model one picture of both spectra, and two WAV files. Where something disturbed the
        machine, "measured" is null, "disturbed" says why, and "byMedians" has the speedup by the calls'
        medians. Cancelled, it stops before the next call.

        Args:
            prompt: What the clip shows.
            threshold: Reuse while the accumulated distance is below it; higher is faster, 0 is off.
            model: The name of one of /models.
            seed: Of the noise; the same seed gives the same clip.
            steps: Denoising steps; 0 for the model's own number.
            guidance_scale: Strength of the guidance; 0 for the model's own.
            naive: Leave the rescaling polynomial out.
            first_steps: Steps always computed at the start, or a share of all (0.1); 0 for the model's own.
            last_steps: Steps always computed at the end, or a share of all; -1 for the model's own.
            max_reuses: Most reuses in a row; 0 for any number.
            rivals: Also run other methods at the same cost, afterwards; phase "rivals".
            image: PNG, JPEG or WebP, where /models says image_to_video; tools give a data: URL.
            mode: Which published polynomial, where /models names several; empty for the usual one.
            seconds: Length of a sound, where /models says text_to_audio; 0 for the model's own.
            schedule: A planned schedule by its name, such as 10-of-50; empty where TeaCache decides.
            methods: Of the rivals, separated by commas, such as planned, pab; empty for uniform, fewer_steps.
            demo: A smaller clip of fewer steps, as /models says under "demo", for a GPU that is borrowed.
        """
        with answering():
            form = requests.for_a_run(
                self._card(model), prompt=prompt, threshold=threshold, seed=seed, steps=steps,
                guidance_scale=guidance_scale, naive=naive, first_steps=first_steps, last_steps=last_steps,
                max_reuses=max_reuses, mode=mode, schedule=schedule, rivals=rivals, image=image,
                seconds=seconds or None, methods=_words(methods, "methods"), demo=demo,
            )  # fmt: skip
            request = controls.request(self._engine.models, form)
            # Both are refused where the model takes none.
            request = replace(request, image=form.image, seconds=form.seconds)
            yield from self._states(request, form.rivals, same_cost.chosen(form.methods))

    def what_if(
        self,
        run_id: str,
        threshold: float,
        model: str,
        naive: bool,
        first_steps: float,
        last_steps: float,
        max_reuses: int,
        trace: str = "",
        mode: str = "",
        schedule: str = "",
    ) -> dict[str, Any]:
        """Tell which calls of a finished run would be computed at other settings, without running anything.

        Args:
            run_id: Of a recorded run or of a run made on this server; empty if a trace is given.
            threshold: Reuse while the accumulated distance is below it; higher is faster, 0 is off.
            model: Whose polynomial is used, one of /models; empty for the one that the run was made with.
            naive: Leave the rescaling polynomial out.
            first_steps: Steps always computed at the start, or a share of all (0.1); 0 for the model's own.
            last_steps: Steps always computed at the end, or a share of all; -1 for the model's own.
            max_reuses: Most reuses in a row; 0 for any number.
            trace: The text of a trace file, as `cache.trace.save()` writes it; instead of a run id.
            mode: Which published polynomial of the model; empty for the one that reads what the run compared.
            schedule: A planned schedule of the run's model by its name; empty where TeaCache decides.
        """
        with answering():
            trace, model, mode = (
                payload.text(value, name)
                for value, name in ((trace, "trace"), (model, "model"), (mode, "mode"))
            )
            recorded = uploads.read(trace) if trace else self._engine.library.load(run_id).cached
            card = self._card(model or recorded.model) if model or mode else own_card(recorded)
            form = requests.for_a_replay(
                card, threshold=threshold, naive=naive, first_steps=first_steps, last_steps=last_steps,
                max_reuses=max_reuses, mode=modes.named(card, mode) or modes.of_trace(card, recorded),
                schedule=schedule,
            )  # fmt: skip
            settings = rules.settings(card, form)
            planned.refuse_other_steps(settings, recorded.steps)
            if not schedule:
                modes.refuse_other_tensor(card, recorded, settings)
        return state.replayed(recorded, settings)

    def calibrate(self, run_ids: str, degree: int, traces: str = "") -> dict[str, Any]:
        """Fit the rescaling polynomial to runs of one model, with the quality of the fit.

        All runs need the same model, steps and guidance. The answer holds the coefficients, highest power
        first, R2 by degree, the range of distances, and thresholds for 2.3 and 14 times fewer calls.

        Args:
            run_ids: Runs made on this server or recorded with it, separated by commas or spaces.
            degree: Of the polynomial, 1 to 7; the method's authors use 4.
            traces: A JSON list of traces of uncached runs, instead of run ids or beside them.
        """
        with answering():
            named = _words(run_ids)
            if len(named) > uploads.MAX_LIST:
                raise RequestError(
                    "{count} runs are too many to fit: name at most {most}.",
                    count=len(named),
                    most=uploads.MAX_LIST,
                )
            uncached = [self._engine.library.load(run_id).uncached for run_id in named]
            traces = payload.text(traces, "traces")
            uncached += uploads.read_list(traces) if traces else []
            uploads.refuse_work(uncached)
            fitted = fit(uncached, degree)
            suggested = calibration(fitted, uncached, "")
        thresholds = {"threshold": suggested.threshold, "threshold_max": suggested.threshold_max}
        return fitted.to_json() | thresholds

    def signals(self, run_id: str, computed: float) -> Iterator[dict[str, Any]]:
        """Make a run again, decided by each signal, all with one number of computed calls: who comes closest?

        The signals are the timestep embedding, the modulated input of TeaCache, the noisy input, and none at
        all: even intervals. All go without the polynomial. Streams a state at every call; the last has a row
        for each signal, with the relative L1 error of its final latents and the PSNR of its clip. Cancelled,
        it stops before the next call.

        Args:
            run_id: Of a recorded run or of a run made on this server.
            computed: Computed calls of each run; 0 for as many as TeaCache computed in that run.
        """
        with answering():
            run = self._engine.library.load(run_id)
            latest: dict[str, Any] = {}
            wanted = payload.plain(computed) or run.cached.computed_calls
            with closing(signals.states(self._engine, run, wanted)) as states:
                for news in states:  # also where nothing is new: only there can a program stop it
                    latest = news or latest
                    yield latest

    def models(self) -> list[dict[str, Any]]:
        """List the models: defaults, polynomials with their source, memory, licence, and which run here."""
        with answering():
            return self._engine.models.listing()

    def runs(self, run_ids: str) -> dict[str, Any]:
        """Tell speed and fidelity of the named runs, and of the runs recorded with the app.

        Nobody's runs are listed: who made a run knows its id.

        Args:
            run_ids: Ids separated by commas or spaces; empty for the recorded runs alone.
        """
        with answering():
            return history.summaries(self._engine.library, _words(run_ids))

    def _card(self, model: str) -> Card:
        """Raises ModelLoadError that lists the known ones."""
        return self._engine.models.card(model)

    def _states(
        self, request: Request, rivals: bool, methods: Sequence[str] = same_cost.USUAL
    ) -> Iterator[tuple[Any, ...]]:
        """Board states, then an answer with files; rivals come as further answers with the same files.

        While a rival is made there are states too: only where something is yielded can a program stop it.
        """
        board: dict[str, Any] = {}
        problem: TeaCacheError | None = None
        run = self._engine.run(request, with_rivals=rivals, methods=methods, previews=False)
        with closing(run) as screens:
            for screen in screens:
                board = screen.board or board
                if screen.stored is not None:
                    files, missing = files_of(screen.stored)
                    problem = screen.problem or missing or problem
                    rows = (screen.rivals or {}).get("rows", [])
                    yield (
                        board | {"rivals": rows, "problem": said(problem, PROGRAM) if problem else ""},
                        *files,
                    )
                elif board:
                    phase = "rivals" if board["phase"] == "done" else board["phase"]
                    yield board | {"phase": phase}, *NO_FILES


def add(engine: Engine) -> None:
    """Register the endpoints within the Blocks under construction; they have no place on the page."""
    api = Api(engine)
    card = engine.models.cards[engine.models.default]
    prompt, run_id, run_ids, own, trace, traces, mode, schedule, methods = (_text(name) for name in TEXTS)
    threshold = gr.Number(card.threshold, label="threshold", visible=False)
    model = gr.Textbox(card.name, label="model", visible=False)
    guidance = gr.Number(0, label="guidance_scale", visible=False)
    naive, rivals, demo = (gr.Checkbox(False, label=name, visible=False) for name in FLAGS)
    seed, steps, first, last, most, degree, computed = (
        gr.Number(value, label=name, visible=False) for name, value in NUMBERS.items()
    )
    answer = gr.JSON(visible=False, label="state")
    files = [gr.File(visible=False, label=name) for name in (*FILES, "trace")]
    trigger = gr.Button(visible=False)
    # A file, since an image component would decode a stranger's picture before its size is known.
    image = gr.File(label="image", visible=False)
    seconds = gr.Number(0, label="seconds", visible=False)
    inputs = [prompt, threshold, model, seed, steps, guidance, naive, first, last, most, rivals, image, mode]
    inputs += [seconds, schedule, methods, demo]
    as_sent: dict[str, Any] = {"preprocess": False}
    model_: dict[str, Any] = {"concurrency_id": QUEUE, "concurrency_limit": 1, **as_sent}
    one_at_a_time: dict[str, Any] = {"concurrency_id": FIT, "concurrency_limit": 1, **as_sent}
    at_once: dict[str, Any] = {"queue": False, **as_sent}  # whoever only looks waits for nobody
    trigger.click(api.compare, inputs, [answer, *files], api_name="compare", **model_)
    inputs = [run_id, threshold, own, naive, first, last, most, trace, mode, schedule]
    trigger.click(api.what_if, inputs, answer, api_name="what_if", **at_once)
    trigger.click(api.signals, [run_id, computed], answer, api_name="signals", **model_)
    trigger.click(api.calibrate, [run_ids, degree, traces], answer, api_name="calibrate", **one_at_a_time)
    trigger.click(api.models, None, answer, api_name="models", **at_once)
    trigger.click(api.runs, run_ids, answer, api_name="runs", **at_once)


FLAGS = ("naive", "rivals", "demo")
# Empty where a program leaves them out.
TEXTS = ("prompt", "run_id", "run_ids", "model", "trace", "traces", "mode", "schedule", "methods")
# Defaults of the numbers; what 0 and -1 stand for is said in the docstrings. They come as they were
# sent: Gradio's own `precision` would make 2 of 2.5 without a word.
NUMBERS = {
    "seed": 0,
    "steps": 0,
    "first_steps": 0,
    "last_steps": requests.OWN_LAST_STEPS,
    "max_reuses": 0,
    "degree": DEGREE,
    "computed": 0,
}


def _text(name: str) -> gr.Textbox:
    return gr.Textbox("", label=name, visible=False)


def _words(text: Any, name: str = "run_ids") -> list[str]:
    return [word for word in re.split(r"[\s,;]+", payload.text(text, name)) if word]
