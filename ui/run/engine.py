"""A run as the page sees it: screens that follow each other, from click to rivals. Knows no gradio."""

from __future__ import annotations

import logging
import math
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from teacache.errors import Phrase, RequestError, StoreError, TeaCacheError
from teacache.method.gate import Settings
from teacache.method.trace import Indicator
from teacache.models.catalog import Card
from teacache.platform import heap
from teacache.platform.threads import beside
from teacache.runs.comparison import Comparison, Progress, Rival, Run
from teacache.runs.request import Request
from teacache.runs.stored import StoredRun
from ui.base.options import Options
from ui.gallery.shelf import publish
from ui.library.kept import Kept
from ui.library.library import Library
from ui.library.uploaded import UploadedRun
from ui.models.borrowed import borrowing
from ui.models.forecasts import Forecasts
from ui.models.hardware import borrows
from ui.models.imports import imported
from ui.models.lent import Lent
from ui.models.models import Models
from ui.player import player
from ui.run.jobs import JOBS, lend
from ui.screen import same_cost, state
from ui.screen.same_cost_rows import no_rivals, rivals
from ui.screen.shown import ShownRun
from ui.whatif import whatif

_log = logging.getLogger(__name__)
ROUND = 0.05  # the slider ends at a multiple of it


@dataclass(frozen=True, kw_only=True)
class Screen:
    """New values for parts of the page; None leaves a part as it is."""

    board: dict[str, Any] | None = None
    player: dict[str, Any] | None = None
    table: dict[str, Any] | None = None
    rivals: dict[str, Any] | None = None
    stored: ShownRun | None = None
    problem: TeaCacheError | None = None  # what is shown is right, but not all went well


