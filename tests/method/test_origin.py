"""A card's settings know their model: another's pipeline is refused, a call that it never learned is said."""

import copy
import inspect
import warnings

import pytest
from diffusers import LattePipeline

from teacache import Settings, TeaCache
from teacache.errors import AttachError
from teacache.models.catalog import CARDS, ROOT
from tests import tiny
from tests.models.test_plain_call import NAMED, Reached, built, more

POLYNOMIALS = [name for name, card in CARDS.items() if card.has_polynomial]


@pytest.fixture(scope="module")
def pipes():
    made = {}

    def get(name):
        kind = NAMED.get(name, CARDS[name].pipeline)
        if kind not in made:
            made[kind] = tiny.build(kind)
        return made[kind]

    return get


@pytest.mark.parametrize("name", CARDS)
def test_a_card_names_the_class_of_its_transformer(pipes, name):
    assert type(pipes(name).transformer).__name__ == CARDS[name].transformer


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_a_polynomial_is_refused_on_every_other_class_and_naive_settings_on_none(pipes, name):
    card, refused = CARDS[name], 0
    for other in {one.pipeline: one.name for one in CARDS.values()}.values():
        pipe = pipes(other)
        assert TeaCache(pipe, settings=card.settings(naive=True)).settings.naive
        found = type(pipe.transformer).__name__
        if found == card.transformer:
            assert TeaCache(pipe, settings=card.settings()).settings == card.settings()
            continue
        with pytest.raises(AttachError) as caught:
            TeaCache(pipe, settings=card.settings(0))
        assert f"polynomial of {card.title}, but this pipeline runs {found}: " in str(caught.value)
        refused += 1
    assert refused > 5


def test_experts_settings_are_looked_at_too(pipes):
    pipe, flux = pipes("wan-2.2-a14b"), CARDS["flux-dev"].settings()
    with pytest.raises(AttachError, match=r"FLUX\.1-dev"):
        TeaCache(pipe, 0.1, experts={"transformer_2": flux})


def test_of_one_class_a_loaded_pipeline_tells_whose_it_is(pipes):
    pipe, own, other = copy.copy(pipes("wan-14b")), CARDS["wan-14b"], CARDS["wan-1.3b"]
    pipe.teacache_settings = own.settings()
    with pytest.raises(AttachError, match="polynomial of Wan 2.1, 1.3B, but this pipeline runs Wan 2.1, 14B"):
        TeaCache(pipe, settings=other.settings())
    assert TeaCache(pipe, settings=own.settings(0.2, mode="retention"))
    pipe.teacache_settings = Settings(threshold=0.2)  # a folder, perhaps a fine-tune: its maker knows better
    assert TeaCache(pipe, settings=other.settings())


def test_where_they_come_from_is_no_part_of_the_decision_nor_of_a_file():
    settings = CARDS["latte"].settings()
    bare = settings.replaced(origin=None)
    assert settings == bare and hash(settings) == hash(bare) and settings.to_json() == bare.to_json()
    assert settings.replaced(threshold=9).origin.model == "latte"
    assert Settings.from_json(settings.to_json()) == settings


@pytest.fixture
def noisy(monkeypatch):
    """A tiny pipeline of a card's class that stops where the noise would be made."""

    def make(name):
        pipe = built(name)
        prepare = type(pipe).prepare_latents

        def reached(self, *args, **given):
            inspect.signature(prepare).bind(self, *args, **given)
            raise Reached

        reached.__signature__ = inspect.signature(prepare)
        monkeypatch.setattr(type(pipe), "prepare_latents", reached)
        return pipe

    return make


def usual(card):
    return {
        "frames": card.frames, "height": card.height, "width": card.width, "guidance": card.guidance_scale
    }  # fmt: skip


def said(pipe, *, frames, height, width, guidance):
    """What a call is warned of."""
    call = inspect.signature(type(pipe).__call__).parameters
    length = next((name for name in ("num_frames", "video_length") if name in call), None)
    size = {"height": height, "width": width} | ({length: frames} if length else {})
    size = {name: value for name, value in size.items() if name in call}  # a sound has no size
    with warnings.catch_warnings(record=True) as caught, pytest.raises(Reached):
        warnings.simplefilter("always")
        pipe(**more(pipe) | size, guidance_scale=guidance, num_inference_steps=4)
    return [str(one.message) for one in caught if issubclass(one.category, UserWarning)]


@pytest.mark.parametrize("name", CARDS)
def test_a_call_that_the_model_never_learned_is_said_once_with_what_to_do(noisy, name):
    card, pipe = CARDS[name], noisy(name)
    with TeaCache(pipe, settings=card.settings()):
        assert said(pipe, **usual(card)) == []
        assert said(pipe, **usual(card) | {"guidance": 1.0}) == []
        wrong = usual(card) | {"guidance": 2.5 * card.guidance_scale}
        (text,) = said(pipe, **wrong)
        assert said(pipe, **wrong) == []
    given, better = f"guidance {wrong['guidance']:g}", f"guidance {card.guidance_scale:g}"
    assert text == f"{card.title} was not trained for {given}: ask for {better}."
    assert "prepare_latents" not in vars(pipe)


# One size or length, whatever is asked for; or none at all.
FIXED = ("hidream", "opensora-plan-65", "opensora-plan-221", "tangoflux")


@pytest.mark.parametrize("name", [name for name in CARDS if name not in FIXED])
def test_a_size_far_from_the_models_own_is_said(noisy, name):
    card, pipe = CARDS[name], noisy(name)
    portrait = usual(card) | {"height": card.width, "width": card.height}
    with TeaCache(pipe, settings=card.settings(naive=True)):
        if not card.one_size:
            assert said(pipe, **portrait) == []
            portrait = usual(card) | {"height": 32, "width": 32}
        found = said(pipe, **portrait)
    given, better = (
        f"{size['width']}x{size['height']} pixels"
        for size in (portrait, {"width": card.width, "height": card.height})
    )
    text = f"{card.title} was not trained for {given}: ask for {better}."
    assert found == ([] if given == better else [text])


def test_a_pipeline_loaded_alone_says_what_shapes_was_trained_for(monkeypatch):
    pipe = LattePipeline.from_pretrained(ROOT / "assets/shapes")

    def stopped(*_, **__):
        raise Reached

    handle = pipe.transformer.register_forward_pre_hook(stopped)
    sentence = (
        "Shapes was not trained for 512x512 pixels and guidance 7.5: ask for 64x64 pixels and guidance 3."
    )
    with TeaCache(pipe, settings=CARDS["shapes"].settings(0.1)):
        with pytest.warns(UserWarning) as caught, pytest.raises(Reached):
            pipe("a red ball bouncing on a blue background", clean_caption=False)
        assert [str(one.message) for one in caught if one.category is UserWarning] == [sentence]
    handle.remove()


def test_what_a_pipeline_does_not_tell_is_not_warned_of():
    unknown = {"frames": None, "height": None, "width": None, "guidance": None}
    assert CARDS["shapes"].settings().origin.outside(**unknown) == ""
    assert CARDS["shapes"].settings().origin.outside(**unknown | {"frames": 40}) == (
        "Shapes was not trained for 40 frames: ask for 16 frames."
    )


def test_a_copy_of_an_attached_pipeline_watches_itself(pipes):
    pipe = pipes("latte")
    with TeaCache(pipe, settings=CARDS["latte"].settings()):
        assert pipe.prepare_latents.__self__ is pipe
        assert copy.deepcopy(pipe.prepare_latents).__self__ is not pipe
    assert "prepare_latents" not in vars(pipe)
