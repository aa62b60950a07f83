"""Results as the plots see them, with round numbers: no solver runs here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from budgetplan.costs.budget import Budget, Spend
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.allocation import STAGES, Allocation, Regret
from tests.plots.charts_of_fits import CHARTS

BUDGET = 1e25  # FLOP


@dataclass(frozen=True)
class Map:
    shares: Array
    loss: Array
    wasted: Array
    optimum: Array
    thirds: Array
    tolerance: float
    region: Bools
    stages: tuple[str, ...]
    loss_name: str
    caption: str


@dataclass(frozen=True)
class Curve:
    budget: Array
    baselines: dict[str, Array]
    shares: dict[str, Array]
    measured: tuple[float, float] | None
    caption: str
    band: tuple[Array, Array] | None = None


@dataclass(frozen=True)
class Question:
    plan: Allocation
    baselines: dict[str, Allocation]
    budget: Budget
    headline: str
    caption: str
    map: Map
    curve: Curve

    def ternary(self) -> Map:
        return self.map

    def regret_curve(self) -> Curve:
        return self.curve


def _allocation(params: float, shares: tuple[float, float, float], regret: Regret | None = None) -> Allocation:
    flop = {stage: share * BUDGET for stage, share in zip(STAGES, shares, strict=True)}
    tokens = {stage: flop[stage] / params / kappa for stage, kappa in zip(STAGES, (6.0, 14.0, 8.0), strict=True)}
    return Allocation(
        params=params,
        tokens=tokens,
        flop={**flop, "total": BUDGET},
        share=dict(zip(STAGES, shares, strict=True)),
        queries=1e9,
        samples_per_query=4.0,
        tokens_per_param=tokens["pretraining"] / params,
        pretraining_loss=1.9,
        success=0.9,
        task_loss=0.105,
        loss=0.105,
        regret=regret,
    )


def _bowl(optimum: tuple[float, float, float], steps: int = 30, steepness: float = 6.0, hole: float = 0.0) -> Map:
    """Map of a bowl around the optimum; splits with less pre-training than `hole` are not feasible."""
    first, second = np.meshgrid(np.arange(1, steps), np.arange(1, steps), indexing="ij")
    inside = first + second < steps
    a, b = first[inside] / steps, second[inside] / steps
    shares = np.stack([a, b, 1.0 - a - b], axis=1)
    wasted = 1.0 - np.exp(-steepness * ((shares - optimum) ** 2).sum(axis=1))
    wasted[shares[:, 0] < hole] = np.nan
    loss = 0.1 / (1.0 - wasted) ** 0.1
    near = np.nan_to_num(wasted, nan=1.0) <= 0.01
    caption = "Budget 1e25 FLOP; law default (0123456789ab); baselines re-optimise the model size; budgetplan 0.1.0."
    return Map(shares, loss, wasted, np.array(optimum), np.full(3, 1 / 3), 0.01, near, STAGES, "Task loss (nat/task)", caption)


def _curve(measured: tuple[float, float] | None = (1e22, 1e25)) -> Curve:
    budget = np.logspace(21, 27, 25)
    slope = np.linspace(0.0, 1.0, 25)
    baselines = {
        "equal-thirds": 0.03 + 0.05 * slope,
        "equal-tokens": 0.06 + 0.021 * slope,
        "chinchilla": 0.10 + 0.2 * slope,
    }
    shares = {stage: np.full(25, 1 / 3) for stage in STAGES}
    return Curve(
        budget, baselines, shares, measured, "Law default (0123456789ab); each baseline with its best model size; budgetplan 0.1.0."
    )


@pytest.fixture
def study() -> Question:
    baselines = {
        "equal-thirds": _allocation(101e9, (1 / 3, 1 / 3, 1 / 3), Regret(0.0024, 0.04, 180e3)),
        "equal-tokens": _allocation(95e9, (6 / 28, 14 / 28, 8 / 28), Regret(0.006, 0.09, 1.3e6)),
        "chinchilla": _allocation(250e9, (0.97, 0.0, 0.03), Regret(0.4, 0.9996, 14e6)),
    }
    budget = Budget(BUDGET, "H100", 4096.0, 6.2e6, 0.4, 7.02e6, 17.5e6, 2.5, None, None, (), Spend(BUDGET, 7.02e6, 17.5e6))
    return Question(
        plan=_allocation(98e9, (0.27, 0.49, 0.24)),
        baselines=baselines,
        budget=budget,
        headline="The optimum needs 4 % less compute than equal thirds: move from inference to RL.",
        caption="Budget 1e25 FLOP; law default (0123456789ab); baselines re-optimise the model size; budgetplan 0.1.0.",
        map=_bowl((0.27, 0.49, 0.24)),
        curve=_curve(),
    )


@pytest.fixture
def results(study: Question) -> dict[str, Any]:
    """Something to draw for every kind: a study, or the data of a figure of a fit."""
    return {"split": study, "ternary": study, "regret": study, **{kind: make() for kind, make in CHARTS.items()}}


@pytest.fixture
def bowl() -> Callable[..., Map]:
    return _bowl


@pytest.fixture
def curve() -> Callable[..., Curve]:
    return _curve
