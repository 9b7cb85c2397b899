"""What both sides know: reasons of the gate and phases of a run by what they mean for the page, and limits.

The scripts get these as they are (`ui/base/scripts.py`); a test holds the names against the library's own.
"""

from __future__ import annotations

from typing import Any, get_args

from teacache.models.catalog import CARDS
from teacache.runs.comparison import Phase
from teacache.study.plot.empty import BY_RULE
from teacache.study.plot.quality import IDENTICAL

WEIGHED = ("threshold", "below_threshold", "max_reuses")  # the sum was held against the threshold
# Of a run as the library tells them, and of what is on screen beside that.
PHASES = (*get_args(Phase), "recorded", "uploaded", "loading", "waiting", "stopped", "failed")
FINISHED = ("recorded", "done", "stopped", "uploaded")  # nothing more comes of it
STORED = ("recorded", "done", "uploaded")  # it can be asked for by its id
REPEATABLE = ("recorded", "done")  # it knows all that it takes to be run again
OWN = ("done", "uploaded")  # this visitor made it or brought it
ALOUD = (
    "waiting",
    "loading",
    "text",
    "warming",
    "uncached",
    "cached",
    "again",
    "decoding",
)  # said as they begin

MOST_TRACE = 2 * 2**20  # bytes; a call takes some 400 bytes of JSON, so this is far more than its calls need
MOST_RUNS = 60  # runs asked about at once; each is read from its file
LANES = (2, 3)  # clips that the player shows at once
DECIBELS = range(15, 61)  # what can be aimed at
METHOD = {
    "paper": "https://arxiv.org/abs/2411.19108",
    "code": "https://github.com/ali-vilab/TeaCache",
    "citation": """@inproceedings{liu2025timestep,
  title={Timestep Embedding Tells: It's Time to Cache for Video Diffusion Model},
  author={Liu, Feng and Zhang, Shiwei and Wang, Xiaofeng and Wei, Yujie and Qiu, Haonan and Zhao, Yuzhong and
    Zhang, Yingya and Ye, Qixiang and Wan, Fang},
  booktitle={CVPR},
  year={2025}
}
""",
}


def as_json() -> dict[str, Any]:
    """What the scripts get of it, by name."""
    return {
        "reasons": {"weighed": WEIGHED, "byRule": BY_RULE},
        "phases": {
            "finished": FINISHED,
            "stored": STORED,
            "repeatable": REPEATABLE,
            "own": OWN,
            "aloud": ALOUD,
        },
        "limits": {
            "trace": MOST_TRACE,
            "history": MOST_RUNS,
            "lanes": LANES[1],
            "decibels": (DECIBELS[0], DECIBELS[-1]),
            "identical": IDENTICAL,
        },
        "small": [name for name, card in CARDS.items() if card.small],
        "method": METHOD,
    }
