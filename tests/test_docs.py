"""What the documents point to is there: files, commands with their options, names of the library."""

import re
import shlex
from pathlib import Path

import pytest

import teacache.method.gate as gate
from teacache import Settings, TeaCache
from teacache.cli import parser

ROOT = Path(__file__).resolve().parents[1]
MAP = ROOT / "ARCHITECTURE.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
INLINE = re.compile(r"`([^`]+)`", re.DOTALL)
PLACEHOLDERS = {"T": "0.1", "MODEL": "wan-1.3b", "NAME": "wan-1.3b", "FOLDER": "folder", "RUN": "run.json"}


def prose(document: Path) -> str:
    """A document without its code blocks, which are run elsewhere."""
    return re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def inline(document: Path) -> list[str]:
    return [" ".join(found.split()) for found in INLINE.findall(prose(document))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files(document):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", prose(document)):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_can_be_asked(document):
    for command in inline(document):
        if command.startswith("python -m teacache ") and not command.endswith("..."):
            words = [PLACEHOLDERS.get(word, word) for word in shlex.split(command)[3:]]
            parser().parse_args(words)  # exits, and so fails, where an option is unknown


def test_the_words_of_the_troubleshooting_page_are_those_of_the_library():
    words = set(inline(ROOT / "docs" / "troubleshooting.md"))
    reasons = {"threshold", "first", "retention", "last", "non_finite", "out_of_range", "shape_changed"}
    assert reasons <= words and reasons <= set(gate.Reason.__args__)
    for name in ("first_steps=5", "first_steps=0.1", "max_reuses=2"):
        assert name in words
        key, value = name.split("=")
        Settings(threshold=0.1, **{key: float(value) if "." in value else int(value)})
    assert {"cache.memory", 'cache_device="cpu"'} <= words and hasattr(TeaCache, "memory")


def test_the_map_names_files_that_are_there():
    named = set(re.findall(r"`((?:teacache|method|models|runs|study|ui|tests)/[\w/.*]+)`", prose(MAP)))
    assert len(named) > 40
    for name in named:
        places = [root for root in (ROOT, ROOT / "teacache") if list(root.glob(name))]
        assert places, name


def test_the_map_has_every_layer():
    layers = re.search(r"```text\n(.*?)```", MAP.read_text(encoding="utf-8"), re.DOTALL)[1]
    listed = [line.split()[0].strip("/") for line in layers.splitlines()]
    assert listed == ["app.py", "ui", "study", "runs", "models", "method", "platform", "errors.py"]


def test_each_guarantee_names_what_shows_it():
    section = prose(ROOT / "README.md").partition("What it guarantees")[2].partition("\n## ")[0]
    guarantees = section.split("\n- ")[1:]
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert len(guarantees) > 5
    for guarantee in guarantees:
        shown = [" ".join(found.split()) for found in INLINE.findall(guarantee)]
        assert shown, guarantee
        for name in shown:
            assert name.removeprefix("make ") in targets or (ROOT / name).is_file(), name
