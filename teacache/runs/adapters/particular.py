"""What single pipeline classes need that no other does: limits of their size, guiders, tiles, faces."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from teacache.errors import Phrase, RequestError
from teacache.method.placing import put
from teacache.runs.adapters.text import EMBEDS_AND_MASKS, Encoder, with_image
from teacache.runs.request import Checked

# What pipeline_kandinsky.py takes where a call names none.
KANDINSKY_NEGATIVE = (
    "Static, 2D cartoon, cartoon, 2d animation, paintings, images, worst quality, low quality, ugly,"
    " deformed, walking backwards"
)


def allegro_size(pipe: Any, request: Checked) -> None:
    """Its autoencoder decodes whole overlapping tiles; what no tile covers would stay black."""
    names = (Phrase("The number of frames"), Phrase("The height"), Phrase("The width"))
    for what, value, tile, stride in zip(names, request.size, pipe.vae.kernel, pipe.vae.stride, strict=True):
        if value < tile or (value - tile) % stride:
            near = tile + max(0, round((value - tile) / stride)) * stride
            raise RequestError(
                "{what} is {value}, but Allegro decodes in tiles of {tile} every {stride}: try {near}.",
                what=what,
                value=value,
                tile=tile,
                stride=stride,
                near=near,
            )


@contextmanager
def allegro_tiles(pipe: Any, request: Checked) -> Iterator[None]:
    """Without tiles the autoencoder refuses to decode."""
    before = pipe.vae.use_tiling
    pipe.vae.enable_tiling()
    try:
        yield
    finally:
        pipe.vae.use_tiling = before


def hidream_size(pipe: Any, request: Checked) -> None:
    """The pipeline scales what it is asked for to one area (1024x1024 as published)."""
    division = 2 * pipe.vae_scale_factor
    area = (pipe.default_sample_size * pipe.vae_scale_factor) ** 2
    scale = math.sqrt(area / (request.width * request.height))
    width, height = (int(side * scale // division * division) for side in (request.width, request.height))
    if (width, height) != (request.width, request.height):
        size = f"{request.width}x{request.height}"
        raise RequestError(
            "HiDream makes pictures of one area only, so {asked} would change: try {width}x{height}.",
            asked=size,
            width=width,
            height=height,
        )


def opensora_size(pipe: Any, request: Checked) -> None:
    """The pipeline's own limits, before anything is encoded."""
    from teacache.models.opensora import checks

    checks.request(request.height, request.width, request.frames, pipe.vae_scale_factor, "np")


def plan_size(pipe: Any, request: Checked) -> None:
    """The position table of a checkpoint has one entry per latent frame."""
    if request.frames != pipe.num_frames:
        raise RequestError(
            "This checkpoint makes clips of {wanted} frames, not of {given}: leave it so.",
            wanted=pipe.num_frames,
            given=request.frames,
        )


def one_window(pipe: Any, request: Checked) -> None:
    """SkyReels' diffusion forcing makes a longer clip window by window, each with noise of its own."""
    longest = signature(type(pipe).__call__).parameters["base_num_frames"].default
    if request.frames > longest:
        raise RequestError(
            "This pipeline makes up to {longest} frames at once, not {given}: ask for fewer.",
            longest=longest,
            given=request.frames,
        )


def tangoflux_length(pipe: Any, request: Checked) -> None:
    """A checkpoint makes as many latents as it was trained on, and no more sound than they hold."""
    if request.seconds > pipe.longest:
        raise RequestError(
            "This checkpoint makes sounds of up to {longest:g} seconds, not of {given:g}: ask for less.",
            longest=pipe.longest,
            given=request.seconds,
        )


def cosmos(pipe: Any, request: Checked) -> dict[str, Any]:
    """The pipeline shows its guardrail a prompt, never embeddings, so that is done here."""
    if not pipe.safety_checker.check_text_safety(request.prompt):
        raise RequestError("The guardrail of Cosmos refuses this prompt: ask for something harmless.")
    return _COSMOS_TEXT(pipe, request)


_COSMOS_TEXT = Encoder(options={"max_sequence_length": 512}, limit=512)


