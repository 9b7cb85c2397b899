"""The decision of TeaCache, in plain numbers: compute this call, or reuse the residual of an earlier one?

Follows the authors' order of operations (arXiv 2411.19108, section 3.3, Eq. 4 to 7, and
`eval/teacache/experiments/*.py` of ali-vilab/TeaCache). This is the only implementation of the decision: the
hooks, the replay and the page all ask it. It knows nothing of tensors, models, branches' names or files.
The whole loop on one screen is in reference.py. What the authors' code calls

    rel_l1_thresh                is Settings.threshold (delta)
    coefficients                 is Settings.coefficients
    ret_steps, use_ret_steps     is Settings.first_steps (retention steps)
    accumulated_rel_l1_distance  is Gate.accumulated
    should_calc                  is Decision.computed
    previous_modulated_input     is Branch.trails["indicator"].last (branch.py)
    previous_residual            is Branch.residual
    cnt, num_steps               are Tick.step and Tick.steps, which clock.py does not count by calls
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from teacache.method.settings import Settings

Reason = Literal[
    "first",  # the first step of a run has nothing to reuse
    "last",  # the last steps are always computed
    "retention",  # the first few steps are always computed
    "threshold",  # the accumulated distance reached the threshold
    "below_threshold",  # it did not: the call was reused
    "max_reuses",  # too many reused calls in a row
    "out_of_range",  # the distance lies outside the calibrated range
    "no_residual",  # nothing is stored for this branch yet
    "shape_changed",  # the stored residual has another shape, dtype or device
    "non_finite",  # the distance or its estimate is not a number
    "scheduled",  # a fixed schedule said so
    "off",  # threshold 0: everything is computed
    "another_cache",  # not TeaCache's decision: another cache ran, and computed most of the call or less
]
Residual = Literal["ready", "missing", "shape_changed"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the gate decided for one call, and why."""

    computed: bool
    reason: Reason
    distance: float | None = None  # relative L1 of the indicator, where the decision needed it
    estimated: float | None = None  # f(distance), where it was evaluated
    # the sum that was compared with the threshold, before any reset; 0 at forced calls
    accumulated: float = 0.0


@dataclass
class Gate:
    """The accumulator of one branch of one run. Make a new one for each."""

    settings: Settings
    accumulated: float = field(default=0.0, init=False)
    reuses: int = field(default=0, init=False)

    def decide(
        self,
        *,
        step: int,
        steps: int | None,
        distance: float | Callable[[], float] | None,
        residual: Residual = "ready",
    ) -> Decision:
        """Decide the call of this branch at `step` (0-based) of `steps` (None: unknown, then no step is the
        last).

        `distance` is the relative L1 distance of the indicator to its value at this branch's previous call
        (Eq. 4). It may be a function: it is called only if the decision depends on it, so that a forced call
        costs no host synchronisation.
        """
        forced = self._forced(step, steps, residual)
        if forced is not None:
            return self._compute(forced)
        if self.settings.schedule is not None:
            return self._scheduled(step)
        if distance is None:
            return self._compute("no_residual")
        return self._weigh(distance() if callable(distance) else distance)

    def _forced(self, step: int, steps: int | None, residual: Residual) -> Reason | None:
        """The reason to compute that does not depend on the distance, if there is one."""
        s = self.settings
        if s.off:
            return "off"
        if step == 0:
            return "first"
        if residual != "ready":
            return "no_residual" if residual == "missing" else "shape_changed"
        if s.schedule is not None:
            return None
        first, last = s.forced(steps)
        if step < first:
            return "retention"
        if steps is not None and step >= steps - last:
            return "last"
        return None

    def _scheduled(self, step: int) -> Decision:
        schedule = self.settings.schedule or ()
        if step >= len(schedule) or schedule[step]:
            return self._compute("scheduled")
        self.reuses += 1
        return Decision(computed=False, reason="scheduled")

    def _weigh(self, distance: float) -> Decision:
        """Accumulate, compare, reset: Eq. 7 of the paper, with the strict comparison of the authors' code."""
        s = self.settings
        estimated = s.estimate(distance)
        if not (math.isfinite(distance) and math.isfinite(self.accumulated + estimated)):
            return self._compute("non_finite", distance=distance)
        if (
            s.out_of_range == "compute"
            and s.input_range is not None
            and not s.input_range[0] <= distance <= s.input_range[1]
        ):
            return self._compute("out_of_range", distance=distance, estimated=estimated)
        self.accumulated += estimated
        if self.accumulated >= s.threshold:
            return self._compute("threshold", distance=distance, estimated=estimated)
        if s.max_reuses is not None and self.reuses >= s.max_reuses:
            return self._compute("max_reuses", distance=distance, estimated=estimated)
        self.reuses += 1
        return Decision(
            computed=False,
            reason="below_threshold",
            distance=distance,
            estimated=estimated,
            accumulated=self.accumulated,
        )

    def _compute(
        self, reason: Reason, *, distance: float | None = None, estimated: float | None = None
    ) -> Decision:
        """Compute the call; the sum starts again at 0 and what crossed the threshold is not carried over."""
        compared = self.accumulated if reason in ("threshold", "max_reuses") else 0.0
        self.accumulated, self.reuses = 0.0, 0
        return Decision(
            computed=True, reason=reason, distance=distance, estimated=estimated, accumulated=compared
        )
