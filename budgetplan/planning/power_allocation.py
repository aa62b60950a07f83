"""Exact optimum of the additive family: one increasing scalar equation per instance.

    minimise  A N^-a + sum_j B_j x_j^-b_j    subject to    N (sum_j kappa_j x_j + K) <= C

K is a fixed cost per param (served tokens, a first sample that is no choice). Stationarity in N and in x_j gives the multiplier
mu = a A N^-a/C and b_j B_j x_j^-b_j = mu kappa_j N x_j, hence with n = ln N

    ln cost_j = p_j + q_j n,   q_j = (a + b_j)/(1 + b_j) > 0,   p_j = ln kappa_j + ln(b_j B_j C/(a A kappa_j))/(1 + b_j)
    ln(sum_j exp(p_j + q_j n) + K e^n) = ln C

The left side is increasing and convex in n: Newton's method from the right, where a single term already meets the budget, descends
to the root without a safeguard. Arrays are laid out one variable at a time, in chunks that stay in cache.

The terms explain the plan: the share of stage j is b_j T_j/(a T_N) where K = 0, and dl/d ln C = -a T_N (Chinchilla's condition,
Hoffmann et al. 2022, Eq. 4, for any number of stages).
"""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array

CHUNK = 4096
"""Instances solved together."""
STEPS = 12
"""Most Newton steps; four to six are needed."""


def allocate(
    log_budget: Array,
    params_term: tuple[float | Array, float | Array],
    tokens_terms: list[tuple[float | Array, float | Array]],
    log_kappa: Array,
    fixed_cost: float | Array = 0.0,
) -> tuple[Array, Array]:
    """ln N and ln x_j at the optimum.

    Parameters
    ----------
    log_budget : ndarray of shape (instance,)
        ln C.
    params_term : (A, a)
        Size and exponent of the term of N; floats or arrays of shape (instance,).
    tokens_terms : list of (B_j, b_j)
        Size and exponent of each stage's term.
    log_kappa : ndarray of shape (stage,)
        ln of the FLOP per param and token of each stage.
    fixed_cost : float or ndarray of shape (instance,)
        K. [FLOP/param]

    Returns
    -------
    log_params : ndarray of shape (instance,)
    log_tokens : ndarray of shape (stage, instance)

    Examples
    --------
    >>> n, x = allocate(np.log([5.76e23]), (482.01, 0.3478), [(2085.43, 0.3658)], np.log([6.0]))
    >>> round(float(np.exp(n[0])) / 1e9, 2)
    72.25
    """
    size = log_budget.shape[0]
    if size > CHUNK:
        parts = []
        for first in range(0, size, CHUNK):
            cut = slice(first, first + CHUNK)
            piece = [tuple(_cut(item, cut) for item in term) for term in (params_term, *tokens_terms)]
            parts.append(allocate(log_budget[cut], piece[0], piece[1:], log_kappa, _cut(fixed_cost, cut)))  # type: ignore[arg-type]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts], axis=1)
    big, power = params_term
    log_slope = np.log(power * big)
    offsets, rates, starts = [], [], []
    for (scale, exponent), kappa in zip(tokens_terms, log_kappa, strict=True):
        rate = (power + exponent) / (1.0 + exponent)
        offset = kappa + (np.log(exponent * scale) - log_slope - kappa + log_budget) / (1.0 + exponent)
        offsets.append(offset)
        rates.append(rate)
        starts.append((log_budget - offset) / rate)
    fixed = bool(np.any(fixed_cost))
    if fixed:
        with np.errstate(divide="ignore"):  # no fixed cost in some instances: ln 0 = -inf never binds
            log_fixed = np.log(np.broadcast_to(fixed_cost, (size,)))
        offsets.append(log_fixed)
        rates.append(1.0)
        starts.append(log_budget - log_fixed)
    n = starts[0]
    for start in starts[1:]:
        n = np.minimum(n, start)
    if len(offsets) > 1:
        n = _root(n, offsets, rates, log_budget)
    log_tokens = np.stack([offset + rate * n - kappa - n for offset, rate, kappa in zip(offsets, rates, log_kappa)])  # noqa: B905 - the fixed cost has no tokens
    return n, log_tokens


def _cut(item: float | Array, cut: slice) -> float | Array:
    return item[cut] if isinstance(item, np.ndarray) and item.ndim else item


def _root(n: Array, offsets: list[Array], rates: list[float | Array], log_budget: Array) -> Array:
    """Newton from the right on ln(sum_j exp(p_j + q_j n)) = ln C."""
    shifted = [offset - log_budget for offset in offsets]
    for _ in range(STEPS):
        value, slope = np.zeros_like(n), np.zeros_like(n)
        for offset, rate in zip(shifted, rates, strict=True):
            cost = np.exp(offset + rate * n)
            value = value + cost
            slope = slope + rate * cost
        step = np.log(value) * value / slope
        n = n - step
        if np.abs(step).max() < 1e-9:
            break
    return n
