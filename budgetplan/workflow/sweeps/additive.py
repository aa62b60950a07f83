"""Equal thirds under the additive law in closed form: their best N, and the budget at which the optimum is as good.

With cost c_j of each stage given, the loss is convex in n = ln N, and its derivative vanishes where

    sum_j b_j B_j (kappa_j N/c_j)^b_j = a A N^-a

The optimum that reaches a loss l follows from w = ln(mu N), with mu the worth of one FLOP. Stationarity gives each stage's term
T_j = B_j (b_j B_j/(kappa_j e^w))^(-b_j/(1 + b_j)) and that of params, a T_N = sum_j b_j T_j + K e^w, where K = kappa_i Q tau is the
cost per param of a first sample that is no choice. Hence one increasing equation in w (see `planning.power_allocation` for C given)

    sum_j (1 + b_j/a) T_j(w) + K e^w/a = l - E,      ln C = ln(a T_N) + n - w,   n = ln(A/T_N)/a

Both are sums of exponentials of one variable, whose logarithm is convex: Newton's method from the right needs no safeguard.
"""

from __future__ import annotations

import numpy as np

from budgetplan.laws.additive import AdditiveLoss
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.planning.additive_solver import is_additive
from budgetplan.planning.limits import FEWEST_PARAMS, FEWEST_TOKENS
from budgetplan.planning.problem import Problem

STEPS = 40
"""Most Newton steps; four to eight are needed."""
_Terms = list[tuple[Array | float, float]]


def has_closed_form(problem: Problem) -> bool:
    """Whether thirds and the budget that matches them are known in closed form.

    Parameters
    ----------
    problem : Problem
        Any; its law's coefficients must be numbers.
    """
    if not isinstance(problem.model, AdditiveLoss) or not is_additive(problem) or problem.drawn or problem.served.any():
        return False
    return problem.has_rl and (problem.has_samples or not problem.first_sample.any())


def thirds_loss(problem: Problem) -> Array:
    """Loss of equal thirds with the best N, shape (instance,); nan where one sample per query costs more than its third.

    Parameters
    ----------
    problem : Problem
        One that `has_closed_form`.
    """
    model = problem.model
    assert isinstance(model, AdditiveLoss)
    stages = [(0, model.B, model.beta), (1, model.G, model.gamma)]
    sizes = [np.full(problem.size, model.B), np.full(problem.size, model.G)]
    if problem.has_samples:
        stages.append((2, model.H, model.delta))
        sizes.append(model.H * problem.first_sample**model.delta)
    # x_j = c_j/(kappa_j N): ln T_j = rest_j + b_j n
    log_x = [np.log(problem.budget / len(stages)) - np.log(problem.kappa[stage]) for stage, _, _ in stages]
    terms: _Terms = [
        (np.log(power * size) - power * x, float(power)) for (_, _, power), size, x in zip(stages, sizes, log_x, strict=True)
    ]
    worth = np.full(problem.size, np.log(model.alpha * model.A))
    n = _root([(offset, power + float(model.alpha)) for offset, power in terms], worth)
    most = log_x[0] - np.log(FEWEST_TOKENS)
    if problem.has_samples:
        most = np.minimum(most, log_x[2] - np.log(problem.first_sample))
    least = np.log(FEWEST_PARAMS)
    n = np.clip(n, least, np.maximum(most, least))
    loss = model.E + model.A * np.exp(-model.alpha * n) + (0.0 if problem.has_samples else model.H)
    for offset, power in terms:
        loss = loss + np.exp(offset + power * n) / power
    return np.where(most >= least, loss, np.nan)


def matching_budget(problem: Problem, loss: Array) -> tuple[Array, Bools]:
    """ln of the budget whose optimum has the given loss, and where that optimum obeys the fewest params and tokens.

    Parameters
    ----------
    problem : Problem
        One that `has_closed_form`.
    loss : ndarray of shape (instance,)
        Above the law's floor.
    """
    model, kappa = problem.model, problem.kappa
    assert isinstance(model, AdditiveLoss)
    alpha = float(model.alpha)
    terms = [_stationary(model.B, model.beta, kappa[0]), _stationary(model.G, model.gamma, kappa[1])]
    powers = [float(model.beta), float(model.gamma)]
    if not problem.has_samples:
        w = _root([(offset + np.log1p(power / alpha), rate) for (offset, rate), power in zip(terms, powers, strict=True)],
                  np.log(loss - model.E - model.H))  # fmt: skip
        log_budget, n = _budget(terms, powers, None, w, model)
        return log_budget, _allowed(n, _log_tokens(model.B, model.beta, kappa[0], w))
    size, power = model.H * problem.first_sample**model.delta, float(model.delta)
    more = [*terms, _stationary(size, power, kappa[2])]
    many = [*powers, power]
    w = _root([(offset + np.log1p(b / alpha), rate) for (offset, rate), b in zip(more, many, strict=True)], np.log(loss - model.E))
    log_budget, n = _budget(more, many, None, w, model)
    one = _log_tokens(size, power, kappa[2], w) < np.log(problem.first_sample)
    if one.any():
        first = np.log(kappa[2] * problem.first_sample[one])
        offsets = [(offset + np.log1p(b / alpha), rate) for (offset, rate), b in zip(terms, powers, strict=True)]
        w[one] = _root([*offsets, (first - np.log(alpha), 1.0)], np.log(loss[one] - model.E - model.H))
        log_budget[one], n[one] = _budget(terms, powers, first, w[one], model)
    return log_budget, _allowed(n, _log_tokens(model.B, model.beta, kappa[0], w))


def _allowed(n: Array, d: Array) -> Bools:
    allowed: Bools = (n >= np.log(FEWEST_PARAMS)) & (d >= np.log(FEWEST_TOKENS))
    return allowed


def _stationary(size: Array | float, power: float | Array, kappa: float) -> tuple[Array, float]:
    """ln T_j as offset + rate w."""
    rate = float(power) / (1.0 + float(power))
    return np.asarray(np.log(size) - rate * (np.log(power * size) - np.log(kappa))), rate


def _log_tokens(size: Array | float, power: float | Array, kappa: float, w: Array) -> Array:
    """ln x_j at w."""
    tokens: Array = (np.log(power * size) - np.log(kappa) - w) / (1.0 + power)
    return tokens


def _budget(
    terms: list[tuple[Array, float]], powers: list[float], first: Array | None, w: Array, model: AdditiveLoss
) -> tuple[Array, Array]:
    """ln C and ln N at w; `first` is ln K where there is one."""
    worth = np.zeros_like(w) if first is None else np.exp(first + w)
    for (offset, rate), power in zip(terms, powers, strict=True):
        worth = worth + power * np.exp(offset + rate * w)
    n = (np.log(model.A) - np.log(worth / model.alpha)) / model.alpha
    return np.log(worth) + n - w, n


def _root(terms: _Terms, log_total: Array) -> Array:
    """The x at which ln(sum_j exp(p_j + q_j x)) is a given total, from the right."""
    shifted = [(np.asarray(offset) - log_total, rate) for offset, rate in terms]
    x = -shifted[0][0] / shifted[0][1]
    for offset, rate in shifted[1:]:
        x = np.minimum(x, -offset / rate)
    for _ in range(STEPS):
        value, slope = np.zeros_like(x), np.zeros_like(x)
        for offset, rate in shifted:
            part = np.exp(offset + rate * x)
            value += part
            slope += rate * part
        step = np.log(value) * value / slope
        x = x - step
        if np.abs(step).max() < 1e-12 * max(1.0, float(np.abs(x).max())):
            break
    return x
