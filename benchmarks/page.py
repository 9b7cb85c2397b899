"""What the page costs and how promptly it shows: the real server, the real page, a real Chromium.

Times of server and browser are compared on one machine's clock. Knows the page by its element ids and by the
log of paints that it keeps (base/paints.js).
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import chrome
from benchmarks.table import Row
from teacache.models.catalog import CARDS
from teacache.runs.compare import Baselines, compare
from teacache.runs.comparison import Comparison
from teacache.runs.request import Request
from teacache.runs.store import Store
from teacache.study.replay import threshold_for_speedup
from tools import chromium as system
from tools.serving import free_port, served

FIRST_PAINT = """() => new Promise(done => {
  const found = list => list.find(entry => entry.name === 'first-contentful-paint');
  const tell = entry => done(performance.timeOrigin + entry.startTime);
  const now = found(performance.getEntriesByType('paint'));
  if (now) return tell(now);
  const later = list => { const entry = found(list.getEntries()); if (entry) tell(entry); };
  new PerformanceObserver(later).observe({type: 'paint'});
})"""
# Of a page that is shown: ms from the start of its navigation to its first paint, and to its own board drawn.
DRAWN = """() => new Promise(done => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const tell = () => done([paint.startTime, performance.now()]);
  const look = () => document.getElementById('tc-poster') ? requestAnimationFrame(look) : tell();
  look();
})"""
PAINTS = "() => teacache.paints.map(p => ({...p, painted: performance.timeOrigin + p.painted}))"
# Once a run that was asked for has ended. Told by the page: asking again and again would slow the run.
FINISHED = """() => new Promise((done, fail) => {
  setTimeout(() => fail(Error('The page did not finish its run in five minutes.')), 300_000);
  let begun = false;
  const look = () => {
    const running = document.body.classList.contains('tc-running');
    begun ||= running;
    if (begun && !running) done();
  };
  new MutationObserver(look).observe(document.body, { attributes: true, attributeFilter: ['class'] });
  look();
})"""
# Of each move that changes the threshold: ms from the event to the end of its frame, and ms of script.
REDRAWS = """() => {
  window.redraws = [];
  let due = null, value = null;
  const moves = event => {
    if (!event.target.closest('.tc-scale') || event.target.value === value) return;
    value = event.target.value; // snapped to a schedule already
    due = due ?? event.timeStamp;
  };
  document.addEventListener('input', moves, true);
  teacache.on('view', () => {
    if (due === null) return;
    const from = due;
    due = null;
    const painted = new MessageChannel();
    const script = performance.now() - teacache.redrawn.began;
    painted.port1.onmessage = () => window.redraws.push([performance.now() - from, script]);
    painted.port2.postMessage(0);
  });
}"""
PROMPT = "a red ball bouncing on a blue background"
WATCHED_STEPS = 20  # short runs suffer most


def rows(pipe: Any, *, quick: bool) -> list[Row]:
    """All of the page's figures; a single row that says why if there is no Chromium."""
    if system.find() is None:
        return [Row(name="page", value=None, goal=0, note="no Chromium on this machine")]
    with TemporaryDirectory() as folder, chrome.browser() as chromium:
        place = Path(folder)
        return [
            *start_rows(chromium, place, repeats=1 if quick else 5),
            *warm_rows(chromium, place, visits=2 if quick else 9),
            *redraw_rows(chromium, place, moves=20 if quick else 120),
            *stream_rows(chromium, pipe, place, steps=20 if quick else 50),
            open_page_row(chromium, pipe, place, repeats=1 if quick else 5),
        ]


def start_rows(chromium: Any, place: Path, *, repeats: int) -> list[Row]:
    """From the start of the server's process to what a visitor sees."""
    paints, figures = [], []
    for _ in range(repeats):
        port = free_port()
        start = time.time()
        with served(app(port, place), port, place / "server.log") as address:
            page = chrome.new_page(chromium)
            page.goto(address, wait_until="commit")
            paints.append(page.evaluate(FIRST_PAINT) / 1000 - start)
            page.wait_for_selector("#tc-board .tc-figures")
            figures.append(time.time() - start)
            page.close()
    note = f"{min(paints):.2f} to {max(paints):.2f} s, {repeats} starts"
    return [
        Row(name="server start to first paint", value=median(paints), unit="s", goal=3.5, note=note),
        Row(name="server start to figures on screen", value=median(figures), unit="s"),
    ]


