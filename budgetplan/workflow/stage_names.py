"""Stages as they are written in sentences, headings and labels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WRITTEN: Mapping[str, str] = MappingProxyType({"pretraining": "pre-training", "rl": "RL", "inference": "inference"})
"""By the name that code and data have, in the order of `planning.allocation.STAGES`."""
