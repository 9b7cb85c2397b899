"""The authors' own rule for the first and last step, told in steps."""

import pytest
import torch

from teacache import Settings
from teacache.models.catalog import CARDS
from teacache.models.opensora import (
    OpenSoraPipeline,
    RectifiedFlowScheduler,
    as_authors,
    author_timesteps,
    forced_steps,
)
from teacache.models.opensora.sizes import size


def brute_force(timesteps):
    """Their comparison, step by step."""
    seen = [t.bfloat16().item() for t in timesteps]
    return [t in (int(seen[0]), int(seen[-1])) for t in seen]


@pytest.mark.parametrize(
    "resolution, frames, last",
    [
        ("480p", 51, 1),  # 143
        ("240p", 51, 1),
        ("360p", 51, 1),
        ("720p", 51, 1),
        ("144p", 51, 0),  # 47.75
        ("240p", 102, 0),  # 105.5
        ("480p", 1, 0),
        ("720p", 1, 0),
    ],
)
def test_the_last_step_counts_only_if_bf16_makes_it_a_whole_number(resolution, frames, last):
    height, width = size(resolution)
    assert forced_steps(author_timesteps(30, height=height, width=width, num_frames=frames)) == (1, last)


@pytest.mark.parametrize("resolution", ["144p", "480p", "720p"])
@pytest.mark.parametrize("frames", [1, 51, 408])
@pytest.mark.parametrize("steps", [2, 30, 200])
def test_the_steps_are_those_of_their_comparison(resolution, frames, steps):
    height, width = size(resolution)
    timesteps = author_timesteps(steps, height=height, width=width, num_frames=frames)
    first, last = forced_steps(timesteps)
    forced = [step < first or step >= steps - last for step in range(steps)]
    assert forced == brute_force(timesteps)


def test_steps_that_rounding_makes_equal_to_the_first_are_computed_too():
    height, width = size("720p")
    assert forced_steps(author_timesteps(30, height=height, width=width, num_frames=408)) == (2, 1)


def test_settings_take_the_rule_and_keep_the_rest():
    ours = Settings(threshold=0.2, coefficients=(2.0, 0.0), max_reuses=3)
    theirs = as_authors(ours, torch.tensor([1000.0, 500.0, 47.7]))
    assert theirs == ours.replaced(first_steps=1, last_steps=0)


def test_the_first_step_is_computed_also_where_they_miss_it():
    assert forced_steps(torch.tensor([999.6, 500.0, 100.0]), torch.float32) == (0, 1)
    assert as_authors(Settings(threshold=0.1), torch.tensor([12.4, 10.0])).first_steps == 1


def test_our_timesteps_are_within_half_a_percent_of_theirs():
    flow = RectifiedFlowScheduler()
    flow.set_timesteps(30, height=360, width=640, num_frames=51)
    theirs = author_timesteps(30, height=360, width=640, num_frames=51)
    assert not torch.equal(theirs, flow.timesteps)
    assert torch.allclose(theirs, flow.timesteps, rtol=0.005)


def test_a_list_of_models_says_how_the_rule_is_chosen():
    assert "as_authors" in CARDS["opensora"].published.note and "as_authors" in OpenSoraPipeline.__doc__
