"""How deep and wide the transformers of the catalog are, where their weights do not lie here.

From the `transformer/config.json` of each card's repository on the hub, and where that leaves a number out,
from the default of the class in diffusers. A test builds each of these sizes, without weights, and holds the
count of its parameters against the card's.
"""

from __future__ import annotations

from typing import NamedTuple


class Depth(NamedTuple):
    """The lengths of a transformer's lists of blocks, as method/architectures.py has them, and its width."""

    blocks: tuple[int, ...]
    width: int  # numbers of one token: heads times their width


_LATTE = Depth((28, 28), 16 * 72)  # space, time
_COGVIDEOX_5B = Depth((42,), 48 * 64)
_WAN_14B = Depth((40,), 40 * 128)
_COSMOS_7B = Depth((28,), 32 * 128)

DEPTHS = {  # by the name of the card
    "latte": _LATTE,
    "opensora": Depth((28, 28), 1152),  # hidden_size
    "opensora-plan-65": _LATTE,
    "opensora-plan-221": _LATTE,
    "cogvideox-2b": Depth((30,), 30 * 64),
    "cogvideox-5b": _COGVIDEOX_5B,
    "cogvideox-5b-i2v": _COGVIDEOX_5B,
    "cogvideox-1.5-5b": _COGVIDEOX_5B,
    "cogvideox-1.5-5b-i2v": _COGVIDEOX_5B,
    "consisid": _COGVIDEOX_5B,
    "wan-1.3b": Depth((30,), 12 * 128),
    "wan-14b": _WAN_14B,
    "wan-i2v-480p": _WAN_14B,
    "wan-i2v-720p": _WAN_14B,
    "wan-2.2-a14b": _WAN_14B,
    "hunyuan-video": Depth((20, 40), 24 * 128),
    "ltx-video": Depth((28,), 32 * 64),
    "mochi": Depth((48,), 24 * 128),
    "cosmos": _COSMOS_7B,
    "cosmos-video2world": _COSMOS_7B,
    "flux-dev": Depth((19, 38), 24 * 128),
    "lumina2": Depth((26,), 2304),  # hidden_size
    "hidream": Depth((16, 32), 20 * 128),
    "tangoflux": Depth((6, 18), 8 * 128),
}
