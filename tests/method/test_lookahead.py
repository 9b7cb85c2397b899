"""Where the timestep alone makes the indicator: every distance of a run at its first call, bit for bit.

Held against the same architecture without the names of the submodules, which reads each distance when its
call needs it.
"""

from contextlib import contextmanager
from dataclasses import astuple, replace
from functools import cache
from statistics import median
from types import SimpleNamespace

import pytest
import torch
from diffusers import CogVideoXDDIMScheduler, CogVideoXTransformer3DModel, WanPipeline, WanTransformer3DModel
from diffusers.hooks import apply_group_offloading

from teacache.errors import UnsupportedModelError
from teacache.method.architectures import ARCHITECTURES, Architecture, Variant, architecture_of
from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests.method.reads import counted
from tests.method.systems import SYSTEMS, pipe_of, run
from tests.tiny import cogvideox, text

ROWS = [
    ("CogVideoX", "authors"),
    ("CogVideoX", "authors_rounded"),
    ("ConsisID", "authors"),
    ("Wan 2.1", "authors"),
    ("Wan 2.1", "authors_retention"),
    ("Wan 2.2", "authors_retention"),
    ("HiDream", "authors"),
]
STEPS = 6
ALL = Settings(threshold=1e9)  # reuses whatever is weighed
FIXED = Settings(threshold=1, schedule=(True, *[False] * (STEPS - 2), True))  # the same calls


@pytest.fixture(params=ROWS, ids=" ".join)
def row(request):
    name, variant = request.param
    return SYSTEMS[name], pipe_of(SYSTEMS[name].pipeline), variant


def read_late(pipe, variant) -> Architecture:
    """The same without the look ahead."""
    return replace(
        architecture_of(pipe.transformer).read_as(variant), from_timestep=(), variants={variant: Variant()}
    )


def numbers(cache):
    """Everything that was recorded but the times."""
    return [astuple(replace(r, seconds=None, decision_seconds=None)) for r in cache.trace.records]


def both_ways(pipe, settings, work, *, probe=False):
    """What the work returns, with every number recorded: looking ahead, and reading each distance late."""
    found = []
    for architecture in (None, read_late(pipe, settings.variant)):
        with TeaCache(pipe, settings=settings, architecture=architecture, probe=probe) as cache:
            found.append((work(cache), numbers(cache), cache.trace.schedule))
    return found


def check_equal(found):
    (latents, records, schedule), (late, wanted, _) = found
    assert torch.equal(latents, late)
    assert records == wanted
    return schedule


@cache
def usual_distance(pipe, system, variant) -> float:
    with TeaCache(pipe, settings=Settings(threshold=0, variant=variant)) as cache:
        run(pipe, system, steps=STEPS)
    return median(r.indicator_distance for r in cache.trace.records if r.indicator_distance is not None)


@pytest.mark.parametrize("guidance", [5.0, 1.0], ids=["guided", "unguided"])
def test_decisions_records_and_latents_are_the_same_bits(row, guidance):
    system, pipe, variant = row
    settings = Settings(threshold=2 * usual_distance(pipe, system, variant), variant=variant)
    found = both_ways(pipe, settings, lambda _: run(pipe, system, steps=STEPS, guidance=guidance))
    assert set(check_equal(found)) == {True, False}  # some of each, or the test shows nothing


@pytest.mark.parametrize(
    "settings",
    [
        Settings(threshold=0),
        FIXED,
        Settings(threshold=1e9, coefficients=(1.0, 0.0, -0.1), first_steps=2, last_steps=2, max_reuses=2),
    ],
    ids=["off", "fixed schedule", "polynomial and limits"],
)
def test_under_any_settings(row, settings):
    system, pipe, variant = row
    settings = settings.replaced(variant=variant)
    schedule = check_equal(both_ways(pipe, settings, lambda _: run(pipe, system, steps=STEPS)))
    assert all(schedule) == settings.off


def test_a_probe_records_the_same(row):
    system, pipe, variant = row
    settings = ALL.replaced(variant=variant)
    found = both_ways(pipe, settings, lambda _: run(pipe, system, steps=STEPS), probe=True)
    assert False in check_equal(found)


class Stop(Exception):
    """Somebody pressed the button."""


