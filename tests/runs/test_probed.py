"""A probed run computed what TeaCache would have reused: nothing is timed."""

from dataclasses import replace

from teacache.runs.store import Store
from tests.runs import samples


def probed(run_id: str = "probed"):
    made = samples.comparison(run_id)
    return replace(made, cached=replace(made.cached, trace=replace(made.cached.trace, probe=True)))


def test_a_probed_run_has_no_speedup_but_the_ideal_one():
    made = probed()
    assert made.probed and made.seconds == (4.0, None)
    assert made.measured_speedup is made.efficiency is None and made.ideal_speedup > 1
    assert not samples.comparison().probed and samples.comparison().seconds == (4.0, 3.2)


def test_a_stored_one_has_none_either(tmp_path):
    stored = Store(tmp_path).save(probed())
    assert stored.probed and stored.measured_speedup is stored.efficiency is None
