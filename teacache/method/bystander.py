"""Watches a run in which another cache decides: the same records, call by call, and nothing is touched.

So every method leaves a Trace. Knows TeaCache's sessions and how much of a call ran, which it is told; knows
nothing of the other cache.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from teacache.method.cache import TeaCache
from teacache.method.company import NAME
from teacache.method.eager import eager
from teacache.method.gate import Decision
from teacache.method.hooks import RootHook
from teacache.method.placing import place
from teacache.method.session import Call, Observer, Session
from teacache.method.settings import Settings

Share = Callable[[str, str], float]  # transformer, branch -> what part of the call's work was done, 0 to 1

MOST = 0.5  # a call counts as computed if more than this part of it ran
WHOLE = 0.999  # and as computed whole, its output exact, from here on


class Bystander(TeaCache):
    """Records the calls of a pipeline that another cache stands on; attach it after that cache.

    `share` says what part of the call's work ran. A record's `computed` is true where that is over half, its
    reason is "another_cache"; distances of latents and outputs are measured, there is no indicator.
    """

    def __init__(self, pipe: Any, *, share: Share, observer: Observer | None = None):
        super().__init__(pipe, settings=Settings(threshold=0), observer=observer)
        self._share = share

    def _place(self, module: nn.Module, name: str, session: Session) -> Callable[[], None]:
        return place(module, _BystanderHook(session, module, self._share), NAME)


class _BystanderHook(RootHook):
    """Around the whole transformer and the other cache's hooks."""

    def __init__(self, session: Session, module: nn.Module, share: Share):
        super().__init__(session, module, probe=False)
        self.share = share

    @eager
    def _open(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        return self._begin(module, args, kwargs)

    @eager
    def _close(self, call: Call, result: Any, *, exact: bool) -> None:
        share = self.share(self.session.name, call.tick.branch)
        call.decision = Decision(computed=share > MOST, reason="another_cache")
        super()._close(call, result, exact=share >= WHOLE)
