"""Build the page and serve it: `python app.py`, or `make demo`."""

from __future__ import annotations

import argparse

from ui.quick import no_stub_files


def port(text: str) -> int:
    """A number that a port can have. Raises argparse's error, one sentence."""
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1 to {2**16 - 1}")
    return int(text)


def main() -> None:
    """Read the command line and serve until interrupted."""
    parser = argparse.ArgumentParser(description="TeaCache Explorer: see, feel and tune TeaCache.")
    parser.add_argument(
        "--host", default=None, help="address to listen on (default: 127.0.0.1, or GRADIO_SERVER_NAME)"
    )
    parser.add_argument(
        "--port", type=port, default=None, help="port (default: the first free one from 7860)"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.add_argument(
        "--model-folder", default=None, help="a diffusers folder to run instead of the embedded model"
    )
    parser.add_argument(
        "--runs-dir", default=None, help="where runs are kept (default: TEACACHE_RUNS_DIR, or ./runs)"
    )
    options = parser.parse_args()
    with no_stub_files():
        from ui.server import serve  # only now: Gradio takes seconds, and bad options should be told at once
    serve(
        host=options.host,
        port=options.port,
        browser=not options.no_browser,
        model_folder=options.model_folder,
        runs=options.runs_dir,
    )


if __name__ == "__main__":
    main()
