"""Which runs to do next, so that the main plan, made with what they tell, is expected to waste least.

    choose runs c within the pilot's budget to minimise 1/2 tr(W Sigma),   Sigma^-1 = 1 + sum_c g_c' g_c

g_c is the change of what run c tells per standard deviation of each coefficient direction, over its noise, around the middle of the
prior; W is what is at stake in the main plan (see `pilot_stakes`). This is Bayesian L-optimal design. Greedy selections by several
rules are improved by exchanging one run, or two at once, until that helps no more.

References
----------
.. [1] Chaloner, Verdinelli, "Bayesian experimental design: a review", Statistical Science 10, 1995.
.. [2] Fedorov, "Theory of Optimal Experiments", 1972 (exchange).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.uncertainty.pilot_observe import Telling
from budgetplan.uncertainty.pilot_prior import Prior
from budgetplan.uncertainty.pilot_runs import Runs

SECANT = 0.5
"""Standard deviations to either side over which what a run tells is differentiated."""
POWERS = (0.0, 0.5, 1.0)
"""Greedy rules: gain per cost to this power."""
CAPS = (1.0, 2.0, 4.0)
"""Greedy selections of runs of at most so many times an even part of the budget are starts too."""
FOLLOWED = 4
"""Starts that are improved."""
SWEEPS = 30
"""Most rounds of exchanges."""
GAIN = 1e-9
"""Relative gain below which an exchange is none."""


@dataclass(frozen=True)
class Design:
    """Chosen runs.

    Attributes
    ----------
    runs : Runs
        In order of size.
    left : ndarray of shape (run,)
        Expected regret with this run left out, over that with all of them: what each is worth. [1]
    variance : float
        tr(W Sigma)/tr(W): part of the regret at stake that remains, linearised. [1]
    """

    runs: Runs
    left: Array
    variance: float


def sensitivities(prior: Prior, telling: Telling, runs: Runs) -> Array:
    """g: change of what each run tells per standard deviation of a direction, over its noise; shape (run, kind, direction).

    Parameters
    ----------
    prior : Prior
    telling : Telling
    runs : Runs
    """
    shifts = SECANT * np.concatenate([np.eye(prior.size), -np.eye(prior.size), np.zeros((1, prior.size))])
    x = np.broadcast_to(runs.x[:, None, :], (3, len(shifts), runs.size))
    told, deviation = telling.tell(prior.law_at(shifts.T[:, :, None]).model, x)
    slope = (told[:, : prior.size] - told[:, prior.size : -1]) / (2 * SECANT)
    known = np.all(np.isfinite(deviation), axis=1)
    scaled = np.where(known[:, None], slope / np.where(known, deviation[:, -1], 1.0)[:, None], 0.0)
    return np.moveaxis(scaled, (0, 1, 2), (1, 2, 0))


def remaining(form: Array, g: Array) -> float:
    """tr(W Sigma) after runs with sensitivities g of shape (run, kind, direction)."""
    return float(np.sum(_covariance(g) * form))


def _covariance(g: Array) -> Array:
    """Sigma after runs, shape (direction, direction)."""
    rows = g.reshape(-1, g.shape[-1])
    return np.asarray(np.linalg.inv(np.eye(g.shape[-1]) + rows.T @ rows), dtype=np.float64)


def choose(form: Array, g: Array, cost: Array, budget: float, most: int) -> list[int]:
    """Positions of the best runs found; one may be chosen more than once.

    Parameters
    ----------
    form : ndarray of shape (direction, direction)
        W.
    g : ndarray of shape (candidate, kind, direction)
    cost : ndarray of shape (candidate,)
        [FLOP]
    budget : float
        [FLOP]
    most : int
        Runs.

    Raises
    ------
    ScenarioError
        If `most` is not positive, or no candidate fits the budget.
    """
    if most < 1:
        raise ScenarioError(f"`runs` is {most}; a pilot has at least one run.", "Write --runs 8.")
    if not np.any(cost <= budget):
        raise ScenarioError(f"No run costs less than the pilot's {budget:.3g} FLOP.", "Raise --pilot.")
    # caps on the cost of one run: what greedy rules, which begin with the dearest or the cheapest, do not reach by exchanges
    caps = [budget, *(budget * times / most for times in CAPS)]
    begun = [_filled(form, g, cost, budget, most, [], power, cap) for power in POWERS for cap in caps]
    begun = [list(item) for item in {tuple(sorted(chosen)) for chosen in begun if chosen}]
    begun = sorted(begun, key=lambda chosen: remaining(form, g[chosen]))[:FOLLOWED]
    ends = [_exchanged(form, g, cost, budget, most, chosen) for chosen in begun]
    return min(ends, key=lambda chosen: remaining(form, g[chosen]))


def _gains(form: Array, g: Array, chosen: list[int]) -> Array:
    """Fall of tr(W Sigma) by each candidate on top of the chosen ones, shape (candidate,)."""
    seen = g @ _covariance(g[chosen])
    inner = np.eye(g.shape[1]) + seen @ np.swapaxes(g, 1, 2)
    weighed = seen @ form @ np.swapaxes(seen, 1, 2)
    gains: Array = np.trace(np.linalg.solve(inner, weighed), axis1=1, axis2=2)
    return gains


def _filled(
    form: Array, g: Array, cost: Array, budget: float, most: int, kept: list[int], power: float, dearest: float = np.inf
) -> list[int]:
    """The kept runs and as many more as fit, each with the largest gain per cost to a power at its turn."""
    chosen = list(kept)
    spent = float(cost[chosen].sum())
    while len(chosen) < most:
        fits = (cost <= budget - spent) & (cost <= dearest)
        if not fits.any():
            break
        chosen.append(int(np.argmax(np.where(fits, _gains(form, g, chosen) / cost**power, -np.inf))))
        spent += float(cost[chosen[-1]])
    return chosen


def _exchanged(form: Array, g: Array, cost: Array, budget: float, most: int, chosen: list[int]) -> list[int]:
    """Exchange one run, or two at once, for the best that then fit, while that helps."""
    now = remaining(form, g[chosen])
    for _ in range(SWEEPS):
        before = now
        for out in _places(len(chosen)):
            kept = [run for place, run in enumerate(chosen) if place not in out]
            for power in POWERS[:2] if len(out) > 1 else POWERS[:1]:
                tried = _filled(form, g, cost, budget, most, kept, power)
                value = remaining(form, g[tried])
                if value < now * (1 - GAIN) and len(tried) >= len(chosen):
                    chosen, now = tried, value
                    break
        if now >= before * (1 - GAIN):
            break
    return chosen


def _places(count: int) -> list[tuple[int, ...]]:
    """Which runs to take out: none, to use what is left of the budget, then each, then each two."""
    return [(), *combinations(range(count), 1), *combinations(range(count), 2)]


def design(form: Array, prior: Prior, telling: Telling, runs: Runs, budget: float, most: int) -> Design:
    """The runs that lower what is at stake most.

    Parameters
    ----------
    form : ndarray of shape (direction, direction)
        W.
    prior : Prior
    telling : Telling
    runs : Runs
        Candidates.
    budget : float
        Of the pilot. [FLOP]
    most : int
        Runs.
    """
    g = sensitivities(prior, telling, runs)
    chosen = np.array(choose(form, g, runs.cost, budget, most))
    chosen = chosen[np.lexsort((runs.x[1, chosen], runs.x[0, chosen]))]
    return described(form, prior, telling, runs.take(chosen))


def described(form: Array, prior: Prior, telling: Telling, runs: Runs) -> Design:
    """Given runs as a design: an IsoFLOP grid, to compare with.

    Parameters
    ----------
    form : ndarray of shape (direction, direction)
        W.
    prior : Prior
    telling : Telling
    runs : Runs
    """
    g = sensitivities(prior, telling, runs)
    now = remaining(form, g)
    without = np.array([remaining(form, np.delete(g, index, axis=0)) for index in range(runs.size)])
    return Design(runs, without / now, now / max(float(np.trace(form)), 1e-300))
