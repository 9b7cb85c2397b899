"""Write pictures of the page for people to look at: screens, themes, languages, each lesson of the tour.

    python tools/shots.py [VIEW ...] [--out FOLDER]

Checks nothing: whether a picture is fine is for the person who looks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import chromium  # noqa: E402
from tools.serving import HOST, free_port, served  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu"]
DESKTOP, PHONE = (1366, 768), (390, 844)
VIEWS = {  # name -> window, options of the browser's context
    "desktop": (DESKTOP, {}),
    "dark": (DESKTOP, {"color_scheme": "dark"}),
    "phone": (PHONE, {"has_touch": True}),
    "phone-dark": (PHONE, {"has_touch": True, "color_scheme": "dark"}),
    "tablet": ((820, 1180), {}),
    "projector": ((1920, 1080), {}),
    "german": (DESKTOP, {"locale": "de-DE"}),
    "chinese": (DESKTOP, {"locale": "zh-CN"}),
}
TOURED = ("desktop", "dark", "phone")  # views in which every lesson is pictured
SLOW = 90_000  # ms
SETTLE = 600  # ms: colours and places come to rest
UNFOLD = """() => {
  document.querySelectorAll('.label-wrap').forEach((fold) => fold.click());
  document.querySelectorAll('details').forEach((fold) => (fold.open = true));
}"""


def states(page, name: str) -> Iterator[str]:
    """Bring the page into one state after the other; yields a picture's name for each."""
    yield name
    yield f"{name}-full"
    page.evaluate("teacache.inspect.open(5)")
    yield f"{name}-step"
    page.evaluate("teacache.inspect.close()")
    if name in TOURED:
        for lesson in range(page.evaluate("teacache.lessons.length")):
            page.evaluate("lesson => teacache.tour.show(lesson)", lesson)
            yield f"{name}-tour-{lesson + 1}"
        page.evaluate("teacache.tour.close()")
    page.evaluate(UNFOLD)
    yield f"{name}-unfolded-full"


def picture(browser, address: str, name: str, out: Path) -> None:
    """All pictures of one view."""
    (width, height), options = VIEWS[name]
    window = {"width": width, "height": height}
    context = browser.new_context(base_url=address, viewport=window, reduced_motion="reduce", **options)
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"/?__theme={options.get('color_scheme', 'light')}")
    page.wait_for_selector(".tc-plot .scatterlayer path", state="attached")
    page.wait_for_selector(".tc-stage.filled")
    page.wait_for_selector(".tc-chip.ready")
    for state in states(page, name):
        page.wait_for_timeout(SETTLE)
        page.screenshot(path=out / f"{state}.png", full_page=state.endswith("-full"))
    context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "artifacts" / "screens")
    parser.add_argument("views", nargs="*", help=f"of {', '.join(VIEWS)} (default: all)")
    arguments = parser.parse_args()
    unknown = set(arguments.views) - set(VIEWS)
    if unknown:
        parser.error(f"no such view: {', '.join(sorted(unknown))}")
    path = chromium.find()
    if path is None:
        print(chromium.HOW_TO_INSTALL, file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    arguments.out.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = ["app.py", "--host", HOST, "--port", str(port), "--no-browser"]
    with (
        served(command, port, arguments.out.parent / "shots.log") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for name in arguments.views or VIEWS:
            picture(browser, address, name, arguments.out)
        browser.close()
    print(f"Pictures are in {arguments.out}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
