"""Puts the hooks on an unmodified transformer, and takes everything off again.

Knows torch's handles, and where hooks stand by `placing`; what the hooks do is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from torch import nn

from teacache.errors import UnsupportedModelError
from teacache.method.architecture import Architecture, Stream
from teacache.method.company import NAME, refuse_if_taken
from teacache.method.copying import leave_out_of_copies, touched
from teacache.method.hooks import BlockHook, FirstBlockHook, RootHook, decider, exit_tap, part
from teacache.method.lookahead import Lookahead
from teacache.method.placing import (
    Places,
    forget_children,
    place,
    place_before_compiled,
    place_uncompiled,
    splits_input,
)
from teacache.method.session import Session


def attach(
    module: nn.Module, architecture: Architecture, session: Session, *, probe: bool
) -> Callable[[], None]:
    """Put every hook and tap in place; returns the function that takes them off.

    Raises AttachError if the transformer already has a cache, UnsupportedModelError if the architecture does
    not fit it.
    """
    refuse_if_taken(module)
    blocks = _blocks(module, architecture)
    placed: list[Callable[[], None]] = []
    handles: list[Any] = []

    def detach() -> None:
        for handle in handles:
            handle.remove()
        while placed:
            placed.pop()()
        forget_children(module)

    try:
        root = RootHook(session, module, probe=probe)
        placed.append(place(module, root, NAME))
        first = FirstBlockHook(session, *blocks[0], architecture)
        placed.append(_around(blocks[0][0], first))
        handles += _taps(module, blocks[0][0], first)
        if not session.settings.off:  # with the cache off nothing is stored and nothing can be reused
            for block, returns in blocks[1:]:
                placed.append(_around(block, BlockHook(session, block, returns)))
            for path, stream in architecture.exits.items():
                tapped = part(module, path)
                handles.append(exit_tap(tapped, stream, session, text_first=architecture.text_first))
            handles += _look_ahead(module, architecture, session)
        taps = {handle.id for handle in handles}
        stands = _stands(module, {block for block, _ in blocks}, taps)
        placed.append(leave_out_of_copies(stands.values(), NAME, taps))
        root.places, root.first_block = Places(module, stands), blocks[0][0]
        forget_children(module)
    except BaseException:
        detach()
        raise
    return detach


def _taps(module: nn.Module, block: nn.Module, first: FirstBlockHook) -> list[Any]:
    """What the first block's hook hears from: its own attention, submodules of the transformer."""
    handles = first.indicator.listen(module, first.session)
    if first.indicator.kind == "input":
        tapped = part(block, first.indicator.name)
        handles.append(tapped.register_forward_pre_hook(decider(first.session), with_kwargs=True))
    for source in (*first.entries.values(), *([first.embedding] if first.embedding else [])):
        handles += source.listen(module, first.session)
    return handles


def _look_ahead(module: nn.Module, architecture: Architecture, session: Session) -> list[Any]:
    """Hear how the timestep alone makes the indicator, where it does and decisions ask for distances."""
    if not architecture.from_timestep or session.settings.schedule is not None:
        return []
    session.lookahead = Lookahead(
        [part(module, path) for path in architecture.from_timestep],
        precise=isinstance(architecture.indicator, tuple),
        means=architecture.means,
    )
    return session.lookahead.listen()


def _blocks(module: nn.Module, architecture: Architecture) -> list[tuple[nn.Module, tuple[Stream, ...]]]:
    """Every block with what it returns, in the order of the architecture."""
    blocks = [(b, returns) for name, returns in architecture.blocks.items() for b in _listed(module, name)]
    if not blocks:
        raise UnsupportedModelError(
            "{kind} has no blocks in {blocks}: correct `blocks`.",
            kind=type(module).__name__,
            blocks=", ".join(architecture.blocks),
        )
    sides = {name: r for name, r in architecture.side_blocks.items() if hasattr(module, name)}
    return blocks + [(b, returns) for name, returns in sides.items() for b in _listed(module, name)]


def _listed(module: nn.Module, name: str) -> nn.ModuleList:
    return cast(nn.ModuleList, part(module, name))


def _stands(module: nn.Module, blocks: set[nn.Module], taps: set[int]) -> dict[str, nn.Module]:
    """Every part that hooks of ours stand around, by its path; a compiled block's is in no registry."""
    parts = cast(Iterable[tuple[str, nn.Module]], module.named_modules())
    return {path: part for path, part in parts if part in blocks or touched(part, NAME, taps)}


def _around(block: nn.Module, hook: BlockHook) -> Callable[[], None]:
    """A compiled block gets its hook in front of the compiled call, any other one around its forward.

    The block whose attention is tapped runs uncompiled: for a compiled frame the tap does not exist. So does
    a first block that gets its rank's part of the tokens inside that frame: what enters is read behind that.
    """
    if isinstance(hook, FirstBlockHook) and (hook.indicator.kind == "input" or splits_input(block)):
        return place_uncompiled(block, hook, NAME)
    return place_before_compiled(block, hook) or place(block, hook, NAME)
