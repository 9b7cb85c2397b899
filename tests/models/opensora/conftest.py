"""The tiny random-weight pipeline, shared: building one costs more than running it."""

import pytest

from tests import tiny


@pytest.fixture
def pipe():
    """OpenSoraPipeline on 32x32 pixels, seeded."""
    return tiny.build("OpenSoraPipeline")


@pytest.fixture
def call(pipe):
    """Call it, small and seeded; returns what it made."""

    def run(*, steps=4, guidance=7.0, **changes):
        arguments = tiny.call_arguments(pipe, steps=steps, guidance=guidance)
        return pipe(**{**arguments, **changes}).frames

    return run
