"""The architecture of the house: which way imports go, how long things may get, what may not be written."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("teacache", "ui", "benchmarks", "tools", "tests")

# A module may import its own layer and those before it. The package itself (its public names, the command
# line) stands above all of its folders; `errors` may be imported from everywhere.
LAYERS = (
    *("teacache.platform", "teacache.method", "teacache.models", "teacache.runs", "teacache.study"),
    *("teacache", "ui", "app"),
)

# The rooms of the page, by the same rule, in both languages. What lies outside of them (page, routes, server)
# lays them out and may use all.
ROOMS = (
    *("words", "base", "gradio_glue", "door", "library", "screen", "models", "controls", "plot", "player"),
    *("mechanism", "whatif", "gallery", "sweeps", "run", "board", "head", "history", "takeaway", "studies"),
    *("teach", "link", "api"),
)
SEAM = ("shared", "types")  # what Python sends the scripts, and its types: all of them may know
IMPORTED = re.compile(r'\b(?:from|import) "(\.[^"]+)"')  # by scripts, for use or for a type

LONGEST_FUNCTION = 60
LONGEST_FILE = 300
LONGEST_LINE = 110
SMALL_ENOUGH_TO_SPEAK_FOR_ITSELF = 20

FORBIDDEN = re.compile(r"/(work|root)/|\b(TO[D]O|FIX[M]E|X[X]X)\b")
ADDRESS = re.compile(r"https?://([\w.-]+)")
LINKED_OR_NAMED = {"www.w3.org", "arxiv.org", "github.com", "huggingface.co", "localhost", "127.0.0.1"}


def files(*suffixes: str, under: tuple[str, ...] = FOLDERS) -> list[Path]:
    """The files of these folders; by default everything that is code or text of ours, app.py included."""
    found = [path for folder in under for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    top = ROOT.glob("app.py") if under is FOLDERS else []
    return sorted(path for path in [*found, *top] if "__pycache__" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def short(path: Path, line: int = 1) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The modules that a file imports, absolute, wherever in it; with their line."""
    own = module_name(path).split(".")
    package = own if path.name == "__init__.py" else own[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                submodule = f"{source}.{alias.name}"
                yield (submodule if is_module(submodule) else source), node.lineno


def layer(module: str) -> int | None:
    """The height of a module of ours, or None for anybody else's."""
    inside = [name for name in LAYERS if module == name or module.startswith(name + ".")]
    return LAYERS.index(max(inside, key=len)) if inside else None


def test_layers_know_their_modules():
    assert layer("teacache.method.gate") == LAYERS.index("teacache.method")
    assert layer("teacache.cli") == layer("teacache") == LAYERS.index("teacache")
    assert layer("ui.explore") == LAYERS.index("ui")
    assert layer("uivision") is layer("torch") is None


def test_imports_go_one_way():
    wrong = []
    for path in files(".py", under=("teacache", "ui")):  # app.py stands on top: it may import anything
        own = layer(module_name(path))
        for name, line in imports(path):
            other = layer(name)
            if other is not None and other > own and name != "teacache.errors":
                wrong.append(f"{short(path, line)} imports {name}")
    assert not wrong, "\n".join(wrong)


def room(path: Path) -> int:
    """The height of a file of the page."""
    name = path.relative_to(ROOT / "ui").parts[0]
    return ROOMS.index(name) if name in ROOMS else len(ROOMS)


def page_imports(path: Path) -> Iterator[Path]:
    """The page's own files that one of them imports."""
    if path.suffix == ".py":
        names = [name for name, _ in imports(path) if name.split(".")[0] == "ui"]
        yield from (ROOT.joinpath(*name.split(".")) for name in names)
    else:
        found = IMPORTED.findall(path.read_text(encoding="utf-8"))
        yield from ((path.parent / name).resolve() for name in found)


def test_every_folder_of_the_page_is_a_room():
    folders = {path.name for path in (ROOT / "ui").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(ROOMS)


@pytest.mark.parametrize("suffix", [".py", ".js"])
def test_no_room_of_the_page_imports_one_above_it(suffix):
    wrong = [
        f"{short(path)} imports {other.relative_to(ROOT)}"
        for path in files(suffix, under=("ui",))
        for other in page_imports(path)
        if other.stem not in SEAM and room(other) > room(path)
    ]
    assert not wrong, "\n".join(wrong)


def test_errors_import_nothing_of_ours():
    path = ROOT / "teacache" / "errors.py"
    ours = [name for name, _ in imports(path) if layer(name) is not None] if path.exists() else []
    assert not ours


@pytest.mark.parametrize(
    "where, strangers",
    [
        ("teacache/method/gate.py", {"torch", "gradio", "numpy"}),
        ("teacache/method/settings.py", {"torch", "gradio", "numpy"}),
        ("teacache", {"gradio", "ui", "app"}),
        ("ui", {"diffusers", "transformers"}),
    ],
)
def test_what_a_place_does_not_know(where, strangers):
    place = ROOT / where
    inside = [place] if place.suffix else files(".py", under=(where,))
    met = [
        f"{short(path, line)} imports {name}"
        for path in inside
        if path.exists()
        for name, line in imports(path)
        if name.split(".")[0] in strangers
    ]
    assert not met, "\n".join(met)


def test_no_long_functions():
    long = [
        f"{short(path, node.lineno)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in files(".py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long, f"over {LONGEST_FUNCTION} lines:\n" + "\n".join(long)


def test_functions_of_scripts_are_held_to_the_same_length():
    """By ESLint, of `make lint`: to find where a function ends takes a parser."""
    told = (ROOT / "eslint.config.js").read_text(encoding="utf-8")
    assert f"LONGEST_FUNCTION = {LONGEST_FUNCTION};" in told and f"LONGEST_FILE = {LONGEST_FILE};" in told
    assert "max: LONGEST_FUNCTION" in told and "max: LONGEST_FILE" in told


def test_no_long_lines_in_scripts_and_styles():
    long = [
        f"{short(path, number)}: {len(line)}"
        for path in files(".js", ".ts", ".css")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert not long, f"over {LONGEST_LINE} characters:\n" + "\n".join(long)


def test_scripts_of_the_page_add_no_global():
    """Modules talk by imports; what Gradio calls, it calls by an event."""
    added = re.compile(r"\b(?:window|globalThis|self)\.\w+ = (?!=)|\b(?:eval|Function)\(")
    found = [
        f"{short(path, number)}: {line.strip()}"
        for path in files(".js", under=("ui",))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if added.search(line) and path.parent.name != "head"
    ]
    assert not found, "\n".join(found)


def test_no_long_files():
    lengths = {
        path: len(path.read_text().splitlines()) for path in files(".py", ".js", under=("teacache", "ui"))
    }
    long = [f"{short(path)} has {length}" for path, length in lengths.items() if length > LONGEST_FILE]
    assert not long, f"over {LONGEST_FILE} lines:\n" + "\n".join(long)


def test_modules_say_what_they_are():
    silent = [
        short(path)
        for path in files(".py")
        if len(path.read_text().splitlines()) > SMALL_ENOUGH_TO_SPEAK_FOR_ITSELF
        and not ast.get_docstring(tree(path))
    ]
    assert not silent, "no docstring:\n" + "\n".join(silent)


def test_nothing_forbidden_is_written():
    top = [ROOT / name for name in ("README.md", "Makefile", "Spacefile", "pyproject.toml", ".ci/run")]
    texts = [*files(".py", ".js", ".css", ".html", ".md"), *top, *ROOT.glob("requirements*.txt")]
    found = [
        f"{short(path, number)}: {line.strip()}"
        for path in texts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_page_loads_nothing_from_elsewhere():
    foreign = [
        f"{short(path, number)}: {host}"
        for path in files(".py", ".js", ".css", ".html", under=("ui",))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for host in ADDRESS.findall(line)
        if host not in LINKED_OR_NAMED
    ]
    assert not foreign, "\n".join(foreign)


TAG = re.compile(r"(?<!\?P)</?[a-z][a-z0-9]*[ />]")
OF_GRADIO = "html_part.py"  # whose components have a language of templates of their own


def test_html_is_written_in_templates():
    found = [
        f"{short(path, node.lineno)}: {ast.unparse(node)[:60]}"
        for path in files(".py", under=("teacache", "ui"))
        if path.name != OF_GRADIO
        for node in ast.walk(tree(path))
        if isinstance(node, ast.JoinedStr)
        if any(isinstance(part, ast.Constant) and TAG.search(str(part.value)) for part in node.values)
    ]
    assert not found, "\n".join(found)


# What a stranger's file could run code by; safetensors and JSON cannot.
RUNS_CODE = {"eval", "exec", "torch.load", "yaml.load", "joblib.load", "shelve.open"}
RUNS_CODE |= {
    f"{name}.{how}" for name in ("pickle", "dill", "marshal") for how in ("load", "loads", "Unpickler")
}


def test_nothing_that_is_read_can_run():
    found = []
    for path in files(".py", under=("teacache", "ui")):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            words = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            name = ast.unparse(node.func)
            if words.get("trust_remote_code", "False") != "False":
                found.append(f"{short(path, node.lineno)} trusts remote code")
            if name in RUNS_CODE and words.get("weights_only") != "True":
                found.append(f"{short(path, node.lineno)} calls {name}")
    assert not found, "\n".join(found)
