"""One model of every class and combination of links, seeded points, and coefficients read from the law files."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.chinchilla import ChinchillaLoss, overtrained
from budgetplan.laws.coverage import BetaSpread, CoveragePower
from budgetplan.laws.data_constrained import DataConstrainedLoss
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.kaplan import KaplanLoss
from budgetplan.laws.model import AbstractModel
from budgetplan.laws.rl_gain import ApproachingGain, LogarithmicGain, NoGain, SaturatingGain
from budgetplan.laws.rl_published import ErrorPower, SuccessSigmoid
from budgetplan.laws.selection import Selection, false_positive
from budgetplan.laws.shen_chess import ShenChess
from budgetplan.laws.task_link import LogisticTask, LogLogTask
from budgetplan.numerics.arrays import Array

DATA = Path(__file__).resolve().parents[2] / "data" / "laws"

# Coefficients near the published ones; their values do not matter here, the shapes of the laws do.
BASE = ChinchillaLoss(1.8172, 482.01, 2085.43, 0.3478, 0.3658)
ALONE: dict[str, AbstractModel] = {
    "chinchilla": BASE,
    "chinchilla-repeated": ChinchillaLoss(1.8172, 482.01, 2085.43, 0.3478, 0.3658, 2e11, 15.38),
    "overtrained": overtrained(1.8366, 212.24, 366.69, 0.1364),
    "data-constrained": DataConstrainedLoss(1.86914, 520.82, 1487.72, 0.3527, 0.3527, 15.39, 5.31, 25e9),
    "data-unlimited": DataConstrainedLoss(1.86914, 520.82, 1487.72, 0.3527, 0.3527, 15.39, 5.31),
    "kaplan": KaplanLoss(6.4e13, 1.8e13, 0.076, 0.103),
    "additive": AdditiveLoss(1.8, 482, 0.34, 2085, 0.36, 5, 0.13, 1, 0.3),
    "additive-two-terms": AdditiveLoss(1.8, 482, 0.34, 2085, 0.36),
    "shen-chess": ShenChess(0.0314, 4.87, 12.85, -0.216, 0.0172, 0.0098, 20, 0.414, 95.4, 0.404, 1.62e5, 0.677),
}
TASKS = {"": LogisticTask(12.0, 2.05), "chance": LogisticTask(9.7, 2.05, 0.25), "log-log": LogLogTask(0.15, 1.8)}
RL_LINKS = {
    "none": NoGain(),
    "log": LogarithmicGain(0.25, 3e5),
    "saturating": SaturatingGain(1.3, 7e6, 1.5),
    "approach": ApproachingGain(-0.4, 7e6, 0.8),
    "sigmoid": SuccessSigmoid(0.61, 0.3, 2542, 1.92, 4.1e6),
    "error": ErrorPower(0.135, 13.1e9, 1e8),
}
SPREADS = {"beta": BetaSpread(0.4, 1.75), "drift": BetaSpread(0.8, 1.75, 0.4), "power": CoveragePower(-0.43)}
CHOICES = {"unverified": Selection(0.27, 100.0), "oracle": Selection(), "tenth-false": false_positive(0.1)}
JOINT: dict[str, AbstractModel] = {
    "-".join(filter(None, names)): FourLinks(BASE, TASKS[names[0]], RL_LINKS[names[1]], SPREADS[names[2]], CHOICES[names[3]])
    for names in itertools.product(TASKS, RL_LINKS, SPREADS, CHOICES)
}
MODELS = ALONE | JOINT

LOW, HIGH = np.log([1e3, 1e6, 1e2, 1.0]), np.log([1e14, 1e16, 1e16, 1e6])
"""Corners of the allocations that the tests draw: far beyond every plan, so that no tail is left out."""

Coefficients = Callable[[str], dict[str, float]]
Points = Callable[[int], Array]


@pytest.fixture(scope="session", params=list(MODELS))
def model(request: pytest.FixtureRequest) -> AbstractModel:
    """One model per class and per combination of links."""
    return MODELS[request.param]


@pytest.fixture(scope="session", params=[name for name in RL_LINKS if name != "none"])
def rl_link(request: pytest.FixtureRequest) -> Any:
    """One RL link of every class that does something."""
    return RL_LINKS[request.param]


@pytest.fixture(scope="session", params=list(SPREADS))
def spread(request: pytest.FixtureRequest) -> Any:
    """One inference link of every class."""
    return SPREADS[request.param]


@pytest.fixture(scope="session")
def points() -> Points:
    """Return a maker of seeded allocations of shape (4, count), log-uniform between `LOW` and `HIGH`."""

    def make(count: int) -> Array:
        rng = np.random.default_rng(20)
        return LOW[:, None] + (HIGH - LOW)[:, None] * rng.random((4, count))

    return make


@pytest.fixture(scope="session")
def coefficients() -> Coefficients:
    """Return a reader of a law file's coefficient values, by law id, without the package's own loader."""

    @functools.cache
    def read(law: str) -> dict[str, float]:
        content = YAML(typ="safe", pure=True).load((DATA / f"{law}.yaml").read_text(encoding="utf-8"))
        return {name: entry["value"] for name, entry in content["coefficients"].items()}

    return read
