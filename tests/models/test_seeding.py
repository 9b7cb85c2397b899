"""The tiny pipelines of the tests: the same weights whatever memory held before."""

from __future__ import annotations

import pytest
import torch

from tests import tiny
from tests.representative import first_of

KINDS = sorted({*tiny.PIPELINES, *tiny.VARIANTS} - {"LuminaPipeline"})


def weights(pipe):
    modules = {name: part for name, part in pipe.components.items() if isinstance(part, torch.nn.Module)}
    return {(name, key): value for name, part in modules.items() for key, value in part.state_dict().items()}


@pytest.mark.parametrize("name", first_of("LuminaPipeline", *KINDS))
def test_a_tiny_pipeline_has_the_same_weights_every_time(name):
    first = weights(tiny.build(name))
    for left in (0.0, 7.5):  # in memory that is given back
        held = [torch.full((size,), left) for size in (8, 24, 64, 1024, 65536) for _ in range(40)]
        del held
        again = weights(tiny.build(name))
        assert [key for key in first if not torch.equal(first[key], again[key])] == []