def sana_video(pipe: Any, request: Checked) -> dict[str, Any]:
    """With the instruction for the language model that the call has for its default."""
    default = signature(type(pipe).__call__).parameters["complex_human_instruction"].default
    options = {"negative_prompt": "", "max_sequence_length": 300, "complex_human_instruction": default}
    return Encoder(returns=EMBEDS_AND_MASKS, options=options, limit=300)(pipe, request)


def qwen_image(pipe: Any, request: Checked) -> dict[str, Any]:
    """With the masks that encode_prompt leaves out where every token counts, which the call would bemoan."""
    text = _QWEN_TEXT(pipe, request)
    for name in [name for name in text if name.endswith("prompt_embeds")]:
        text.setdefault(f"{name}_mask", text[name].new_ones(text[name].shape[:2], dtype=torch.long))
    return text


_QWEN_TEXT = Encoder(returns=("prompt_embeds", "prompt_embeds_mask"), guided=False, negative=" ")


def cosmos_packages(pipe: Any, request: Checked) -> None:
    """The mask of the published transformer is resized by torchvision, which diffusers does not check."""
    if pipe.transformer.config.concat_padding_mask and find_spec("torchvision") is None:
        raise RequestError("Cosmos needs torchvision: install the packages in requirements-lpips.txt.")


@contextmanager
def guider(pipe: Any, request: Checked) -> Iterator[None]:
    """HunyuanVideo 1.5 and HunyuanImage keep their guidance in a part of its own, not in an argument."""
    give_back = put(pipe, "guider", pipe.guider.new(guidance_scale=request.guidance_scale))
    try:
        yield
    finally:
        give_back()


@contextmanager
def stepped(pipe: Any, after_step: Callable[..., Any]) -> Iterator[None]:
    """Tell of scheduler steps where the pipeline takes no callback; for one scheduler step a timestep."""
    step, done = pipe.scheduler.step, 0

    def telling(model_output: Any, timestep: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal done
        result = step(model_output, timestep, *args, **kwargs)
        after_step(pipe, done, timestep, {"latents": result[0]})
        done += 1
        return result

    take_off = put(pipe.scheduler, "step", telling)
    try:
        yield
    finally:
        take_off()


@dataclass(frozen=True)
class Face:
    """What ConsisID is told of a face; one row each, which it uses for both branches of guidance."""

    identity: torch.Tensor  # (1, width)
    views: list[torch.Tensor]  # five of (1, tokens, width)
    image: Image.Image  # the picture as the model should see it, face upright


def consisid(pipe: Any, request: Checked) -> dict[str, Any]:
    """The prompt, the image, and the face in it as embeddings.

    `pipe.teacache_face_reader`, a function from a PIL image to a Face, replaces the authors' face models.
    """
    arguments = with_image(Encoder(limit=226))(pipe, request)
    reader = getattr(pipe, "teacache_face_reader", None) or _face_reader(pipe)
    face, place, dtype = reader(arguments["image"]), pipe._execution_device, pipe.transformer.dtype
    return {
        **arguments,
        "image": face.image,
        "id_cond": face.identity.to(place, dtype),
        "id_vit_hidden": [view.to(place, dtype) for view in face.views],
    }


def _face_reader(pipe: Any) -> Callable[[Image.Image], Face]:
    """diffusers' own, with the face models that lie beside the checkpoint."""
    needed = ("consisid_eva_clip", "facexlib", "insightface", "cv2", "torchvision")
    missing = ", ".join(name for name in needed if find_spec(name) is None)
    if missing:
        raise RequestError(
            "ConsisID reads the face with packages that are not installed: install {missing}.",
            missing=missing,
        )
    folder = Path(getattr(getattr(pipe, "teacache_card", None), "source", ""))
    if not (folder / "face_encoder").is_dir():
        raise RequestError(
            "ConsisID needs its face models, but there is no face_encoder in {folder}.", folder=folder
        )
    from diffusers.pipelines.consisid import consisid_utils as faces

    place, dtype = pipe._execution_device, pipe.transformer.dtype
    aligner, parser, clip, recognizer, mean, std = faces.prepare_face_models(str(folder), place, dtype)

    def read(image: Image.Image) -> Face:
        identity, views, upright, _ = faces.process_face_embeddings_infer(
            aligner, clip, parser, mean, std, recognizer, place, dtype, image, is_align_face=True
        )
        return Face(identity, views, upright)

    return read
