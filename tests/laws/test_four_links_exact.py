"""The joint law against an implementation of its own in mpmath, with 700 digits where success is 1e-300.

Values agree to 1e-10 and derivatives (central differences of many digits) to 1e-9 from success 1e-300 to 1 - 1e-12,
with and without RL, samples, chance level and verifier. The formulas are those of the docstrings, without logs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import BetaSpread, CoveragePower
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.rl_gain import ApproachingGain, LogarithmicGain, NoGain, SaturatingGain
from budgetplan.laws.rl_published import ErrorPower, SuccessSigmoid
from budgetplan.laws.selection import Selection
from budgetplan.laws.task_link import LogisticTask, LogLogTask

BASE = (1.8172, 482.01, 2085.43, 0.3478, 0.3658)
N, D = np.log(7e10), np.log(1.4e12)
LOSS = float(ChinchillaLoss(*BASE).loss_and_partials(np.array(N), np.array(D))[0])

RL: dict[str, Any] = {
    "none": NoGain(),
    "log": LogarithmicGain(0.25, 3e5),
    "saturating": SaturatingGain(1.378, 7.4e6, 1.9),
    "approach": ApproachingGain(0.4, 7.4e6, 0.9),
    "sigmoid": SuccessSigmoid(0.61, 0.3, 2542.0, 1.92, 4.1e6),
    "error": ErrorPower(0.135, 13.1e9, 1e8),
}
INFERENCE: dict[str, Any] = {"beta": BetaSpread(0.45, 1.75), "drift": BetaSpread(0.9, 1.75, 0.4), "power": CoveragePower(-0.43)}
SELECTION = {"oracle": Selection(), "unverified": Selection(0.27, 100.0)}


def sigma(a: Any) -> Any:
    """Logistic function."""
    return 1 / (1 + mp.exp(-a))


def after_rl(link: Any, a0: Any, n: Any, tokens: Any) -> Any:
    """Success after RL, chance level apart."""
    if isinstance(link, LogarithmicGain):
        return sigma(a0 + link.gain * mp.log(1 + tokens / link.reference))
    if isinstance(link, SaturatingGain):
        x = (tokens / link.midpoint) ** link.steepness
        return sigma(a0 + link.ceiling * x / (1 + x))
    if isinstance(link, ApproachingGain):
        x = (tokens / link.midpoint) ** link.steepness
        return sigma(a0 + x / (1 + x) * mp.log(1 + mp.exp(link.reach - a0)))
    if isinstance(link, SuccessSigmoid):
        ceiling, start = mp.mpf(link.ceiling), mp.mpf(link.start)
        odds = ceiling / (1 - ceiling) * (1 - start) / start
        x = (tokens / (mp.mpf(link.midpoint) * link.tokens_per_gpu_hour)) ** link.steepness
        return sigma(a0) + (sigma(a0 + mp.log(odds)) - sigma(a0)) * x / (1 + x)
    if isinstance(link, ErrorPower):
        power = link.K_max / (1 + link.N_0 / mp.exp(n))
        signal = 1 - (1 - sigma(a0)) ** link.attempts
        return 1 - (1 - sigma(a0)) * (1 - signal * (1 - (1 + tokens / link.R_ref) ** -power))
    return sigma(a0)


def covered(link: Any, mean: Any, start: Any, k: Any) -> Any:
    """Chance that one of k samples is right."""
    if isinstance(link, CoveragePower):
        return mp.exp(mp.log(mean) * k**link.b)
    v = link.tail * start**link.drift / start * (start / mean) ** link.narrowing
    b = (1 - mean) * v
    return 1 - mp.exp(mp.loggamma(b + k) + mp.loggamma(v) - mp.loggamma(b) - mp.loggamma(v + k))


def exact_loss(law: FourLinks, n: Any, d: Any, tokens: Any, k: Any) -> Any:
    """-ln of the success that is served."""
    e, a, b, alpha, beta = BASE
    loss = e + a * mp.exp(-alpha * n) + b * mp.exp(-beta * d)
    chance = mp.mpf(law.task.chance)
    if isinstance(law.task, LogLogTask):
        a0 = -mp.log(mp.exp(mp.exp(law.task.slope * (loss - law.task.pivot))) - 1)
    else:
        a0 = law.task.slope * (law.task.midpoint - loss)
    start, mean = (chance + (1 - chance) * p for p in (sigma(a0), after_rl(law.rl, a0, n, tokens)))
    span, rho = mp.mpf(law.selection.samples) - 1, mp.mpf(law.selection.efficiency)
    used = k if mp.isinf(span) else 1 + span * (1 - mp.exp(-(k - 1) / span))
    return -mp.log((1 - rho) * mean + rho * covered(law.inference, mean, start, used))


def assert_exact(law: FourLinks, tokens: float, k: float, digits: int) -> None:
    """Loss and derivatives by the four log variables against the exact ones."""
    log_r, log_k = (np.log(tokens) if tokens else -np.inf), np.log(k)
    x = np.array([N, D, log_r, log_k])
    loss, gradient = law.loss_and_gradient(x)
    with mp.workdps(digits):
        where = [mp.mpf(N), mp.mpf(D), mp.mpf(log_r), mp.mpf(log_k)]

        def along(row: int) -> Callable[[Any], Any]:
            def at(t: Any) -> Any:
                moved = [v + t * (i == row) for i, v in enumerate(where)]
                return exact_loss(law, moved[0], moved[1], mp.exp(moved[2]) if tokens else mp.mpf(0), mp.exp(moved[3]))

            return at

        value = float(along(0)(mp.mpf(0)))
        step = mp.mpf(10) ** -12  # leaves 24 digits of the derivative, and the digits of the difference are many more
        slopes = [float((along(row)(step) - along(row)(-step)) / (2 * step)) for row in range(4)]
    assert float(loss) == pytest.approx(value, rel=1e-10, abs=0)
    assert float(law.evaluate(x).loss) == pytest.approx(value, rel=1e-10, abs=0)
    assert gradient == pytest.approx(slopes, rel=1e-9, abs=1e-11 * value)
    if not tokens:
        assert gradient[2] == 0.0


def law_at(ability: float, chance: float, rl: str, inference: str, selection: str) -> FourLinks:
    """A joint law whose task link puts the test's model at this ability before RL."""
    task = LogisticTask(12.0, LOSS + ability / 12.0, chance)
    return FourLinks(ChinchillaLoss(*BASE), task, RL[rl], INFERENCE[inference], SELECTION[selection])


