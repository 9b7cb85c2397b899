# Its types are not told, and its face models come from packages that need not be installed: what is used here
# is told as it is in diffusers 0.42.1.
from typing import Any

import torch
from PIL import Image

def prepare_face_models(
    model_path: str, device: torch.device | str, dtype: torch.dtype
) -> tuple[Any, Any, Any, Any, Any, Any]: ...
def process_face_embeddings_infer(
    face_helper_1: Any,
    clip_vision_model: Any,
    face_helper_2: Any,
    eva_transform_mean: Any,
    eva_transform_std: Any,
    app: Any,
    device: torch.device | str,
    weight_dtype: torch.dtype,
    img_file_path: str | Image.Image,
    is_align_face: bool = True,
) -> tuple[torch.Tensor, list[torch.Tensor], Image.Image, Any]: ...
