"""EasyCache, on a hook of our own around the whole transformer.

Written from its paper (arXiv 2507.02860): k = |v_i - v_(i-1)| / |x_i - x_(i-1)|, mean absolute values of the
transformer's output v and input x at a computed call and the one before, hardly changes; so
|x_t - x_(t-1)| k / |v_(t-1)| foretells by how much the output changes, and is summed up. While the sum is
below the threshold, the output is x_t + (v_i - x_i) of the last computed call i. Every call of a step (a
branch of guidance) has a state of its own, where the authors' code lets the first decide for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from diffusers.hooks import ModelHook
from torch import nn

from teacache.errors import Phrase
from teacache.method.hooks import LATENTS
from teacache.method.placing import place
from teacache.method.values import Arguments
from teacache.runs.adapters import adapter_of
from teacache.runs.request import Checked
from teacache.study.methods.diffusers_hooks import kind_of, transformers
from teacache.study.methods.method import Knob, Method, Values, Way

NAME = "easy_cache"
# These take or give several tensors in a list, or two outputs.
SEVERAL = ("ZImageTransformer2DModel", "LTX2VideoTransformer3DModel")


@dataclass
class _Branch:
    """What one stream of calls remembers."""

    x: torch.Tensor | None = None  # input of the call before
    v: torch.Tensor | None = None  # output of the call before
    offset: torch.Tensor | None = None  # v - x of the last computed call
    rate: float | None = None  # k
    sum: float = 0.0


@dataclass
class _Rule:
    """When a run may reuse; it counts the calls of all transformers of the pipeline."""

    threshold: float
    first: int  # steps computed at the start
    steps: int
    per_step: int  # calls
    calls: int = 0

    def next(self) -> tuple[int, bool]:
        """Which call of its step this one is, and whether its step may be reused: never the last one."""
        step, place = divmod(self.calls, self.per_step)
        self.calls += 1
        return place, self.first <= step < self.steps - 1


class _EasyHook(ModelHook):
    """Around a transformer: answers in its place while the foretold change is small."""

    def __init__(self, module: nn.Module, rule: _Rule):
        super().__init__()
        self.rule, self.arguments = rule, Arguments(module)
        self.branches = [_Branch() for _ in range(rule.per_step)]
        self.returned: Any = None  # the last computed call's, for its kind

    def new_forward(self, module: nn.Module, *args: Any, **kwargs: Any) -> Any:
        place, may = self.rule.next()
        branch = self.branches[place]
        x = self.arguments.first(LATENTS, args, kwargs).clone()  # pipelines may update them in place
        if may and branch.offset is not None and self._reuse(branch, x):
            v = _fitted(x, branch.offset.shape) + branch.offset
            result = _like(self.returned, v)
        else:
            result = self.returned = self.fn_ref.original_forward(*args, **kwargs)
            v = result[0]
            self._learn(branch, x, v)
        branch.x, branch.v = x, v
        return result

    def _reuse(self, branch: _Branch, x: torch.Tensor) -> bool:
        if branch.rate is None or branch.x is None or branch.v is None:
            return False
        branch.sum += branch.rate * _size(x - branch.x) / max(_size(branch.v), 1e-12)
        return branch.sum < self.rule.threshold

    @staticmethod
    def _learn(branch: _Branch, x: torch.Tensor, v: torch.Tensor) -> None:
        if branch.v is not None and branch.x is not None:
            branch.rate = _size(v - branch.v) / max(_size(x - branch.x), 1e-12)
        branch.offset, branch.sum = v - _fitted(x, v.shape), 0.0


def _size(value: torch.Tensor) -> float:
    return value.float().abs().mean().item()


def _fitted(x: torch.Tensor, shape: torch.Size) -> torch.Tensor:
    """The input with as many channels as the output: an image beside the latents is cut, a variance is 0."""
    if x.shape == shape:
        return x
    fitted = x.new_zeros(shape)
    both = tuple(slice(0, min(one, other)) for one, other in zip(x.shape, shape, strict=True))
    fitted[both] = x[both]
    return fitted


def _like(returned: Any, v: torch.Tensor) -> Any:
    """The same kind of thing as a computed call returned."""
    return (v,) if isinstance(returned, tuple) else replace(returned, sample=v)


def _way(pipe: Any, request: Checked, values: Values) -> Way:
    @contextmanager
    def put(pipe: Any, request: Checked) -> Iterator[None]:
        rule = _Rule(
            threshold=values["threshold"],
            first=int(values["first_steps"]),
            steps=request.steps,
            per_step=adapter_of(pipe).calls_per_step(pipe, request),
        )
        with ExitStack() as stack:
            for part in transformers(pipe):
                stack.callback(place(part, _EasyHook(part, rule), NAME))
            yield

    return Way(request=request, around=put)


def _refuses(pipe: Any) -> Phrase | None:
    if kind_of(pipe) in SEVERAL:
        return Phrase("{kind} returns more than one tensor.", kind=kind_of(pipe))
    return None


EASY_CACHE = Method(
    name="easy_cache",
    title="EasyCache",
    about=Phrase(
        "EasyCache looks at the whole transformer from outside: the change of its output over that of its "
        "input stays nearly the same, so the input's change foretells the output's. While the summed change "
        "is small it adds the last difference of output and input to the new input."
    ),
    paper="https://arxiv.org/abs/2507.02860",
    knobs=(
        Knob(name="threshold", about=Phrase("Sum at which a call is computed."), slow=0.05, fast=0.1),
        Knob(name="first_steps", about=Phrase("Steps at the start that are computed."), slow=5, fast=5),
    ),
    way=_way,
    refuses=_refuses,
    ladder=tuple(
        {"threshold": threshold, "first_steps": first}
        for threshold, first in (
            (0.01, 5),
            (0.02, 5),
            (0.03, 5),
            (0.05, 5),
            (0.08, 4),
            (0.12, 3),
            (0.2, 3),
            (0.35, 2),
            (0.6, 2),
        )
    ),
)
