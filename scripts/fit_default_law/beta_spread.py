"""Inference link: how unequal the problems are, as a Beta distribution of per-problem success.

A problem's success is Beta(a, b) with mean mu = a/(a+b), so `pass@k = 1 - B(a, b+k)/B(a, b)` and `1 - pass@k` falls
as `k^-a`. Over checkpoints whose mean differs many-fold, a varies little and the concentration a+b varies
as 1/mu; so the tail exponent a is the coefficient that is fitted, from counts of repeated samples.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from estimate import Estimate
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import betaln, expit, logit

Floats = NDArray[np.float64]

MIN_TOKENS, MIN_PROBLEMS, MIN_SUCCESS, MIN_CORRECT = 2e10, 100, 1e-3, 30
"""Checkpoints with less than this say little about the shape (tokens, problems, mean success, correct samples)."""


@dataclass(frozen=True)
class Counts:
    """Samples and correct samples per problem of one checkpoint: arrays of shape (problem,)."""

    name: str
    params: float
    tokens: float
    samples: Floats
    correct: Floats

    @property
    def mean(self) -> float:
        """Mean over problems of the fraction correct [1]."""
        return float(np.mean(self.correct / self.samples))


@dataclass(frozen=True)
class SpreadFit:
    """Shared tail, and tail and mean of each checkpoint, in the order of the checkpoints."""

    tail: Estimate
    means: Floats
    own_tails: Floats
    own_means: Floats
    own_cost: float
    shared_cost: float

    @property
    def log_likelihood_ratio(self) -> float:
        """How much better a tail per checkpoint explains the counts [nat]."""
        return self.shared_cost - self.own_cost


def load_counts(directory: Path, min_tokens: float = MIN_TOKENS, min_success: float = MIN_SUCCESS) -> list[Counts]:
    """Checkpoints that carry enough information.

    Parameters
    ----------
    directory : Path
        Data set with `problem_counts.csv`.
    min_tokens, min_success : float
        Least pre-training tokens [token] and mean success [1].

    Returns
    -------
    list of Counts
        Ordered by name.
    """
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (directory / "problem_counts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if float(row["tokens"]) >= min_tokens and row["lr_warming_up"] == "0":
                groups[row["model"]].append(row)
    found = []
    for name, rows in sorted(groups.items()):
        samples, correct = (np.array([float(row[key]) for row in rows]) for key in ("n_samples", "n_correct"))
        counts = Counts(name, float(rows[0]["params"]), float(rows[0]["tokens"]), samples, correct)
        if samples.size >= MIN_PROBLEMS and counts.mean >= min_success and correct.sum() >= MIN_CORRECT:
            found.append(counts)
    return found


def load_coverage(directory: Path) -> dict[str, tuple[Floats, Floats]]:
    """Measured pass@k where every problem has at least k samples.

    Parameters
    ----------
    directory : Path
        Data set with `coverage.csv`.

    Returns
    -------
    dict
        Checkpoint -> (k, pass@k), arrays of shape (point,).
    """
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with (directory / "coverage.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["complete"] == "True":
                points[row["model"]].append((float(row["k"]), float(row["coverage"])))
    return {name: (np.array(pairs)[:, 0], np.array(pairs)[:, 1]) for name, pairs in points.items()}


def pass_at_k(tail: float, mean: float, k: Floats | float) -> Floats:
    """Chance that one of k samples is right, with Beta-distributed problems.

    Parameters
    ----------
    tail : float
        First shape a of the Beta [1].
    mean : float
        Its mean [1].
    k : array or float
        Samples.

    Returns
    -------
    array
        pass@k, shape of `k`.

    Examples
    --------
    >>> round(float(pass_at_k(0.5, 0.25, 1.0)), 12)
    0.25
    """
    other = tail * (1 - mean) / mean
    return np.asarray(-np.expm1(betaln(tail, other + np.asarray(k)) - betaln(tail, other)))


def cost(counts: Counts, tail: float, mean: float) -> float:
    """Negative log-likelihood of the counts, beta-binomial, without the constant [nat]."""
    other = tail * (1 - mean) / mean
    wrong = counts.samples - counts.correct
    return -float(np.sum(betaln(tail + counts.correct, other + wrong) - betaln(tail, other)))


def fit_one(counts: Counts) -> tuple[float, float]:
    """Maximum-likelihood tail and mean of one checkpoint.

    Parameters
    ----------
    counts : Counts
        Its samples.

    Returns
    -------
    tail, mean : float
        First shape and mean of the Beta [1].
    """
    found = minimize(
        lambda x: cost(counts, float(np.exp(x[0])), float(expit(x[1]))),
        [np.log(0.5), logit(counts.mean)],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 5_000},
    )
    return float(np.exp(found.x[0])), float(expit(found.x[1]))


def fit_mean(counts: Counts, tail: float) -> tuple[float, float]:
    """Mean of the Beta with the tail given, and the negative log-likelihood there [nat]."""
    centre = float(logit(counts.mean))
    found = minimize_scalar(
        lambda x: cost(counts, tail, float(expit(x))),
        bounds=(centre - 4, centre + 4),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(expit(found.x)), float(found.fun)


def fit_spread(checkpoints: Sequence[Counts]) -> SpreadFit:
    """One tail for all of the checkpoints, each with its own mean; range from the checkpoints' own tails.

    Parameters
    ----------
    checkpoints : sequence of Counts
        At least one.

    Returns
    -------
    SpreadFit
        `tail.low` and `tail.high` are the 5th and 95th percentile of the checkpoints' own tails.
    """
    own = np.array([fit_one(counts) for counts in checkpoints])
    found = minimize_scalar(
        lambda x: sum(fit_mean(counts, float(np.exp(x)))[1] for counts in checkpoints),
        bounds=(np.log(0.02), np.log(20.0)),
        method="bounded",
        options={"xatol": 1e-9},
    )
    tail = float(np.exp(found.x))
    low, high = np.percentile(own[:, 0], [5, 95])
    best = sum(cost(counts, float(t), float(m)) for counts, (t, m) in zip(checkpoints, own, strict=True))
    means = np.array([fit_mean(counts, tail)[0] for counts in checkpoints])
    return SpreadFit(Estimate(tail, float(low), float(high)), means, own[:, 0], own[:, 1], best, float(found.fun))


def coverage_error(
    checkpoints: Sequence[Counts], coverage: Mapping[str, tuple[Floats, Floats]], tails: Floats, means: Floats
) -> tuple[float, int]:
    """Root mean square error of pass@k over all measured points [1], and their number."""
    misses = [
        pass_at_k(float(t), float(m), coverage[counts.name][0]) - coverage[counts.name][1]
        for counts, t, m in zip(checkpoints, tails, means, strict=True)
    ]
    every = np.concatenate(misses)
    return float(np.sqrt(np.mean(every**2))), int(every.size)
