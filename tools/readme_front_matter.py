"""Write the Space's settings from Spacefile into the front matter of README.md, or check that they agree.

Hugging Face reads a Space's settings only from the YAML block at the top of README.md.
"""

import argparse
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FENCE = "---\n"


def front_matter(spacefile: str) -> str:
    """The YAML block that belongs at the top of README.md, fences included."""
    settings = yaml.safe_load(spacefile)
    return FENCE + yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=1000) + FENCE


def body(readme: str) -> str:
    """README.md without its front matter."""
    if not readme.startswith(FENCE):
        return "\n" + readme
    return readme.split(FENCE, 2)[2]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="rewrite the front matter of README.md")
    action.add_argument("--check", action="store_true", help="exit with 1 when it differs from Spacefile")
    arguments = parser.parse_args()

    path = ROOT / "README.md"
    readme = path.read_text(encoding="utf-8")
    wanted = front_matter((ROOT / "Spacefile").read_text(encoding="utf-8")) + body(readme)
    if arguments.write:
        path.write_text(wanted, encoding="utf-8")
    elif readme != wanted:
        print("README.md's front matter differs from Spacefile: run `make readme`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
