"""What Gradio's front end and its clients expect of a server: addresses, marks, the shape of a refusal.

As of the version that requirements.txt pins; imports none of it.
"""

from __future__ import annotations

from typing import Any

API = "/gradio_api"  # before the address of everything that is no page
A_FILE = {"_type": "gradio.FileData"}  # the mark of a value that is a file
CLIENT = "gradio_client"  # within the name by which its client for Python calls itself
FOR_CLIENT = 422  # the status of a refusal whose words that client shows


def file_address(path: str) -> str:
    """Where a browser gets a file that lies in a folder of Gradio's, from the root of the page."""
    return f"{API}/file={path}"


def for_client(sentence: str) -> dict[str, Any]:
    """The body of a refusal as that client looks for it; of others it shows no words."""
    refused = {"__type__": "validate", "is_valid": False, "parameter_name": "request", "message": sentence}
    return {"detail": [refused]}
