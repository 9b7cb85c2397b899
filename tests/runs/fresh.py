"""One uncached and one cached run by the pipeline alone, in a process of their own."""

import sys
from pathlib import Path

import numpy as np
import torch

from teacache import TeaCache
from tests.runs import tiny


def main(folder: str, target: str, steps: str, threshold: str) -> None:
    pipe = tiny.load(Path(folder))
    arguments = {
        "num_inference_steps": int(steps),
        "guidance_scale": 3.0,
        "height": tiny.SIDE,
        "width": tiny.SIDE,
        "video_length": tiny.FRAMES,
        "clean_caption": False,
    }

    def run(kind: str):
        noise = torch.Generator("cpu").manual_seed(3)
        frames = pipe("a red ball circling", generator=noise, output_type=kind, **arguments).frames
        return np.stack([np.asarray(frame) for frame in frames[0]]) if kind == "pil" else frames.numpy()

    results = {"uncached": run("latent"), "uncached_video": run("pil")}
    with TeaCache(pipe, float(threshold)):
        results |= {"cached": run("latent"), "cached_video": run("pil")}
    np.savez(target, **results)


if __name__ == "__main__":
    main(*sys.argv[1:])
