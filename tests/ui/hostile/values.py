"""What a hostile or a clumsy caller may send in any place, as strategies of hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

SCRIPT = "<script>window.hurt=1</script><img src=x onerror='window.hurt=1'>"
WORDS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\u202egnp.exe",
    "Ω≈ç√∫˜µ≤≥÷",
    "👩‍👩‍👧‍👦",
    "x" * 3_000,
    "x" * 100_000,
    SCRIPT,
    "{{7*7}}",
    "${7*7}",
    "'; DROP TABLE runs; --",
    "../../../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\win.ini",
    "file:///etc/passwd",
    "http://127.0.0.1:1/",
    "https://huggingface.co/",
    "%2e%2e%2f",
    "__class__",
    "constructor",
    "null",
    "NaN",
    "-1",
    "1e999",
    "9" * 300,
    "9" * 5_000,
    "upload-0000000000000000",
    ".unfinished-a",
    ".extras",
    "1-sample",
    "a,b;c d",
    "\r\nSet-Cookie: a=b",
)
NUMBERS = (0, -1, 1, 2, 2.5, -0.0, 1e-320, 1e30, -1e30, 2**31, 2**53 + 1, 2**62, -(2**62), 0.1)
FILE = {"_type": "gradio.FileData"}

words = st.one_of(st.sampled_from(WORDS), st.text(max_size=40))
plain = st.one_of(
    st.none(), st.booleans(), st.sampled_from(NUMBERS), st.integers(-300, 300), st.floats(), words
)
files = st.fixed_dictionaries(
    {"path": plain}, optional={"meta": st.sampled_from([FILE, None, {}, 3]), "url": plain, "orig_name": plain}
)


def nested(depth: int) -> Any:
    """Lists within lists, so deep."""
    made: Any = 1
    for _ in range(depth):
        made = [made]
    return made


values = st.one_of(
    plain,
    files,
    st.lists(plain, max_size=4),
    st.dictionaries(words, plain, max_size=4),
    st.sampled_from([10, 31, 33, 200]).map(nested),
)


def replaced(valid: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """These values with a few of them hostile."""
    return st.dictionaries(st.sampled_from(sorted(valid)), values, min_size=1, max_size=3).map(
        lambda changes: valid | changes
    )


def mutated(data: Any) -> st.SearchStrategy[Any]:
    """A JSON document with one place in it hostile, or gone."""
    return st.tuples(st.sampled_from(sorted(_places(data), key=str)), st.one_of(values, st.just(GONE))).map(
        lambda change: _changed(data, *change)
    )


GONE = object()


def _places(data: Any, where: tuple = ()) -> list[tuple]:
    """The ways to every value; of a list only those into its first and last item."""
    found = [where] if where else []
    if isinstance(data, dict):
        for name, value in data.items():
            found += _places(value, (*where, name))
    elif isinstance(data, list) and data:
        for index in {0, len(data) - 1}:
            found += _places(data[index], (*where, index))
    return found


def _changed(data: Any, where: tuple, value: Any) -> Any:
    first, *rest = where
    made = dict(data) if isinstance(data, dict) else list(data)
    if rest:
        made[first] = _changed(made[first], tuple(rest), value)
    elif value is GONE:
        del made[first]
    else:
        made[first] = value
    return made
