"""Derivatives by the implicit function theorem are those of solving again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from budgetplan.errors import SolverError
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.law import Law
from budgetplan.planning.baselines import named_split
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.elasticity import elasticities
from budgetplan.uncertainty.face_system import QUANTITIES, respond
from budgetplan.uncertainty.lever import Lever, coefficient_levers, repriced

KAPPA = (6.0, 14.0, 8.0)


def options(law: Law) -> Law:
    return law.with_options("none")


@dataclass(frozen=True)
class Case:
    """A problem, and what is special about its optimum."""

    law: str
    budget: float
    first_sample: float
    link: tuple[tuple[str, str], ...] = ()
    served: float = 0.0
    sunk_tokens: float = 0.0
    change: Callable[[Problem], Problem] = lambda one: one

    def made(self) -> tuple[Law, Problem]:
        law = load_law(self.law, dict(self.link))
        one = problem(options(law).model, self.budget, KAPPA, self.first_sample, self.served, sunk_tokens=self.sunk_tokens)
        return law, self.change(one)


def rl_at_most(share: float) -> Callable[[Problem], Problem]:
    def change(one: Problem) -> Problem:
        one.limits.high[5] = np.log(share * one.budget / one.kappa[1])
        return one

    return change


def fixed_params(params: float) -> Callable[[Problem], Problem]:
    def change(one: Problem) -> Problem:
        one.limits.low[0] = one.limits.high[0] = np.log(params)
        return one

    return change


CASES = {
    "default": Case("default", 1e25, 5.3e11),
    "default, one sample": Case("default", 1e20, 1e12),
    "default, oracle-like budget": Case("default", 1e27, 1e13),
    "default, served tokens": Case("default", 1e24, 3e10, served=5e11),
    "default, RL limited": Case("default", 3e23, 3e12, change=rl_at_most(0.1)),
    "default, params fixed": Case("default", 1e24, 1e11, change=fixed_params(7e9)),
    "default, checkpoint": Case("default", 1e24, 1e11, sunk_tokens=1e12, change=fixed_params(8e9)),
    "default, no RL": Case("default", 1e19, 5e8, link=(("rl", "scalerl-8b"),)),
    "default, split fixed": Case(
        "default", 1e24, 1e11, change=lambda one: named_split(one, {"pretraining": 0.5, "rl": 0.3, "inference": 0.2})
    ),
    "additive": Case("additive", 1e24, 5e11),
    "additive, RL limited": Case("additive", 1e24, 5e11, change=rl_at_most(0.05)),
    "besiroglu-2024": Case("besiroglu-2024", 1e24, 0.0),
    "shen-2026-chess": Case("shen-2026-chess", 1e21, 0.0),
}


def told(one: Problem) -> np.ndarray:
    """`QUANTITIES` of the optimum, found anew, with the logarithm of samples."""
    y = solve(one, 8).y
    cost = one.cost(y)[:, 0]
    rl = y[2, 0] if np.isfinite(y[2, 0]) else 0.0
    samples = one.log_samples(y[3])[0][0]
    return np.array([np.log(one.loss(y)[0]), *(cost / cost.sum()), y[0, 0], one.log_tokens(y[1])[0][0], rl, samples])


def again(lever: Lever) -> np.ndarray:
    """d quantities/d ln lever from solving again at four values."""

    def slope(step: float) -> np.ndarray:
        return (told(lever.at(lever.value * (1 + step))) - told(lever.at(lever.value * (1 - step)))) / (2 * step)

    return (4 * slope(1e-3) - slope(2e-3)) / 3


def other_levers(one: Problem) -> list[Lever]:
    """Budget and prices."""
    levers = [Lever("budget", "FLOP", float(one.budget[0]), lambda value: one.rescaled(np.array([value])))]
    for stage, name in enumerate(("pretraining", "rl", "inference")):
        if name == "inference" and not np.isfinite(one.least_inference[0]):
            continue

        def at(value: float, stage: int = stage) -> Problem:
            kappa = one.kappa.copy()
            kappa[stage] = value
            return repriced(one, kappa)

        levers.append(Lever(f"{name}_kappa", "FLOP/(param token)", float(one.kappa[stage]), at))
    return levers


@pytest.mark.parametrize("name", CASES)
def test_elasticities_equal_differences_of_new_solutions(name: str) -> None:
    law, one = CASES[name].made()
    y = solve(one, 8, 4).y[:, 0]
    levers = [*coefficient_levers(law, one, options, follows=False), *other_levers(one)]
    found = elasticities(one, y, levers)
    samples = float(np.exp(one.log_samples(y[3:4])[0][0]))
    assert found.strict
    for lever, row in zip(levers, found.rows, strict=True):
        expected = again(lever)
        got = np.array([0.0 if row.by_log[key] is None else row.by_log[key] for key in QUANTITIES])
        got[-1] /= samples
        # an optimum is found to about 1e-9 in its variables, so that differences of two show some 1e-7 where nothing moves
        scale = max(float(np.abs(expected).max()), 0.5)
        assert got == pytest.approx(expected, rel=1e-5, abs=1e-6 * scale), lever.name
        assert row.error < 1e-6


def test_the_cases_are_what_they_are_called() -> None:
    """One sample, no RL and limits that hold are where the tests mean them to be."""
    solved = {name: (case.made()[1], solve(case.made()[1], 8).y[:, 0]) for name, case in CASES.items()}
    found = {name: elasticities(one, y, []) for name, (one, y) in solved.items()}
    assert {corner.name for corner in found["default, one sample"].corners} == {"samples_per_query"}
    assert {corner.name for corner in found["default, no RL"].corners} == {"rl_tokens"}
    assert found["default"].corners == ()
    assert found["default"].limits == ("budget",)
    assert "rl_share" in found["default, RL limited"].limits
    assert "rl_share" in found["additive, RL limited"].limits
    assert "params" in found["default, params fixed"].limits
    assert {"pretraining_share", "rl_share", "inference_share"} <= set(found["default, split fixed"].limits)


def test_the_loss_obeys_the_envelope_theorem() -> None:
    """At an optimum only the direct effect of a coefficient counts: what its own change does to the loss at a held plan."""
    law, one = CASES["default"].made()
    y = solve(one, 8, 4).y
    for lever, row in zip(
        levers := coefficient_levers(law, one, options, follows=False), elasticities(one, y[:, 0], levers).rows, strict=True
    ):
        step = 1e-4 * lever.value
        direct = np.log(lever.at(lever.value + step).loss(y)[0] / lever.at(lever.value - step).loss(y)[0]) / 2e-4
        assert row.by_log["loss"] == pytest.approx(direct, rel=1e-5, abs=1e-9)


def test_shares_move_within_the_simplex() -> None:
    law, one = CASES["default"].made()
    found = elasticities(one, solve(one, 8).y[:, 0], coefficient_levers(law, one, options, follows=False))
    for row in found.rows:
        assert sum(row.by_log[f"{stage}_share"] for stage in ("pretraining", "rl", "inference")) == pytest.approx(0.0, abs=1e-10)


def test_a_corner_says_how_far_it_is_from_moving() -> None:
    """The margin falls to zero where the second sample begins to pay: found by walking the demand."""
    law = options(load_law("default"))

    def state(first_sample: float) -> tuple[float, float]:
        one = problem(law.model, 1e24, KAPPA, first_sample)
        y = solve(one, 4).y
        corner = next((c.margin for c in elasticities(one, y[:, 0], []).corners), 0.0)
        return corner, float(one.log_samples(y[3])[0][0])

    low, high = 1e11, 1e13  # several samples, one sample
    assert state(low)[1] > 0
    assert state(high)[1] == 0
    for _ in range(24):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if state(middle)[1] == 0 else (middle, high)
    assert 0 < state(1e13)[0] < 1
    assert state(high * (1 + 1e-5))[0] == pytest.approx(0.0, abs=1e-4)


def test_a_limit_at_the_free_optimum_is_said_to_be_one_sided() -> None:
    _, one = CASES["default"].made()
    y = solve(one, 8, 4).y
    share = one.cost(y)[1, 0] / one.budget[0]
    tight = replace(one, limits=replace(one.limits, low=one.limits.low.copy(), high=one.limits.high.copy()))
    tight.limits.high[5] = np.log(share * one.budget / one.kappa[1])
    assert not elasticities(tight, y[:, 0], []).strict


def test_one_sample_by_decree_is_no_corner() -> None:
    """What a limit holds is a limit, whatever a second sample would earn."""
    _, one = CASES["default"].made()
    one.limits.low[3] = one.limits.high[3] = one.least_inference[0]
    found = elasticities(one, solve(one, 8).y[:, 0], [])
    assert found.corners == ()
    assert found.strict


def test_a_flat_direction_is_refused() -> None:
    with pytest.raises(SolverError, match="flat"):
        respond(np.diag([1.0, 0.0]), np.zeros((0, 2)), np.array([1.0, 1.0]), np.zeros(0))


def test_a_push_that_no_plan_can_follow_is_told() -> None:
    """Two limits on one variable: only moves of both together can be followed."""
    jacobian = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert respond(np.eye(2), jacobian, np.zeros(2), np.array([1.0, 1.0]))[1] == pytest.approx(0.0, abs=1e-12)
    assert respond(np.eye(2), jacobian, np.zeros(2), np.array([1.0, -1.0]))[1] == pytest.approx(1.0)
