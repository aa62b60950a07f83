"""Budgets from 1e15 to 1e32 FLOP, for every law that can be planned with: certified, and more never raises the loss."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.laws.catalogue import load_law
from budgetplan.planning.problem import problem
from budgetplan.workflow.resolve.demand import Demand
from tests.edges.certified import BUDGETS, KAPPA, checked
from tests.oracles.dense_grid import dense_minimum

PRETRAINING = ("besiroglu-2024", "hoffmann-2022", "muennighoff-2023", "kaplan-2020", "gadre-2024-c4")
JOINT = {
    "default": {},
    "lab": {},
    "additive": {},
    "default, sigmoid": {"rl": "scalerl-8b"},
    "default, error power": {"rl": "tan-2025-qwen-base"},
    "default, saturating": {"rl": "qwen3-gsm8k-saturating"},
    "default, power of samples": {"inference": "monkeys-llama3-8b-math"},
}
VERIFIERS = ("none", "oracle")
QUERIES = (0.0, 1e12)
"""First-sample tokens that do not move with the budget. [token]"""
ASKED = [(name, verifier) for name in JOINT for verifier in (VERIFIERS if name != "additive" else VERIFIERS[:1])]
ASKED.append(("default", 0.1))


def law_of(name: str, verifier: str | float = "none"):
    """A law by its name here."""
    return load_law(name.partition(",")[0], JOINT.get(name) or None).with_options(verifier)


@pytest.mark.parametrize("name", PRETRAINING)
@pytest.mark.parametrize("served", [0.0, 1e9])
def test_pretraining_laws(name: str, served: float) -> None:
    loss = checked(problem(load_law(name).model, BUDGETS, KAPPA, 0.0, served)).loss
    assert np.all(np.diff(loss) < 0)


@pytest.mark.parametrize(("name", "verifier"), ASKED)
def test_joint_laws_at_the_assumed_demand(name: str, verifier: str | float) -> None:
    law = law_of(name, verifier)
    demand = Demand(None, 2000.0, 0.0, law, True)
    checked(problem(law.model, BUDGETS, KAPPA, demand.first_sample(BUDGETS)))


@pytest.mark.parametrize("first", QUERIES)
@pytest.mark.parametrize(("name", "verifier"), ASKED)
def test_more_budget_never_raises_the_loss(name: str, verifier: str | float, first: float) -> None:
    many = problem(law_of(name, verifier).model, BUDGETS, KAPPA, first)
    loss = checked(many).loss
    able = np.isfinite(loss)
    assert able[-14:].all(), "a demand of 1e12 tokens is affordable from 1e18 FLOP on"
    assert np.array_equal(able, np.sort(able)), "what a budget can do, a larger one can"
    assert np.all(np.diff(loss[able]) <= 0)


@pytest.mark.parametrize("budget", [1e15, 1e18, 1e32])
@pytest.mark.parametrize("name", ["default", "lab", "default, saturating"])
def test_a_dense_grid_finds_nothing_better(name: str, budget: float) -> None:
    one = problem(law_of(name).model, budget, KAPPA, 1e9)
    loss, truth = float(checked(one, 8).loss[0]), dense_minimum(one, count=24, starts=2)
    assert truth is not None
    assert loss <= truth.loss * (1 + 1e-9)
    assert loss >= truth.loss * (1 - 1e-6), "SLSQP should have come as low"
