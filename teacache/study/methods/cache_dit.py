"""DBCache of cache-dit, an optional extra: requirements-cachedit.txt.

Knows cache-dit's three functions; it is imported when it is used.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any

from teacache.errors import Phrase
from teacache.method.placing import no_attribute_more
from teacache.runs.adapters import adapter_of
from teacache.runs.request import Checked
from teacache.study.methods.diffusers_hooks import transformers
from teacache.study.methods.method import Knob, Method, Values, Way


def _way(pipe: Any, request: Checked, values: Values) -> Way:
    @contextmanager
    def put(pipe: Any, request: Checked) -> Iterator[None]:
        import cache_dit

        separate = adapter_of(pipe).calls_per_step(pipe, request) > 1
        config = cache_dit.DBCacheConfig(
            Fn_compute_blocks=int(values["first_blocks"]),
            Bn_compute_blocks=0,
            max_warmup_steps=int(values["first_steps"]),
            residual_diff_threshold=values["threshold"],
            enable_separate_cfg=separate,
        )
        with _quiet(), ExitStack() as stack:
            for part in transformers(pipe):
                stack.enter_context(no_attribute_more(part))  # its own removal leaves a forward and counters
            cache_dit.enable_cache(pipe, cache_config=config)
            try:
                yield
            finally:
                cache_dit.disable_cache(pipe)

    return Way(request=request, around=put)


@contextmanager
def _quiet() -> Iterator[None]:
    """It tells every step of its own on the log."""
    logger = logging.getLogger("CACHE_DIT")
    was, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = was


# Tried with cache-dit 1.5.3: it takes the one for another class, and hands on no argument `sigma`.
_BROKEN = {
    "SanaVideoPipeline": Phrase("cache-dit takes it for the Sana of pictures."),
    "LTX2Pipeline": Phrase("cache-dit hands not all arguments on to this transformer."),
}


def _refuses(pipe: Any) -> Phrase | None:
    if find_spec("cache_dit") is None:
        return Phrase("cache-dit is not installed: pip install -r requirements-cachedit.txt.")
    import cache_dit

    name = type(pipe).__name__
    if (reason := _BROKEN.get(name)) is not None:
        return reason
    families = {name.rstrip("*") for name in cache_dit.supported_pipelines()[1]}
    if any(name.startswith(family) for family in families):
        return None
    return Phrase("cache-dit does not know {kind}.", kind=name)


DB_CACHE = Method(
    name="db_cache",
    title="DBCache",
    about=Phrase(
        "DBCache of cache-dit always computes the first few blocks and compares their residual with that of "
        "the last computed call. Where it changed little, the residual of the blocks behind them is added "
        "again."
    ),
    paper="https://github.com/vipshop/cache-dit",
    knobs=(
        Knob(
            name="threshold",
            about=Phrase("Change of the first blocks' residual below which the others are left out."),
            slow=0.08,
            fast=0.2,
        ),
        Knob(name="first_blocks", about=Phrase("Blocks that are always computed."), slow=1, fast=1),
        Knob(name="first_steps", about=Phrase("Steps at the start that are computed."), slow=4, fast=2),
    ),
    way=_way,
    refuses=_refuses,
    ladder=tuple(
        {"threshold": threshold, "first_blocks": 1, "first_steps": 2}
        for threshold in (0.03, 0.05, 0.08, 0.12, 0.2, 0.35, 0.6)
    ),
)
