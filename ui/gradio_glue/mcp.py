"""Answers of the MCP server as JSON, and short refusals. Knows the insides of gradio.mcp."""

from __future__ import annotations

import json
from typing import Any, cast

from ui.words.phrases import shown


def answer_in_json(page: Any) -> None:
    """Let a served page's tools answer with JSON: Gradio writes values as Python does, with None and True.

    Nothing where the page has no tools. Files stay as they are.
    """
    server = page.mcp_server_obj
    if server is None:
        return
    from mcp.types import CallToolRequest  # only here: the package may be missing

    written = server.postprocess_output_data

    def as_json(data: Any, root_url: str) -> list[Any]:
        return [item for output in data for one in _each(output) for item in _written(one, root_url)]

    def _written(output: Any, root_url: str) -> list[Any]:
        if hasattr(output, "model_dump"):  # as a component hands its value on where no queue is between
            output = output.model_dump()
        if isinstance(output, dict | list | bool | int | float | None) and not _is_file(output):
            text = json.dumps(output, ensure_ascii=False, allow_nan=False)
            return [server.types.TextContent(type="text", text=text)]
        return written([output], root_url)

    server.postprocess_output_data = as_json
    handlers = server.mcp_server.request_handlers
    handlers[CallToolRequest] = _short(handlers[CallToolRequest])


def _each(output: Any) -> tuple[Any, ...]:
    """The values of an output: some are a tuple of several."""
    return cast(tuple[Any, ...], output) if isinstance(output, tuple) else (output,)


def _short(handler: Any) -> Any:
    """A handler of calls whose refusals hold no echo of what was sent, and no folder of the server."""

    async def handled(request: Any) -> Any:
        result = await handler(request)
        if result.root.isError:
            for item in result.root.content:
                item.text = shown(item.text)
        return result

    return handled


def _is_file(output: Any) -> bool:
    return isinstance(output, dict) and "meta" in output and "path" in output
