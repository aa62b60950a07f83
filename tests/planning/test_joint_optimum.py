"""The joint optimum against an independent dense grid with polish, on 200 seeded random problems."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.planning.certificate import OPTIMAL, certify_point
from budgetplan.planning.feasible import conflict, feasible_params
from budgetplan.planning.solver import solve
from tests.oracles.dense_grid import dense_minimum
from tests.oracles.random_problems import random_problem

PROBLEMS, BATCH = 200, 10
WORSE = 1e-8
"""Largest relative excess over the grid's loss."""


@pytest.mark.parametrize("batch", range(PROBLEMS // BATCH))
def test_never_worse_than_a_dense_grid(batch) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        asked = random_problem(seed)
        answer = solve(asked, 8, 4)
        truth = dense_minimum(asked, count=24, starts=3)
        if truth is None:
            assert not np.isfinite(answer.loss[0]), f"seed {seed}: an answer where nothing is feasible"
            assert not feasible_params(asked).any[0], f"seed {seed}"
            assert conflict(asked)[1], f"seed {seed}: no limit is named"
            continue
        assert answer.loss[0] <= truth.loss * (1 + WORSE), f"seed {seed}: {answer.loss[0]!r} against {truth.loss!r}"
        assert asked.violation(answer.y)[0] <= 1e-8, f"seed {seed}"
        certificate = certify_point(asked, answer.y[:, 0], float(answer.spread[0]))
        assert certificate.status == "optimal", f"seed {seed}: {certificate}"
        assert certificate.kkt_residual <= OPTIMAL


@pytest.mark.parametrize("seed", [0, 2, 8, 14])
def test_an_instance_has_the_same_answer_alone_and_among_others(seed) -> None:
    asked = random_problem(seed)
    many = asked.repeated(9).rescaled(asked.budget * np.logspace(-2, 2, 9))
    together = solve(many)
    alone = [float(solve(many.take(np.array([index]))).loss[0]) for index in range(9)]
    np.testing.assert_allclose(together.loss, alone, rtol=1e-9)
