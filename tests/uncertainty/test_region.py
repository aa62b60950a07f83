"""The near-optimal region: its vertices are inside, a little further out is not, and the ranges are those of a fine scan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.region import Region, best_of_splits, near_optimal

Asked = Callable[[str, float], Problem]


def inside(region: Region, shares: np.ndarray) -> np.ndarray:
    """Whether splits of three stages, shape (split, 3), lie in the polygon of the vertices: edges crossed by a ray are counted."""
    middle = region.shares.mean(axis=0)
    basis = np.array([[1.0, -1.0, 0.0], [1.0, 1.0, -2.0]]) / np.sqrt([[2.0], [6.0]])
    corner, point = (region.shares - middle) @ basis.T, (np.atleast_2d(shares) - middle) @ basis.T
    following = np.roll(corner, -1, axis=0)
    crosses = (corner[:, 1] > point[:, 1, None]) != (following[:, 1] > point[:, 1, None])
    with np.errstate(divide="ignore", invalid="ignore"):  # edges along the ray are not crossed
        at = corner[:, 0] + (point[:, 1, None] - corner[:, 1]) / (following[:, 1] - corner[:, 1]) * (following[:, 0] - corner[:, 0])
    return np.sum(crosses & (point[:, 0, None] < at), axis=1) % 2 == 1


@pytest.mark.parametrize(("law", "budget"), [("default", 1e22), ("default", 1e25), ("additive", 1e24)])
@pytest.mark.parametrize("tolerance", [0.01, 0.1])
def test_vertices_are_inside_and_two_per_cent_further_out_is_not(law: str, budget: float, tolerance: float, asked: Asked) -> None:
    one = asked(law, budget)
    y = solve(one, 8).y[:, 0]
    region = near_optimal(one, y, tolerance)
    assert region is not None
    worst = float(solve(one.rescaled(one.budget * (1 - tolerance)), 8).loss[0])
    assert region.loss == pytest.approx(worst, rel=1e-10)
    loss, _ = best_of_splits(one, region.shares, [0, 1, 2])
    assert np.all(loss <= worst * (1 + 1e-10))
    assert region.losses == pytest.approx(loss, rel=1e-9)
    cost = one.cost(y[:, None])[:, 0]
    centre = cost / cost.sum()
    further = centre + 1.02 * (region.shares - centre)
    there = np.all(further > 0, axis=1)
    assert there.sum() > 60
    outside, _ = best_of_splits(one, further[there], [0, 1, 2])
    assert np.all(outside > worst)


def test_ranges_are_those_of_a_fine_scan(asked: Asked) -> None:
    one = asked("default", 1e25)
    region = near_optimal(one, solve(one, 8).y[:, 0], 0.01)
    assert region is not None
    share = np.linspace(0.1, 0.7, 61)
    grid = np.array([(a, b, 1 - a - b) for a in share for b in share if 0.05 < 1 - a - b < 0.5])
    loss, _ = best_of_splits(one, grid, [0, 1, 2])
    good = grid[loss <= region.loss]
    for row, (low, high) in enumerate(region.ranges.values()):
        assert low <= good[:, row].min() + 1e-3
        assert high >= good[:, row].max() - 1e-3
    assert np.mean(inside(region, good)) > 0.98
    assert not inside(region, grid[loss > region.loss * 1.0005]).any()


def test_equal_thirds_inside_or_outside(asked: Asked) -> None:
    one = asked("default", 1e25)
    y = solve(one, 8).y[:, 0]
    narrow, wide = near_optimal(one, y, 0.01), near_optimal(one, y, 0.2)
    assert narrow is not None
    assert wide is not None
    assert (narrow.thirds_inside, wide.thirds_inside) == (False, True)  # thirds waste 9 % here
    assert inside(wide, np.full((1, 3), 1 / 3)).all()


def test_what_cannot_be_carried_out_is_outside_where_less_budget_has_no_plan(asked: Asked) -> None:
    """One sample of every query takes 99.5 % of the budget: with 1 % less there is no plan, and most splits have none either."""
    one = replace(asked("default", 1e24), first_sample=np.array([1e13]))
    one.limits.low[0] = one.limits.high[0] = np.log(0.995 * 1e24 / (8.0 * 1e13))
    region = near_optimal(one, solve(one, 8).y[:, 0], 0.01)
    assert region is not None
    assert np.isinf(region.loss)
    assert np.isfinite(region.losses).all()
    assert np.isfinite(region.params).all()
    assert region.ranges["inference"][0] >= 0.995 * (1 - 1e-6)
    assert not region.thirds_inside


def test_one_stage_has_no_region(asked: Asked) -> None:
    one = asked("besiroglu-2024", 1e22)
    assert near_optimal(one, solve(one).y[:, 0], 0.01) is None
