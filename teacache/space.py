"""The folder that a Hugging Face Space is made of, and its way to the hub. Runs from a checkout.

    python -m teacache.space build FOLDER
    python -m teacache.space push --repo OWNER/NAME [--dry-run]

README.md brings the Space's settings at its front (`make readme` copies them there from Spacefile). Knows
which files a Space needs; nothing of what is in them.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from teacache.errors import RequestError, TeaCacheError

ROOT = Path(__file__).resolve().parents[1]
NEEDED = (
    "README.md", "LICENSE", "SECURITY.md", "Spacefile", "app.py", "requirements.txt", "requirements-mcp.txt",
    "assets/screenshot.png", "assets/runs/**/*", "assets/shapes/**/*", "assets/scenes/**/*",
    "assets/schedules/**/*", "assets/sweeps/**/*", "teacache/**/*", "ui/**/*",
)  # fmt: skip
SUFFIXES_LEFT_OUT = {".pyc", ".pyi"}
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_SETTINGS = ("title", "sdk", "sdk_version", "app_file", "python_version")


def files(root: Path = ROOT) -> Iterator[Path]:
    """What a Space needs, relative to the checkout. Raises RequestError where something is missing."""
    for pattern in NEEDED:
        paths = [path for path in sorted(root.glob(pattern)) if path.is_file() and _is_source(path)]
        if not paths:
            raise RequestError(
                "There is no {name} in {root}: run this from a checkout.", name=pattern, root=root
            )
        yield from (path.relative_to(root) for path in paths)


def build(folder: Path, root: Path = ROOT) -> list[tuple[str, int]]:
    """Copy what a Space needs to a folder that is empty or not there; (name, bytes) of every file.

    Raises RequestError for a folder that holds something, or a README that is none of a Space.
    """
    _check_settings(root / "README.md")
    if folder.exists() and any(folder.iterdir()):
        raise RequestError("{folder} is not empty: name another folder.", folder=folder)
    sizes: list[tuple[str, int]] = []
    for name in files(root):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
        sizes.append((name.as_posix(), target.stat().st_size))
    return sizes


def push(
    repository: str, *, dry_run: bool = False, root: Path = ROOT, hub: Any = None
) -> list[tuple[str, int]]:
    """Publish the Space as `repository` ("owner/name"); (name, bytes) of every file.

    `dry_run` asks the hub nothing. Files of the Space that are no longer needed go. The token is the one that
    `hf auth login` or HF_TOKEN gave. `hub`: a `huggingface_hub.HfApi` (default: the real one). Raises
    RequestError for a name that is none.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise RequestError("{name!r} is no name of a Space: write owner/name.", name=repository)
    with tempfile.TemporaryDirectory(prefix="teacache-space-") as folder:
        sizes = build(Path(folder), root)
        if not dry_run:
            from huggingface_hub import HfApi  # only now: a dry run needs nothing of it

            hub = hub or HfApi()
            space = {"repo_id": repository, "repo_type": "space"}
            hub.create_repo(**space, space_sdk="gradio", exist_ok=True)
            hub.upload_folder(
                **space, folder_path=folder, delete_patterns="*", commit_message="TeaCache Explorer"
            )
    return sizes


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 with one sentence where something cannot be done."""
    parser = argparse.ArgumentParser(
        prog="python -m teacache.space", description=(__doc__ or "").splitlines()[0]
    )
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="copy what a Space needs to a folder")
    building.add_argument("folder", type=Path)
    pushing = commands.add_parser("push", help="publish it on the hub")
    pushing.add_argument("--repo", required=True, metavar="OWNER/NAME")
    pushing.add_argument("--dry-run", action="store_true", help="only list what would be published")
    options = parser.parse_args(arguments)
    try:
        if options.command == "build":
            _tell(build(options.folder), f"in {options.folder}")
        else:
            done = "would be pushed to" if options.dry_run else "pushed to"
            _tell(
                push(options.repo, dry_run=options.dry_run),
                f"{done} https://huggingface.co/spaces/{options.repo}",
            )
    except (TeaCacheError, OSError, ValueError) as error:  # the hub's own errors are both
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


def _is_source(path: Path) -> bool:
    return path.suffix not in SUFFIXES_LEFT_OUT and "__pycache__" not in path.parts


def _check_settings(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    front = text.split("---\n", 2)[1] if text.startswith("---\n") else ""
    missing = [name for name in _SETTINGS if not re.search(rf"^{name}:", front, re.MULTILINE)]
    if missing:
        raise RequestError(
            "README.md does not say {names} at its front: run `make readme`.", names=", ".join(missing)
        )


def _tell(sizes: list[tuple[str, int]], where: str) -> None:
    for name, size in sizes:
        print(f"{size:>12,}  {name}")
    print(f"{sum(size for _, size in sizes):>12,}  bytes in {len(sizes)} files {where}")


if __name__ == "__main__":
    sys.exit(main())
