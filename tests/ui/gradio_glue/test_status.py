"""What is read of Gradio's status on the page is what this Gradio writes."""

from pathlib import Path

import gradio

ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"


def test_the_place_in_the_queue_is_written_as_it_is_read():
    (tracker,) = ASSETS.glob("statustracker-*.js")
    script = tracker.read_text(encoding="utf-8")
    assert "queue: ${" in script and "status-tracker" in script, "see ui/gradio_glue/place.js"
