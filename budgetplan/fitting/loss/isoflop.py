"""IsoFLOP profiles: a parabola of loss in ln N per budget, its lowest point, and a power law through the lowest points.

    N*(C) = N_coefficient C^N_exponent,   D*(C) = D_coefficient C^D_exponent

Where runs give their tokens besides their FLOP, D* comes from parabolas in ln D; otherwise D* = C/(6 N*). Parabolas and
lines are least squares, whatever the objective. Reference: Hoffmann et al. 2022, arXiv:2203.15556, Section 3.2.
"""

from __future__ import annotations

import numpy as np

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.loss.bootstrap import MOST_LOST, lost_sentence
from budgetplan.fitting.loss.budgets import Profiles, profiles_of, usable
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.robust import Objective
from budgetplan.fitting.runs.runs import Runs, box_of
from budgetplan.numerics.arrays import Array, Bools

NAMES = ("N_coefficient", "N_exponent", "D_coefficient", "D_exponent")
QUARTILES = 1.349
"""Distance of the quartiles of a normal, in standard deviations."""
MUCH = 0.5
"""Part of the scatter between budgets, unexplained by the noise of runs, that is worth a word. [1]"""
FEWEST_BUDGETS = 3
"""Budgets for a power law with an interval."""


def fit_isoflop(runs: Runs, options: FitOptions) -> LawFit:
    """Fit the optimum as a power of compute to runs with `params`, `flop` (or `tokens`) and `loss`.

    Parameters
    ----------
    runs : Runs
    options : FitOptions
        `bootstrap`, `seed`, `level`; residuals of the parabolas are drawn again within each budget. There is nothing to fix or tie.

    Returns
    -------
    LawFit

    Raises
    ------
    DataError, FitError
        If roles are missing, coefficients are fixed or exponents tied, or fewer than 3 budgets have a lowest point between their
        runs.
    """
    runs.require("isoflop", "params", "tokens", "loss")
    if options.fixed or options.tied:
        raise DataError("The form `isoflop` has no coefficients to fix and no exponents to tie.", "Leave `fixed` and `tied` out.")
    Objective(options.objective, options.delta)  # refuses names and widths that mean nothing, although lines are least squares
    profiles = profiles_of(runs)
    lowest = profiles.lowest(profiles.loss[None])
    good, said = usable(profiles, lowest)
    if good.sum() < FEWEST_BUDGETS:
        raise FitError(
            f"Only {int(good.sum())} of {len(good)} budgets have a lowest loss between their runs: a power law with an interval "
            f"needs {FEWEST_BUDGETS}.",
            " ".join(said) or "Add budgets, each with at least 4 sizes around the best one.",
        )
    line, residual = _lines(profiles, lowest[:, good], good)
    from scipy.special import stdtrit

    draws = None
    if options.bootstrap:
        draws, excess, lost = _replicates(profiles, good, options, residual)
        said += lost_sentence(lost, options.bootstrap, draws is not None) + _scatter(excess)
    spread = _spread(profiles.log_budget[good], residual)
    free = int(good.sum()) - 2
    t = float(stdtrit(max(free, 1), 0.5 + options.level / 2))
    values = _natural(line[0])
    errors: dict[str, float | None] = {}
    intervals: dict[str, tuple[float, float]] = {}
    for at, name in enumerate(NAMES):
        value = float(values[at])
        if draws is not None:
            low, high = np.quantile(draws[:, at], [(1 - options.level) / 2, (1 + options.level) / 2])
            # Coefficients are exponentials of intercepts far from the runs: their spread is that of the middle draws, in ln.
            middle = np.quantile(draws[:, at] if at % 2 else np.log(draws[:, at]), [0.25, 0.75])
            errors[name] = float(np.ptp(middle)) / QUARTILES * (1.0 if at % 2 else value)
            intervals[name] = (float(low), float(high))
        elif at % 2:
            errors[name], intervals[name] = float(spread[at]), (value - t * spread[at], value + t * spread[at])
        else:
            errors[name] = value * float(spread[at])
            intervals[name] = (value * float(np.exp(-t * spread[at])), value * float(np.exp(t * spread[at])))
    if options.holdout is not None:
        said.append("A policy has no loss: held-out runs are left out of the fit and not forecast.")
    log_budget = profiles.log_budget[good]
    return LawFit(
        form="isoflop",
        coefficients=dict(zip(NAMES, values.tolist(), strict=True)),
        standard_errors=errors,
        intervals=intervals,
        level=options.level,
        objective_name="least-squares",
        objective=float((residual[0] ** 2).sum()),
        n_runs=runs.count,
        draws=draws,
        box={**box_of(runs), "training_flop": (float(np.exp(log_budget.min())), float(np.exp(log_budget.max())))},
        diagnostics={
            "rms": float(np.sqrt((residual[0] ** 2).mean())),
            "budgets": [
                {
                    "flop": float(np.exp(profiles.log_budget[at])),
                    "n": int((profiles.budget == at).sum()),
                    "params": float(np.exp(lowest[0, at, 0])),
                    "tokens": float(np.exp(lowest[0, at, 1])),
                    "curvature": float(lowest[0, at, 2]),
                    "used": bool(good[at]),
                }
                for at in range(len(good))
            ],
        },
        holdout=None,
        warnings=(*runs.warnings, *said),
        provenance={"data_sha256": runs.digest, "seed": options.seed, "bootstrap": options.bootstrap},
    )


