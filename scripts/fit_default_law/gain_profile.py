"""How the slope in the logarithm of RL tokens, which sets every extrapolation, is taken from the curves.

A fit of gain and reference together leaves the gain undetermined: the first steps bend the curves, and a wide range
of gains misses the data by nearly the same. What an extrapolation goes on with is the slope at the end of the curves,
which needs no form to be measured; so the gain is the mean of those slopes, and only the reference is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from estimate import Estimate
from rl_link import Curve, gain
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit

LATE_STEP = 28
"""Step from where a curve counts as its end: the second half of 54 steps."""

LATE = LATE_STEP * 512 * 3 * 256.0
"""RL tokens at that step: 512 prompts x 3 rollouts x 256 tokens [token]."""

PUBLISHED_LEAST = 0.05
"""Least slope in print: .0470 for 7B, mathematics, per e-fold of RL compute (arXiv:2509.25300, form and Table 6)."""

REFERENCE_WALLS = (float(np.log(1e-6)), float(np.log(1e12)))
"""Search box of the logarithm of the reference [ln token]; small gains ask for references far below one token."""


@dataclass(frozen=True)
class AnchoredFit:
    """Gain from the ends of the curves, reference fitted with it held.

    Parameters
    ----------
    gain : Estimate
        Mean of the end slopes; from `PUBLISHED_LEAST` to the largest end slope [logit].
    reference : Estimate
        Fitted with the gain held at the mean; low and high with it held at the least and the largest end slope [token].
    rms : float
        Error of success of the value [1].
    slopes : dict
        Size -> end slope [logit per e-fold of tokens].
    """

    gain: Estimate
    reference: Estimate
    rms: float
    slopes: dict[str, float]


def rms(curves: Sequence[Curve], slope: float, reference: float) -> float:
    """Root mean square error of success of the logarithmic form, every size weighted equally.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    slope : float
        The coefficient `gain` [logit].
    reference : float
        The coefficient `reference` [token].

    Returns
    -------
    float
        Error of success [1].
    """
    misses = [expit(logit(c.base) + gain("ability-log", (slope, reference), c.tokens)) - c.success for c in curves]
    return float(np.sqrt(np.mean([np.mean(np.square(miss)) for miss in misses])))


def fit_reference(curves: Sequence[Curve], slope: float) -> tuple[float, float]:
    """Reference that fits best with the gain held.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    slope : float
        Gain to hold [logit].

    Returns
    -------
    reference : float
        The coefficient `reference` [token].
    rms : float
        Root mean square error of success there [1].
    """
    found = minimize_scalar(
        lambda x: rms(curves, slope, float(np.exp(x))),
        bounds=REFERENCE_WALLS,
        method="bounded",
        options={"xatol": 1e-10},
    )
    return float(np.exp(found.x)), float(found.fun)


def profile(curves: Sequence[Curve], slopes: Sequence[float]) -> dict[float, float]:
    """Least error with the gain held and the reference refitted.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    slopes : sequence of float
        Gains to hold [logit].

    Returns
    -------
    dict
        Gain -> root mean square error of success [1].
    """
    return {slope: fit_reference(curves, slope)[1] for slope in slopes}


def late_slopes(curves: Sequence[Curve], begin: float = LATE) -> dict[str, float]:
    """Slope of ability against the logarithm of RL tokens at the end of each curve.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    begin : float
        RL tokens from which the line is drawn [token].

    Returns
    -------
    dict
        Size -> slope [logit per e-fold of tokens].
    """
    slopes = {}
    for curve in curves:
        end = curve.tokens >= begin
        slopes[curve.name] = float(np.polyfit(np.log(curve.tokens[end]), logit(curve.success[end]), 1)[0])
    return slopes


def fit_anchored(curves: Sequence[Curve], begin: float = LATE) -> AnchoredFit:
    """Logarithmic form whose gain is the mean slope at the end of the curves.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    begin : float
        RL tokens from which a curve counts as its end [token].

    Returns
    -------
    AnchoredFit
        Both coefficients with their ranges.
    """
    slopes = late_slopes(curves, begin)
    least, mean, most = min(slopes.values()), float(np.mean(list(slopes.values()))), max(slopes.values())
    reference, error = fit_reference(curves, mean)
    low, high = fit_reference(curves, least)[0], fit_reference(curves, most)[0]
    return AnchoredFit(Estimate(mean, PUBLISHED_LEAST, most), Estimate(reference, low, high), error, slopes)
