"""All of the what-if on a trace from elsewhere: a model that cannot run here, read as its authors do."""

from __future__ import annotations

import json
from dataclasses import replace

from playwright.sync_api import expect

from teacache.method.trace import StepRecord, Trace
from teacache.models.catalog import card
from teacache.study.replay import replay
from tests.browser.steps import open_app, refused

STEPS = 50


def cogvideox() -> Trace:
    """As CogVideoX-5B's: one call a step, the authors' indicator and polynomial, no output measured."""
    made = card("cogvideox-5b")
    settings = made.settings(0.35)
    records = tuple(
        StepRecord(
            call=step,
            step=step,
            timestep=999.0 - 20 * step,
            branch="batched",
            indicator_distance=0.03 + 0.0004 * step if step else None,
            embedding_distance=0.03 + 0.0004 * step if step else None,
            computed=True,
            reason="off",
        )
        for step in range(STEPS)
    )
    trace = Trace(
        model=made.name,
        pipeline=made.pipeline,
        prompt="a panda plays the guitar",
        seed=42,
        steps=STEPS,
        size=(made.frames, made.height, made.width),
        guidance_scale=6.0,
        settings=settings,
        latent_free=True,
        records=records,
    )
    pairs = zip(records, replay(trace, settings), strict=True)
    return trace.with_records(
        tuple(
            replace(
                r,
                computed=d.computed,
                reason=d.reason,
                estimated_distance=d.estimated,
                accumulated_distance=d.accumulated,
            )
            for r, d in pairs
        )
    )


def test_every_question_can_be_asked_of_a_trace_from_elsewhere(page, tmp_path, shot):
    own = tmp_path / "cogvideox.json"
    own.write_text(json.dumps(cogvideox().to_json()))
    open_app(page)
    page.set_input_files("#tc-trace-file", own)
    page.wait_for_function("teacache.now.run.phase === 'uploaded'")
    page.wait_for_function("teacache.now.table.run === teacache.now.run.run")

    # what it stands on, and what there is not
    expect(page.locator(".tc-stands")).to_have_text("by: Timestep embedding, authors' way · exact")
    assert "“authors”" in page.get_attribute(".tc-stands", "data-tip")
    expect(page.locator(".tc-verdict")).to_contain_text("Nothing was run here")
    expect(page.locator(".tc-third")).to_be_hidden()
    expect(page.locator(".tc-transport")).to_be_hidden()
    expect(page.locator(".tc-key:has(> .actual)")).to_be_hidden()
    expect(page.locator(".tc-key:has(> .this)")).to_be_hidden()
    expect(page.locator(".tc-damage .tc-gist")).to_contain_text("for runs of small models alone")
    shot("uploaded-cogvideox", full_page=True)

    # from schedule to schedule, and to a wanted speedup
    at = page.evaluate("teacache.view().rowIndex")
    page.locator(".tc-scale").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("at => teacache.view().rowIndex === at + 1", arg=at)
    expect(page.locator(".tc-line")).to_have_text("What-if, replayed from your trace (exact).")
    page.locator(".tc-target input").fill("2")
    page.wait_for_function("teacache.view().total / teacache.view().computed >= 2")

    # other rules, another signal, the arithmetic of one step
    page.get_by_role("radio", name="Naive").check()
    page.wait_for_function("teacache.now.table.controls.naive")
    assert page.evaluate("teacache.now.table.est[9]") == page.evaluate("teacache.now.run.cached.ind[9]")
    page.locator("#tc-more button").first.click()
    page.get_by_role("radio", name="Timestep embedding").check()
    page.wait_for_function("teacache.now.table.signal === 'embedding'")
    expect(page.locator(".tc-stands")).to_have_text("by: Timestep embedding · exact")
    page.locator(".tc-strip .tc-cell").nth(9).click()
    expect(page.locator(".tc-step-card li").first).to_contain_text("0.0336")
    page.keyboard.press("Escape")

    # the polynomial, without a pair to judge it by
    page.click(".tc-poly summary")
    expect(page.locator(".tc-gist").first).to_contain_text("too few changes to tell how well it fits")
    page.get_by_text("Recalibrate from this visit's runs").click()
    refused(page, "needs more than 4 different pairs")
