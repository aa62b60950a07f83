"""RL links: ability in logits gained from RL tokens, one curve shared by five Qwen3 base models on GSM8K.

The reader behind the training curves is strict about format, so a curve's first steps measure how fast the answer
format is learned (the 0.6B model starts at .037 where a lenient reader finds .407). The gain is therefore measured
from the lenient base success, on the rows from where the curve first exceeds it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from estimate import Estimate
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit, logit

Floats = NDArray[np.float64]

TOKENS_PER_ROLLOUT = 256.0
"""Assumed by the origin of the data; the response limit was 512."""

FORMS: dict[str, tuple[str, ...]] = {
    "ability-log": ("gain", "reference"),
    "ability-saturating": ("ceiling", "midpoint", "steepness"),
}
"""Form -> names of its coefficients, all positive."""

STARTS: dict[str, list[tuple[float, ...]]] = {
    "ability-log": [(g, r) for g in (0.1, 0.5, 2.0) for r in (1e5, 1e6, 1e7, 1e8)],
    "ability-saturating": [(c, m, s) for c in (0.5, 1.0, 3.0) for m in (1e6, 4e6, 2e7) for s in (0.7, 2.0, 5.0)],
}
BOUNDS: dict[str, tuple[tuple[float, float], ...]] = {
    "ability-log": ((1e-3, 1e2), (1e2, 1e12)),
    "ability-saturating": ((1e-2, 1e2), (1e2, 1e12), (5e-2, 5e1)),
}
"""Search box per coefficient; a fit that ends at its wall is undetermined."""


@dataclass(frozen=True)
class Curve:
    """Accuracy of one model against RL tokens: arrays of shape (step,)."""

    name: str
    params: float
    base: float
    tokens: Floats
    success: Floats


@dataclass(frozen=True)
class RlFit:
    """Coefficients of one form with the range over subsets of the sizes."""

    form: str
    coefficients: dict[str, Estimate]
    rms: float
    undetermined: tuple[str, ...]
    correlation: float


def load_curves(directory: Path) -> list[Curve]:
    """Curves from the first RL step that beats the lenient base success.

    Parameters
    ----------
    directory : Path
        Data set with `rl_curves.csv` and `final_evals.csv`.

    Returns
    -------
    list of Curve
        One per size.
    """
    wanted = {"stage": "base", "benchmark": "gsm8k", "shots": "0", "evaluation_method": "custom_flexible"}
    with (directory / "final_evals.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if all(row[key] == value for key, value in wanted.items())]
    bases = {row["size"]: int(row["correct"]) / int(row["total"]) for row in rows}
    with (directory / "rl_curves.csv").open(encoding="utf-8", newline="") as file:
        steps = [row for row in csv.DictReader(file) if row["accuracy"]]
    curves = []
    for name, base in bases.items():
        mine = sorted((row for row in steps if row["model"] == name), key=lambda row: int(row["step"]))
        tokens = np.array([float(row["rollouts_cum"]) for row in mine]) * TOKENS_PER_ROLLOUT
        success = np.array([float(row["accuracy"]) for row in mine])
        begin = int(np.argmax((success > base) & (tokens > 0)))
        curves.append(Curve(name, float(mine[0]["n_params_nonembed"]), base, tokens[begin:], success[begin:]))
    return curves


def gain(form: str, coefficients: Sequence[float] | Floats, tokens: Floats) -> Floats:
    """Ability gained from RL [logit].

    Parameters
    ----------
    form : {"ability-log", "ability-saturating"}
        `gain ln(1 + R/reference)` or `ceiling x^steepness/(1 + x^steepness)` with `x = R/midpoint`.
    coefficients : sequence of float
        In the order of `FORMS`.
    tokens : array
        RL tokens R, above zero [token].

    Returns
    -------
    array
        Gain [logit], shape of `tokens`.

    Examples
    --------
    >>> float(gain("ability-saturating", (1.4, 7e6, 2.0), np.array(7e6)))
    0.7
    """
    if form == "ability-log":
        slope, reference = coefficients
        return np.asarray(slope * np.log1p(tokens / reference))
    ceiling, midpoint, steepness = coefficients
    return np.asarray(ceiling * expit(steepness * np.log(tokens / midpoint)))


def fit_curves(curves: Sequence[Curve], form: str) -> tuple[Floats, float]:
    """Least squares on success with every size weighted equally, from several starts.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    form : str
        A key of `FORMS`.

    Returns
    -------
    coefficients : array, shape (coefficient,)
        In the order of `FORMS`.
    rms : float
        Root of the mean over sizes of each size's mean squared error of success [1].
    """
    start = np.concatenate([np.full(curve.tokens.size, logit(curve.base)) for curve in curves])
    tokens = np.concatenate([curve.tokens for curve in curves])
    success = np.concatenate([curve.success for curve in curves])
    weight = np.concatenate([np.full(c.tokens.size, (c.tokens.size * len(curves)) ** -0.5) for c in curves])

    def residual(x: Floats) -> Floats:
        return np.asarray((expit(start + gain(form, np.exp(x), tokens)) - success) * weight)

    walls = np.log(np.array(BOUNDS[form])).T
    tight = {"xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14, "max_nfev": 2_000}
    found = [least_squares(residual, np.log(x), jac="3-point", bounds=(walls[0], walls[1]), **tight) for x in STARTS[form]]
    best = min(found, key=lambda result: float(result.cost))
    return np.asarray(np.exp(best.x)), float(np.sqrt(2 * best.cost))


def fit_rl(curves: Sequence[Curve], form: str) -> RlFit:
    """Shared curve, with low and high the extremes over leave-one-size-out and single-size fits.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    form : str
        A key of `FORMS`.

    Returns
    -------
    RlFit
        Subsets whose fit ends at a wall of the search box are named as undetermined and left out of the range.
    """
    value, rms = fit_curves(curves, form)
    without = {f"without {c.name}": [other for other in curves if other is not c] for c in curves}
    subsets = without | {f"{curve.name} alone": [curve] for curve in curves}
    fits = {name: fit_curves(chosen, form)[0] for name, chosen in subsets.items()}
    walls = np.array(BOUNDS[form]).T
    lost = tuple(n for n, fit in fits.items() if np.any((fit < walls[0] * 1.01) | (fit > walls[1] / 1.01)))
    kept = np.array([fit for name, fit in fits.items() if name not in lost])
    pair = np.log(np.array([fits[name] for name in without]))
    return RlFit(
        form=form,
        coefficients={
            name: Estimate(float(value[i]), float(kept[:, i].min()), float(kept[:, i].max())) for i, name in enumerate(FORMS[form])
        },
        rms=rms,
        undetermined=lost,
        correlation=float(np.corrcoef(pair[:, 0], pair[:, 1])[0, 1]),
    )
