"""Fitting one law of coverage over params, pre-training tokens and samples; see `passk.surface` for the law.

Least squares on coverage, every row alike. Rows of one checkpoint come from the same samples and share that checkpoint's luck, so
that checkpoints, not rows, are the unit of uncertainty: intervals use a covariance clustered by checkpoint, and the bootstrap draws
whole checkpoints.

References
----------
.. [1] Cameron, Miller, "A Practitioner's Guide to Cluster-Robust Inference", Journal of Human Resources 50, 2015.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.special import stdtrit

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.passk.resample import problem_weights
from budgetplan.fitting.passk.surface import LOGGED, LOWER, NAMES, UPPER, Grid, natural, surface
from budgetplan.fitting.result import Holdout, LawFit, forecast_rows
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.fitting.runs.run_checks import refuse_rows
from budgetplan.numerics.arrays import Array, Bools, as_array

STARTS = 16
"""Places from which the search begins, at fixed pseudo-random positions around `MIDDLE`."""
MIDDLE = np.array([-3.0, -0.7, -0.7, 1.5, -0.9, -0.9, 0.2, -3.0, -0.4])
AROUND = np.array([1.0, 0.5, 0.5, 0.5, 0.4, 0.2, 0.05, 1.5, 0.4])
ROUNDING = 1e-9
"""Unbiased estimates of coverage may miss 0 and 1 by rounding; so much is not an error. [1]"""
EDGE = 1e-6
"""A coefficient this near its end, relative to its range, lies on it: the search stays inside by a last digit."""


def fit_passk_joint(runs: Mapping[str, Any], options: CurveOptions | None = None) -> LawFit:
    """The joint law of coverage.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
        `params`, `tokens`, `k` and `success` (coverage of k samples).
    options : CurveOptions, optional
        The objective is least-squares on coverage.

    Returns
    -------
    LawFit
        Coefficients ability, A, B, strain [logit], alpha, beta, tail, tail_slope, overuse [1].

    Raises
    ------
    DataError
        If columns are missing or hold impossible values.
    FitError
        If there are too few checkpoints, sizes, amounts of tokens or values of k.
    """
    options = options or CurveOptions()
    objective = options.chosen("least-squares", ("least-squares",), "joint")
    grid, success = _read(runs)
    _, cluster = np.unique(np.stack([grid.params, grid.tokens]), axis=1, return_inverse=True)
    cluster = cluster.reshape(-1)
    groups = int(cluster.max()) + 1
    _need(grid, groups)
    offsets = np.random.default_rng(0).standard_normal((STARTS, len(NAMES)))
    found = [_descend(np.clip(MIDDLE + AROUND * off, LOWER, UPPER), grid, success, np.ones(success.size)) for off in offsets]
    value, u = min(found, key=lambda end: end[0])
    fitted, slopes = surface(u, grid)
    residual = fitted - success
    covariance = _clustered(slopes, residual, cluster, groups)
    half = float(stdtrit(groups - len(NAMES), 0.5 + options.level / 2.0)) * np.sqrt(np.diag(covariance))
    draws = None
    if options.bootstrap:
        weights = problem_weights(groups, options.bootstrap, options.seed)[:, cluster]
        draws = natural(np.stack([_descend(u, grid, success, row)[1] for row in weights]))
    values = natural(u)
    low, high = (natural(np.clip(end, LOWER, UPPER)) for end in (u - half, u + half))
    errors = np.sqrt(np.diag(covariance)) * np.where(LOGGED, values, 1.0) if draws is None else draws.std(axis=0, ddof=1)
    stuck = np.minimum(u - LOWER, UPPER - u) <= EDGE * (UPPER - LOWER)
    return LawFit(
        form="joint",
        coefficients=dict(zip(NAMES, values.tolist(), strict=True)),
        standard_errors={name: None if stuck[i] else float(errors[i]) for i, name in enumerate(NAMES)},
        intervals={name: (float(low[i]), float(high[i])) for i, name in enumerate(NAMES)},
        level=options.level,
        objective_name=objective,
        objective=2.0 * value,
        n_runs=success.size,
        draws=draws,
        box={
            "params": (float(grid.params.min()), float(grid.params.max())),
            "pretraining_tokens": (float(grid.tokens.min()), float(grid.tokens.max())),
            "samples_per_query": (float(grid.k.min()), float(grid.k.max())),
        },
        diagnostics={
            "rms": float(np.sqrt(np.mean(residual**2))),
            "checkpoints": groups,
            "rms_between_checkpoints": float(np.sqrt(np.mean([residual[cluster == i].mean() ** 2 for i in range(groups)]))),
            "condition": float(np.linalg.cond(slopes / np.maximum(np.linalg.norm(slopes, axis=0), 1e-300))),
            "interval_method": "clustered by checkpoint",
        },
        holdout=_holdout(u, residual, covariance, options),
        warnings=_stuck(values, stuck, options),
        provenance={"seed": options.seed, "bootstrap": options.bootstrap},
    )


def _stuck(values: Array, stuck: Bools, options: CurveOptions) -> tuple[str, ...]:
    named = zip(NAMES, values, stuck, strict=True)
    return tuple(
        f"{options.of(name)} is at its end {value:.3g}: the runs do not determine it." for name, value, at_end in named if at_end
    )


def _descend(start: Array, grid: Grid, success: Array, weights: Array) -> tuple[float, Array]:
    """Half the weighted sum of squares reached from `start`, and where."""
    used = weights > 0
    part, root = Grid(grid.params[used], grid.tokens[used], grid.k[used]), np.sqrt(weights[used])
    seen = success[used]
    end = least_squares(
        lambda u: root * (surface(u, part)[0] - seen),
        start,
        jac=lambda u: root[:, None] * surface(u, part)[1],
        bounds=(LOWER, UPPER),
        x_scale=1.0,
        max_nfev=200,
    )
    return float(end.cost), np.asarray(end.x)


def _clustered(slopes: Array, residual: Array, cluster: npt.NDArray[np.intp], groups: int) -> Array:
    bread = np.linalg.pinv(slopes.T @ slopes)
    summed = np.zeros((groups, slopes.shape[1]))
    np.add.at(summed, cluster, slopes * residual[:, None])
    covariance: Array = groups / (groups - 1.0) * bread @ (summed.T @ summed) @ bread
    return covariance


def _read(runs: Mapping[str, Any]) -> tuple[Grid, Array]:
    missing = [name for name in ("params", "tokens", "k", "success") if runs.get(name) is None]
    if missing:
        raise DataError(
            f"The joint law of coverage needs the columns {', '.join(missing)}.", f"Name them: --column {missing[0]}=NAME."
        )
    params, tokens, k, success = (as_array(runs[name]) for name in ("params", "tokens", "k", "success"))
    for name, column in (("params", params), ("tokens", tokens), ("k", k)):
        if column.shape != success.shape:
            raise DataError(f"`{name}` has shape {column.shape} and `success` {success.shape}; both hold one value per run.")
        good, right = (column >= 1.0, "it is at least 1") if name == "k" else (column > 0.0, "it is above 0")
        refuse_rows(runs, ~(np.isfinite(column) & good), name, column, right)
    refuse_rows(runs, ~((success >= -ROUNDING) & (success <= 1.0 + ROUNDING)), "success", success, "success lies between 0 and 1")
    return Grid(params, tokens, k), np.clip(success, 0.0, 1.0)


def _need(grid: Grid, groups: int) -> None:
    sizes, amounts, ks = (np.unique(column).size for column in (grid.params, grid.tokens, grid.k))
    if groups <= len(NAMES) + 1 or min(sizes, amounts, ks) < 3:
        raise FitError(
            f"The joint law of coverage needs {len(NAMES) + 2} checkpoints of 3 sizes, 3 amounts of tokens and 3 values of k or "
            f"more; there are {groups}, of {sizes}, {amounts} and {ks}.",
            "Add checkpoints.",
        )


def _holdout(u: Array, residual: Array, covariance: Array, options: CurveOptions) -> Holdout | None:
    if options.holdout is None:
        return None
    grid, seen = _read(options.holdout)
    said, slopes = surface(u, grid)
    spread = np.sqrt(np.einsum("rc,cd,rd->r", slopes, covariance, slopes) + residual @ residual / max(residual.size - u.size, 1))
    half = float(stdtrit(max(residual.size - u.size, 1), 0.5 + options.level / 2.0)) * spread
    low, high = np.clip(said - half, 0.0, 1.0), np.clip(said + half, 0.0, 1.0)
    axes = {"params": grid.params, "tokens": grid.tokens, "k": grid.k}
    rows = forecast_rows({**axes, "observed": seen, "forecast": said, "low": low, "high": high})
    return Holdout(seen.size, float(np.sqrt(np.mean((seen - said) ** 2))), float(np.mean((seen >= low) & (seen <= high))), rows)
