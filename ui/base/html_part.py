"""The page's own components: gr.HTML shells that the scripts of the rooms fill and redraw."""

from __future__ import annotations

from typing import Any, cast

import gradio as gr

from ui.base import scripts


def part(name: str, value: Any = None, *, events: tuple[str, ...] = (), **options: Any) -> gr.HTML:
    """A component that a part of page.js draws in the browser from its value, which is plain JSON.

    `events`: what it may trigger; each becomes a listener of the component: `part("x", events=("y",)).y(f)`.

    No class of its own: Gradio would write a stub file beside it at every import.
    """
    return gr.HTML(
        value,
        # Free of the value: Gradio draws the template again on each update and would undo what is drawn.
        html_template=f'<div class="tc-root" data-part="{name}"></div>',
        js_on_load=scripts.mount(name, events),
        apply_default_css=False,
        **options,
    )


def unchanged() -> dict[str, Any]:
    """The value that leaves a component as it is; Gradio's own says no more of its type than "dict"."""
    return cast(dict[str, Any], gr.skip())
