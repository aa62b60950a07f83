"""Failure of k samples when the success of problems follows a Beta distribution, and its derivatives.

With problem success p ~ Beta(a, b), a = m v, b = (1 - m) v (mean m, concentration v), the chance that all of k samples fail is

    F = E[(1 - p)^k] = Gamma(b + k) Gamma(v) / (Gamma(b) Gamma(v + k)),        coverage = pass@k = 1 - F

k is real, k >= 1. The difference of log-gammas loses every digit where success is tiny, so ln F is summed as

    ln F = sum_{j >= 0} ln(1 - u_j w_j),     u_j = a/(v + j),  w_j = k/(b + k + j)

whose terms have one sign. The first `SHIFT` terms are summed as they stand, the rest by the Euler-Maclaurin formula, whose integral

    M = a ln(1 + k/(y + a)) + k [ln(1 + a/y) + ln(1 - u w)/w],      y = b + SHIFT

is again free of cancellation. Limits: k = 1 gives F = 1 - m; k -> inf gives F ~ k^-a Gamma(v)/Gamma(b); v -> inf gives (1 - m)^k.

References
----------
.. [1] Schaeffer et al., "How Do Large Language Monkeys Get Their Power (Laws)?", 2025, arXiv:2502.17578.
.. [2] Levi, "A Simple Model of Inference Scaling Laws", 2024, arXiv:2410.16377.
"""

from __future__ import annotations

import numpy as np

from budgetplan.numerics.arrays import Array

SHIFT = 8
"""Terms summed one by one; the Euler-Maclaurin remainder is then below 1e-12 relative."""

_STIRLING = (-1 / 12, 1 / 360, -1 / 1260, 1 / 1680, -1 / 1188)
"""Of 1/x, 1/x^3, ... in ln Gamma(x), signs turned."""
_DIGAMMA = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132)
"""Of 1/x^2, 1/x^4, ... in -psi(x)."""
_SMALL = 3e-4
"""Below it three terms of ln(1 - t) beat the logarithm of a product near 1."""


def _steps(like: Array) -> Array:
    """1, 2, ... SHIFT - 1 as a leading axis before the axes of `like`."""
    return np.arange(1.0, SHIFT).reshape((-1,) + (1,) * like.ndim)


def _log_rest(t: Array) -> Array:
    """ln(1 - t)/t with t in [0, 1), also where t is tiny or zero."""
    tiny = t < 1e-5
    safe = np.where(tiny, 0.5, t)
    return np.where(tiny, -1.0 - t * (0.5 + t / 3.0), np.log1p(-safe) / safe)


def _odd_gaps(p: Array, q: Array) -> Array:
    """Sum of c_i (p^n - q^n)/(p - q) over n = 1, 3, ... with the Stirling coefficients, free of cancellation."""
    pp, both, power, gap = p * p, p + q, q, np.ones_like(p)
    total = _STIRLING[0] * gap
    for coefficient in _STIRLING[1:]:
        gap = pp * gap + both * power
        power = power * q * q
        total = total + coefficient * gap
    return total


def _even_gaps(p: Array, q: Array) -> Array:
    """Sum of c_i (p^n - q^n)/(p - q) over n = 2, 4, ... with the digamma coefficients, free of cancellation."""
    pp, qq, gap = p * p, q * q, np.ones_like(p)
    power = qq
    total = _DIGAMMA[0] * gap
    for coefficient in _DIGAMMA[1:]:
        gap = pp * gap + power
        power = power * qq
        total = total + coefficient * gap
    return (p + q) * total


