"""Declares what Python sends the scripts as shared.js, for their type checker: `python -m ui.base.declared`.

The types are read off the values, so that nothing is written in both languages; what each value means stands
where Python makes it (`ui/base/constants.py`). A test says when shared.d.ts is out of date.
"""

from __future__ import annotations

import json
from typing import Any

from teacache.method.reading import is_list, is_object
from ui.base import constants, scripts

PATH = scripts.UI / "shared.d.ts"
_HEAD = "// Written by ui/base/declared.py from what Python sends beside the scripts: not to be edited."
# What a value of the page does not show: the words of a report, and figures as Plotly has them.
_LOOSE = {
    "texts": "Record<string, string> | null",
    "language": "string | null",
    "languages": "Record<string, string>",
}
_FIGURE = "{ data: any[]; layout: any; labels?: any }"


def declaration() -> str:
    """The text of shared.d.ts."""
    phases = "".join(f'\n  | "{phase}"' for phase in constants.PHASES)
    sent = json.loads(json.dumps(scripts.shared()))
    fields = "".join(f"  {name}: {_field(name, value)};\n" for name, value in sent.items())
    return (
        f"{_HEAD}\nexport type Phase ={phases};\n\n"
        f"declare const shared: {{\n{fields}}};\nexport default shared;\n"
    )


def _field(name: str, value: Any) -> str:
    if name == "figures":
        return f"{{\n{_lines(dict.fromkeys(value, _FIGURE))}  }}"
    if name == "phases":
        return f"{{\n{_lines(dict.fromkeys(value, 'Phase[]'))}  }}"
    if name in _LOOSE:
        return _LOOSE[name]
    if is_object(value):
        return f"{{\n{_lines({key: _plain(one) for key, one in value.items()})}  }}"
    return _plain(value)


def _lines(fields: dict[str, str]) -> str:
    return "".join(f"    {name}: {kind};\n" for name, kind in fields.items())


def _plain(value: Any) -> str:
    if is_list(value):
        kinds = [_plain(one) for one in value]
        return f"[{', '.join(kinds)}]" if "number" in kinds else f"{kinds[0]}[]"
    return "string" if isinstance(value, str) else "number"


if __name__ == "__main__":
    PATH.write_text(declaration(), encoding="utf-8")
