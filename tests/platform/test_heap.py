"""A program that keeps its heap fetches no memory twice, and all its threads share one heap."""

import ctypes
import os
import runpy
import subprocess
import sys

import pytest

from benchmarks import __main__ as benchmarks
from teacache.errors import TeaCacheError
from teacache.platform import heap, native, waiting
from ui import server
from ui.base.options import Options

KEPT = "from teacache.platform import heap; assert heap.keep();"
# Rounds that take and free 60 MB in pieces, as the steps of a run do; bytes that the last one had fetched.
ROUNDS = """
import resource
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    before = faults()
    pieces = [b"x" * 100_000 for _ in range(600)]
    del pieces
print((faults() - before) * resource.getpagesize())
"""
# Pieces taken, and freed but for the last, which keeps those below it; bytes that giving back lets go.
GIVEN = """
import psutil
resident = lambda: psutil.Process().memory_info().rss
pieces = [b"x" * 100_000 for _ in range(600)]
last = pieces.pop()
del pieces
before = resident()
heap.trim()
print(before - resident())
"""
# Threads that allocate at the same time; how many heaps there are then.
THREADS = """
import ctypes, tempfile, threading
meet = threading.Barrier(4)
def work():
    meet.wait()
    pieces = [bytes(1000) for _ in range(100)]
    meet.wait()
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as told:
    stream = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    print(told.read().count(b"<heap nr="))
"""

GNU = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_info")
gnu = pytest.mark.skipif(not GNU, reason="the C library is not GNU's")
SETTLED = ("MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD")  # what a machine may have settled for all its programs


def printed(code: str) -> int:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(SETTLED)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=plain)
    return int(done.stdout)


@gnu
def test_a_kept_heap_needs_no_page_twice():
    assert printed(KEPT + ROUNDS) < 4_000_000


@gnu
def test_free_memory_is_given_back_also_below_a_piece_in_use():
    assert printed(KEPT + GIVEN) > 40_000_000


@gnu
def test_threads_share_a_kept_heap():
    assert printed(KEPT + THREADS) == 1


def test_a_c_library_without_such_settings_is_left_alone(monkeypatch):
    monkeypatch.setattr(native.ctypes, "CDLL", lambda name: object())
    assert not heap.keep()
    heap.trim()


def test_importing_the_library_settles_nothing_for_the_program():
    looked = "from teacache.platform import heap; heap.native = None; import teacache.cli; print(0)"
    assert printed(looked) == 0  # keeping a heap would have asked the C library


def kept_by(program, monkeypatch) -> bool:
    """Whether a program that has nothing to do settles its heap, and how its threads wait."""
    kept = []
    monkeypatch.setattr(heap, "keep", lambda: kept.append("heap"))
    monkeypatch.setattr(waiting, "adapt", lambda: kept.append("waiting"))
    with pytest.raises(SystemExit):
        program()
    return kept == ["heap", "waiting"]


def refuse(*_):
    raise TeaCacheError("Nothing to do.")


def test_the_page_settles_its_heap_and_its_threads(monkeypatch):
    monkeypatch.setattr(server.Models, "of", refuse)
    assert kept_by(lambda: server.serve(Options()), monkeypatch)


def test_the_command_line_settles_its_heap_and_its_threads(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["teacache", "--help"])
    assert kept_by(lambda: runpy.run_module("teacache", run_name="__main__"), monkeypatch)


def test_the_benchmarks_settle_their_heap_and_their_threads(monkeypatch):
    monkeypatch.setattr(benchmarks, "_measure", refuse)
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    assert kept_by(lambda: sys.exit(benchmarks.main()), monkeypatch)
