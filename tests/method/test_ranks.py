"""One video on two processes over gloo: all ranks decide alike, and make what one process makes.

The processes are real and so is diffusers' parallelism; see on_ranks for the two things that stand in for
GPUs. Not run here, since their kernels need an accelerator: the attention backends other than "native".
"""

import json
import math
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import diffusers
import pytest

from teacache.method.architectures import ARCHITECTURES
from tests.method.on_ranks import MEASURED, OWN_VIDEOS, SPLITS
from tests.method.systems import SYSTEMS, pipe_of
from tests.representative import one_of_each

ROOT = Path(__file__).resolve().parents[2]
CLOSE = 1e-5
THRESHOLD = 0.19  # between the distances of two videos
ORDERS = ("cache first", "cache last")


@cache
def classes(system: str) -> set[type]:
    """Of the transformers of a pipeline."""
    pipe = pipe_of(SYSTEMS[system].pipeline)
    parts = (getattr(pipe, name, None) for name in ("transformer", "transformer_2"))
    return {type(part) for part in parts if part is not None}


def planned(plan: str) -> dict[str, set[type]]:
    """Every system whose transformer diffusers can split by this plan."""
    found = {system: classes(system) for system in SYSTEMS}
    return {s: kinds for s, kinds in found.items() if any(getattr(kind, plan, None) for kind in kinds)}


def one_each(systems: dict[str, set[type]]) -> list[str]:
    """The last system of each class: the one with most to it."""
    return list({frozenset(kinds): system for system, kinds in systems.items()}.values())


def case(system, split, order, *, threshold=None, variant="default", as_built=False) -> dict:
    return {
        "system": system,
        "split": split,
        "order": order,
        "threshold": threshold,
        "variant": variant,
        "as_built": as_built,
    }


CONTEXT, TENSOR = planned("_cp_plan"), planned("_tp_plan")
EQUAL = [
    *[case(system, "ulysses", "cache last") for system in one_each(CONTEXT)],
    *[case(system, "ulysses", "cache first") for system in one_each(CONTEXT)],
    *[case(system, "ring", "cache last") for system in one_each(CONTEXT)],
    *[case(system, "tensor", order) for system in one_each(TENSOR) for order in ORDERS],
    *[case("Wan 2.1", split, "cache last") for split in SPLITS if "any" in split],
    *[case("QwenImage", split, "cache first") for split in SPLITS if "any" in split],
    # the time embedding, which every rank holds whole; its distances are found ahead
    *[case("Wan 2.1", "ulysses", order, variant="authors") for order in ORDERS],
    case("Wan 2.2", "ring", "cache first", variant="authors_retention"),
    # the first block gets its part of the tokens inside its compiled frame
    *[case("Wan 2.1", "ulysses", "compiled, cache last", variant=which) for which in ("default", "authors")],
]
OTHERS = [case(system, "ulysses", "cache last") for system in CONTEXT if system not in one_each(CONTEXT)]
OFF = [case(system, "ulysses", "cache last", threshold=0.0) for system in one_each(CONTEXT)]
OWN = [case("Wan 2.1", OWN_VIDEOS, order, threshold=THRESHOLD) for order in ORDERS]
BROKEN = [case(system, "ulysses", "cache last", as_built=True) for system in ("LTX", "LTX-2")]


def ways(one: dict) -> set[tuple]:
    """What a case may be the first to show: how it is split, in which order, and read how."""
    return {(one["split"], one["order"], one["variant"])}


def key(one: dict) -> str:
    return json.dumps(one)


def name(one: dict) -> str:
    return ", ".join(
        str(value) for key, value in one.items() if key in ("system", "split", "order", "variant")
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory, request):
    """What each rank saw, by case: all that are tested, in one pair of processes."""
    folder = tmp_path_factory.mktemp("ranks")
    mine = [item for item in request.session.items if item.path == request.path]
    asked = [item.callspec.params["one"] for item in mine if "seen" in item.fixturenames]
    cases = [one for one in (*EQUAL, *OTHERS, *OFF, *OWN, *BROKEN) if one in asked]
    (folder / "cases.json").write_text(json.dumps(cases))
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    work = ["-m", "tests.method.on_ranks", str(folder / "cases.json"), str(folder)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*launch, *work], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    ranks = [json.loads((folder / f"{rank}.json").read_text()) for rank in (0, 1)]
    return {key(one): both for one, *both in zip(cases, *ranks, strict=True)}


def numbers(measured: list[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in measured]


def of(seen, one: dict) -> list[dict]:
    return seen[key(one)]


def test_every_class_that_diffusers_can_split_is_tried():
    for plan, tried in (("_cp_plan", CONTEXT), ("_tp_plan", TENSOR)):
        known = {kind for kind in ARCHITECTURES if getattr(getattr(diffusers, kind, None), plan, None)}
        assert known == {kind.__name__ for kinds in tried.values() for kind in kinds} != set()


@pytest.mark.parametrize(
    "one",
    [*one_of_each(EQUAL, ways), *(pytest.param(one, marks=pytest.mark.exhaustive) for one in OTHERS)],
    ids=name,
)
def test_ranks_decide_alike_and_as_one_process_does(seen, one):
    first, second = of(seen, one)
    assert first == second and "error" not in first, first
    together, alone = first["together"], first["alone"]
    assert together["reason"] == alone["reason"]
    assert {"threshold", "below_threshold"} <= set(alone["reason"])
    for measured in MEASURED:
        assert numbers(together[measured]) == pytest.approx(numbers(alone[measured]), rel=CLOSE, nan_ok=True)
    assert first["from one process"] < CLOSE
    assert first["from the first run"] == 0
    assert first["uncached, from one process"] < CLOSE
    assert first["from uncached"] > CLOSE  # else the rest would say nothing of reused calls


@pytest.mark.parametrize("one", one_of_each(OFF, lambda one: {one["split"]}), ids=name)
def test_threshold_0_changes_no_bit_of_a_split_video(seen, one):
    first, second = of(seen, one)
    assert first == second and "error" not in first, first
    assert set(first["together"]["reason"]) == {"off"}
    assert first["from uncached"] == 0
    for measured in MEASURED:
        wanted = pytest.approx(numbers(first["alone"][measured]), rel=CLOSE, nan_ok=True)
        assert numbers(first["together"][measured]) == wanted


@pytest.mark.parametrize("one", OWN, ids=name)
def test_ranks_that_share_weights_decide_together_for_videos_of_their_own(seen, one):
    """Alone each would decide otherwise, and wait for ever for weights that the other does not gather."""
    first, second = of(seen, one)
    assert "error" not in first, first
    assert first["alone"]["reason"] != second["alone"]["reason"]
    assert first["together"] == second["together"]
    for rank in (first, second):
        assert rank["uncached, from one process"] < CLOSE < rank["from uncached"]


@pytest.mark.parametrize("one", BROKEN, ids=name)
def test_what_diffusers_cannot_split_fails_the_same_without_the_cache(seen, one):
    """If this fails diffusers has mended it: then the masks and embeddings can be taken as they are."""
    for rank in of(seen, one):
        assert rank["error"] == rank["without cache"]
