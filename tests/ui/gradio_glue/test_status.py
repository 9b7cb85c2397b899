"""What is read of Gradio's status on the page is what this Gradio writes."""

from tests.ui.gradio_glue.front import assets


def test_the_place_in_the_queue_is_written_as_it_is_read():
    (script,) = assets("statustracker-*.js").values()
    assert "queue: ${" in script and "status-tracker" in script, "see ui/gradio_glue/place.js"
