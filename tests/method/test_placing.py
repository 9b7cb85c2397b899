"""What is put in front of what is another's leaves no trace."""

from __future__ import annotations

import pytest
from torch import nn

from teacache.method.placing import child_of, left_as_found, no_attribute_more, put, turn_into


class Stepping:
    """Answers by its class."""

    def step(self):
        return "its own"


def test_an_attribute_in_front_of_a_method_is_gone_once_it_is_taken_off():
    one = Stepping()
    take_off = put(one, "step", lambda: "ours")
    assert one.step() == "ours"
    take_off()
    assert one.step() == "its own" and not vars(one)


def test_an_attribute_that_was_there_comes_back():
    one = Stepping()
    one.scale = 3
    put(one, "scale", 5)()
    assert one.scale == 3


def test_an_attribute_that_somebody_took_away_in_the_meantime_stays_away():
    one = Stepping()
    take_off = put(one, "step", lambda: "ours")
    del one.step
    take_off()
    assert not vars(one)


def test_a_compiled_module_gets_it_itself_and_what_it_wraps_does_not():
    import torch

    inside = nn.Linear(2, 2)
    put(torch.compile(inside), "mark", 1)
    assert "mark" not in vars(inside)


def test_an_object_of_a_childs_class_goes_by_the_same_names_and_comes_back():
    one = Stepping()
    turn_into(one, child_of(Stepping, {"step": lambda self: "ours"}))
    assert one.step() == "ours" and isinstance(one, Stepping)
    assert (type(one).__name__, type(one).__module__) == ("Stepping", __name__)
    turn_into(one, Stepping)
    assert type(one) is Stepping and one.step() == "its own"


def test_an_object_with_slots_stays_of_its_class():
    class Narrow:
        __slots__ = ()

    one = Narrow()
    with pytest.raises(TypeError):
        turn_into(one, child_of(Narrow, {}))
    assert type(one) is Narrow


def test_what_a_library_leaves_on_parts_goes_and_what_was_there_stays():
    module = nn.Sequential(nn.Linear(2, 2))
    module[0].kept = 1
    with no_attribute_more(module):
        module[0].left_behind, module[0].kept = 2, 3
    assert module[0].kept == 3 and "left_behind" not in vars(module[0])


def test_the_empty_registries_of_a_removed_cache_go():
    from diffusers.hooks import HookRegistry, ModelHook

    module = nn.Sequential(nn.Linear(2, 2))
    with left_as_found(module):
        registry = HookRegistry.check_if_exists_or_initialize(module[0])
        registry.register_hook(ModelHook(), "somebody's")
        registry.remove_hook("somebody's", recurse=False)
        assert "_diffusers_hook" in vars(module[0])
    assert {"_diffusers_hook", "forward"}.isdisjoint(vars(module[0]))
