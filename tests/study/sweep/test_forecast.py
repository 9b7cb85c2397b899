"""A dry run is arithmetic that can be checked by hand, and says what it does not know."""

import json

import pytest

from teacache.cli import main
from teacache.errors import RequestError
from teacache.models.catalog import CARDS
from teacache.study.sweep.forecast import LOAD_SECONDS, forecast

WAN = CARDS["wan-1.3b"]


def test_hours_are_runs_times_seconds():
    found = forecast(WAN, units=350, shares=[0.5, 0.25], steps=50, call_seconds=1.0, gpus=(1, 8, 64))
    assert found.unit_seconds == 100 * 1.75  # two calls a step
    assert found.gpu_hours == pytest.approx(350 * 175 / 3600) and found.runs == 1050
    one, eight, many = found.spreads
    assert one.hours == pytest.approx(found.gpu_hours + LOAD_SECONDS / 3600)
    assert eight.hours == pytest.approx((44 * 175 + LOAD_SECONDS) / 3600)  # 350 prompts in 44 rounds of 8
    assert many.hours == pytest.approx((6 * 175 + LOAD_SECONDS) / 3600) and many.efficiency < eight.efficiency


def test_the_store_is_the_limit_where_runs_are_short():
    short = forecast(WAN, units=350, shares=[0.5], steps=50, call_seconds=0.001, gpus=(64,))
    assert short.store_limit < 64 and short.spreads[0].store_busy > 0.5


def test_calibration_runs_come_before():
    without, with_them = (
        forecast(WAN, units=8, shares=[0.5], steps=50, call_seconds=1.0, gpus=(8,), calibration=n)
        for n in (0, 8)
    )
    assert with_them.spreads[0].hours - without.spreads[0].hours == pytest.approx(100 / 3600)


def test_the_command_runs_nothing_and_needs_no_weights(capsys):
    asked = ["sweep", "--dry-run", "--model", "wan-1.3b", "--prompts", "350", "--methods", "teacache"]
    assert main([*asked, "--budgets", "25"]) == 0
    assert "GPU hours" in capsys.readouterr().out
    assert main([*asked, "--thresholds", "0.05,0.08", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 1050


def test_what_nobody_published_is_asked_for():
    with pytest.raises(RequestError, match="--call-seconds"):
        forecast(CARDS["shapes"], units=1, shares=[0.5], steps=50, call_seconds=None, gpus=(1,))
