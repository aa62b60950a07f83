"""Shares at 0, one sample per query, and checkpoints far larger and far smaller than the budget can add to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from budgetplan.planning.certificate import OPTIMAL
from budgetplan.planning.feasible import feasible_params
from budgetplan.planning.solver import solve
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.resolve.question import resolve
from tests.edges.certified import checked, problems_of, residuals_at

BUDGETS = np.array([1e15, 1e23, 1e32])
ONE_SAMPLE = ({"fix": {"samples_per_query": 1}}, {"max": {"samples_per_query": 1}})
SHARES = (1e-3, 0.05, 1.0)


def asked(**fields: Any):
    """The problems of a scenario at every budget."""
    return resolve(scenario_from_fields({"budget": 1e25, **fields})).at(BUDGETS)


@pytest.mark.parametrize("name", ["default", "lab"])
@pytest.mark.parametrize(
    "limits",
    [
        {"max": {"rl_share": 0}},
        {"fix": {"rl_tokens": 0}},
        {"max": {"rl_share": 1e-12}},
        {"fix": {"rl_share": 1e-9}},
        {"min": {"inference_share": 0.0, "rl_share": 0.0, "pretraining_share": 0.0}},
        {"max": {"rl_share": 0, "samples_per_query": 1}},
        {"fix": {"samples_per_query": 1}, "max": {"rl_share": 0}},
    ],
)
def test_stages_that_get_nothing(name: str, limits: dict[str, Any]) -> None:
    for one in problems_of(asked(law=name, **limits)):
        checked(one, 8)


@pytest.mark.parametrize("name", ["default", "additive"])
@pytest.mark.parametrize("limits", ONE_SAMPLE)
@pytest.mark.parametrize("more", [{}, {"queries": 1e4, "serve": 1e9}, {"prompt_tokens": 1e4}])
def test_one_sample_under_a_largest_share_alone_and_in_a_batch(name: str, limits: dict[str, Any], more: dict[str, Any]) -> None:
    """k = 1 leaves inference no choice but its size: each share of the list binds somewhere, leaves nothing or does not matter."""
    for share in SHARES:
        most = {**limits.get("max", {}), "inference_share": share}
        many = asked(law=name, **more, **{**limits, "max": most})
        together = solve(many)
        able = feasible_params(many).any
        assert np.array_equal(np.isfinite(together.loss), able)
        alone = [checked(one, 8) for one in problems_of(many)]
        np.testing.assert_allclose(together.loss, [answer.loss[0] for answer in alone], rtol=1e-9)
        assert np.all(residuals_at(many.take(able), together.y[:, able]) <= OPTIMAL)
        np.testing.assert_allclose(np.exp(many.log_samples(together.y[3])[0])[able], 1.0, rtol=1e-9)


@pytest.mark.parametrize("name", ["default", "besiroglu-2024", "lab"])
@pytest.mark.parametrize("checkpoint", [(1e4, 1e5), (1e4, 1e20), (1e9, 1.0), (8e9, 15e12), (1e14, 1e3), (1e18, 1e20)])
def test_checkpoints_of_any_size(name: str, checkpoint: tuple[float, float]) -> None:
    """A model too large for one sample and a token more leaves nothing; every other one has a plan that is not worse for more."""
    many = asked(law=name, checkpoint=checkpoint, queries=1e3)
    loss = [float(checked(one, 8).loss[0]) for one in problems_of(many)]
    able = np.isfinite(loss)
    assert np.array_equal(able, np.sort(able))
    assert np.all(np.diff(np.array(loss)[able]) <= 0)


@pytest.mark.parametrize("size", [1e4, 1e9, 1e15])
def test_sizes_that_are_given(size: float) -> None:
    many = asked(params=size, queries=1e3)
    loss = np.array([float(checked(one, 8).loss[0]) for one in problems_of(many)])
    able = np.isfinite(loss)
    assert np.array_equal(able, size * (6 * 1e5 + many.kappa[2] * 2e6) <= BUDGETS)
    assert np.all(np.diff(loss[able]) <= 0)
