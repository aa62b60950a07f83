"""Simulated data sets whose truth is known, one study per form and objective."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.loss.chinchilla import CHINCHILLA
from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.data_constrained import DATA_CONSTRAINED
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.overtrained import OVERTRAINED
from budgetplan.fitting.result import LawFit
from budgetplan.numerics.arrays import Array
from tests.fitting.joint.conftest import TRUTHS, task_loss

LOSS_NOISE = 0.004
"""Standard deviation of ln loss between runs that differ by their seed."""


@dataclass(frozen=True)
class Study:
    """What is simulated and how it is fitted.

    Attributes
    ----------
    form, objective : str
    bootstrap : int
        0 for intervals from curvature or profile.
    truth : mapping of str to float
    table : callable
        Makes one data set from a generator.
    columns : mapping of str to str or None
        Role -> column, beyond columns named after their role.
    """

    form: str
    objective: str | None
    bootstrap: int
    truth: Mapping[str, float]
    table: Callable[[np.random.Generator], pd.DataFrame]
    columns: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """Form, objective and kind of interval."""
        return f"{self.form}, {self.objective or 'own'}, {'bootstrap' if self.bootstrap else 'direct'}"


def hits(study: Study, seeds: range) -> Array:
    """Whether each interval holds the truth, shape (set, coefficient); nan for a coefficient of another form of the RL link."""
    rows = []
    for seed in seeds:
        table = study.table(np.random.default_rng([7, seed]))
        fit = fit_law(table, study.form, study.columns, objective=study.objective, bootstrap=study.bootstrap, seed=seed)
        rows.append([_holds(fit, name, value) for name, value in study.truth.items()])
    return np.array(rows, dtype=np.float64)


def _holds(fit: LawFit, name: str, value: float) -> float:
    if name not in fit.intervals:
        return float("nan")  # the joint fit chooses the form of its RL link by forecast, and chose the other one
    low, high = fit.intervals[name]
    return float(low <= value <= high)


def _losses(form: AbstractForm, truth: Mapping[str, float], count: int) -> Callable[[np.random.Generator], pd.DataFrame]:
    def table(draw: np.random.Generator) -> pd.DataFrame:
        params = np.exp(draw.uniform(np.log(5e7), np.log(1e10), count))
        tokens = params * np.exp(draw.uniform(np.log(2), np.log(300), count))
        runs = {"params": params, "tokens": tokens, "unique_tokens": tokens / np.exp(draw.uniform(np.log(0.5), np.log(60), count))}
        whole = Chart(np.zeros(len(truth)), np.eye(len(truth)))
        exact = form.curve(runs, whole, True).evaluate(form.theta(np.array([list(truth.values())])))[0][0]
        return pd.DataFrame({**runs, "loss": np.exp(exact + LOSS_NOISE * draw.standard_normal(count))})

    return table


def _profiles(draw: np.random.Generator) -> pd.DataFrame:
    """Parabolas in ln N with N* = 0.1 C^0.5."""
    flop = np.repeat(np.geomspace(1e18, 3e20, 6), 9)
    offset = np.tile(np.linspace(-1.2, 1.0, 9), 6)
    loss = 3.5 - 0.1 * np.log10(flop / 1e18) + 0.05 * offset**2 + 0.002 * draw.standard_normal(54)
    return pd.DataFrame({"params": 0.1 * flop**0.5 * np.exp(offset), "flop": flop, "loss": loss})


def _sigmoid(draw: np.random.Generator) -> pd.DataFrame:
    """The curve of Khatri et al. for 8B (their Table 1), with runs at 0 that measure the floor."""
    x = np.concatenate([np.zeros(3), np.geomspace(200, 16000, 57)])
    with np.errstate(divide="ignore"):
        success = 0.3 + 0.31 / (1 + (2542 / x) ** 1.92)
    return pd.DataFrame({"rl_compute": x, "success": success + 0.004 * draw.standard_normal(x.size)})


def _error_power(draw: np.random.Generator) -> pd.DataFrame:
    x = np.geomspace(1e18, 1e20, 20)
    error = 10 ** (-0.1 * np.log10(x) + 1.6) * np.exp(0.01 * draw.standard_normal(x.size))
    return pd.DataFrame({"rl_compute": x, "success": 1 - error})


def _counts(draw: np.random.Generator) -> pd.DataFrame:
    """Problems with unequal numbers of samples."""
    n = draw.integers(50, 400, 150)
    return pd.DataFrame({"n_samples": n, "n_correct": draw.binomial(n, draw.beta(0.2 * 1.5, 0.8 * 1.5, n.size))})


def _coverage_curve(draw: np.random.Generator) -> pd.DataFrame:
    k = np.geomspace(1, 1000, 16)
    return pd.DataFrame({"k": k, "success": np.exp(-1.33 * k**-0.43 * np.exp(0.02 * draw.standard_normal(k.size)))})


def _joint(draw: np.random.Generator) -> pd.DataFrame:
    """A chain at 4 N x 5 D x 5 R x 6 k x 2 seeds, judged on 1,000 problems, with 3 % of luck per training run."""
    axes = np.geomspace(3e4, 1e6, 4), np.geomspace(5e5, 8e6, 5), np.array([0, 1e4, 5e4, 2.5e5, 1e6]), 2.0 ** np.arange(6)
    n, d, r, k, seed = (axis.ravel() for axis in np.meshgrid(*axes, np.arange(2.0), indexing="ij"))
    exact, loss = task_loss(TRUTHS["log"], n, d, r, k)
    _, curve = np.unique(np.stack([n, d, seed]), axis=1, return_inverse=True)
    run = curve.reshape(-1)
    lucky, noise = 0.03 * draw.standard_normal(run.max() + 1), 0.002 * draw.standard_normal(run.max() + 1)
    success = draw.binomial(1000, np.exp(-exact * np.exp(lucky[run]))) / 1000
    columns = {"params": n, "tokens": d, "rl_tokens": r, "k": k, "success": success, "loss": loss * np.exp(noise[run])}
    return pd.DataFrame({**columns, "seed": seed})


_BASE = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha": 0.347, "beta": 0.366}
_OVER = {"E": 1.8366, "a": 212.24, "b": 366.69, "eta": 0.1364}
_REPEAT = {"E": 1.87, "A": 520.0, "B": 1488.0, "alpha": 0.3527, "beta": 0.3527, "RD_star": 15.4, "RN_star": 5.3}
_POLICY = {"N_coefficient": 0.1, "N_exponent": 0.5, "D_coefficient": 1 / 0.6, "D_exponent": 0.5}

STUDIES = (
    *(
        Study("chinchilla", objective, bootstrap, _BASE, _losses(CHINCHILLA, _BASE, 120))
        for objective in ("huber", "least-squares")
        for bootstrap in (0, 200)
    ),
    *(Study("overtrained", "huber", bootstrap, _OVER, _losses(OVERTRAINED, _OVER, 40)) for bootstrap in (0, 200)),
    Study("data-constrained", "huber", 0, _REPEAT, _losses(DATA_CONSTRAINED, _REPEAT, 160)),
    *(Study("isoflop", None, bootstrap, _POLICY, _profiles) for bootstrap in (0, 200)),
    Study("rl-sigmoid", None, 0, {"floor": 0.3, "ceiling": 0.61, "midpoint": 2542, "steepness": 1.92}, _sigmoid),
    Study("rl-power", None, 0, {"slope": 0.1, "offset": 1.6}, _error_power),
    Study("passk-beta", None, 0, {"mean": 0.2, "concentration": 1.5}, _counts),
    Study("joint", None, 0, TRUTHS["log"], _joint, {"cluster": "seed"}),
    Study("passk-power", None, 0, {"a": 1.33, "b": 0.43}, _coverage_curve),
)
