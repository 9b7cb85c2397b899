"""What whoever runs the server may set: one table, by environment variable or on the command line.

A field is an option of `python app.py` and a line of its --help. The command line wins over the environment.
Knows no gradio.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any

PREFIX = "TEACACHE_"


def count(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number within limits; raises ValueError, one sentence."""

    def read(text: str) -> int:
        if not text.strip().isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"{text!r} cannot be used: give a whole number from {low} to {high}")
        return int(text)

    return read


def flag(text: str) -> bool:
    """Reads yes or no; raises ValueError, one sentence."""
    answers = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.strip().lower() not in answers:
        raise ValueError(f"{text!r} is neither yes nor no: give 1 or 0")
    return answers[text.strip().lower()]


def words(text: str) -> tuple[str, ...]:
    """Reads names between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def repository(text: str) -> str:
    """Reads the name of a repository on the hub: owner/name."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", text):
        raise ValueError(f"{text!r} names no repository: write owner/name")
    return text


def path(text: str) -> str:
    """Reads a path of an address: it begins with / and ends without."""
    if not text.startswith("/"):
        raise ValueError(f"{text!r} is no path of an address: it begins with /")
    return text.rstrip("/")


def setting(
    read: Callable[[str], Any], default: Any, sentence: str, *, env: str = "", public: Any = None
) -> Any:
    """A field of `Options`: how its text is read, its default, and what --help says.

    `env`: the variable, if it is not TEACACHE_NAME. `public`: the default on a Space, if it is another.
    """
    return field(default=default, metadata={"read": read, "told": sentence, "env": env, "public": public})


@dataclass(frozen=True, kw_only=True)
class Options:
    """The settings of a server. `--most-steps` and TEACACHE_MOST_STEPS set `most_steps`, and so on."""

    host: str | None = setting(str, None, "address to listen on (127.0.0.1)", env="GRADIO_SERVER_NAME")
    port: int | None = setting(
        count(1, 2**16 - 1), None, "port (the first free one from 7860)", env="GRADIO_SERVER_PORT"
    )
    root_path: str = setting(
        path, "", "path under which a proxy shows the page, as /teacache", env="GRADIO_ROOT_PATH"
    )
    behind_proxy: bool = setting(
        flag, False, "1: a proxy is in front, and tells the addresses of visitors", public=True
    )
    browser: bool = setting(flag, True, "0: open no browser", public=False)
    model_folder: str | None = setting(str, None, "a diffusers folder to run instead of the embedded model")
    models: tuple[str, ...] = setting(words, (), "names of the models to offer, between commas (all)")
    default_model: str | None = setting(str, None, "the model that is chosen first (the first offered)")
    warm_up: bool = setting(flag, True, "0: load the first model when a visitor first asks for it")
    runs_dir: str | None = setting(str, None, "folder where runs are kept (./runs)")
    runs_dataset: str | None = setting(
        repository,
        None,
        "a private dataset on the hub, owner/name, that keeps runs across restarts; needs HF_TOKEN (none)",
    )
    gallery: bool = setting(
        flag, False, "1: visitors may put runs on show at /teacache/gallery, whoever made them asks for it"
    )
    most_runs: int | None = setting(
        count(1, 10**6), None, "runs that are kept, the oldest make room (all)", public=500
    )
    most_disk: int | None = setting(
        count(1, 10**6), None, "megabytes of all kept runs, the oldest make room (any)", public=4_000
    )
    most_steps: int = setting(count(2, 200), 200, "steps that a visitor may ask for")
    most_frames: int = setting(count(1, 408), 408, "frames that a visitor may ask for")
    most_waiting: int = setting(count(1, 1000), 60, "runs that may wait for the model", public=20)
    most_waiting_each: int = setting(count(1, 1000), 5, "runs of one visitor that may wait at once")
    most_runs_an_hour: int | None = setting(
        count(1, 10**6), None, "runs that one visitor may start in an hour (any)", public=120
    )
    most_upload: int = setting(count(1, 1024), 64, "megabytes of an image that is uploaded")
    most_uploads_an_hour: int | None = setting(
        count(1, 10**6), None, "files that one visitor may upload, or have made, in an hour (any)", public=120
    )


def read(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> Options:
    """The settings of the command line and the environment.

    Ends the program, as argparse does, with one sentence where one of them cannot be used, or with the table.
    """
    parser = _parser()
    texts = vars(parser.parse_args(arguments))
    values = _of_a_space() if environment.get("SPACE_ID") else {}
    for row in fields(Options):
        text, where = texts[row.name], _option(row)
        if text is None and environment.get(variable(row)):
            text, where = environment[variable(row)], variable(row)
        if text is not None:
            try:
                values[row.name] = row.metadata["read"](text)
            except ValueError as error:
                parser.error(f"{where}: {error}")
    return Options(**values)


def _of_a_space() -> dict[str, Any]:
    public = {row.name: row.metadata["public"] for row in fields(Options)}
    return {name: value for name, value in public.items() if value is not None}


def variable(row: Field[Any]) -> str:
    """The environment variable of a field."""
    return row.metadata["env"] or PREFIX + row.name.upper()


def _option(row: Field[Any]) -> str:
    return "--" + row.name.replace("_", "-")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="TeaCache Explorer: see, feel and tune TeaCache.",
        epilog="The environment variable at the end of a line sets the same; the command line wins.",
        allow_abbrev=False,
    )
    for row in fields(Options):
        default = f" ({row.default})" if type(row.default) is int else ""
        public = row.metadata["public"]
        public = f" ({int(public)} on a Space)" if public is not None else ""
        sentence = f"{row.metadata['told']}{default}{public} [{variable(row)}]"
        parser.add_argument(_option(row), dest=row.name, metavar=_metavar(row), help=sentence)
    parser.add_argument(
        "--no-browser", dest="browser", action="store_const", const="0", help="the same as --browser 0"
    )
    return parser


def _metavar(row: Field[Any]) -> str:
    return {flag: "0|1", str: "TEXT", words: "NAMES", path: "/PATH", repository: "OWNER/NAME"}.get(
        row.metadata["read"], "NUMBER"
    )