@contextmanager
def stopping(pipe, variant, *, after):
    """Raises in the midst of a call, where the chain from the timestep begins."""
    calls = []

    def count(*_):
        calls.append(True)
        if len(calls) > after:
            raise Stop

    first = architecture_of(pipe.transformer).read_as(variant).from_timestep[0]
    handle = pipe.transformer.get_submodule(first).register_forward_hook(count)
    with pytest.raises(Stop):
        yield
    handle.remove()


def test_each_run_looks_ahead_for_itself_also_after_an_interrupted_one(row):
    """One attached cache: cut short each time, then without guidance, with more steps, and as usual."""
    system, pipe, variant = row
    settings = Settings(threshold=2 * usual_distance(pipe, system, variant), variant=variant)

    def work(cache):
        latents, decided = [], []
        for how in ({"guidance": 1.0}, {"steps": STEPS + 1}, {}):
            with stopping(pipe, variant, after=5):
                run(pipe, system, steps=2 * STEPS)
            latents.append(run(pipe, system, **{"steps": STEPS, **how}))
            decided.append(cache.trace.schedule)
        assert len(set(decided)) > 1
        return torch.stack(latents)

    check_equal(both_ways(pipe, settings, work))


def transformers(pipe):
    return [m for m in (pipe.transformer, getattr(pipe, "transformer_2", None)) if m is not None]


def reads_of(pipe, system, settings, **how):
    """The reason of every call, and the numbers that it read back."""
    with TeaCache(pipe, settings=settings, **how) as cache, counted(*transformers(pipe)) as counts:
        run(pipe, system, steps=STEPS)
    return [(r.reason, n) for r, n in zip(cache.trace.records, counts, strict=True)]


def reads_for_decisions(pipe, system, variant, **how):
    """Of the weighed and of the other calls; a model's own are taken off: those with a fixed schedule."""
    calls = reads_of(pipe, system, ALL.replaced(variant=variant), **how)
    own = reads_of(pipe, system, FIXED.replaced(variant=variant), **how)
    more = [(reason, n - mine) for (reason, n), (_, mine) in zip(calls, own, strict=True)]
    weighed = [n for reason, n in more if reason == "below_threshold"]
    return weighed, [n for reason, n in more if reason != "below_threshold"]


def test_no_weighed_call_waits_for_the_device_and_each_transformer_looks_ahead_once(row):
    system, pipe, variant = row
    weighed, forced = reads_for_decisions(pipe, system, variant)
    assert weighed and set(weighed) == {0}
    assert sum(forced) == len(transformers(pipe)) and forced[-1] == 0
    weighed, forced = reads_for_decisions(pipe, system, variant, architecture=read_late(pipe, variant))
    assert set(weighed) == {1} and set(forced) == {0}


@pytest.mark.parametrize("name", ["Latte", "CogVideoX", "Wan 2.1", "LTX", "HiDream"])
def test_where_the_indicator_depends_on_latents_a_weighed_call_reads_one_number(name):
    system = SYSTEMS[name]
    weighed, forced = reads_for_decisions(pipe_of(system.pipeline), system, "default")
    assert set(weighed) == {1} and set(forced) == {0}


@pytest.mark.parametrize("settings", [Settings(threshold=0), FIXED], ids=["off", "fixed schedule"])
def test_what_asks_for_no_distance_looks_at_none_ahead(settings):
    system, pipe = SYSTEMS["CogVideoX"], pipe_of("CogVideoXPipeline")
    settings, late = settings.replaced(variant="authors"), read_late(pipe, "authors")
    assert reads_of(pipe, system, settings) == reads_of(pipe, system, settings, architecture=late)


def test_others_see_no_further_calls_of_the_submodules(row):
    system, pipe, variant = row
    names = architecture_of(pipe.transformer).read_as(variant).from_timestep
    calls = []
    handles = [
        m.get_submodule(name).register_forward_hook(lambda *_: calls.append(1))
        for m in transformers(pipe)
        for name in names
    ]
    with TeaCache(pipe, settings=ALL.replaced(variant=variant)) as cache:
        run(pipe, system, steps=STEPS)
    for handle in handles:
        handle.remove()
    assert len(calls) == len(cache.trace.records) * len(names)


