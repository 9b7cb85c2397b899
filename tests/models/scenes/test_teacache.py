"""TeaCache on a pipeline of Scenes' classes with random weights: loaded, calibrated, foretold, all small."""

from dataclasses import replace

import pytest
import torch
from diffusers import WanPipeline

from teacache.errors import SettingsError
from teacache.method.settings import Settings
from teacache.models import load
from teacache.models.cards_scenes import SCENES
from teacache.models.catalog import CARDS, Calibration
from teacache.models.scenes import unknown_words
from teacache.models.scenes.nets import build_scheduler, build_transformer, build_vae
from teacache.models.scenes.sample import GUIDANCE, STEPS, build_pipeline
from teacache.models.scenes.text import build_text_encoder
from teacache.models.training.export import export
from teacache.study.calibrate import calibration, fit
from teacache.study.clips import sample, uncached_trace
from teacache.study.collect import setup_of
from teacache.study.prompts import prompts_for
from teacache.study.replay import breakpoints, exactness, replay, tidy
from tools.takes import TAKES_OF

FROM_TIMESTEP = ("authors", "authors_retention")  # e, and e0 with retention
CALIBRATED = {
    "coefficients": (2.0, 0.0), "r2": 0.9, "pairs": 98, "prompts": 2, "input_range": (0.01, 0.3), "steps": 50,
    "guidance_scale": GUIDANCE, "threshold": 0.2, "threshold_max": 1.0, "source": "here",
}  # fmt: skip
SIZE = {"steps": 10, "frames": 5, "height": 32, "width": 32}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    torch.manual_seed(0)
    transformer = build_transformer(layers=2, heads=1)
    for parameter in transformer.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    pipe = build_pipeline(
        transformer=transformer,
        vae=build_vae(base=8, decoder_base=8),
        encoder=build_text_encoder().eval(),
        scheduler=build_scheduler(shift=3.0),
    )
    place = tmp_path_factory.mktemp("models") / "scenes"
    export(pipe, place)
    return place


@pytest.fixture(scope="module")
def pipe(folder):
    """As it will be loaded: by its name, at the settings of its card."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(CARDS, "scenes", replace(SCENES, source=str(folder), **SIZE))
        yield load("scenes", device="cpu")


def requests(pipe, variant, count=2):
    card = pipe.teacache_card
    setup = setup_of(pipe, steps=None, guidance=None, flow_shift=None, seed=0, mode=variant)
    return setup.calibration(card, prompts_for("calibration", count, model="scenes"))


def middles(trace, settings):
    """A threshold of each of some schedules, from nearly all computed to nearly none."""
    points = breakpoints(trace, settings)
    return [tidy(point.low, point.high) for point in points[:: max(1, len(points) // 4)]]


def test_the_card_says_what_the_model_was_trained_for():
    assert (SCENES.steps, SCENES.guidance_scale) == (STEPS, GUIDANCE)
    assert SCENES.kind == "text_to_video" and SCENES.settings().naive


def test_the_runs_to_record_are_of_words_it_knows_and_of_polynomials_it_will_have():
    measured = {
        variant: Calibration(**CALIBRATED, variant=variant) for variant in ("authors", "authors_retention")
    }
    card = replace(SCENES, calibration=measured["authors"], other_calibrations=measured)
    for take in TAKES_OF["scenes"]:
        assert not unknown_words(take.prompt)
        settings = take.settings(card)
        assert settings.naive == take.naive
        assert settings.variant == (take.mode or "authors")  # also where the polynomial is left out


def test_the_folder_is_an_ordinary_one(folder):
    plain = WanPipeline.from_pretrained(folder, local_files_only=True)
    parts = (plain.transformer, plain.vae, plain.text_encoder)
    assert {parameter.dtype for part in parts for parameter in part.parameters()} == {torch.float32}


def test_it_is_calibrated_on_the_timestep_embedding_unless_another_variant_is_named(pipe):
    asked = {"steps": None, "guidance": None, "flow_shift": None, "seed": 0}
    assert setup_of(pipe, **asked).variant == "authors"
    with pytest.raises(SettingsError, match="authors_retention"):
        setup_of(pipe, **asked, mode="nosuch")


def test_a_plain_call_makes_what_the_card_says(pipe):
    clip = pipe("a red boat moving left on the sea by day", num_inference_steps=2, output_type="pt").frames
    assert clip.shape == (1, SIZE["frames"], 3, SIZE["height"], SIZE["width"])


@pytest.mark.parametrize("variant", FROM_TIMESTEP)
def test_a_replay_is_the_run_for_every_prompt_and_threshold(pipe, variant):
    settings = Settings(threshold=1, variant=variant, first_steps=5 if variant != "authors" else 1)
    asked = requests(pipe, variant)
    traces = [uncached_trace(pipe, request, variant=variant) for request in asked]
    assert {exactness(trace) for trace in traces} == {"exact"}
    for threshold in middles(traces[0], settings):
        chosen = settings.replaced(threshold=threshold)
        foretold = [tuple(decision.computed for decision in replay(trace, chosen)) for trace in traces]
        run = [sample(pipe, request, chosen).trace.schedule for request in asked]
        assert foretold == [tuple(schedule) for schedule in run]
        assert len(set(foretold)) == 1  # whatever the prompt says


@pytest.mark.parametrize("variant", [*FROM_TIMESTEP, "default"])
def test_it_can_be_calibrated_on_either_embedding_and_on_the_modulated_input(pipe, variant):
    traces = [uncached_trace(pipe, request, variant=variant) for request in requests(pipe, variant)]
    found = fit(traces, 2)
    assert found.variant == variant and found.pairs == 2 * 2 * (SIZE["steps"] - 1)
    entry = calibration(found, traces, "here")
    settings = replace(pipe.teacache_card, calibration=entry).settings(entry.threshold)
    assert settings.variant == variant
    assert settings.first_steps == (5 if variant == "authors_retention" else 1)
    computed = sum(decision.computed for decision in replay(traces[0], settings))
    assert computed < 2 * SIZE["steps"]
    assert exactness(traces[0]) == ("approximate" if variant == "default" else "exact")
