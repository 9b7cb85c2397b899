"""The other two signals of every class, recorded and decided by: timestep embedding and noisy input."""

import dataclasses

import pytest
import torch

from teacache.errors import SettingsError
from teacache.method.architectures import ARCHITECTURES, Architecture
from teacache.method.cache import TeaCache
from teacache.method.distance import relative_l1
from teacache.method.gate import Settings
from teacache.study.indicators import read_with
from teacache.study.replay import replay
from tests.method.embeddings import EMBEDDINGS
from tests.method.systems import STEPS, SYSTEMS, cached, pipe_of, run, traits
from tests.method.test_indicators import CLASSES, by_name
from tests.representative import one_of_each

EVERY_CLASS = pytest.mark.parametrize("name", CLASSES)
SIGNALS = {"embedding": "embedding_distance", "latent": "latent_distance"}
EVERY_SIGNAL = pytest.mark.parametrize("signal", SIGNALS)


class Watch:
    """What the transformer is called with, call by call: its latents, and the embedding computed by hand."""

    def __init__(self, transformer, compute):
        self.compute, self.latents, self.embeddings = compute, [], []
        self.handle = transformer.register_forward_pre_hook(self.look, with_kwargs=True)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.handle.remove()

    def look(self, module, args, kwargs):
        given = by_name(module, args, kwargs)
        latents = given["x"] if "x" in given else given["hidden_states"]  # Z-Image gets a list of pictures
        self.latents.append(torch.stack(list(latents)))
        self.embeddings.append(self.compute(module, given))


def test_every_class_of_the_table_has_its_embedding_written_out():
    missing = sorted(set(ARCHITECTURES) - set(EMBEDDINGS))
    assert not missing, (
        f"{missing}: say in tests/method/embeddings.py where the class has its timestep embedding, and in "
        "architectures.py, `embedding=`, where it is read. The default, the block's `temb`, is in most "
        "classes what shifts and scales, or a sum with the text: then name the layers, 'output:...'."
    )
    assert set(EMBEDDINGS) == set(ARCHITECTURES)


@EVERY_CLASS
def test_the_recorded_distances_are_those_computed_by_hand(name):
    system = SYSTEMS[CLASSES[name]]
    pipe = pipe_of(system.pipeline)
    with Watch(pipe.transformer, EMBEDDINGS[name]) as seen, TeaCache(pipe, 0) as cache:
        run(pipe, system)
    for branch in cache.trace.branches:
        records = cache.trace.branch(branch)
        assert records[0].embedding_distance is records[0].latent_distance is None
        for before, now in zip(records, records[1:], strict=False):
            for values, found in (
                (seen.embeddings, now.embedding_distance),
                (seen.latents, now.latent_distance),
            ):
                wanted = float(relative_l1(values[now.call], values[before.call]))
                assert found == pytest.approx(wanted, rel=1e-4) and wanted > 0


@EVERY_CLASS
def test_the_embedding_depends_on_the_timestep_alone(name):
    """Another prompt and other noise leave its distances as they are; so the replay of a trace is exact."""
    system = SYSTEMS[CLASSES[name]]
    pipe = pipe_of(system.pipeline)
    found = []
    for seed, prompt in ((1, "a blue cube"), (2, "two green balls bouncing")):
        with TeaCache(pipe, settings=Settings(threshold=0, variant="embedding")) as cache:
            run(pipe, system, seed=seed, prompt=prompt)
        assert cache.trace.latent_free
        found.append([(r.indicator_distance, r.embedding_distance) for r in cache.trace.records])
    assert found[0] == found[1]
    assert all(compared == recorded for compared, recorded in found[0])


@pytest.mark.parametrize("name", one_of_each(CLASSES, traits))
@EVERY_SIGNAL
def test_a_run_is_decided_by_the_signal_that_it_names(name, signal):
    """As the replay on that signal foretells from an uncached run, until the first reuse at least."""
    system = SYSTEMS[CLASSES[name]]
    pipe = pipe_of(system.pipeline)
    _, uncached = cached(pipe, system, Settings(threshold=0), steps=STEPS + 2)
    known = sorted(getattr(r, SIGNALS[signal]) or 0.0 for r in uncached.trace.records)
    settings = Settings(threshold=1.5 * known[len(known) // 2], variant=signal)
    foretold = [d.computed for d in replay(read_with(uncached.trace, signal), settings)]
    _, cache = cached(pipe, system, settings, steps=STEPS + 2)
    found = cache.trace
    assert [r.indicator_distance for r in found.records] == [
        getattr(r, SIGNALS[signal]) for r in found.records
    ]
    assert False in found.schedule and found.schedule.count(True) > 2
    same = len(foretold) if signal == "embedding" else foretold.index(False) + 1
    assert list(found.schedule[:same]) == foretold[:same]
    assert found.latent_free == (signal == "embedding")


def test_a_transformer_that_embeds_two_timesteps_is_read_at_the_first():
    """HunyuanVideo made from an image embeds the timestep 0 of that image behind the one of the step."""
    system = SYSTEMS["HunyuanVideo"]
    pipe = pipe_of(system.pipeline)
    embed = pipe.transformer.time_text_embed
    distances = []
    for condition in (None, "token_replace"):
        embed.image_condition_type = condition
        try:
            with TeaCache(pipe, 0) as cache:
                run(pipe, system)
        finally:
            embed.image_condition_type = None
        distances.append([r.embedding_distance for r in cache.trace.records])
    assert distances[0] == distances[1] and distances[0][1] > 0


def test_sana_video_with_embedded_guidance_is_read_too():
    """Its embedding then is a sum with the one of the guidance: the class has no other name for it."""
    from diffusers.models.transformers.transformer_sana_video import SanaCombinedTimestepGuidanceEmbeddings

    system = SYSTEMS["SanaVideo"]
    pipe = pipe_of(system.pipeline)
    usual = pipe.transformer.time_embed
    made = SanaCombinedTimestepGuidanceEmbeddings(usual.linear.in_features)
    forward = made.forward
    made.forward = lambda timestep, batch_size=None, **more: forward(
        timestep, guidance=torch.ones(len(timestep)), **more
    )
    try:
        pipe.transformer.time_embed = made
        with TeaCache(pipe, 0) as cache:
            run(pipe, system)
    finally:
        pipe.transformer.time_embed = usual
    assert all(r.embedding_distance > 0 for r in cache.trace.records[1:])


def test_without_an_embedding_there_is_no_reading_by_it():
    bare = Architecture(blocks={"blocks": ("hidden_states",)}, embedding=None)
    assert bare.read_as("latent").indicator == "latents"
    with pytest.raises(SettingsError, match="one of default, authors, latent"):
        bare.read_as("embedding")


@EVERY_SIGNAL
def test_a_signal_keeps_how_the_class_is_read_otherwise(signal):
    for name, own in ARCHITECTURES.items():
        read = own.read_as(signal)
        assert read.from_timestep == () and read.latent_free == (signal == "embedding"), name
        assert (
            dataclasses.replace(
                read, indicator=own.indicator, latent_free=own.latent_free, from_timestep=own.from_timestep
            )
            == own
        )
