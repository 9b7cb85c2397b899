"""Runs a program on a machine without GPUs as if its CPU were one: diffusers divides by their number.

    torchrun --nproc_per_node 2 -m tests.on_one_device PROGRAM ARGUMENTS

The program is run as it is; with GPUs nothing at all is changed.
"""

import runpy
import sys

import torch

if __name__ == "__main__":
    if not torch.accelerator.device_count():
        torch.accelerator.device_count = lambda: 1
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
