"""Files that visitors send, where Gradio keeps them. Knows the insides of gradio's utils and data classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradio.data_classes import FileData, ImageData
from gradio.processing_utils import save_file_to_cache
from gradio.utils import get_upload_folder

from ui.gradio_glue.protocol import A_FILE, file_address


def upload_folder() -> str:
    """The folder of all uploads."""
    return get_upload_folder()


def as_upload(path: str) -> dict[str, Any]:
    """A file as the page shows it and sends it back: a copy among the uploads, told as Gradio does."""
    copy = save_file_to_cache(path, cache_dir=upload_folder())
    return {"path": copy, "url": file_address(copy), "orig_name": Path(path).name, "meta": A_FILE}


def takes_file(component: Any) -> bool:
    """Whether a part of the page takes a file."""
    model = getattr(component, "data_model", None)
    return isinstance(model, type) and issubclass(model, FileData | ImageData)
