"""Pipelines that diffusers itself loads in fewer bits, as its guide says, and compares with the cache on.

Packages of others (requirements-quantised.txt); skipped where they are not installed. bitsandbytes is not
here: diffusers loads it on an accelerator alone, and says so (tests/method/test_quantised.py has its layers).
"""

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, LTXVideoTransformer3DModel

from teacache.method.gate import Settings
from teacache.runs import Baselines, Request, compare
from tests import tiny

MIXED = Settings(threshold=1, schedule=(True, False, True, False, True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A whole pipeline as a checkpoint on disk."""
    return tiny.save("LTXPipeline", tmp_path_factory.mktemp("quantised") / "ltx")


def loaded(folder, **more):
    return tiny.prepare(
        DiffusionPipeline.from_pretrained(folder, dtype=torch.float32, local_files_only=True, **more)
    )


def by_torchao(folder):
    """`PipelineQuantizationConfig`: int8 weights, made while it is loaded."""
    quantization = pytest.importorskip("torchao.quantization")
    from diffusers import PipelineQuantizationConfig, TorchAoConfig

    int8 = TorchAoConfig(quantization.Int8WeightOnlyConfig())
    return loaded(folder, quantization_config=PipelineQuantizationConfig(quant_mapping={"transformer": int8}))


def by_gguf(folder):
    """`from_single_file` with `GGUFQuantizationConfig`: a file of llama.cpp's kind."""
    gguf = pytest.importorskip("gguf")
    from diffusers import GGUFQuantizationConfig

    file = folder.parent / "transformer.gguf"
    _write(gguf, file, loaded(folder).transformer)
    transformer = LTXVideoTransformer3DModel.from_single_file(
        str(file),
        quantization_config=GGUFQuantizationConfig(compute_dtype=torch.float32),
        config=str(folder),
        subfolder="transformer",
        dtype=torch.float32,
        local_files_only=True,
    )
    return loaded(folder, transformer=transformer)


def _write(gguf, file, module):
    """Its linear layers in 8 bits, all others as they are."""
    eight, writer = gguf.GGMLQuantizationType.Q8_0, gguf.GGUFWriter(file, "ltxv")
    linear = {f"{n}.weight" for n, part in module.named_modules() if isinstance(part, torch.nn.Linear)}
    for name, value in module.state_dict().items():
        if name in linear and value.shape[1] % 32 == 0:  # a block of Q8_0
            writer.add_tensor(name, gguf.quants.quantize(value.numpy(), eight), raw_dtype=eight)
        else:
            writer.add_tensor(name, value.numpy())
    for write in ("header", "kv_data", "tensors"):
        getattr(writer, f"write_{write}_to_file")()
    writer.close()


def compared(pipe, settings, **more):
    asked = Request(
        prompt=tiny.PROMPT, seed=1, steps=5, guidance_scale=3.0, settings=settings,
        frames=tiny.frames_of(pipe), height=tiny.SIDE, width=tiny.SIDE,
    )  # fmt: skip
    return list(compare(pipe, asked, preview_every=0, **more))[-1].comparison


@pytest.mark.parametrize("load", [by_torchao, by_gguf])
def test_a_pipeline_that_diffusers_quantised_is_compared_and_reuses(folder, load):
    exact, pipe = loaded(folder), load(folder)
    kept = Baselines()
    wanted = compared(exact, MIXED, baselines=kept).uncached.video
    off = compared(pipe, MIXED.replaced(threshold=0), baselines=kept)
    assert not off.baseline_reused and not np.array_equal(off.uncached.video, wanted)  # it is quantised
    assert np.array_equal(off.cached.video, off.uncached.video)
    mixed = compared(pipe, MIXED, baselines=kept)
    assert mixed.baseline_reused and mixed.cached.trace.schedule == MIXED.schedule
    assert not np.array_equal(mixed.cached.video, mixed.uncached.video)
    assert mixed.fidelity.psnr > 20  # of its own uncached clip


def test_quantised_in_place_it_is_another_pipeline(folder):
    """An uncached clip of the exact weights is never lent to the quantised ones."""
    quantization = pytest.importorskip("torchao.quantization")
    pipe, kept = loaded(folder), Baselines()
    compared(pipe, MIXED, baselines=kept)
    quantization.quantize_(pipe.transformer, quantization.Int8WeightOnlyConfig())
    assert not compared(pipe, MIXED, baselines=kept).baseline_reused
