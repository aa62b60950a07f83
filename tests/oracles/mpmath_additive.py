"""The optimum of the additive family in 50 digits, by bisection: the scale that the closed form is held to.

    minimise  A N^-a + sum_j B_j x_j^-b_j   subject to   N (sum_j kappa_j x_j + K) = C

At given N the multiplier of the tokens solves one falling equation; N, where dl/d ln N along those tokens is zero, is bisected.
The closed form in N that the package uses takes no part.
"""

from __future__ import annotations

from collections.abc import Sequence

from mpmath import mp, mpf

DIGITS = 50


def _tokens(terms: Sequence[tuple[mpf, mpf]], kappa: Sequence[mpf], spend: mpf) -> tuple[list[mpf], mpf]:
    """Tokens that minimise the sum of terms at a given spend per param, and the multiplier.

    ln of their cost is convex and falls in ln of the multiplier: Newton's method from the left cannot overshoot.
    """
    rates = [1 / (1 + b) for _, b in terms]
    offsets = [mp.log(b * size / price) * rate for (size, b), price, rate in zip(terms, kappa, rates, strict=True)]
    log_multiplier = min((offset + mp.log(price / spend)) / rate for offset, price, rate in zip(offsets, kappa, rates, strict=True))
    for _ in range(60):
        tokens = [mp.exp(offset - rate * log_multiplier) for offset, rate in zip(offsets, rates, strict=True)]
        costs = [price * x for price, x in zip(kappa, tokens, strict=True)]
        total = mp.fsum(costs)
        step = mp.log(total / spend) * total / mp.fsum(rate * cost for rate, cost in zip(rates, costs, strict=True))
        log_multiplier += step
        if abs(step) < mpf(10) ** (5 - DIGITS):
            return tokens, mp.exp(log_multiplier)
    raise ArithmeticError("Newton's method did not settle in 60 steps")


def reducible_optimum(
    budget: float,
    params_term: tuple[float, float],
    tokens_terms: Sequence[tuple[float, float]],
    kappa: Sequence[float],
    fixed: float = 0.0,
) -> tuple[mpf, mpf, list[mpf]]:
    """Least reducible loss, params and tokens.

    Parameters
    ----------
    budget : float
        C. [FLOP]
    params_term : (A, a)
        Size and exponent of the term of N.
    tokens_terms : sequence of (B_j, b_j)
        Those of the stages that are a choice.
    kappa : sequence of float
        FLOP per param and token of the same stages.
    fixed : float
        K, FLOP per param of tokens that are no choice.
    """
    with mp.workdps(DIGITS):
        big, power = map(mpf, params_term)
        terms = [(mpf(size), mpf(exponent)) for size, exponent in tokens_terms]
        prices, whole, known = [mpf(price) for price in kappa], mpf(budget), mpf(fixed)

        def slope(n: mpf) -> mpf:
            """Sign of dl/d ln N along the best tokens: ln of its rising over its falling part."""
            per_param = whole / mp.exp(n)
            _, multiplier = _tokens(terms, prices, per_param - known)
            falls, rises = power * big * mp.exp(-power * n), multiplier * per_param
            return mp.log(rises / falls)

        low, high = mpf(1), mp.log(whole / known) if known > 0 else mp.log(whole / 100)
        for _ in range(130):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) < 0 else (low, middle)
        n = low
        tokens, _ = _tokens(terms, prices, whole / mp.exp(n) - known)
        loss = big * mp.exp(-power * n) + mp.fsum(size * x**-b for (size, b), x in zip(terms, tokens, strict=True))
        return loss, mp.exp(n), tokens
