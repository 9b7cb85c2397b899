"""What Gradio remembers of a session: nothing that this page has no use for. Knows the insides of gradio."""

from __future__ import annotations

from typing import Any

from gradio.blocks import BlocksConfig


class _Unwritten(BlocksConfig):
    """The parts and functions of a page, whose settings nobody writes down; and so are its copies."""

    @staticmethod
    def config_for_block(
        _id: int, rendered_ids: list[int], block: Any, renderable: Any = None
    ) -> dict[str, Any]:
        return {}

    def __copy__(self) -> BlocksConfig:
        copy = super().__copy__()
        copy.__class__ = _Unwritten
        return copy


def keep_no_configs(page: Any) -> None:
    """After launch: no session writes down the settings of every part of the page, nor of each that changes.

    Gradio does so for its deep links, which are closed here, at a program's every call and in the loop that
    answers everybody: 60 ms of this page, and some for every state of a run.
    """
    page.default_config.__class__ = _Unwritten
