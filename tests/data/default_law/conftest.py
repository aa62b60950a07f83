"""The shipped link laws as dictionaries, and the modules of the script that fitted them."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "fit_default_law"
MODULES = (
    "estimate",
    "task_link",
    "rl_link",
    "gain_profile",
    "published_slope",
    "beta_spread",
    "concentration",
    "narrowing",
)


@dataclass(frozen=True)
class Fitters:
    """The modules of the fitting script."""

    task: ModuleType
    rl: ModuleType
    profile: ModuleType
    published: ModuleType
    beta: ModuleType
    concentration: ModuleType
    narrowing: ModuleType


@pytest.fixture(scope="module")
def fitters() -> Iterator[Fitters]:
    """Import the script's modules as its own folder sees them, and forget them afterwards."""
    sys.path.insert(0, str(SCRIPT))
    loaded = [importlib.import_module(name) for name in MODULES]
    yield Fitters(*loaded[1:])
    sys.path.remove(str(SCRIPT))
    for name in MODULES:
        del sys.modules[name]


@pytest.fixture(scope="session")
def law(shipped: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader of one law file by its id."""
    return functools.cache(lambda name: shipped(f"laws/{name}.yaml"))


@pytest.fixture(scope="session")
def coefficient(law: Callable[[str], Any]) -> Callable[[str, str], float]:
    """Return a reader of one coefficient's value, by law id and name."""
    return lambda name, which: float(law(name)["coefficients"][which]["value"])
