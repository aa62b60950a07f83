"""The same work as others do it: SciPy in a loop, as it is usually written, cvxpy, and the package `chinchilla`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy.optimize import minimize

# The additive benchmark of the literature's peers: Besiroglu's pre-training part, placeholders for RL and inference.
PARAMS, TOKENS, KAPPA = (482.01, 0.3478), [(2085.43, 0.3658), (50.0, 0.25), (10.0, 0.2)], np.array([6.0, 8.0, 2.0])
DELTA = 1e-3


def softmax_form(log_budget: float) -> tuple[Callable[[Any], Any], Any]:
    """Loss and gradient of a split in logits, and where to start: how one plan is commonly posed."""
    log_kappa = np.log(KAPPA)

    def loss(z: Any) -> tuple[float, Any]:
        logits = np.concatenate([[0.0], z[1:]])
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        x = np.log(shares) + log_budget - z[0] - log_kappa
        terms = np.array([size * np.exp(-power * amount) for (size, power), amount in zip(TOKENS, x, strict=True)])
        own = PARAMS[0] * np.exp(-PARAMS[1] * z[0])
        slopes = -np.array([power for _, power in TOKENS]) * terms
        total = slopes.sum()
        return own + terms.sum(), np.concatenate([[-PARAMS[1] * own - total], slopes[1:] - shares[1:] * total])

    return loss, np.array([0.5 * (log_budget - np.log(120.0)), 0.0, 0.0])


def budgets_by_scipy(log_budgets: Any) -> None:
    """Plan budgets one after the other by L-BFGS-B."""
    for value in log_budgets:
        loss, z = softmax_form(value)
        minimize(loss, z, jac=True, method="L-BFGS-B")


def budgets_by_cvxpy() -> Callable[[Any], None]:
    """A geometric program with the budget as its parameter, compiled once; it is then called with budgets."""
    import cvxpy

    n, tokens, budget = cvxpy.Variable(pos=True), cvxpy.Variable(3, pos=True), cvxpy.Parameter(pos=True)
    terms = [PARAMS[0] * n ** -PARAMS[1]] + [size * tokens[i] ** -power for i, (size, power) in enumerate(TOKENS)]
    cost = sum(float(KAPPA[i]) * n * tokens[i] for i in range(3))
    program = cvxpy.Problem(cvxpy.Minimize(sum(terms)), [cost <= budget])

    def plan(budgets: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the peer says that some of its answers may be inaccurate
            for value in budgets:
                budget.value = value
                program.solve(gp=True)

    return plan


def huber(params: Any, tokens: Any, loss: Any) -> Callable[[Any, Any], tuple[float, Any]]:
    """Sum of Huber and its gradient, one fit at a time, as plain as it is usually written."""
    n, d, y = np.log(params), np.log(tokens), np.log(loss)

    def total(theta: Any, weights: Any) -> tuple[float, Any]:
        e, a, b, alpha, beta = theta
        terms = np.stack([np.full_like(n, e), a - alpha * n, b - beta * d])
        top = terms.max(axis=0)
        shares = np.exp(terms - top)
        whole = shares.sum(axis=0)
        shares /= whole
        r = np.log(whole) + top - y
        psi = np.clip(r, -DELTA, DELTA) * weights
        size = np.abs(r)
        value = (weights * np.where(size <= DELTA, 0.5 * r * r, DELTA * (size - 0.5 * DELTA))).sum()
        gradient = [psi @ shares[0], psi @ shares[1], psi @ shares[2], -psi @ (shares[1] * n), -psi @ (shares[2] * d)]
        return float(value), np.array(gradient)

    return total


def starts(count: int) -> Any:
    """Some of the 4,500 starts of Hoffmann et al. (2022), appendix D.4."""
    axes = np.arange(-1, 1.5, 0.5), np.arange(0, 30, 5), np.arange(0, 30, 5), np.arange(0, 2.5, 0.5), np.arange(0, 2.5, 0.5)
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 5)
    assert len(grid) == 4500
    return grid[np.random.default_rng(1).choice(4500, count, replace=False)]


def fit_by_chinchilla(params: Any, tokens: Any, loss: Any) -> Callable[[], None]:
    """The package's own fit from 32 starts (2 per coefficient), in one process, with the figure that it always draws."""
    from chinchilla import Chinchilla

    grid = {"e": [0.3, 0.7], "a": [5.0, 7.0], "b": [6.0, 8.0], "alpha": [0.3, 0.5], "beta": [0.3, 0.5]}

    def fit() -> None:
        with TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the peer's own, of overflow and of its figure
            peer = Chinchilla(str(Path(folder)), grid, log_level=50)
            for n, d, y in zip(params, tokens, loss, strict=True):
                peer.append(N=n, D=d, C=6 * n * d, loss=y)
            peer.fit(parallel=False)

    return fit