def _lines(profiles: Profiles, lowest: Array, good: Bools) -> tuple[Array, Array]:
    """Lines ln N*, ln D* over ln C, shape (draw, 4), and residuals of the first draw, shape (2, budget).

    A budget whose parabola has no lowest point in a draw (not a number) does not count there.
    """
    x = profiles.log_budget[good]
    seen: Bools = np.isfinite(lowest[..., 0]) & np.isfinite(lowest[..., 1])
    y = np.where(seen[..., None], lowest[..., :2], 0.0)
    weight = seen / seen.sum(axis=1, keepdims=True)
    mean_x = weight @ x
    mean_y = np.einsum("pb,pbk->pk", weight, y)
    away = x - mean_x[:, None]
    slope = np.einsum("pb,pb,pbk->pk", weight, away, y) / np.einsum("pb,pb,pb->p", weight, away, away)[:, None]
    offset = mean_y - slope * mean_x[:, None]
    line = np.stack([offset[:, 0], slope[:, 0], offset[:, 1], slope[:, 1]], axis=1)
    return line, y[0].T - offset[0][:, None] - slope[0][:, None] * x


def _natural(line: Array) -> Array:
    return np.where([True, False, True, False], np.exp(line * np.array([1.0, 0.0, 1.0, 0.0])), line)


def _spread(x: Array, residual: Array) -> Array:
    """Standard errors of the lines' offset and slope, shape (4,), from the budgets' scatter about them."""
    count = len(x)
    noise = np.sqrt(np.einsum("kb,kb->k", residual, residual) / max(count - 2, 1))
    about = float(((x - x.mean()) ** 2).sum())
    factors = np.sqrt([1 / count + float(x.mean()) ** 2 / about, 1 / about])
    return np.outer(noise, factors).reshape(-1)


def _replicates(profiles: Profiles, good: Bools, options: FitOptions, residual: Array) -> tuple[Array | None, float, int]:
    """Coefficients of resampled losses, shape (draw, 4), what of the budgets' scatter they leave open, and replicates lost.

    Residuals of the parabolas are drawn again within each budget. Where the lowest points lie farther from the power law than that
    moves them, the rest of their scatter is drawn again between budgets, params and tokens of a budget together. A replicate in
    which too few budgets have a lowest point is lost; where most are, there are no coefficients.
    """
    lowest = profiles.lowest(profiles.resampled(options.bootstrap, options.seed))[:, good]
    enough = np.isfinite(lowest[..., :2]).all(axis=2).sum(axis=1) >= max(FEWEST_BUDGETS, int(good.sum()) // 2)
    lost = int((~enough).sum())
    if lost > MOST_LOST * options.bootstrap:
        return None, 0.0, lost
    lowest, count = lowest[enough], residual.shape[1]
    scatter = float((residual[0] ** 2).sum()) / max(count - 2, 1)
    within = float(np.nanmean(np.nanvar(lowest[..., 0], axis=0)))
    excess = max(1.0 - within / scatter, 0.0) if scatter > 0 else 0.0
    scale = np.sqrt(excess * count / max(count - 2, 1))
    chosen = np.stack(
        [
            np.random.default_rng(child).integers(count, size=count)
            for child in np.random.SeedSequence([options.seed, 1]).spawn(options.bootstrap)
        ]
    )[enough]
    lowest[..., :2] += scale * np.moveaxis(residual[:, chosen], 0, -1)
    line, _ = _lines(profiles, lowest, good)
    return _natural(line), excess, lost


def _scatter(excess: float) -> list[str]:
    """A warning where budgets lie farther from the power law than the noise of their runs explains."""
    if excess <= MUCH:
        return []
    return [
        f"Budgets scatter about the power law more than the noise of their runs explains: {excess:.0%} of that scatter has another "
        "cause. It is part of the intervals."
    ]
