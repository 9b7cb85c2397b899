"""The states of the tour that `shots.py` pictures: lessons, answers, predictions, an audience, paper."""

from __future__ import annotations

from tools.camera import Camera


def _show(camera: Camera, lesson: str) -> None:
    camera.page.evaluate(
        "name => teacache.tour.show(teacache.lessons.findIndex(({ id }) => id === name))", lesson
    )


def tour(camera: Camera) -> None:
    """Every lesson."""
    camera.open()
    for lesson in range(camera.page.evaluate("teacache.lessons.length")):
        camera.page.evaluate("lesson => teacache.tour.show(lesson)", lesson)
        camera.shoot(f"tour-{lesson + 1}")
    camera.page.evaluate("document.querySelector('.tc-tour-body').scrollTo(0, 9999)")
    camera.shoot("tour-end")


def lesson(camera: Camera) -> None:
    """A lesson as it opens, and its question."""
    camera.open("&tour=2")
    camera.page.wait_for_selector(".tc-ask")
    camera.shoot("lesson")
    camera.see(".tc-ask")
    camera.shoot("lesson-question")


def present(camera: Camera) -> None:
    """Every lesson for an audience; predictions and setups, answered."""
    camera.open("&tour=1&present=1")
    for lesson in range(camera.page.evaluate("teacache.lessons.length")):
        camera.page.evaluate("lesson => teacache.tour.show(lesson)", lesson)
        camera.shoot(f"present-{lesson + 1}")
    for name in ("predict", "limits"):
        camera.page.evaluate(
            "name => teacache.tour.show(teacache.lessons.findIndex(({ id }) => id === name))", name
        )
        for first in camera.page.locator(".tc-limit-options input[value=teacache]").all():
            first.check()
        camera.page.locator(".tc-guess > .tc-button").click()
        camera.shoot(f"present-{name}-answered")


def answered(camera: Camera) -> None:
    """A question answered wrong, then right."""
    camera.open("&tour=1")
    camera.page.wait_for_selector(".tc-ask")
    choose = camera.page.locator(".tc-stepper button:last-child")
    camera.page.locator(".tc-stepper .tc-icon").last.click()
    choose.click()
    camera.shoot("answer-wrong")
    camera.page.locator(".tc-stepper .tc-icon").first.click()
    choose.click()
    camera.shoot("answer-right")


def foretold(camera: Camera) -> None:
    """Steps foretold wrong and a PSNR foretold, each judged by the recorded run; the score at the end."""
    camera.open("&tour=9")
    camera.page.wait_for_function("teacache.course !== null && teacache.facts() !== null")
    _show(camera, "predict")
    camera.page.locator(".tc-guess-cell").first.click()
    camera.shoot("foretold-steps-marked")
    camera.page.locator(".tc-guess > .tc-button").click()
    camera.shoot("foretold-steps")
    _show(camera, "foretell")
    camera.shoot("foretold-psnr-asked")
    camera.page.locator(".tc-guess .tc-button").last.click()
    camera.shoot("foretold-psnr")
    _show(camera, "limits")
    camera.page.evaluate("document.querySelector('.tc-tour-body').scrollTo(0, 9999)")
    camera.shoot("foretold-score")


def handout(camera: Camera) -> None:
    """The lessons on paper."""
    camera.open("&tour=1")
    camera.page.wait_for_function("teacache.course !== null && teacache.facts() !== null")
    camera.page.evaluate("teacache.makeHandout()")
    camera.page.emulate_media(media="print")
    for number, sheet in enumerate(camera.page.locator(".tc-handout-page").all(), start=1):
        sheet.screenshot(path=camera.out / f"{camera.view}-handout-{number}.png")


SCENES = (tour, lesson, present, answered, foretold, handout)
