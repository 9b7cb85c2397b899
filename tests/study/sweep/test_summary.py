"""Means, their doubt, the points that nothing beats, and the threshold for a target."""

from dataclasses import replace

import numpy as np
import pytest

from teacache.study.sweep.rows import UNCACHED, Row
from teacache.study.sweep.summary import for_fidelity, for_speed, over_prompts, points, unbeaten


def row(index=0, method="teacache", knob=0.1, share=0.5, psnr=40.0, **more) -> Row:
    values = f'{{"threshold": {knob}}}'
    return Row(
        key=f"{index}-{method}-{knob}", index=index, prompt="a red ball", seed=index, model="shapes",
        steps=50, guidance_scale=3.0, flow_shift=1.0, method=method, values=values, knob=knob, budget=None,
        computed=round(50 * share), calls=50, share=share, seconds=share, uncached_seconds=1.0, psnr=psnr,
        ssim=0.9, lpips=None, object_psnr=None, **more,
    )  # fmt: skip


@pytest.fixture
def many():
    """Ten prompts at three thresholds of TeaCache and one of uniform reuse, which is worse."""
    rng = np.random.default_rng(0)
    return [
        row(i, method, knob, share, psnr + rng.normal(0, 2))
        for i in range(10)
        for method, knob, share, psnr in (
            ("teacache", 0.1, 0.5, 45), ("teacache", 0.2, 0.4, 40), ("teacache", 0.4, 0.25, 30),
            ("uniform", 0.4, 0.4, 25),
        )
    ]  # fmt: skip


def test_points_are_means_over_prompts_without_the_uncached_runs(many):
    found = points([row(method=UNCACHED, share=1.0, psnr=100.0), *many])
    assert [(p.method, p.knob) for p in found] == [
        ("teacache", 0.1), ("teacache", 0.2), ("teacache", 0.4), ("uniform", 0.4)
    ]  # fmt: skip
    first = found[0]
    mine = [r.psnr for r in many if (r.method, r.knob) == ("teacache", 0.1)]
    assert first.psnr.mean == pytest.approx(np.mean(mine)) and first.runs == first.prompts == 10
    assert first.psnr.low < first.psnr.mean < first.psnr.high
    assert first.ideal_speedup == 2 and first.speedup == pytest.approx(2)


def test_the_interval_is_as_wide_as_the_error_of_the_mean_says():
    values = np.random.default_rng(1).normal(40, 3, 60)
    found = over_prompts([row(i, psnr=v) for i, v in enumerate(values)], lambda r: r.psnr)
    error = values.std(ddof=1) / np.sqrt(60)
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.1)


def test_two_noises_of_a_prompt_are_no_two_prompts():
    rows = [replace(row(i, psnr=40.0 + i), seed=seed) for i in range(4) for seed in range(50)]
    wide, narrow = over_prompts(rows, lambda r: r.psnr), over_prompts(rows[::50], lambda r: r.psnr)
    assert (wide.low, wide.high) == (narrow.low, narrow.high)


def test_seconds_of_disturbed_runs_do_not_count(many):
    slow = [replace(one, seconds=100.0, disturbed=True) for one in many if one.index < 3]
    calm = [one for one in many if one.index >= 3]
    assert points(slow + calm)[0].speedup == pytest.approx(2)
    assert points([replace(one, disturbed=True) for one in many])[0].speedup is None


def test_what_another_beats_at_its_cost_is_not_on_the_frontier(many):
    assert [p.method for p in unbeaten(points(many))] == ["teacache"] * 3


def test_a_threshold_is_recommended_between_those_that_were_tried(many):
    found = points(many)
    faster = for_speed(found, 3)
    assert 0.2 < faster.threshold < 0.4 and "3 times fewer" in faster.text
    assert for_speed(found, 2).threshold == pytest.approx(0.1)
    near = for_fidelity(found, 35)
    assert 0.2 < near.threshold < 0.4 and "35 dB" in near.text
    at = next(p for p in found if p.knob == 0.2)
    assert for_fidelity(found, at.psnr_low).threshold == pytest.approx(0.2)


def test_what_no_threshold_reaches_is_said(many):
    found = points(many)
    assert (
        for_speed(found, 9).threshold is None
        and "No threshold that was tried is 9" in for_speed(found, 9).text
    )
    assert for_fidelity(found, 80).threshold is None
