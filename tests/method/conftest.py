"""The pipeline and the transformer that every test of the method uses."""

import copy
from types import SimpleNamespace

import pytest
import torch
from diffusers import DDIMScheduler

from tests.method.sampling import build_pipe


@pytest.fixture(autouse=True)
def one_thread():
    """Small tensors are no faster on two threads, and the sums stay the same everywhere."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def _pipe():
    return build_pipe()


@pytest.fixture
def pipe(_pipe):
    """The pipeline as every test wants to find it."""
    _pipe.scheduler = DDIMScheduler()
    return _pipe


@pytest.fixture
def bare(pipe):
    """A transformer of its own with a scheduler, for tests that drive the loop themselves."""
    return SimpleNamespace(transformer=copy.deepcopy(pipe.transformer), scheduler=DDIMScheduler())
