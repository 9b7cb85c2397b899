"""Everything of a pipeline that makes a clip, besides the request: two equal identities make the same clip.

Of each part: which object it is, what it is set to, and what its weights hold. In doubt two identities
differ, and a run is then made again. Knows pipelines, modules and torch's switches; nothing of requests.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import Enum
from functools import partial
from typing import Any, cast

import torch
from diffusers.models.attention_dispatch import _AttentionBackendRegistry

_ATOMS = (bool, int, float, complex, str, bytes, type(None), Enum, torch.dtype, torch.device, type)
_SAMPLE = 16  # numbers from all over each tensor: a fused LoRA changes all of it
# What a LoRA's layer keeps under private names, or works out (peft's BaseTunerLayer).
_ADAPTERS = ("active_adapters", "disable_adapters", "merged_adapters")
# What only says how a run is watched or cached, and so has no part in an uncached clip.
_OURS = ("teacache_settings", "teacache_experts", "teacache_reason")


def identity_of(pipe: Any) -> Hashable:
    """Parts, configurations, adapters, processors, VAE settings, hooks, weights and torch's switches.

    A weak reference equals another to the same living object, and none to a later one at the same address.
    """
    parts = {name: part for name, part in pipe.components.items() if part is not None}
    digest = hashlib.sha256()
    for line in _lines(pipe, parts):
        digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    kind = type(cast(object, pipe))
    return kind, tuple((name, _reference(part)) for name, part in parts.items()), digest.hexdigest()


def _lines(pipe: Any, parts: Mapping[str, Any]) -> Iterator[str]:
    text = _Text()
    yield f"config {text.of(dict(pipe.config))}"
    yield f"attributes {text.of({n: v for n, v in _public(pipe) if n not in parts and n not in _OURS})}"
    for name, part in parts.items():
        if isinstance(part, torch.nn.Module):
            for path, module in cast(Iterable[tuple[str, torch.nn.Module]], part.named_modules()):
                yield f"{name}.{path} {type(module).__qualname__} {text.of(_set_to(module))}"
            yield f"{name} holds {weights(part)}"
        else:
            yield f"{name} {text.of(_settings(part))}"
    yield f"switches {text.of(_switches())}"


def _public(thing: object) -> Iterator[tuple[str, Any]]:
    """Attributes without those of private names, in which a run leaves its traces."""
    return ((name, value) for name, value in vars(thing).items() if not name.startswith("_"))


def _set_to(module: torch.nn.Module) -> dict[str, Any]:
    """What a module is set to: tiling, scales, FreeU, processors, adapters, and the hooks around it."""
    registry = vars(module).get("_diffusers_hook")
    values = dict(_public(module))
    values["config"] = vars(module).get("_internal_dict", values.get("config"))  # as diffusers keeps it
    if hasattr(type(module), "merged_adapters"):
        values |= {name: getattr(module, name, None) for name in _ADAPTERS}
    if registry is not None and registry.hooks:
        values["hooks of diffusers"] = dict(registry.hooks)
    taps = (vars(module)[kind] for kind in ("_forward_hooks", "_forward_pre_hooks"))
    return values | {"hooks of torch": [list(tap) for tap in taps]}


def _settings(part: Any) -> dict[str, Any]:
    """What a scheduler, a tokenizer, a processor or a guider is set to."""
    if hasattr(part, "to_json_string"):
        return {
            "config": part.to_json_string(),
            "shift": getattr(part, "shift", None),
        }  # as set_shift left it
    if not hasattr(part, "__dict__"):
        return {"value": part}
    return {name: value for name, value in _public(part) if name != "deprecation_warnings"}


class _Text:
    """Texts that differ where values do, inside containers and two levels of objects too."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}  # of objects: the layers of a text encoder share one configuration

    def of(self, value: object, depth: int = 2) -> str:
        """The text of any value; of an object that is too deep inside, its class alone."""
        match value:
            case torch.Tensor():
                return _tensor(value)
            case Mapping():
                items = cast(Mapping[Any, Any], value).items()
                return str([(str(key), self.of(item, depth)) for key, item in items])
            case list() | tuple():
                return str([self.of(item, depth) for item in cast(Iterable[Any], value)])
            case set() | frozenset():
                return str(sorted(self.of(item, depth) for item in cast(Iterable[Any], value)))
            case partial():
                return self.of(value.func, depth)
        if isinstance(value, _ATOMS):
            return repr(value)
        function: Any = getattr(value, "__func__", value)
        code = getattr(function, "__code__", None)
        return self._object(value, depth) if code is None else f"{function.__qualname__} {id(code)}"

    def _object(self, value: object, depth: int) -> str:
        kind = type(value).__qualname__
        if not depth or isinstance(value, torch.nn.Module) or not hasattr(value, "__dict__"):
            return kind
        if id(value) not in self._known:
            self._known[id(value)] = f"{kind} {self.of(vars(value), depth - 1)}"
        return self._known[id(value)]


def weights(module: torch.nn.Module) -> str:
    """Another text once parameters or buffers of a module are changed in place, moved or converted; cheap.

    Tensors count what is done to them, but not what is done through `.data`, as peft does when it fuses a
    LoRA, and not where they were made in inference mode; so a few of the numbers are looked at as well.
    """
    digest = hashlib.sha256()
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        digest.update(f"{name} {_tensor(tensor)}".encode())
    return digest.hexdigest()


def _tensor(tensor: torch.Tensor) -> str:
    count = None if tensor.is_inference() else tensor._version
    return f"{count} {tensor.device} {tensor.dtype} {tuple(tensor.shape)} {_sample(tensor)}"


def _sample(tensor: torch.Tensor) -> list[float] | None:
    try:
        flat = tensor.detach().flatten()
        return cast(list[float], flat[:: max(1, len(flat) // _SAMPLE)].tolist())
    except (NotImplementedError, RuntimeError):  # offloaded layer by layer, or packed by a quantizer
        return None


def _switches() -> dict[str, Any]:
    """What of torch's and diffusers' global state moves bits, or more."""
    cuda, cudnn = torch.backends.cuda, torch.backends.cudnn
    return {
        "attention": _AttentionBackendRegistry.get_active_backend()[0],
        "threads": torch.get_num_threads(),
        "default dtype": torch.get_default_dtype(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "matmul": (torch.get_float32_matmul_precision(), cuda.matmul.allow_tf32, cudnn.allow_tf32),
        "cudnn": (cudnn.enabled, cudnn.benchmark, cudnn.deterministic),
        "sdpa": (cuda.flash_sdp_enabled(), cuda.mem_efficient_sdp_enabled(), cuda.math_sdp_enabled()),
    }


def _reference(part: Any) -> Hashable:
    try:
        return weakref.ref(part)
    except TypeError:  # a tuple, a number
        return id(part)
