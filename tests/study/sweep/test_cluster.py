"""A sweep on a real Ray cluster of two nodes, one of which is killed midway: the table of one process."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from teacache.errors import RequestError
from teacache.study.sweep import cluster
from teacache.study.sweep.run import sweep
from teacache.study.sweep.store import Store

ray = pytest.importorskip("ray", reason="needs requirements-cluster.txt")


# Where a machine lets Ray start no processes it waits for ever, so that is bounded, and another process asks.
PATIENCE = 90  # seconds; alone both nodes answer within 20
ANSWERS = """
import sys, ray
ray.init(address=sys.argv[1], log_to_driver=False)
assert ray.get(ray.remote(num_cpus=1)(lambda: 1).remote()) == 1
"""


@pytest.fixture(scope="module")
def nodes():
    """A cluster on this machine: a head and one more node, of a CPU each."""
    try:
        with _within(PATIENCE):
            made = _cluster()
    except TimeoutError as error:
        pytest.skip(f"Ray starts no cluster here: {error}")
    try:
        subprocess.run([sys.executable, "-c", ANSWERS, made.address], check=True, timeout=PATIENCE)
        yield made
    except subprocess.TimeoutExpired as error:
        pytest.skip(f"Ray's workers do not answer here: {error}")
    finally:
        made.shutdown()


@contextmanager
def _within(seconds: int):
    def late(number, frame):
        raise TimeoutError(f"not within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _cluster():
    from ray.cluster_utils import Cluster

    made = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "include_dashboard": False, "object_store_memory": 100 * 2**20},
    )
    made.add_node(num_cpus=1, object_store_memory=100 * 2**20)
    return made


@pytest.mark.slow
def test_a_node_killed_midway_changes_nothing_but_the_seconds(nodes, pipe, plan, rows, tmp_path, monkeypatch):
    monkeypatch.setattr("teacache.study.collect.CACHE", tmp_path / "cache")  # all is run on the cluster
    source = pipe.teacache_card.source
    killed, store = [], Store(tmp_path / "sweep")

    def report(done: int, total: int) -> None:
        if not killed and len({row.worker for row in store.rows()}) == 2:
            killed.append(done)
            _kill(nodes)

    with cluster.OnCluster(nodes.address, source, options={"device": "cpu"}, ship=False) as hands:
        assert hands.count == 2
        hands.ray.get([worker.card.remote() for worker in hands._workers])  # both are there
        made = sweep(hands, plan, store, report=report)
    assert _differences(made, rows) == []
    assert 0 < killed[0] < len(rows)
    assert len({row.worker for row in made}) >= 2  # both had worked before one was lost
    assert len(store.rows()) == len(rows)  # and no finished row was made again


def _differences(made, wanted) -> list:
    """Row by row and column by column, all that does not hang on the machine's speed."""
    assert [row.key for row in made] == [row.key for row in wanted]
    return [
        (one.key, name, value, other.decided[name])
        for one, other in zip(made, wanted, strict=True)
        for name, value in one.decided.items()
        if value != other.decided[name]
    ]


def _kill(nodes) -> None:
    """The node that is not the head, and all that runs on it, at once, as a power cut would."""
    (node,) = nodes.worker_nodes
    for _, process in node.live_processes():
        os.kill(process.pid, signal.SIGKILL)


def test_a_cluster_that_is_not_there_is_said():
    with pytest.raises(RequestError, match="No Ray cluster can be used at 127.0.0.1:1"):
        cluster.OnCluster("127.0.0.1:1", "shapes")


def test_without_ray_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(RequestError, match="requirements-cluster.txt"):
        cluster.OnCluster("auto", "shapes")
