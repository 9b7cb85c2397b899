"""Build the page and serve it: `python app.py`, or `make demo`. `--help` lists what can be set."""

from __future__ import annotations

from ui.base.options import read
from ui.models.hardware import prepare


def main() -> None:
    """Read the settings and serve until interrupted."""
    options = read()
    prepare()
    from ui.server import serve  # only now: Gradio takes seconds, and bad options should be told at once

    serve(options)


if __name__ == "__main__":
    main()
