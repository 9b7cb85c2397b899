# What it exports is looked up when it is used, which no type checker sees: what every pipeline and network
# has, and what the study sets caches up with, is told here, as in diffusers 0.42.1; to the checker, all else
# is anything.
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from typing import Any, Self

import torch
from torch import nn

class DiffusionPipeline:
    # its parts, and what its call takes, differ from class to class
    def __init__(self, **parts: Any) -> None: ...
    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | PathLike[str], **options: Any) -> Self: ...
    def set_progress_bar_config(self, **options: Any) -> None: ...
    def __call__(self, *args: Any, **given: Any) -> Any: ...
    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...

class ModelMixin(nn.Module):
    config: Any
    dtype: torch.dtype
    device: torch.device
    @classmethod
    def from_pretrained(cls, pretrained_model_name_or_path: str | PathLike[str], **options: Any) -> Self: ...

@dataclass
class FirstBlockCacheConfig:
    threshold: float = 0.05

@dataclass
class MagCacheConfig:
    threshold: float = 0.06
    max_skip_steps: int = 3
    retention_ratio: float = 0.2
    num_inference_steps: int = 28
    mag_ratios: torch.Tensor | list[float] | None = None
    calibrate: bool = False

@dataclass(kw_only=True)
class SeaCacheConfig:
    threshold: float = 0.25
    max_consecutive_cached: int = 2

@dataclass(kw_only=True)
class FasterCacheConfig:
    spatial_attention_block_skip_range: int = 2
    temporal_attention_block_skip_range: int | None = None
    # of timesteps, which are only compared
    spatial_attention_timestep_skip_range: tuple[float, float] = (-1, 681)
    temporal_attention_timestep_skip_range: tuple[float, float] = (-1, 681)
    unconditional_batch_skip_range: int = 5
    unconditional_batch_timestep_skip_range: tuple[float, float] = (-1, 641)
    tensor_format: str = "BCFHW"
    is_guidance_distilled: bool = False
    current_timestep_callback: Callable[[], Any] | None = None

@dataclass(kw_only=True)
class PyramidAttentionBroadcastConfig:
    spatial_attention_block_skip_range: int | None = None
    temporal_attention_block_skip_range: int | None = None
    cross_attention_block_skip_range: int | None = None
    # of timesteps, which are only compared
    spatial_attention_timestep_skip_range: tuple[float, float] = (100, 800)
    temporal_attention_timestep_skip_range: tuple[float, float] = (100, 800)
    cross_attention_timestep_skip_range: tuple[float, float] = (100, 800)
    current_timestep_callback: Callable[[], Any] | None = None

@dataclass(kw_only=True)
class TaylorSeerCacheConfig:
    cache_interval: int = 5
    disable_cache_before_step: int = 3
    max_order: int = 1
    taylor_factors_dtype: torch.dtype | None = ...
    cache_identifiers: list[str] | None = None

def __getattr__(name: str) -> Any: ...
