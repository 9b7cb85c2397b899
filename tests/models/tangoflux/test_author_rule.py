"""What the two groups of authors compute, written out by hand from their files, against the pipeline here.

`theirs` is inference of declare-lab/TangoFlux, tangoflux/model.py; `Rule` the forward of ali-vilab/TeaCache,
TeaCache4TangoFlux/teacache_tango_flux.py, one number after the other.
"""

import numpy as np
import pytest
import torch

from teacache import TeaCache
from teacache.models.catalog import CARDS

STEPS, PROMPT, SECONDS = 14, "a red ball circling", 0.5
PUBLISHED = CARDS["tangoflux"].published
THRESHOLDS = [point.threshold for point in PUBLISHED.points]


class Rule:
    """Their decision and their residual, around a transformer of diffusers."""

    def __init__(self, model, threshold, steps):
        self.model, self.threshold, self.steps = model, threshold, steps
        self.count, self.sum, self.before, self.residual = 0, 0.0, None, None
        self.computed, self.distances = [], []

    def __call__(self, tokens, text, time, pooled, text_places, places):
        model = self.model
        tokens, text = model.x_embedder(tokens), model.context_embedder(text)
        embedding = model.time_text_embed(time.to(tokens.dtype) * 1000, pooled)
        turns = model.pos_embed(torch.cat([text_places, places]))
        modulated = model.transformer_blocks[0].norm1(tokens, emb=embedding)[0]
        if self.wanted(modulated):
            entered = tokens
            for block in [*model.transformer_blocks, *model.single_transformer_blocks]:
                text, tokens = block(
                    hidden_states=tokens,
                    encoder_hidden_states=text,
                    temb=embedding,
                    image_rotary_emb=turns,
                )
            self.residual = tokens - entered
        else:
            tokens = tokens + self.residual
        return model.proj_out(model.norm_out(tokens, embedding))

    def wanted(self, modulated):
        first_or_last = self.count in (0, self.steps - 1)
        distance = None
        if not first_or_last:
            distance = ((modulated - self.before).abs().mean() / self.before.abs().mean()).item()
            self.sum += np.poly1d(PUBLISHED.coefficients)(distance)
        computed = first_or_last or not self.sum < self.threshold
        self.sum = 0.0 if computed else self.sum
        self.before, self.count = modulated, (self.count + 1) % self.steps
        self.computed.append(computed)
        self.distances.append(distance)
        return computed


def features(pipe, words, **options):
    tokens = pipe.tokenizer(words, truncation=True, return_tensors="pt", **options)
    found = pipe.text_encoder(input_ids=tokens.input_ids, attention_mask=tokens.attention_mask)[0]
    missing = torch.where(tokens.attention_mask[..., None] == 1, found, torch.tensor(float("nan")))
    return found, pipe.conditioner.fc(torch.nanmean(missing, dim=1))


@torch.no_grad()
def theirs(pipe, call, *, guidance=4.5, steps=STEPS, seed=7):
    """Final latents; `call` stands for the transformer."""
    words, pooled = features(pipe, [PROMPT], padding=True)
    empty, empty_pooled = features(pipe, [""], padding="max_length", max_length=words.shape[1])
    length = pipe.conditioner.duration_embedder(torch.tensor([SECONDS]))
    text = torch.cat([torch.cat([empty, words]), length.repeat(2, 1, 1)], dim=1)
    pooled = torch.cat([empty_pooled, pooled])
    places = torch.arange(pipe.config.tokens)[:, None].repeat(1, 3)
    sigmas = np.linspace(1.0, 1 / steps, steps)
    latents = torch.randn(1, pipe.config.tokens, 4, generator=torch.Generator().manual_seed(seed))
    for sigma, lower in zip(sigmas, [*sigmas[1:], 0.0], strict=True):
        time = torch.tensor([sigma], dtype=torch.float32)
        out = call(torch.cat([latents] * 2), text, time, pooled, torch.zeros(text.shape[1], 3), places)
        without, with_text = out.chunk(2)
        latents = latents + (lower - sigma) * (without + guidance * (with_text - without))
    return latents


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_decisions_distances_and_latents_are_theirs(pipe, run, threshold):
    rule = Rule(pipe.transformer, threshold, STEPS)
    wanted = theirs(pipe, rule)
    with TeaCache(pipe, settings=CARDS["tangoflux"].settings(threshold)) as cache:
        got = run(steps=STEPS)
    assert list(cache.trace.schedule) == rule.computed
    assert 1 < sum(rule.computed) < STEPS
    distances = [record.indicator_distance for record in cache.trace.records]
    told = [(ours, hers) for ours, hers in zip(distances, rule.distances, strict=True) if hers is not None]
    assert all(ours == pytest.approx(hers, rel=1e-4) for ours, hers in told)
    assert torch.allclose(got, wanted, rtol=1e-4, atol=1e-4)


def test_a_second_run_is_decided_as_the_first(pipe):
    rule = Rule(pipe.transformer, THRESHOLDS[0], STEPS)
    first, second = theirs(pipe, rule), theirs(pipe, rule)
    assert torch.equal(first, second)
    with TeaCache(pipe, settings=CARDS["tangoflux"].settings(THRESHOLDS[0])) as cache:
        for half in (rule.computed[:STEPS], rule.computed[STEPS:]):
            pipe(PROMPT, SECONDS, STEPS, generator=torch.Generator().manual_seed(7), output_type="latent")
            assert list(cache.trace.schedule) == half


def test_with_the_same_tensors_the_cached_forward_is_bit_equal(pipe):
    """One call after the other on the very same inputs: no rounding of the loop between."""
    threshold, steps = THRESHOLDS[0], 6
    rule, numbers = Rule(pipe.transformer, threshold, steps), torch.Generator().manual_seed(3)
    text, pooled = torch.randn(2, 5, 16, generator=numbers), torch.randn(2, 16, generator=numbers)
    places, text_places = torch.arange(32)[:, None].repeat(1, 3), torch.zeros(5, 3)
    noise = torch.randn(2, 32, 4, generator=numbers)
    drift = 0.05 * torch.randn(2, 32, 4, generator=numbers)
    pipe.scheduler.set_timesteps(sigmas=np.linspace(1.0, 1 / steps, steps))
    with torch.no_grad(), TeaCache(pipe, settings=CARDS["tangoflux"].settings(threshold)) as cache:
        for step, t in enumerate(pipe.scheduler.timesteps):
            given = noise + step * drift
            time = (t / 1000).expand(2)
            wanted = rule(given, text, time, pooled, text_places, places)
            got = pipe.transformer(
                given,
                encoder_hidden_states=text,
                pooled_projections=pooled,
                timestep=time,
                img_ids=places,
                txt_ids=text_places,
                return_dict=False,
            )[0]
            assert torch.equal(got, wanted)
    assert list(cache.trace.schedule) == rule.computed and not all(rule.computed)
