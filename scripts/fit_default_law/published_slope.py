"""Level from the ends of the GSM8K curves, slope in the logarithm of RL tokens from the longest public power law.

The ends of five short curves fix how much RL has gained by 2e7 tokens, but as one shared curve they fit nearly as well
with half their own slope: the sizes differ more in level than two slopes differ over a factor of two in tokens. Each
curve by itself ends steeper. A plan lies decades beyond, where the slope is all that counts, and how long a steep end
lasts these runs cannot say; there the exponent of arXiv:2509.25300, from runs up to twenty times longer and models up
to 72B, is held instead. For small error it is the gain in logits per e-fold of tokens; only the reference is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from estimate import Estimate, shown
from gain_profile import LATE, fit_reference, late_slopes, rms
from rl_link import Curve

K_MAX, HALF, HALF_COMPUTE = 0.135, 11.5e9, 13.1e9
"""Qwen base, intra-model (arXiv:2509.25300, Table 6): largest exponent [1] and its half size [param], in RL tokens
and in RL compute."""

LARGEST, LEAST = 72e9, 7e9
"""Params of the largest model, whose exponent in tokens is the value, and of the one whose exponent in compute is
the low end [param]."""


@dataclass(frozen=True)
class HeldFit:
    """Gain as published, reference fitted to the ends of the curves with it held.

    Parameters
    ----------
    gain : Estimate
        Exponent at 72B; from the exponent in compute at 7B to the mean end slope of the curves [logit].
    reference : Estimate
        Fitted with the gain held at its value; low and high with it held at low and high [token].
    errors : Estimate
        Error of success of the three fits [1].
    everywhere : float
        Error of success of the value on all rows of the curves, the early ones included [1].
    rows : int
        Points used.
    """

    gain: Estimate
    reference: Estimate
    errors: Estimate
    everywhere: float
    rows: int


def exponent(params: float, half: float) -> float:
    """Exponent of the error rate in RL tokens or compute, `K_MAX / (1 + half / params)`.

    Parameters
    ----------
    params : float
        Size of the model [param].
    half : float
        Size at which half of the largest exponent is reached [param].

    Returns
    -------
    float
        Exponent [1].

    References
    ----------
    Tan et al., Scaling Behaviors of LLM Reinforcement Learning Post-Training, arXiv:2509.25300.

    Examples
    --------
    >>> round(exponent(LARGEST, HALF), 5), round(exponent(LEAST, HALF_COMPUTE), 5)
    (0.11641, 0.04701)
    """
    return K_MAX / (1 + half / params)


def late_rows(curves: Sequence[Curve], begin: float = LATE) -> list[Curve]:
    """Ends of the curves, where the answer format has been learned.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    begin : float
        RL tokens from which rows are kept [token].

    Returns
    -------
    list of Curve
        One per size, from `begin` on.
    """
    ends = [curve.tokens >= begin for curve in curves]
    return [replace(curve, tokens=curve.tokens[end], success=curve.success[end]) for curve, end in zip(curves, ends, strict=True)]


def own_errors(curves: Sequence[Curve], slope: float) -> dict[str, float]:
    """Error of each size with a reference of its own, which takes the differences in level out.

    Parameters
    ----------
    curves : sequence of Curve
        One per size.
    slope : float
        Gain to hold [logit].

    Returns
    -------
    dict
        Size -> root mean square error of success [1].
    """
    return {curve.name: fit_reference([curve], slope)[1] for curve in curves}


def fit_held(curves: Sequence[Curve]) -> HeldFit:
    """Logarithmic form with the published gain.

    Parameters
    ----------
    curves : sequence of Curve
        One per size, from where each exceeds its base.

    Returns
    -------
    HeldFit
        The gains are held with the digits that are shipped, so that the shipped pair is the fitted one.
    """
    ends = late_rows(curves)
    steep = float(np.mean(list(late_slopes(curves).values())))
    value, low, high = (float(shown(held)) for held in (exponent(LARGEST, HALF), exponent(LEAST, HALF_COMPUTE), steep))
    (reference, error), least, most = (fit_reference(ends, held) for held in (value, low, high))
    return HeldFit(
        gain=Estimate(value, low, high),
        reference=Estimate(reference, least[0], most[0]),
        errors=Estimate(error, least[1], most[1]),
        everywhere=rms(curves, value, reference),
        rows=sum(curve.tokens.size for curve in ends),
    )