def warm_rows(chromium: Any, place: Path, *, visits: int) -> list[Row]:
    """Visitors with an empty cache, of a server that has served before and has its model loaded."""
    port, took = free_port(), []
    with served(app(port, place), port, place / "warm.log") as address:
        for _ in range(visits + 1):
            context = chromium.new_context()
            page = context.new_page()
            page.goto(address)
            took.append(page.evaluate(DRAWN))
            page.wait_for_selector(".tc-chip.ready")
            context.close()
    paints, boards = zip(*took[1:], strict=True)  # the first visit warms up
    note = f"{min(paints):.0f} to {max(paints):.0f} ms, {visits} visits; the recorded run is in it"
    return [
        Row(name="warm server: first paint", value=median(paints), unit="ms", goal=500, note=note),
        Row(name="warm server: page ready for the hand", value=median(boards), unit="ms"),
    ]


def redraw_rows(chromium: Any, place: Path, *, moves: int) -> list[Row]:
    """A drag of the threshold slider by hand on the recorded run: how soon each move is on screen."""
    port = free_port()
    with served(app(port, place), port, place / "redraw.log") as address:
        page = chrome.new_page(chromium)
        page.goto(address)
        page.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
        page.wait_for_function("() => window.teacache")
        page.wait_for_timeout(1000)
        page.evaluate(REDRAWS)
        _drag(page, moves)
        took = page.evaluate("window.redraws")
        page.close()
    delays, drawing = (sorted(values) for values in zip(*took, strict=True))
    note = (
        f"p50 {_share(delays, 0.5):.0f} ms, worst {delays[-1]:.0f} ms, {len(took)} redraws of {moves} moves"
    )
    return [
        Row(name="slider moved to painted, p95", value=_share(delays, 0.95), unit="ms", goal=50, note=note),
        Row(name="script of one redraw, p95", value=_share(drawing, 0.95), unit="ms"),
    ]


def _drag(page: Any, moves: int) -> None:
    """Over a third of the slider, to and fro."""
    box = page.locator(".tc-scale").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.05, y)
    page.mouse.down()
    for move in range(moves):
        page.mouse.move(box["x"] + box["width"] * (0.03 + 0.3 * (move * 7 % moves) / moves), y)
        page.wait_for_timeout(30)
    page.mouse.up()


def stream_rows(chromium: Any, pipe: Any, place: Path, *, steps: int) -> list[Row]:
    """States sent at 10 Hz: how many were on screen, and how long each took to get there."""
    _record(pipe, place, steps)
    port = free_port()
    sent_file = place / "sent.jsonl"
    command = ["-m", "benchmarks.stream_server", str(place), str(port), str(sent_file)]
    with served(command, port, place / "stream.log") as address:
        page = chrome.new_page(chromium)
        page.goto(address)
        page.wait_for_function(
            "() => window.Plotly && window.teacache"
        )  # a visitor reads a while before running
        page.wait_for_selector("#tc-run")
        page.click("#tc-run")
        page.wait_for_timeout(1000 * steps / 10 + 2000)
        painted = page.evaluate(PAINTS)
        page.close()
    sent = dict(json.loads(line) for line in sent_file.read_text().splitlines())
    arrivals = _shown(painted)
    delays = sorted(1000 * (arrivals[n] / 1000 - sent[n]) for n in sent if n in arrivals)
    note = (
        f"p50 {delays[len(delays) // 2]:.0f} ms, worst {delays[-1]:.0f} ms" if delays else "nothing was shown"
    )
    late = _share(delays, 0.95) if delays else None
    return [
        Row(
            name=f"states on screen of {len(sent)} sent at 10 Hz",
            value=len(delays),
            goal=len(sent),
            at_least=True,
        ),
        Row(name="state sent to painted, p95", value=late, unit="ms", goal=60, note=note),
    ]


