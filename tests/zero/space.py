"""`python -m tests.zero.space ARGUMENTS`: app.py as a Space on ZeroGPU runs it, without a GPU.

Everything of `spaces` is real but the last step: where a forked process would move the weights to its GPU,
they are read back from the pack to memory. The tests say what the environment of such a Space says.
"""

from __future__ import annotations

import importlib
import sys

import torch


def main() -> None:
    """Serve until interrupted."""
    as_built_for_cuda()
    from ui.models.hardware import prepare

    prepare()
    zero = importlib.import_module("spaces.zero.torch")
    zero.init = lambda uuid: None
    zero.move = lambda callback=None: to_memory()
    app = importlib.import_module("app")
    app.main()


def as_built_for_cuda() -> None:
    """What `spaces` looks at or puts back in torch, and a build for processors alone does not have."""
    torch.version.cuda = torch.version.cuda or "13.0"
    if not hasattr(torch._C, "_cuda_init"):
        torch._C._cuda_init = lambda: None
        torch.cuda._is_in_bad_fork = healthy  # asked in another process, so it has to have a name


def healthy() -> bool:
    """CUDA was not used before `spaces` came."""
    return False


def to_memory() -> None:
    """What `spaces` does with a pack and with what was placed since, but to the processor's memory."""
    patching = importlib.import_module("spaces.zero.torch.patching")
    for fake, original in patching.cuda_aliases.items():
        if original is not None:
            fake.data = original
    for pack in patching.tensor_packs:
        batches = [*pack.batches, *([one] for one in pack.big_tensors)]
        with open(pack.path(), "rb") as file:
            for tensor, size, aligned in (one for batch in batches for one in batch):
                data = torch.frombuffer(bytearray(file.read(aligned)[:size]), dtype=torch.uint8)
                real = torch.tensor([], dtype=tensor.dtype)
                real.set_(data.untyped_storage(), 0, tensor.shape, tensor.stride())
                for fake in pack.fakes[tensor]:
                    fake.data = real


if __name__ == "__main__":
    sys.exit(main())
