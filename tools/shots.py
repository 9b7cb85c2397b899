"""Write pictures of the page for people to look at: screens, themes, languages, lessons, runs, errors.

    python tools/shots.py [VIEW ...] [--scenes SCENE ...] [--out FOLDER]

Checks nothing: whether a picture is fine is for the person who looks.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import chromium  # noqa: E402
from tools.camera import Camera  # noqa: E402
from tools.scenes import EVERYWHERE, SCENES  # noqa: E402
from tools.serving import HOST, free_port, served  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu"]
DESKTOP, PHONE = (1366, 768), (390, 844)
ZOOMED, PROJECTOR_ZOOMED = (640, 360), (960, 540)  # what a browser at 200 % has of 1280x720, of 1920x1080
TOUCH, DARK, GERMAN, CHINESE = (
    {"has_touch": True, "is_mobile": True},
    {"color_scheme": "dark"},
    {"locale": "de-DE"},
    {"locale": "zh-CN"},
)
TWICE = {"device_scale_factor": 2}
ALL = tuple(SCENES)
VIEWS = {  # name -> window, options of the browser's context, scenes
    "desktop": (DESKTOP, {}, ALL),
    "dark": (DESKTOP, DARK, (*EVERYWHERE, "tour", "foretold", "whatif", "errors")),
    "phone": (PHONE, TOUCH, ALL),
    "phone-dark": (PHONE, TOUCH | DARK, EVERYWHERE),
    "phone-german": (PHONE, TOUCH | GERMAN, (*EVERYWHERE, "tour", "foretold")),
    "phone-chinese": (PHONE, TOUCH | CHINESE, EVERYWHERE),
    "tablet": ((768, 1024), TOUCH, (*EVERYWHERE, "tour")),
    "tablet-wide": ((1024, 768), TOUCH, (*EVERYWHERE, "tour")),
    "projector": ((1920, 1080), {}, (*EVERYWHERE, "tour", "present")),
    "projector-small": ((1280, 720), {}, ("present",)),
    "projector-german": ((1280, 720), GERMAN, ("present",)),
    "german": (DESKTOP, GERMAN, (*EVERYWHERE, "tour", "foretold", "handout", "errors")),
    "zoomed": (ZOOMED, TWICE, ("first", "lesson")),
    "zoomed-german": (ZOOMED, TWICE | GERMAN, ("first", "lesson")),
    "projector-zoomed": (PROJECTOR_ZOOMED, TWICE, ("present",)),
    "projector-zoomed-german": (PROJECTOR_ZOOMED, TWICE | GERMAN, ("present",)),
    "chinese": (DESKTOP, CHINESE, (*EVERYWHERE, "tour")),
}


def picture(browser, address: str, name: str, scenes: list[str], out: Path) -> None:
    """The pictures of one view; every scene begins with a page of its own."""
    (width, height), options, usual = VIEWS[name]
    window = {"width": width, "height": height}
    theme = options.get("color_scheme", "light")
    for scene in scenes or usual:
        context = browser.new_context(base_url=address, viewport=window, reduced_motion="reduce", **options)
        context.add_init_script(path=chromium.HANDLE)
        SCENES[scene](Camera(context.new_page(), name, theme, out))
        context.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "artifacts" / "screens")
    parser.add_argument("--scenes", nargs="*", choices=ALL, default=[], help="default: those of the view")
    parser.add_argument("--address", help="of a server that runs already (default: one is started)")
    parser.add_argument("views", nargs="*", help=f"of {', '.join(VIEWS)} (default: all)")
    arguments = parser.parse_args()
    unknown = set(arguments.views) - set(VIEWS)
    if unknown:
        parser.error(f"no such view: {', '.join(sorted(unknown))}")
    if chromium.find() is None:
        print(chromium.HOW_TO_INSTALL, file=sys.stderr)
        return 1
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.address:
        _all(arguments, arguments.address)
    else:
        port = free_port()
        command = ["app.py", "--host", HOST, "--port", str(port), "--no-browser"]
        with served(command, port, arguments.out.parent / "shots.log") as address:
            _all(arguments, address)
    print(f"Pictures are in {arguments.out}.")
    return 0


def _all(arguments: argparse.Namespace, address: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        for name in arguments.views or VIEWS:
            picture(browser, address, name, arguments.scenes, arguments.out)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