def open_page_row(chromium: Any, pipe: Any, place: Path, *, repeats: int) -> Row:
    """The same uncached and cached runs, watched on the page and headless in this process, in turns."""
    port = free_port()
    runs = place / "watched"
    ratios = []
    with served(app(port, runs, model=_named(pipe)), port, place / "open.log") as address:
        page = chrome.new_page(chromium)
        page.goto(address)
        page.wait_for_function("() => window.Plotly && window.teacache")
        page.fill("#tc-steps input", str(WATCHED_STEPS))
        for seed in range(repeats + 1):
            watched = denoising(click_run(page, runs, seed, known=seed))
            ratios.append(watched / denoising(_headless(pipe, watched_request(runs, seed))))
        page.close()
    slower = 100 * (median(ratios[1:]) - 1)  # the first round warms both up
    return Row(
        name="served run, watched in a browser on the same machine, over a headless run",
        value=slower,
        unit="% slower",
        goal=25,  # the browser takes 0.3 of two cores itself
        note=f"{repeats} pairs, {100 * (min(ratios[1:]) - 1):+.1f} to {100 * (max(ratios[1:]) - 1):+.1f} %",
    )


def watched_request(runs: Path, seed: int) -> Request:
    """What the page asked for in the run of that seed."""
    return next(run.request for run in Store(runs).list() if run.request.seed == seed)


def app(port: int, runs: Path, *, model: str | None = None) -> list[str]:
    """What serves the page, with `model` chosen: a name of the catalog or a folder."""
    command = ["app.py", "--no-browser", "--host", "127.0.0.1", "--port", str(port), "--runs-dir", str(runs)]
    if model is None:
        return command
    return [*command, "--default-model" if model in CARDS else "--model-folder", model]


def _named(pipe: Any) -> str:
    card = pipe.teacache_card
    return card.name if card.name in CARDS else card.source


def _record(pipe: Any, place: Path, steps: int) -> None:
    """Traces of a run for the paced server."""
    card = pipe.teacache_card
    comparison = _headless(
        pipe, Request(model=card.name, prompt=PROMPT, steps=steps, settings=card.settings())
    )
    threshold = threshold_for_speedup(comparison.uncached.trace, 2, card.settings())
    settings = card.settings(threshold)
    comparison = _headless(pipe, Request(model=card.name, prompt=PROMPT, steps=steps, settings=settings))
    comparison.uncached.trace.save(place / "uncached.json")
    comparison.cached.trace.save(place / "cached.json")


def _headless(pipe: Any, request: Request) -> Comparison:
    *_, last = compare(pipe, request, baselines=Baselines(), preview_every=0)
    return last.comparison


def click_run(page: Any, runs: Path, seed: int, *, known: int) -> Any:
    """Set the seed, press Run, wait until run and rivals are done; the stored run."""
    page.fill("#tc-seed input", str(seed))
    page.keyboard.press("Tab")
    page.click("#tc-run")
    page.evaluate(FINISHED)
    stored = Store(runs).list()
    if len(stored) <= known:
        raise RuntimeError("The page has finished, and no new run was stored.")
    return next(run for run in stored if run.request.seed == seed)


def denoising(run: Any) -> float:
    """Seconds of both runs, of a Comparison or a StoredRun."""
    if isinstance(run, Comparison):
        return run.uncached.timings.denoising + run.cached.timings.denoising
    return run.uncached_timings.denoising + run.cached_timings.denoising


def _share(rising: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return rising[int(share * (len(rising) - 1))]


def _shown(painted: Sequence[dict[str, Any]]) -> dict[int, float]:
    """When each state was on screen, in milliseconds; of those of one frame only the last was seen."""
    frames = {entry["painted"]: entry["n"] for entry in painted}
    return {n: at for at, n in frames.items()}
