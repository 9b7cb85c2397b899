"""What a program asks for where it says little: everything else as the model has it."""

from ui.api import requests
from ui.controls import controls

DEFAULTS = {
    "prompt": "a red ball", "threshold": 0.3, "seed": 0, "steps": 0, "guidance_scale": 0, "naive": False,
    "first_steps": 0, "last_steps": -1, "max_reuses": 0, "mode": "",
}  # fmt: skip


def requested(models, model, **changes):
    """The request that an endpoint makes of it."""
    return controls.request(models, requests.for_a_run(models.card(model), **(DEFAULTS | changes)))