class Engine:
    """What runs share on this server: the models, the runs, and the latest uncached runs."""

    def __init__(self, models: Models, library: Library, options: Options | None = None):
        """`options`: how long a run may be; by default as long as any."""
        self.models = models
        self.library = library
        self.options = options or Options()
        self._baselines: Any = None
        self.forecasts = Forecasts(models, library)
        self._lent = Lent() if borrows() else None
        self._work = borrowing(self._task, self._seconds)

    def work(self, name: str, request: Request, *arguments: Any) -> Generator[Any, None, None]:
        """What a job of jobs.py answers, wherever its model computes; closing stops before the next call.

        What it took meanwhile is the machine's again afterwards: else some 60 to 130 MB stay, as it happens.
        """
        try:
            yield from self._work(name, self._lent and self._lent.get(request), request, *arguments)
        finally:
            heap.trim()

    def _task(
        self, name: str, lent: Run | None, request: Request, *arguments: Any
    ) -> Generator[Any, None, None]:
        if lent is not None:
            lend(self, request, lent)
        yield from JOBS[name].states(self, request, *arguments)

    def _seconds(self, name: str, lent: Run | None, request: Request, *arguments: Any) -> float:
        return JOBS[name].seconds(self, request, *arguments)

    @property
    def slider_end(self) -> float:
        """The threshold slider's far end, a round number: the model's, or what a recorded run used."""
        recorded = (run.cached.settings.threshold for run in self.library.recorded)
        furthest = max(self.models.cards[self.models.default].threshold_max, *recorded, 0.0)
        return round(math.ceil(furthest / ROUND - 1e-9) * ROUND, 6)

    @property
    def baselines(self) -> Any:
        """Made when first needed, since it imports torch."""
        if self._baselines is None:
            self._baselines = imported("teacache.runs.compare").Baselines()
        return self._baselines

    def run(
        self,
        request: Request,
        *,
        with_rivals: bool,
        methods: Sequence[str] = same_cost.USUAL,
        previews: bool = True,
        public: bool = False,
        others: Sequence[ShownRun] = (),
    ) -> Generator[Screen, None, None]:
        """Compare, store, then run `methods` at the same cost; a screen at every call, and once a second.

        `others` are runs made before, for what the page says about fidelity; `public` puts this one on show,
        where there is a gallery. Closing the iterator stops before the next call. Raises TeaCacheError, one
        sentence; not for a finished run that cannot be stored, which is shown with its `problem`.
        """
        # What cannot be run or stored is refused before anyone waits for the model.
        checked = request.checked(self.models.card(request.model))
        self._refuse_large(checked)
        self.library.made.check()
        if not self.models.ready(request.model):
            yield Screen(board=_before(checked, "loading"))
        pipe = self.models.get(request.model)
        kept, wanted = Kept(), tuple(methods) if with_rivals else ()
        imported("teacache.study.methods").refuse(pipe, wanted, checked.steps)
        yield Screen(rivals=no_rivals(names=methods, wanted=with_rivals))
        comparison = yield from self._compare(checked, kept, previews=previews)
        stored, problem = yield from beside(lambda _: self._keep(comparison, kept), sign=Screen)
        if public and self.options.gallery:
            problem = problem or _published(stored)
        table = rivals(stored.run_id, stored, (), names=methods, busy=with_rivals, wanted=with_rivals)
        yield replace(self._screen(stored, table, phase="done", others=others), problem=problem)
        if with_rivals:
            yield from self._rivals(comparison, stored, wanted)

    def _refuse_large(self, request: Request) -> None:
        """Raise RequestError for more than this server makes."""
        limits = ((request.steps, self.options.most_steps), (request.frames, self.options.most_frames))
        for what, (number, most) in zip((Phrase("steps"), Phrase("frames")), limits, strict=True):
            if number is not None and number > most:
                raise RequestError(
                    "{asked} {what} are more than this server makes: ask for at most {most}.",
                    asked=number,
                    what=what,
                    most=most,
                )

    def shown(
        self,
        run: StoredRun,
        *,
        phase: str,
        others: Sequence[ShownRun] = (),
    ) -> Screen:
        """Everything on the page for a finished run, with all schedules that the slider can ask for."""
        table = rivals(run.run_id, run, run.rivals, names=same_cost.of(run.rivals))
        return self._screen(run, table, phase=phase, others=others)

    def _screen(
        self, run: StoredRun, table: dict[str, Any], *, phase: str, others: Sequence[ShownRun]
    ) -> Screen:
        """`table`: what stands beside TeaCache at the same cost."""
        return Screen(
            board=state.stored_board(run, phase=phase),
            player=player.finished(run),
            table=self.table(run, others=others),
            rivals=table,
            stored=run,
        )

    def table(
        self,
        run: ShownRun,
        settings: Settings | None = None,
        *,
        signal: Indicator = "indicator",
        others: Sequence[ShownRun] = (),
    ) -> dict[str, Any]:
        """The what-if of a run at these rules (default: its own). Raises RequestError."""
        runs = [*self.library.recorded, *others]
        highest, card = self.reach(run), self.card_of(run)
        return whatif.table(run, settings, card=card, signal=signal, highest=highest, others=runs)

    def card_of(self, run: ShownRun) -> Card | None:
        """The card of a run's model; of a trace brought along the one that it stands for itself."""
        return run.card if isinstance(run, UploadedRun) else self.models.cards.get(run.request.model)

    def reach(self, run: ShownRun) -> float:
        """Where the threshold slider ends for a run."""
        end = run.threshold_end if isinstance(run, UploadedRun) else self.slider_end
        return max(end, run.cached.settings.threshold)

    def _compare(
        self, request: Request, kept: Kept, *, previews: bool
    ) -> Generator[Screen, None, Comparison]:
        """A screen for every state; `kept` is shown the previews."""
        shots, every = _Previews(), 5 if previews else 0
        with closing(self.work("compare", request, every)) as states:
            for progress in states:
                kept.see(progress)
                if progress.comparison is not None:
                    self._remember(request, progress.comparison)
                    return progress.comparison
                picture = shots.player(progress) if previews else None
                yield Screen(board=state.progress_board(progress), player=picture)
        raise AssertionError("a comparison ends with its last state or raises")

    def _remember(self, request: Request, comparison: Comparison) -> None:
        """For the next forecast, and for the next run where it happens in another process."""
        self.forecasts.note(comparison)
        if self._lent is not None:
            self._lent.put(request, comparison.uncached)

    def _keep(self, comparison: Comparison, kept: Kept) -> tuple[StoredRun, TeaCacheError | None]:
        """Store a comparison, and its previews beside it, without which a run is whole as well."""
        stored, problem = self.library.keep(comparison)
        if stored.folder is not None:
            kept.finish(comparison)
            try:
                kept.save(self.library.extras(stored.run_id))
            except OSError as error:
                _log.warning("the previews of run %s could not be kept: %s", stored.run_id, error)
        return stored, problem

    def _rivals(
        self, comparison: Comparison, stored: StoredRun, methods: Sequence[str]
    ) -> Generator[Screen, None, None]:
        finished: list[Rival] = []

        def table(*, busy: bool) -> dict[str, Any]:
            return rivals(stored.run_id, stored, finished, names=methods, busy=busy)

        try:
            with closing(self.work("rivals", comparison.request, comparison, methods)) as race:
                for rival in race:
                    if rival is None:  # nothing to show, but a place to stop at
                        yield Screen()
                        continue
                    finished.append(rival)
                    stored, problem = self.library.add_rivals(stored, (rival,))
                    more = len(finished) < len(methods)
                    yield Screen(rivals=table(busy=more), stored=stored, problem=problem)
        except Exception:
            yield Screen(rivals=table(busy=False))  # the run itself stands, and nobody waits for more
            raise


def _published(run: StoredRun) -> TeaCacheError | None:
    """Put a run on show; the reason where that fails."""
    try:
        publish(run)
    except StoreError as error:
        return error
    return None


def _before(request: Request, phase: str) -> dict[str, Any]:
    """The state before the first call is known."""
    steps = request.steps or 0
    return state.board(
        run_id="",
        phase=phase,
        settings=request.settings,
        steps=steps,
        calls=steps,
        about={"model": request.model},
    )


class _Previews:
    """Turns previews into sprites, once each, and keeps the latest of both lanes."""

    def __init__(self) -> None:
        self._last: np.ndarray | None = None
        self._lanes: list[dict[str, Any] | None] = [None, None]

    def player(self, progress: Progress) -> dict[str, Any] | None:
        """The player's new value, or None where the picture has not changed."""
        if progress.baseline is not None and self._lanes[0] is None:
            self._lanes[0] = player.sprite(progress.baseline)
        if progress.preview is None or progress.preview is self._last:
            return None
        self._last = progress.preview
        lane = 1 if progress.cached or progress.phase == "cached" else 0
        self._lanes[lane] = player.sprite(progress.preview)
        return player.preview(progress.run_id, list(self._lanes), still=progress.request.frames == 1)