@pytest.mark.parametrize("variant", ["authors", "authors_retention"])
def test_the_same_bits_in_bfloat16_with_a_time_embedder_in_float32(tmp_path, variant):
    """As Wan is loaded from a checkpoint: values are cast on their way."""
    pipe_of("WanPipeline").transformer.save_pretrained(tmp_path)
    model = WanTransformer3DModel.from_pretrained(tmp_path, torch_dtype=torch.bfloat16)
    pipe = WanPipeline(**{**pipe_of("WanPipeline").components, "transformer": model.eval()})
    pipe.set_progress_bar_config(disable=True)
    system, settings = SYSTEMS["Wan 2.1"], ALL.replaced(variant=variant)
    check_equal(both_ways(pipe, settings, lambda _: run(pipe, system, steps=STEPS)))
    assert set(reads_for_decisions(pipe, system, variant)[0]) == {0}


AUTHORS = ALL.replaced(variant="authors")


def by_hand(**more):
    """A small CogVideoX with its scheduler, to be driven call by call."""
    torch.manual_seed(0)
    model = CogVideoXTransformer3DModel(
        in_channels=4, **cogvideox._SIZES | {"max_text_seq_length": 8} | more
    ).eval()
    return SimpleNamespace(transformer=model, scheduler=CogVideoXDDIMScheduler())


def drive(pipe, *, positions=range(STEPS), given=lambda t: t, batch=lambda position: 2, **more):
    """One call at each position; `given` is what the loop makes of the timestep."""
    pipe.scheduler.set_timesteps(STEPS)
    outputs = []
    for position in positions:
        count = batch(position)
        numbers = torch.Generator().manual_seed(position)
        with torch.no_grad(), pipe.transformer.cache_context("cond"):
            out = pipe.transformer(
                hidden_states=torch.randn(count, 2, 4, 4, 4, generator=numbers),
                encoder_hidden_states=torch.ones(count, 8, text.WIDTH),
                timestep=given(pipe.scheduler.timesteps[position]).expand(count),
                return_dict=False,
                **more,
            )
        outputs.append(out[0].flatten())
    return torch.cat(outputs)


def reads(pipe, *, architecture=None, **how):
    """Of the weighed calls, by step."""
    with (
        TeaCache(pipe, settings=AUTHORS, architecture=architecture) as cache,
        counted(pipe.transformer) as counts,
    ):
        drive(pipe, **how)
    records = zip(cache.trace.records, counts, strict=True)
    return {r.step: n for r, n in records if r.reason == "below_threshold"}


def check_reads(pipe, wanted, **how):
    """Besides those of the network itself, after checking that all is as it was read late."""
    check_equal(both_ways(pipe, AUTHORS, lambda _: drive(pipe, **how)))
    late = reads(pipe, architecture=read_late(pipe, "authors"), **how)
    assert {step: n - late[step] + 1 for step, n in reads(pipe, **how).items()} == wanted


LATE = dict.fromkeys(range(1, STEPS - 1), 1)  # every weighed call reads one number


def test_timesteps_that_are_left_out_cost_one_read():
    left_out = [0, 1, 3, 4, 5]
    check_reads(by_hand(), {1: 0, 3: 1, 4: 0}, positions=left_out)


def test_timesteps_that_do_not_come_from_the_schedule_are_not_foreseen():
    check_reads(by_hand(), LATE, given=lambda t: t + 1)


def test_what_else_goes_into_the_indicator_is_noticed():
    """The frame offset of CogVideoX 1.5 is added to the time embedding."""
    pipe = by_hand(ofs_embed_dim=8, use_rotary_positional_embeddings=False)
    check_reads(pipe, LATE, ofs=torch.full((1,), 2.0))


def test_another_batch_in_mid_run_is_read_late():
    check_reads(by_hand(), {1: 0, 2: 0, 4: 1}, batch=lambda position: 4 if position > 2 else 2)


def test_parts_that_are_offloaded_are_not_run_out_of_order(tmp_path):
    pipe, device = by_hand(), torch.device("cpu")
    apply_group_offloading(
        pipe.transformer, device, device, offload_type="leaf_level", offload_to_disk_path=str(tmp_path)
    )
    check_reads(pipe, LATE)


def test_a_wrong_name_is_refused():
    parts = Architecture(blocks={"transformer_blocks": ("hidden_states",)}, from_timestep=("time_embed",))
    with pytest.raises(UnsupportedModelError, match="time_embed"):
        TeaCache(by_hand(), 0.1, architecture=parts).attach()


def test_every_row_says_how_the_timestep_becomes_an_indicator_that_needs_no_latents():
    for architecture in ARCHITECTURES.values():
        for name in ("default", *architecture.variants):
            reading = architecture.read_as(name)
            assert bool(reading.from_timestep) == reading.latent_free
