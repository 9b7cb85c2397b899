"""Relative L1 against numbers worked out by hand."""

import math

import pytest
import torch

from teacache.method.distance import Trail, alike, magnitude, relative_l1


def test_relative_l1_by_hand():
    old, new = torch.tensor([1.0, -2.0, 1.0]), torch.tensor([2.0, -2.0, 0.0])
    assert relative_l1(new, old).item() == 0.5
    assert relative_l1(old, old).item() == 0


def test_a_previous_value_of_zero_gives_no_number():
    zero, one = torch.zeros(2), torch.ones(2)
    assert math.isinf(relative_l1(one, zero))
    assert math.isnan(relative_l1(zero, zero))


def test_a_trail_gives_the_same_as_the_formula_and_leaves_its_values_alone():
    values = [torch.randn(3, 5, generator=torch.Generator().manual_seed(i)) for i in range(4)]
    copies = [v.clone() for v in values]
    trail = Trail()
    distances = [trail.advance(v) for v in values]
    assert distances[0] is None
    for got, new, old in zip(distances[1:], values[1:], values, strict=False):
        assert got.item() == pytest.approx(relative_l1(new, old).item(), rel=1e-6)
    assert all(torch.equal(v, c) for v, c in zip(values, copies, strict=True))


@pytest.mark.parametrize("other", [torch.ones(3), torch.ones(2, dtype=torch.float64)])
def test_a_trail_does_not_compare_what_cannot_be_compared(other):
    trail = Trail()
    trail.advance(torch.ones(2))
    assert trail.advance(other) is None
    assert trail.advance(other * 2).item() == 1.0  # but goes on from there
    assert not alike(torch.ones(2), other)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_sums_of_half_precision_are_added_up_in_float32(dtype):
    old = torch.full((300_000,), 1.0, dtype=dtype)
    assert relative_l1(old * 2, old).item() == 1.0  # 300000 is not a float16, nor a partial sum in bfloat16
    assert relative_l1(old * 2, old).dtype == torch.float32


def test_a_sum_that_stays_in_half_precision_is_rounded_or_infinite():
    """Why sums are added up in float32: the size of a million values, 797,769 as they are."""
    values = torch.randn(10**6, generator=torch.Generator().manual_seed(0)).abs().bfloat16()
    assert magnitude(values).item() == pytest.approx(values.double().sum().item(), rel=1e-6)
    assert values.sum().item() == pytest.approx(magnitude(values).item(), rel=2**-8)
    assert values.sum().item() != pytest.approx(magnitude(values).item(), rel=1e-4)
    assert math.isinf(values.half().sum())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_rounded_means_are_those_of_the_authors_code(dtype):
    values = [torch.randn(7, 11, generator=torch.Generator().manual_seed(i)).to(dtype) for i in range(4)]
    trail = Trail(means="rounded")
    _, *distances = [trail.advance(v) for v in values]
    for got, new, old in zip(distances, values[1:], values, strict=False):
        assert got.dtype == dtype and got == (new - old).abs().mean() / old.abs().mean()
