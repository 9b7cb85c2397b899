"""The decision against tables worked out by hand."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from teacache.errors import SettingsError
from teacache.method.gate import Gate, Settings

NAN, INF = math.nan, math.inf


def decide(gate, distances, *, steps=None, residual="ready"):
    """One call per distance, from step 0 on."""
    return [
        gate.decide(step=i, steps=steps, distance=d, residual="missing" if i == 0 else residual)
        for i, d in enumerate(distances)
    ]


def reasons(settings, distances, **more):
    return [d.reason for d in decide(Gate(settings), distances, **more)]


def test_the_sum_crosses_resets_and_does_not_carry_the_crossing_increment_over():
    decisions = decide(Gate(Settings(threshold=0.25)), [None, 0.1, 0.1, 0.1, 0.2, 0.1], steps=7)
    assert [d.computed for d in decisions] == [True, False, False, True, False, True]
    assert [d.accumulated for d in decisions] == pytest.approx([0, 0.1, 0.2, 0.3, 0.2, 0.3])
    assert [d.reason for d in decisions] == [
        "first", "below_threshold", "below_threshold", "threshold", "below_threshold", "threshold",
    ]  # fmt: skip


def test_a_sum_equal_to_the_threshold_computes():
    assert reasons(Settings(threshold=0.5), [None, 0.5]) == ["first", "threshold"]
    assert reasons(Settings(threshold=0.5), [None, 0.25, 0.25]) == ["first", "below_threshold", "threshold"]


def test_threshold_zero_computes_even_where_the_estimate_is_negative():
    settings = Settings(threshold=0, coefficients=(1.0, -5.0))
    assert settings.off
    assert reasons(settings, [None, 0.1, 0.1], steps=3) == ["off"] * 3


def test_first_and_last_steps_are_computed():
    settings = Settings(threshold=9, first_steps=3, last_steps=2)
    assert reasons(settings, [None, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], steps=7) == [
        "first", "retention", "retention", "below_threshold", "below_threshold", "last", "last",
    ]  # fmt: skip
    assert reasons(Settings(threshold=9, last_steps=0), [None, 0.1], steps=2)[-1] == "below_threshold"
    assert reasons(Settings(threshold=9), [None, 0.1], steps=None)[-1] == "below_threshold"


def test_a_forced_call_empties_the_sum():
    gate = Gate(Settings(threshold=0.3))
    decide(gate, [None, 0.2])
    gate.decide(step=2, steps=9, distance=0.2, residual="shape_changed")
    after = gate.decide(step=3, steps=9, distance=0.2)
    assert (after.computed, after.accumulated) == (False, pytest.approx(0.2))


def test_nothing_stored_or_something_of_another_shape_computes():
    assert reasons(Settings(threshold=9), [None, 0.1], residual="missing")[-1] == "no_residual"
    assert reasons(Settings(threshold=9), [None, 0.1], residual="shape_changed")[-1] == "shape_changed"
    assert reasons(Settings(threshold=9), [None, None])[-1] == "no_residual"


@pytest.mark.parametrize("distance", [NAN, INF, -INF])
def test_a_distance_that_is_no_number_computes(distance):
    decisions = decide(Gate(Settings(threshold=9)), [None, distance, 0.1])
    assert [d.reason for d in decisions] == ["first", "non_finite", "below_threshold"]


def test_an_estimate_that_overflows_computes():
    assert reasons(Settings(threshold=9, coefficients=(1e308, 0, 0)), [None, 1e10])[-1] == "non_finite"


def test_a_sum_that_overflows_computes():
    gate = Gate(Settings(threshold=0.1, coefficients=(-1.7e308,)))
    reasons = [gate.decide(step=step, steps=9, distance=0.1).reason for step in range(1, 4)]
    assert reasons == ["below_threshold", "non_finite", "below_threshold"]


def test_max_reuses_in_a_row():
    reused = reasons(Settings(threshold=9, max_reuses=2), [None] + [0.1] * 6)
    assert reused == ["first"] + ["below_threshold", "below_threshold", "max_reuses"] * 2


@pytest.mark.parametrize(
    "dialect, accumulated, computed",
    [
        # f(x) = x - 0.3 at 0.1, 0.1, 0.5, 0.5: -0.2, -0.2, 0.2, 0.2; threshold 0.3
        ("keep", [0, -0.2, -0.4, -0.2, 0.0], [True, False, False, False, False]),  # the authors
        ("abs", [0, 0.2, 0.4, 0.2, 0.4], [True, False, True, False, True]),  # vllm-omni
        ("zero", [0, 0.0, 0.0, 0.2, 0.4], [True, False, False, False, True]),  # mlx-teacache
    ],
)
def test_the_three_dialects_of_negative_estimates(dialect, accumulated, computed):
    settings = Settings(threshold=0.3, coefficients=(1.0, -0.3), negative=dialect)
    decisions = decide(Gate(settings), [None, 0.1, 0.1, 0.5, 0.5])
    assert [d.accumulated for d in decisions] == pytest.approx(accumulated)
    assert [d.computed for d in decisions] == computed


@pytest.mark.parametrize(
    "rule, estimate, reason",
    [("ignore", 0.8, "below_threshold"), ("clamp", 0.4, "below_threshold"), ("compute", 0.8, "out_of_range")],
)
def test_distances_outside_the_calibrated_range(rule, estimate, reason):
    settings = Settings(threshold=9, coefficients=(2.0, 0.0), input_range=(0.1, 0.2), out_of_range=rule)
    decision = decide(Gate(settings), [None, 0.4])[-1]
    assert (decision.estimated, decision.reason) == (pytest.approx(estimate), reason)
    inside = decide(Gate(settings), [None, 0.2])[-1]
    assert (inside.estimated, inside.reason) == (pytest.approx(0.4), "below_threshold")


def test_the_polynomial_is_highest_power_first():
    assert Settings(threshold=1, coefficients=(2, 3, 5)).estimate(10) == 235
    assert Settings(threshold=1).estimate(0.25) == 0.25


def test_a_fixed_schedule_is_followed_and_the_distance_is_not_asked():
    def never():
        raise AssertionError("asked")

    gate = Gate(Settings(threshold=0.1, schedule=(True, False, False, True)))
    got = [gate.decide(step=i, steps=6, distance=never, residual="ready") for i in range(6)]
    assert [d.computed for d in got] == [True, False, False, True, True, True]  # past its end: computed
    assert [d.reason for d in got] == ["first"] + ["scheduled"] * 5


def test_threshold_zero_is_off_whatever_a_schedule_says():
    settings = Settings(threshold=0, schedule=(True, False, False))
    assert settings.off
    got = [Gate(settings).decide(step=i, steps=3, distance=0.0) for i in range(3)]
    assert [(d.computed, d.reason) for d in got] == [(True, "off")] * 3


@pytest.mark.parametrize("steps, first, last", [(20, 2, 4), (28, 3, 6), (5, 1, 1), (100, 10, 20)])
def test_a_share_of_the_steps_is_rounded_up(steps, first, last):
    settings = Settings(threshold=9, first_steps=0.1, last_steps=0.2)
    counted = settings.replaced(first_steps=first, last_steps=last)
    assert settings.forced(steps) == counted.forced(steps) == (first, last)
    distances = [None, *[0.1] * (steps - 1)]
    assert reasons(settings, distances, steps=steps) == reasons(counted, distances, steps=steps)


def test_a_share_of_an_unknown_number_of_steps_forces_nothing_but_the_first():
    settings = Settings(threshold=9, first_steps=0.5, last_steps=0.5)
    assert reasons(settings, [None, 0.1, 0.1], steps=None) == ["first", "below_threshold", "below_threshold"]


def test_the_distance_is_asked_only_where_the_decision_depends_on_it():
    asked = []

    def distance():
        asked.append(True)
        return 0.1

    gate = Gate(Settings(threshold=9, first_steps=2))
    for step in range(5):
        gate.decide(step=step, steps=5, distance=distance)
    assert len(asked) == 2  # steps 2 and 3; 0 and 1 are the first, 4 is the last


@pytest.mark.parametrize(
    "field, value",
    [
        ("threshold", -0.1), ("threshold", NAN), ("threshold", "0.1"), ("threshold", True),
        ("threshold", None),
        ("coefficients", ()), ("coefficients", (1, NAN)), ("coefficients", "12"), ("coefficients", (1,) * 9),
        ("first_steps", 0), ("first_steps", 1.0), ("first_steps", 0.0), ("first_steps", 1.5),
        ("first_steps", True), ("last_steps", -1), ("last_steps", -0.1), ("last_steps", NAN),
        ("max_reuses", 0), ("negative", "clip"),
        ("out_of_range", "raise"), ("input_range", (0.2, 0.1)), ("input_range", (0.1,)),
        ("threshold", 10**400), ("coefficients", (10**400,)), ("input_range", (0, 10**400)),
        ("schedule", 5), ("schedule", "no"), ("schedule", ["false", "true"]), ("schedule", ()),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_with_its_value_the_range_and_the_fix(field, value):
    with pytest.raises(SettingsError, match="must be .+: .+") as caught:
        Settings(**{"threshold": 0.1, field: value})
    assert str(caught.value).startswith(f"{field} is ")
    assert caught.value.field == field
    assert isinstance(caught.value, ValueError)


def test_settings_cannot_be_changed_and_survive_json():
    settings = Settings(threshold=0.1, coefficients=(1, 2), input_range=(0, 1), schedule=(True, False))
    with pytest.raises(AttributeError):
        settings.threshold = 0.2
    assert Settings.from_json(settings.to_json()) == settings
    with pytest.raises(SettingsError, match="speed"):
        Settings.from_json({"threshold": 0.1, "speed": 2})
    with pytest.raises(SettingsError, match="threshold is None"):
        Settings.from_json({})


def test_numbers_and_arrays_of_numpy_are_numbers():
    fitted = np.polyfit([0.0, 0.1, 0.2], [0.0, 0.2, 0.4], 1)
    settings = Settings(
        threshold=np.float32(0.5),
        coefficients=fitted,
        first_steps=np.int64(2),
        schedule=np.array([True, False]),
    )
    plain = Settings(threshold=0.5, coefficients=tuple(fitted), first_steps=2, schedule=(True, False))
    assert settings == plain and json.dumps(settings.to_json())


def test_the_decision_and_the_record_need_neither_torch_nor_a_page():
    code = (
        "import sys, teacache, teacache.method.gate, teacache.method.trace;"
        "print({'torch', 'gradio', 'diffusers', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("set()", "")
