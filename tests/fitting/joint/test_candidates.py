"""The candidates as functions: the chain is the planner's law, and derivatives are those of the values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from budgetplan.fitting.joint.additive import Additive
from budgetplan.fitting.joint.candidate import AbstractCandidate, Centre, centre_of
from budgetplan.fitting.joint.chain import Chain
from budgetplan.fitting.joint.multiplicative import Multiplicative
from budgetplan.fitting.joint.noise import deviance, sampling
from budgetplan.fitting.joint.table import JointTable, read_joint, table_of
from budgetplan.laws.additive import AdditiveLoss

MAKERS: dict[str, Callable[[Centre], AbstractCandidate]] = {
    "log": lambda centre: Chain(centre, "log"),
    "saturating": lambda centre: Chain(centre, "saturating"),
    "approach": lambda centre: Chain(centre, "approach"),
    "drifting": lambda centre: Chain(centre, "approach", drifting=True),
    "log-log": lambda centre: Chain(centre, "approach", task="log-log"),
    "additive": Additive,
    "multiplicative": Multiplicative,
}


@pytest.fixture
def table(joint_table: Callable[..., Any]) -> JointTable:
    return table_of(read_joint(joint_table("log")))


def coordinates(candidate: AbstractCandidate, truth: Mapping[str, float]) -> np.ndarray:
    named = zip(candidate.names, candidate.logs, strict=True)
    return np.linalg.solve(candidate.chart, np.array([np.log(truth[name]) if log else truth[name] for name, log in named]))


@pytest.mark.parametrize("name", ["log", "saturating", "approach", "drifting", "log-log"])
def test_chain_is_the_planners_law(
    name: str, table: JointTable, truths: dict[str, dict[str, float]], planner_law: Callable[..., Any]
) -> None:
    chain = MAKERS[name](centre_of(table))
    u = coordinates(chain, truths[name])
    r = np.where(table.r < 0, -np.inf, table.r)
    said = planner_law(truths[name]).evaluate(np.stack([table.n, table.d, r, table.k]))
    np.testing.assert_allclose(chain.fitted(u, table)[0], np.log(said.loss), rtol=0, atol=1e-12)
    loss = planner_law(truths[name]).pretraining.loss_and_partials(table.loss_n, table.loss_d)[0]
    np.testing.assert_allclose(chain.fitted_loss(u, table)[0], np.log(loss), rtol=0, atol=1e-13)
    np.testing.assert_allclose(chain.natural(u), list(truths[name].values()), rtol=1e-12)


def test_additive_is_the_planners_law_shifted(table: JointTable, truths: dict[str, dict[str, float]]) -> None:
    additive = Additive(centre_of(table))
    truth = truths["additive"]
    law = AdditiveLoss(**{name: value for name, value in truth.items() if name != "reference"})
    shifted = np.stack([table.n, table.d, np.log(np.exp(table.r) + truth["reference"]), table.k])
    fitted = additive.fitted(coordinates(additive, truth), table)[0]
    np.testing.assert_allclose(fitted, np.log(law.evaluate(shifted).loss), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", list(MAKERS))
def test_derivatives_are_those_of_the_values(name: str, table: JointTable, truths: dict[str, dict[str, float]]) -> None:
    candidate = MAKERS[name](centre_of(table))
    draw = np.random.default_rng(0)
    centre = coordinates(candidate, truths[name])
    for u in (centre, centre + 0.2 * draw.standard_normal(centre.size)):
        for value in (candidate.fitted, candidate.fitted_loss):
            slopes = value(u, table)[1]
            steps = 1e-5 * np.eye(u.size)
            numbers = [(value(u + step, table)[0] - value(u - step, table)[0]) / 2e-5 for step in steps]
            np.testing.assert_allclose(
                slopes, np.stack(numbers, axis=1), rtol=0, atol=1e-7 * max(1.0, np.abs(slopes).max(initial=0))
            )


def test_deviance_is_the_task_loss_residual_over_its_noise(table: JointTable) -> None:
    """To first order; and its slope is that of the value, far away too."""
    near = table.log_task_loss + 1e-3
    root, _ = deviance(near, table)
    inner = table.inner
    np.testing.assert_allclose((root * np.sqrt(sampling(near, table.problems)))[inner], 1e-3, rtol=2e-3)
    for shift in (-1.0, -1e-3, 0.3, 2.0):
        at = table.log_task_loss + shift
        numbers = (deviance(at + 1e-6, table)[0] - deviance(at - 1e-6, table)[0]) / 2e-6
        np.testing.assert_allclose(deviance(at, table)[1][inner], numbers[inner], rtol=1e-4)