def log_failure(log_failure_once: Array, mean: Array, concentration: Array, samples: Array) -> Array:
    """ln F, the log of the chance that all samples fail.

    Parameters
    ----------
    log_failure_once : ndarray of shape (...)
        ln(1 - m), given apart because 1 - m is not accurate where m is near 1. [1]
    mean : ndarray of shape (...)
        Mean success m of one sample, in (0, 1]. [1]
    concentration : ndarray of shape (...)
        v = a + b > 0; small means that problems are either easy or hopeless. [1]
    samples : ndarray of shape (...)
        k >= 1, real. [1]

    Returns
    -------
    ndarray of shape (...)
        ln F <= 0, relative error below 1e-10 for m from 1e-300 to 1 - 1e-300 and k up to 1e9. [1]

    Examples
    --------
    >>> m, v, k = np.array(0.3), np.array(1.5), np.array(10.0)
    >>> round(float(-np.expm1(log_failure(np.log1p(-m), m, v, k))), 4)
    0.6877
    """
    m, v, k = mean, concentration, samples
    a, b = m * v, np.exp(log_failure_once) * v
    bk = b + k
    steps = _steps(bk + v + m)
    low = m < 0.5
    first = np.log1p(np.where(low, -m * (k / bk), a / bk)) + np.where(low, 0.0, log_failure_once)
    t = a / (v + steps) * (k / (bk + steps))
    product = np.multiply.reduce(1.0 - t, axis=0)
    gathered = np.add.reduce(t, axis=0)
    small = gathered < _SMALL
    rest = np.where(small, -gathered, np.log(product))
    if small.any():
        square = t * t
        rest = rest - np.where(small, np.add.reduce(square * (0.5 + t / 3.0), axis=0), 0.0)
    total: Array = first + rest + _tail(a, b, v, k)
    return total


def _tail(a: Array, b: Array, v: Array, k: Array) -> Array:
    """Sum over j >= SHIFT of ln(1 - u_j w_j), by Euler-Maclaurin."""
    y, ya = b + SHIFT, v + SHIFT
    yk = y + k
    p, q, r, s = 1 / y, 1 / ya, 1 / yk, 1 / (ya + k)
    u, w = a * q, k * r
    t = u * w
    log_rest = _log_rest(t)
    ratio = a * p
    lead = np.log1p(ratio)
    near = k * (lead + u * log_rest)
    far = yk * np.log1p(a * r) - y * lead
    integral = a * np.log1p(k * q) + np.where(k > y, far, near)
    series = ratio * q * _odd_gaps(p, q) - a * r * s * _odd_gaps(r, s)
    return 0.5 * t * log_rest + series - integral


def log_failure_gradient(log_failure_once: Array, mean: Array, concentration: Array, samples: Array) -> tuple[Array, Array, Array]:
    """Derivatives of ln F by the ability (logit of m), by ln v and by ln k.

    With psi the digamma function they are -b m [psi(b+k) - psi(b)], b [psi(b+k) - psi(b)] - v [psi(v+k) - psi(v)] and
    -k [psi(v+k) - psi(b+k)]; each is summed like ln F itself so that it keeps its relative accuracy.

    Parameters
    ----------
    log_failure_once, mean, concentration, samples : ndarray of shape (...)
        As in `log_failure`.

    Returns
    -------
    by_ability, by_log_concentration, by_log_samples : ndarray of shape (...)
        Each is <= 0 for k >= 1. [1]
    """
    m, v, k = mean, concentration, samples
    a, b = m * v, np.exp(log_failure_once) * v
    bk, vk = b + k, v + k
    steps = _steps(bk + v + m)
    over_b, over_v, over_bk, over_vk = 1 / (b + steps), 1 / (v + steps), 1 / (bk + steps), 1 / (vk + steps)
    p, q, r, s = 1 / (b + SHIFT), 1 / (v + SHIFT), 1 / (bk + SHIFT), 1 / (vk + SHIFT)
    kp, ar, kq = k * p, a * r, k * q
    rise_b = k * np.add.reduce(over_b * over_bk, axis=0) + np.log1p(kp) + kp * r * (0.5 + _even_gaps(p, r))
    gaps_rs = _even_gaps(r, s)
    rise_k = a * (1 / bk / vk + np.add.reduce(over_bk * over_vk, axis=0)) + np.log1p(ar)
    rise_k = rise_k + ar * s * (0.5 + gaps_rs)
    t = (a * q) * (k * r)
    turn = (b * q) * a * (k * r) * -_log_rest(t)
    curl = over_bk * over_vk * ((b * over_b) * (v * over_v) - (steps * over_b) * ((k + steps) * over_v))
    bend = k * a * (1 / bk / vk + np.add.reduce(curl, axis=0)) + turn - a * np.log1p(kq)
    flat = b * (a * p * q * (0.5 + _even_gaps(p, q)) - ar * s * (0.5 + gaps_rs))
    bend = bend + flat - a * kq * s * (0.5 + _even_gaps(q, s))
    return -m * (k / bk + b * rise_b), bend, -k * rise_k
