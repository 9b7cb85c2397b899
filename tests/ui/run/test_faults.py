"""Whatever breaks inside a run: the page says one sentence in every language, and the next run is right."""

from __future__ import annotations

import pytest
import torch

from tests.runs.test_faults import Boom, failing_inside
from tests.ui.run.test_engine import request
from ui.run.engine import Engine
from ui.run.events import _shown
from ui.words.texts import LANGUAGES

PLACES = ("transformer.transformer_blocks.1", "vae.decoder", "text_encoder")
ERRORS = {
    "unforeseen": (Boom("/srv/secret/model.py"), "Something went wrong inside"),
    "memory": (torch.OutOfMemoryError("CUDA out of memory."), "needs more memory than there is"),
}
NOTICE = -1  # the last of a page's values


def videos(run) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in run.made)


@pytest.fixture(scope="module")
def wanted(tiny_models, tmp_path_factory):
    """The videos by a server where nothing ever broke."""
    from ui.library.library import Library

    library = Library(tmp_path_factory.mktemp("whole"))
    *_, last = Engine(tiny_models, library).run(request(seed=11), with_rivals=False)
    return videos(last.stored)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("error", ERRORS)
def test_a_fault_is_one_sentence_and_the_next_run_is_right(engine, tiny_models, wanted, place, error):
    raised, said = ERRORS[error]
    with failing_inside(tiny_models.get(tiny_models.default), place, raised, 0):
        *_, last = _shown(lambda: engine.run(request(seed=11), with_rivals=False), None)
    told = last[NOTICE]["error"]
    assert said in told["en"] and len(set(told.values())) == len(LANGUAGES)
    assert not any("secret" in text or "\n" in text for text in told.values())
    *_, after = engine.run(request(seed=11), with_rivals=False)
    assert videos(after.stored) == wanted
