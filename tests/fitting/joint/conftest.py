"""Simulated joint tables: the planner's own laws at 4 N x 5 D x 5 R x 6 k x 2 seeds, judged on 1,000 problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import BetaSpread
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.rl_gain import AbstractRlLink, ApproachingGain, LogarithmicGain, SaturatingGain
from budgetplan.laws.selection import Selection
from budgetplan.laws.task_link import LogisticTask, LogLogTask

PRETRAINING = {"E": 1.2, "A": 9.0, "B": 60.0, "alpha": 0.27, "beta": 0.3}
REST = {"slope": 4.0, "midpoint": 1.75, "tail": 0.6, "narrowing": 1.6}
TRUTHS: dict[str, dict[str, float]] = {
    "log": {**PRETRAINING, **REST, "gain": 0.25, "reference": 2e4},
    "saturating": {**PRETRAINING, **REST, "ceiling": 1.3, "rl_midpoint": 1.5e5, "steepness": 1.1},
    "approach": {**PRETRAINING, **REST, "reach": 0.2, "rl_midpoint": 3e5, "steepness": 0.8},
    "drifting": {**PRETRAINING, **REST, "reach": 0.2, "rl_midpoint": 3e5, "steepness": 0.8, "drift": 0.4},
    "log-log": {
        **PRETRAINING,
        "slope": 1.3,
        "pivot": 1.4,
        "tail": 0.3,
        "narrowing": 1.6,
        "reach": -0.5,
        "rl_midpoint": 3e5,
        "steepness": 0.8,
    },
    "additive": {
        "E": 0.1,
        "A": 14.0,
        "alpha": 0.3,
        "B": 300.0,
        "beta": 0.4,
        "G": 2.2,
        "gamma": 0.17,
        "H": 1.1,
        "delta": 0.6,
        "reference": 3e3,
    },
    "multiplicative": {
        "E": 0.3,
        "A": 30.0,
        "alpha": 0.3,
        "B": 400.0,
        "beta": 0.37,
        "gamma": 0.08,
        "reference": 1e4,
        "delta": 0.4,
        "interaction": 0.03,
    },
}
PROBLEMS = 1000


def four_links(c: Mapping[str, float]) -> FourLinks:
    """Return the planner's law of a chain's coefficients, its samples judged by an oracle."""
    rl: AbstractRlLink
    if "gain" in c:
        rl = LogarithmicGain(c["gain"], c["reference"])
    elif "ceiling" in c:
        rl = SaturatingGain(c["ceiling"], c["rl_midpoint"], c["steepness"])
    else:
        rl = ApproachingGain(c["reach"], c["rl_midpoint"], c["steepness"])
    pretraining = ChinchillaLoss(c["E"], c["A"], c["B"], c["alpha"], c["beta"])
    task = LogisticTask(c["slope"], c["midpoint"]) if "midpoint" in c else LogLogTask(c["slope"], c["pivot"])
    spread = BetaSpread(c["tail"], c["narrowing"], c.get("drift", 0.0))
    return FourLinks(pretraining, task, rl, spread, Selection())


def task_loss(c: Mapping[str, float], n: np.ndarray, d: np.ndarray, r: np.ndarray, k: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return exact task loss and pre-training loss."""
    if "tail" in c:
        with np.errstate(divide="ignore"):  # R = 0 is ln R = -inf, an ordinary input
            said = four_links(c).evaluate(np.log(np.stack([n, d, r, k])))
        assert said.pretraining_loss is not None
        return said.loss, said.pretraining_loss
    if "G" in c:
        powers = c["A"] * n ** -c["alpha"] + c["B"] * d ** -c["beta"] + c["G"] * (r + c["reference"]) ** -c["gamma"]
        return c["E"] + powers + c["H"] * k ** -c["delta"], np.full(n.size, np.nan)
    over, more = np.log1p(r / c["reference"]), np.log(k)
    factor = np.exp(-c["gamma"] * over - c["delta"] * more + c["interaction"] * over * more)
    return (c["E"] + c["A"] * n ** -c["alpha"] + c["B"] * d ** -c["beta"]) * factor, np.full(n.size, np.nan)


Maker = Callable[..., dict[str, np.ndarray]]


@pytest.fixture(scope="session")
def joint_table() -> Maker:
    """Return a maker of tables: name of the truth, seed, scatter between checkpoints, and changed coefficients."""

    def make(name: str, seed: int = 0, scatter: float = 0.03, tilt: float = 0.0, **changed: float) -> dict[str, np.ndarray]:
        draw = np.random.default_rng(seed)
        axes = (
            np.geomspace(3e4, 1e6, 4),
            np.geomspace(1e6, 6e7, 5),
            [0.0, 2e4, 8e4, 3.2e5, 1.28e6],
            2.0 ** np.arange(6),
            [0.0, 1.0],
        )
        n, d, r, k, number = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
        c = {**TRUTHS[name], **changed}
        loss, pretraining = task_loss(c, n, d, r, k)
        for size in np.unique(n) if tilt else ():
            rows = n == size
            gain = c["gain"] * (1 + tilt * np.log(size / 1.7e5))
            loss[rows] = task_loss({**c, "gain": gain}, n[rows], d[rows], r[rows], k[rows])[0]
        checkpoint = np.unique(np.stack([n, d, number]), axis=1, return_inverse=True)[1].ravel()
        many = int(checkpoint.max()) + 1
        loss = loss * np.exp(scatter * draw.standard_normal(many))[checkpoint]
        table = {"params": n, "tokens": d, "rl_tokens": r, "k": k, "cluster": number}
        table["success"] = draw.binomial(PROBLEMS, np.exp(-loss)) / PROBLEMS
        if "tail" in c:
            table["loss"] = pretraining * np.exp(0.003 * draw.standard_normal(many))[checkpoint]
        return table

    return make


@pytest.fixture(scope="session")
def truths() -> dict[str, dict[str, float]]:
    """Return the coefficients behind the simulated tables."""
    return TRUTHS


@pytest.fixture(scope="session")
def planner_law() -> Callable[[Mapping[str, float]], FourLinks]:
    """Return what makes the planner's law of a chain's coefficients."""
    return four_links
