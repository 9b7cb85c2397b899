"""The same trace read with another indicator: what would have been decided on another signal.

The ablation of the paper's figure 3 and table 2: the noisy input or the timestep embedding in place of the
embedding-modulated input. All three are recorded at every call; `Settings(variant="embedding")` and "latent"
run by them. Knows traces only.
"""

from __future__ import annotations

from dataclasses import replace

from teacache.errors import Phrase, RequestError
from teacache.method.trace import Indicator, Trace

FIELDS: dict[Indicator, str] = {
    "indicator": "indicator_distance",  # what TeaCache compares; in classes like Latte the modulated input
    "embedding": "embedding_distance",  # the timestep embedding alone
    "latent": "latent_distance",  # the noisy input alone
}

WORDS: dict[Indicator, str] = {
    "indicator": "modulated input",  # of classes like Latte, as the paper calls it
    "embedding": "timestep embedding",
    "latent": "noisy input",
}
# PSNR in dB of the paper's table 2, without the polynomial; the noisy input has no row there.
PAPER: dict[str, dict[Indicator, float]] = {
    "Open-Sora": {"embedding": 15.86, "indicator": 19.05},
    "Latte": {"embedding": 19.76, "indicator": 20.00},
}


def available(trace: Trace) -> tuple[Indicator, ...]:
    """The signals that this trace holds distances of."""
    return tuple(
        name
        for name, field in FIELDS.items()
        if any(getattr(record, field) is not None for record in trace.records)
    )


def read_with(trace: Trace, signal: Indicator) -> Trace:
    """The trace with another signal's distances in the indicator's place, for `replay` and `breakpoints`.

    A replay on the timestep embedding is exact, as that does not depend on the latents; one on the noisy
    input never is. Raises RequestError for a signal that is unknown or not recorded.
    """
    if signal not in FIELDS:
        raise RequestError(
            "There is no indicator {signal!r}: choose one of {known}.", signal=signal, known=", ".join(FIELDS)
        )
    if signal == "indicator":
        return trace
    if signal not in available(trace):
        raise RequestError(
            "This trace holds no distances of the {signal}: choose another indicator.", signal=Phrase(signal)
        )
    records = tuple(
        replace(record, indicator_distance=getattr(record, FIELDS[signal])) for record in trace.records
    )
    return replace(trace, records=records, latent_free=signal == "embedding")
