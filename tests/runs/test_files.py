"""A file is written whole or not at all, and the system's refusal is one sentence."""

import errno
import os

import pytest

from teacache.errors import Phrase, StoreError
from teacache.runs.files import sentences, whole


def test_a_file_takes_its_place_in_one_step(tmp_path):
    place = tmp_path / "trace.json"
    place.write_text("before")
    with whole(place) as unfinished:
        unfinished.write_text("after")
        assert place.read_text() == "before"
    assert place.read_text() == "after" and os.listdir(tmp_path) == ["trace.json"]


def test_a_file_that_could_not_be_written_leaves_what_was_there(tmp_path):
    place = tmp_path / "trace.json"
    place.write_text("before")
    with pytest.raises(OSError), whole(place) as unfinished:
        unfinished.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert place.read_text() == "before" and os.listdir(tmp_path) == ["trace.json"]


def test_a_full_disk_is_a_sentence_that_begins_with_what_could_not_be_done():
    with pytest.raises(StoreError) as caught, sentences(Phrase("Nothing could be kept")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(caught.value) == "Nothing could be kept: the disk is full, so free some space and try again."
