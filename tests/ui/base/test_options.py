"""What can be set, from which place, and how a bad value is refused."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from teacache.errors import ModelLoadError, RequestError
from ui.base.options import Options, read, variable
from ui.models.models import Models
from ui.run.engine import Engine

README = Path(__file__).resolve().parents[3] / "README.md"


def test_without_any_setting_the_defaults_hold():
    assert read([], {}) == Options()


def test_the_command_line_wins_over_the_environment():
    environment = {"TEACACHE_MOST_STEPS": "50", "TEACACHE_WARM_UP": "no", "GRADIO_SERVER_NAME": "0.0.0.0"}
    found = read(["--most-steps", "20", "--models", "shapes, latte"], environment)
    assert (found.most_steps, found.warm_up, found.host) == (20, False, "0.0.0.0")
    assert found.models == ("shapes", "latte")


def test_a_space_has_stricter_defaults_which_can_be_set_too():
    found = read([], {"SPACE_ID": "a/b", "TEACACHE_MOST_RUNS": "9"})
    assert found.behind_proxy and not found.browser and found.most_runs == 9
    assert found.most_disk and found.most_runs_an_hour and found.most_uploads_an_hour


@pytest.mark.parametrize(
    "arguments, environment, said",
    [
        (["--port", "99999"], {}, "--port: '99999' cannot be used: give a whole number from 1 to 65535"),
        (["--warm-up", "maybe"], {}, "--warm-up: 'maybe' is neither yes nor no"),
        (["--root-path", "x"], {}, "--root-path: 'x' is no path of an address"),
        ([], {"TEACACHE_MOST_WAITING": "-1"}, "TEACACHE_MOST_WAITING: '-1' cannot be used"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(capsys, arguments, environment, said):
    with pytest.raises(SystemExit):
        read(arguments, environment)
    assert said in capsys.readouterr().err


def test_help_lists_every_setting_with_its_variable(capsys):
    with pytest.raises(SystemExit):
        read(["--help"], {})
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    for row in fields(Options):
        assert f"--{row.name.replace('_', '-')} " in told and f"[{variable(row)}]" in told


def test_only_the_models_that_are_offered_are_there_and_one_is_first():
    models = Models.of(Options(models=("latte", "shapes"), default_model="shapes"))
    assert list(models.cards) == ["latte", "shapes"] and models.default == "shapes"
    with pytest.raises(ModelLoadError, match="There is no model 'nonesuch'"):
        Models.of(Options(models=("nonesuch",)))
    with pytest.raises(ModelLoadError, match="There is no model 'wan'"):
        Models.of(Options(models=("shapes",), default_model="wan"))


def test_more_steps_or_frames_than_the_server_makes_are_refused_in_one_sentence(tiny_models, library):
    from tests.ui.api.test_endpoints import ASKED
    from ui.api.endpoints import Api

    api = Api(Engine(tiny_models, library, Options(most_steps=4)))
    with pytest.raises(Exception, match="5 steps are more than this server makes: ask for at most 4"):
        next(api.compare(**ASKED))
    engine = Engine(tiny_models, library, Options(most_frames=1))
    with pytest.raises(RequestError, match="frames are more than this server makes: ask for at most 1"):
        next(engine.run(request(tiny_models), with_rivals=False))


def request(models):
    from teacache.runs.request import Request

    return Request(model=models.default, prompt="a red ball", steps=4)
