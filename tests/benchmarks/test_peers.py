"""Who is set against whom, on equal fidelity, and that a rival's win is printed with its reason."""

from __future__ import annotations

import subprocess
import sys

from benchmarks import peers
from benchmarks.peers import Kind, Measured, match

OURS = {
    Kind("teacache", "0.50", (("threshold", 0.1),)): Measured([5.0, 5.2], [45.0, 46.0], [0.5, 0.5], [1, 1]),
    Kind("teacache", "0.30", (("threshold", 0.2),)): Measured([3.0, 3.1], [40.0, 40.2], [0.3, 0.3], [1, 1]),
}


def test_the_fastest_of_ours_that_is_as_near_is_set_against_a_rival():
    kind, found = match(40.5, OURS)
    assert kind.level == "0.30" and found.took == 3.05  # half a dB less near counts as equal
    assert match(40.7, OURS)[0].level == "0.50"
    assert match(50.0, OURS) is None


def test_a_rival_that_is_faster_is_printed_with_the_reason():
    kind = Kind("pab", "bold", (("spatial", 4.0),))
    row = peers._row(kind, Measured([2.0, 2.0], [40.0, 40.0], [0.2, 0.2], [1, 1]), OURS)
    assert row.verdict == "miss" and row.value < 1 and row.note.endswith("it computes less for the same")


def test_a_rival_that_nothing_of_ours_reaches_is_said():
    row = peers._row(Kind("pab", "careful", ()), Measured([9.0], [60.0], [0.8], [1]), OURS)
    assert row.value is None and "none of ours is as near" in row.note


def test_each_planned_schedule_has_a_row_beside_what_teacache_decides():
    planned = Kind("planned", "0.20", (("computed", 0.2),))
    (row,) = peers.planned_rows(OURS | {planned: Measured([2.0, 2.0], [45.0, 45.0], [0.2] * 2, [1, 1])})
    assert row.name == "Planned schedule, 0.20 of the steps" and row.verdict == "pass"
    assert row.value == 2.55 and "45.5 dB" in row.note
    assert peers.planned_rows(OURS) == []


HELD = """
import gc, time
from benchmarks import peers

class Circle:
    def __init__(self):
        self.itself, self.held = self, full(128)

def full(mib):
    held = bytearray(mib * peers.MIB)
    held[::4096] = b"x" * len(held[::4096])
    return held

gc.disable()
Circle()
with peers.peak() as found:
    gc.collect()
    held = full(64)
    time.sleep(0.5)
print(found[0] // peers.MIB)
"""


def test_the_peak_of_memory_is_what_is_held_inside_whatever_lay_there_before():
    # In a process of its own: what other tests leave is freed when it pleases.
    told = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True)
    assert 60 <= int(told.stdout) <= 80
