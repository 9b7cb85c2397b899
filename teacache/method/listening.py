"""Hears a method of one object being called, and takes the ear off again.

The object gets a class of its own, a child of the one it had, under the same name: everything else it does,
its copies and what is saved of it are as before. Knows nothing of schedulers or pipelines.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from teacache.method.placing import child_of, turn_into

# In the class of an object that is listened to:
_EARS = "_teacache_ears"  # method -> who is told before, and who when it ends
_OWNER = "_teacache_owner"  # id of the object

Tell = Callable[..., None]
_Ear = tuple[Tell, Tell]


def _nothing(*_args: Any, **_named: Any) -> None:
    pass


def listen(target: object, method: str, tell: Tell, *, before: Tell = _nothing) -> Callable[[], None]:
    """Have `tell` called with the arguments of each call of `target.method`, when it ends; returns what stops
    it.

    `before` is called with the same when it begins; what that raises goes to the caller, who then called
    nothing. An object without that method, or whose class cannot be changed, is not heard.
    """
    if not callable(getattr(type(target), method, None)) or not _give_ears(target):
        return lambda: None
    own = type(target)
    ears: dict[str, list[_Ear]] = vars(own)[_EARS]
    if method not in ears:
        ears[method] = []
        setattr(own, method, _heard(getattr(own, method), ears[method]))
    ear = before, tell
    ears[method].append(ear)

    def stop() -> None:
        ears[method].remove(ear)
        if not any(ears.values()) and type(target) is own:
            turn_into(target, cast(type, own.__base__))

    return stop


def _heard(plain: Callable[..., Any], ears: list[_Ear]) -> Callable[..., Any]:
    @wraps(plain)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        for before, _ in tuple(ears):
            before(*args, **kwargs)
        try:
            return plain(self, *args, **kwargs)
        finally:
            for _, tell in tuple(ears):
                tell(*args, **kwargs)

    return method


def _give_ears(target: object) -> bool:
    """Whether the object now has a class of its own."""
    kind: Any = type(target)
    if vars(kind).get(_OWNER) == id(target):
        return True
    if _EARS in vars(kind):  # made by the class of one that is listened to: `type(scheduler).from_config`
        kind = kind.__base__
    ears: dict[str, Any] = {_EARS: {}, _OWNER: id(target), "__reduce_ex__": _without_ears}
    try:
        turn_into(target, child_of(kind, ears))
    except TypeError:  # slots, or a class of C
        return False
    return True


def _without_ears(self: Any, protocol: int) -> Any:
    """How copies and files are made: of the class that the object had before."""
    before: Any = type(self).__base__
    if before.__reduce_ex__ is not object.__reduce_ex__:  # it has a way of its own
        return before.__reduce_ex__(self, protocol)
    # By protocol 1: from 2 on, pickle insists on the object's present class.
    build, (_, *more), *state = object.__reduce_ex__(self, 1)
    return build, (before, *more), *state
