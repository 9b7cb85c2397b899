"""`--plot`: what a command draws, and what it refuses before it runs anything."""

from pathlib import Path

import pytest

from teacache import cli

RUN = str(Path(__file__).resolve().parents[1] / "assets" / "runs" / "1-faithful")


def test_a_replay_is_drawn_into_a_page(tmp_path, capsys):
    page = tmp_path / "plot.html"
    asked = ["replay", RUN, "--threshold", "0.3", "--plot"]
    assert cli.main([*asked, str(page)]) == 0
    assert f"the figure is in {page}" in capsys.readouterr().out
    assert "accumulated, reused" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "asked, said",
    [
        (["--threshold", "0.3", "--plot", "plot.png"], "give a name that ends in .html"),
        (["--threshold", "0.3", "--plot", "nowhere/plot.html"], "make it first"),
        (["--breakpoints", "--plot", "plot.html"], "no figure"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(asked, said, capsys):
    assert cli.main(["replay", RUN, *asked]) == 2
    found = capsys.readouterr()
    assert said in found.err and found.err.count("\n") == 1 and not found.out