@pytest.mark.parametrize("selection", SELECTION)
@pytest.mark.parametrize("inference", INFERENCE)
@pytest.mark.parametrize("rl", RL)
def test_the_middle_of_the_range(rl: str, inference: str, selection: str) -> None:
    """Success from 1e-9 to 1 - 1e-4, with and without chance, RL and samples."""
    for ability, chance, (tokens, k) in itertools.product(
        (-20.0, -2.0, 0.5, 9.0), (0.0, 0.25), ((0.0, 1.0), (0.0, 12.5), (3e7, 1.0), (1e11, 40.0))
    ):
        assert_exact(law_at(ability, chance, rl, inference, selection), tokens, k, 60)


@pytest.mark.parametrize("inference", INFERENCE)
@pytest.mark.parametrize("rl", RL)
def test_a_task_loss_exponential_in_pretraining_loss(rl: str, inference: str) -> None:
    """Success before RL from 1e-300 to 1 - 1e-12: task loss 690 to 1e-12 nat; with a chance level too."""
    for task_loss, chance, (tokens, k) in itertools.product(
        (690.0, 30.0, 0.7, 1e-4, 1e-12), (0.0, 0.25), ((0.0, 1.0), (0.0, 12.5), (3e7, 1.0), (1e11, 40.0))
    ):
        task = LogLogTask(1.3, LOSS - np.log(task_loss) / 1.3, chance)
        law = FourLinks(ChinchillaLoss(*BASE), task, RL[rl], INFERENCE[inference], SELECTION["unverified"])
        assert_exact(law, tokens, k, 700 if task_loss > 100 and chance == 0 else 80)


@pytest.mark.parametrize("selection", SELECTION)
@pytest.mark.parametrize("inference", INFERENCE)
@pytest.mark.parametrize("chance", [0.0, 0.25])
@pytest.mark.parametrize("ability", [-691.0, 27.63], ids=["success 1e-300", "success 1 - 1e-12"])
def test_the_corners(ability: float, chance: float, inference: str, selection: str) -> None:
    """Success 1e-300 and failure 1e-12 before RL, where plain doubles give 0, 1 or NaN; no RL and one sample too."""
    for rl, tokens, k in itertools.product(RL, (0.0, 3e7), (1.0, 64.0)):
        assert_exact(law_at(ability, chance, rl, inference, selection), tokens, k, 700 if ability < 0 and chance == 0 else 80)
