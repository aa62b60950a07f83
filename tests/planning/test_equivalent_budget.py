"""The inverse problem: the budget at which the optimum reaches a loss, and what never reaches it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.catalogue import load_law
from budgetplan.planning.equivalent_budget import SPAN, budget_for, optimal_slope
from budgetplan.planning.limits import FEWEST_TOKENS
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve

KAPPA = (6.0, 14.0, 8.0)
BUDGETS = np.geomspace(1e20, 1e28, 9)
RL_LINKS = ("math-log", "qwen3-gsm8k-saturating", "scalerl-8b", "tan-2025-qwen-base", "none")
At = Callable[[float], Problem]


def models() -> dict[str, Problem]:
    """One problem per kind of law, with demand where the law knows samples."""
    first = 0.1 * np.sqrt(3 * BUDGETS)
    joint = {f"default-{rl}": load_law("default", {"rl": rl}).model for rl in RL_LINKS}
    alone = {name: load_law(name).model for name in ("besiroglu-2024", "muennighoff-2023", "additive", "shen-2026-chess")}
    return {name: problem(model, BUDGETS, KAPPA, first * model.uses[3]) for name, model in (joint | alone).items()}


PROBLEMS = models()
CASES = [(name, start) for name in PROBLEMS for start in (-6.0, -0.1, 5.0)]


@pytest.mark.parametrize(("name", "start"), CASES)
def test_it_inverts_the_optimum(name: str, start: float) -> None:
    """From the loss of the optimum at C back to C, to 1e-9, from starts up to three decades away."""
    asked = PROBLEMS[name]
    loss = solve(asked, 8).loss
    # where the law has reached its floor, no budget is the least one: the loss must still fall to be inverted
    more = solve(asked.rescaled(BUDGETS * 1.001), 8).loss
    falling = (loss - more > 1e-7 * loss) & (loss > 1e-200)
    assert falling.sum() >= 4
    part = asked.take(falling)
    found = budget_for(lambda c, who: part.take(who).rescaled(c), loss[falling], np.log(part.budget) + start)
    slope = (loss - more)[falling] / loss[falling] / 1e-3
    # ln C is known as well as the loss, whose last digit counts for more where it falls slowly
    assert np.all(np.abs(found.log_budget - np.log(part.budget)) <= np.maximum(1e-9, 4e-15 / slope))
    assert found.loss == pytest.approx(loss[falling], rel=1e-9)


def test_it_inverts_under_limits(default_at: At, limited) -> None:
    for bounds in ({"params": (None, 2e10)}, {"rl_share": (None, 0.1)}, {"pretraining_tokens": (1e13, None)}):
        asked = limited(default_at(1e25), bounds)
        loss = solve(asked, 8).loss
        found = budget_for(lambda c, who, base=asked: base.take(who).rescaled(c), loss, np.log(asked.budget) - 0.5)
        assert float(found.log_budget[0]) == pytest.approx(np.log(1e25), abs=1e-9), bounds


def test_a_loss_below_the_floor_has_no_budget() -> None:
    """The floor of a pre-training law is never reached; anything above it is."""
    law = load_law("besiroglu-2024").model
    asked = problem(law, np.full(2, 1e24), KAPPA)
    found = budget_for(
        lambda c, who: asked.take(who).rescaled(c), np.array([law.floor - 0.01, law.floor + 0.01]), np.log(asked.budget)
    )
    assert found.log_budget[0] == np.inf
    assert SPAN[0] < found.log_budget[1] < SPAN[1]
    assert found.loss[1] == pytest.approx(law.floor + 0.01, rel=1e-9)


@pytest.mark.parametrize("name", list(PROBLEMS))
def test_the_slope_is_that_of_the_optimum(name: str) -> None:
    """dV/d ln C from one optimum equals the difference between two (the envelope theorem)."""
    asked = PROBLEMS[name]
    answer, step = solve(asked, 8), 1e-4
    sides = [solve(asked.rescaled(BUDGETS * np.exp(sign * step)), 8).loss for sign in (1, -1)]
    slope = (sides[0] - sides[1]) / (2 * step)
    assert optimal_slope(asked, answer.y, answer.loss) == pytest.approx(slope, rel=1e-4, abs=1e-10)


@pytest.mark.parametrize("has_rl", [True, False])
def test_the_slope_where_tokens_are_at_their_fewest(has_rl: bool) -> None:
    """Tokens beyond the fewest bring next to nothing there: what more budget buys is told by the other stages, or by params."""
    law = AdditiveLoss(0.0, 1e3, 0.2, 1e2, 1.9, 5.0 * has_rl, 0.3)
    asked = problem(law, np.array([1e20, 1e26]), KAPPA)
    answer, step = solve(asked, 8), 1e-4
    assert np.all(np.exp(answer.y[1]) == pytest.approx(FEWEST_TOKENS, rel=1e-9))
    sides = [solve(asked.rescaled(asked.budget * np.exp(sign * step)), 8).loss for sign in (1, -1)]
    assert optimal_slope(asked, answer.y, answer.loss) == pytest.approx((sides[0] - sides[1]) / (2 * step), rel=1e-6)
