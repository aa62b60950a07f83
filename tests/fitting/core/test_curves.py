"""Gradients, Hessians and Jacobians of every curve against differences, and curves against the laws they stand for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from budgetplan.fitting.loss.chinchilla import CHINCHILLA
from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.data_constrained import DATA_CONSTRAINED
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.overtrained import OVERTRAINED
from budgetplan.fitting.robust import influence, rho
from budgetplan.laws.chinchilla import ChinchillaLoss, overtrained
from budgetplan.laws.data_constrained import DataConstrainedLoss

POINTS = {
    "chinchilla": [1.8, 480.0, 2000.0, 0.347, 0.366],
    "overtrained": [1.84, 212.0, 367.0, 0.136],
    "data-constrained": [1.87, 520.0, 1488.0, 0.36, 0.33, 15.4, 5.3],
}
FORMS = (CHINCHILLA, OVERTRAINED, DATA_CONSTRAINED)


@pytest.fixture
def runs() -> pd.DataFrame:
    draw = np.random.default_rng(5)
    params = np.exp(draw.uniform(np.log(5e7), np.log(1e11), 30))
    tokens = params * np.exp(draw.uniform(np.log(0.5), np.log(300), 30))
    return pd.DataFrame({"params": params, "tokens": tokens, "unique_tokens": tokens / draw.uniform(0.5, 60, 30)})


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("logarithmic", [True, False])
def test_derivatives(form: AbstractForm, logarithmic: bool, runs: pd.DataFrame) -> None:
    arrays = {name: runs[name].to_numpy() for name in runs}
    theta = form.theta(np.array(POINTS[form.name]))
    size = len(theta)
    curve = form.curve(arrays, Chart(theta, np.eye(size)), logarithmic)
    draw = np.random.default_rng(1)
    u = 0.02 * draw.standard_normal((3, size))
    observed = curve.evaluate(u)[0].mean(axis=0) * (1 + 0.05 * draw.standard_normal(30))
    weights = draw.integers(0, 4, (3, 30)).astype(float)
    width = 0.08

    def total(point: np.ndarray) -> np.ndarray:
        return (weights * rho(curve.evaluate(point)[0] - observed, width)).sum(axis=1)

    def gradient(point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        y, state = curve.evaluate(point)
        first, second = influence(y - observed, width)
        return curve.slopes(state, weights * first, weights * second)

    found, hessian = gradient(u)
    jacobian = curve.jacobian(curve.evaluate(u)[1])
    step = 1e-6
    for at in range(size):
        move = np.zeros(size)
        move[at] = step
        slope = (total(u + move) - total(u - move)) / (2 * step)
        assert found[:, at] == pytest.approx(slope, rel=1e-5, abs=1e-7)
        bend = (gradient(u + move)[0] - gradient(u - move)[0]) / (2 * step)
        assert hessian[:, at] == pytest.approx(bend, rel=2e-4, abs=1e-4 * np.abs(hessian).max())
        change = (curve.evaluate(u + move)[0] - curve.evaluate(u - move)[0]) / (2 * step)
        assert jacobian[..., at] == pytest.approx(change, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_curve_is_the_law(form: AbstractForm, runs: pd.DataFrame) -> None:
    values = POINTS[form.name]
    arrays = {name: runs[name].to_numpy() for name in runs}
    fitted = form.curve(arrays, Chart(np.zeros(len(values)), np.eye(len(values))), False).evaluate(form.theta(np.array([values])))[
        0
    ][0]
    for at, row in enumerate(runs.itertuples()):
        n, d = np.log(row.params), np.log(row.tokens)
        if form is DATA_CONSTRAINED:
            law = DataConstrainedLoss(*values, unique_tokens=row.unique_tokens)
        else:
            law = ChinchillaLoss(*values) if form is CHINCHILLA else overtrained(*values)
        assert fitted[at] == pytest.approx(float(law.loss_and_partials(n, d)[0]), rel=1e-12)
