"""What one of the page's own parts tells by an event. Knows the insides of gradio.EventData."""

from __future__ import annotations

from typing import Any

import gradio as gr


def news(event: gr.EventData) -> dict[str, Any]:
    """The fields that a part sent along; empty where a caller sent none.

    The door lets nothing else in than a JSON object or nothing; Gradio's own way to ask for a field fails
    where there is nothing.
    """
    return event._data or {}
