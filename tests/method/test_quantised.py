"""Weights stored in fewer bits, and the cache on them: same decisions, and a threshold of 0 changes nothing.

Layerwise casting is diffusers' own; torchao, bitsandbytes and GGUF are packages of others
(requirements-quantised.txt), whose tests are skipped where they are not installed.
"""

import pytest
import torch

from teacache.method.cache import TeaCache
from teacache.method.gate import Settings
from tests.method.sampling import MIXED, build_pipe, sample

OFF = Settings(threshold=0)
WEIGHED = Settings(threshold=0.5)  # the naive estimate decides, by what the quantised network shows it


def cast(pipe):
    pipe.transformer.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=torch.float32)


def torchao(pipe):
    quantization = pytest.importorskip("torchao.quantization")
    quantization.quantize_(pipe.transformer, quantization.Int8WeightOnlyConfig())


def bitsandbytes(pipe):
    bnb = pytest.importorskip("bitsandbytes")
    for parent in list(pipe.transformer.modules()):
        for name, layer in list(parent.named_children()):
            if type(layer) is torch.nn.Linear:
                made = bnb.nn.Linear8bitLt(
                    layer.in_features, layer.out_features, layer.bias is not None, has_fp16_weights=False
                )
                made.load_state_dict(layer.state_dict())
                setattr(parent, name, made.to("cpu"))


def gguf(pipe):
    quants = pytest.importorskip("gguf")
    from diffusers.quantizers.gguf import utils

    weights = {}
    for name, module in pipe.transformer.named_modules():
        if type(module) is torch.nn.Linear and module.in_features % 32 == 0:  # a block of Q8_0
            data = quants.quants.quantize(module.weight.detach().numpy(), quants.GGMLQuantizationType.Q8_0)
            kind = quants.GGMLQuantizationType.Q8_0
            weights[f"{name}.weight"] = utils.GGUFParameter(torch.from_numpy(data), quant_type=kind)
    others = {name: value for name, value in pipe.transformer.state_dict().items() if name not in weights}
    utils._replace_with_gguf_linear(pipe.transformer, torch.float32, others | weights)
    pipe.transformer.load_state_dict(others, assign=True, strict=False)  # the new layers came without a bias
    for name, weight in weights.items():
        pipe.transformer.get_submodule(name.rpartition(".")[0]).weight = weight
    assert weights


WAYS = pytest.mark.parametrize("quantise", [cast, torchao, bitsandbytes, gguf])


@WAYS
def test_a_threshold_of_0_changes_nothing(quantise):
    pipe = build_pipe()
    exact = sample(pipe)
    quantise(pipe)
    plain = sample(pipe)
    assert 0 < (plain - exact).norm() < 0.5 * exact.norm()  # it is quantised, and still the same network
    with TeaCache(pipe, settings=OFF):
        assert torch.equal(sample(pipe), plain)
    assert torch.equal(sample(pipe), plain)


@WAYS
@pytest.mark.parametrize("settings", [MIXED, WEIGHED], ids=["fixed", "weighed"])
def test_quantised_before_or_after_the_cache_is_attached_decides_and_gives_the_same(quantise, settings):
    found = []
    for quantise_first in (True, False):
        pipe = build_pipe()
        if quantise_first:
            quantise(pipe)
        cache = TeaCache(pipe, settings=settings)
        try:
            cache.attach()
            if not quantise_first:
                quantise(pipe)
            found.append((sample(pipe), cache.trace.schedule))
        finally:
            cache.detach()
    (latents, schedule), (other, same) = found
    assert torch.equal(latents, other) and schedule == same
    assert 0 < sum(schedule) < len(schedule)
