"""The joint law: pre-training loss, task link, RL link, samples with selection, as one function of N, D, R, k.

    (N, D) -> L -> a_0 = task(L) -> a = rl(a_0, N, R) -> mu = chance + (1 - chance) sigma(a)
           -> coverage(mu, mu_0, k_eff) -> P = (1 - rho) mu + rho coverage -> loss l = -ln P

The composition is budgetplan's own; each link cites its source. Success and failure are carried apart, so that the loss keeps
its relative accuracy from success 1e-300 to 1 - 1e-300. Far below that (ability under -500, where success is e^a to every digit
and no chance level holds it up) the loss continues linearly in the ability, exactly as the law does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.laws.coverage import AbstractCoverage, OneSample
from budgetplan.laws.model import AbstractModel, AbstractPretraining, Outcome, stack
from budgetplan.laws.rl_gain import AbstractRlLink, NoGain
from budgetplan.laws.selection import Selection
from budgetplan.laws.task_link import AbstractTask
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import softplus

_LOWEST = -500.0
"""Ability below which success is e^a to every digit. [logit]"""


@dataclass(frozen=True)
class FourLinks(AbstractModel):
    """A joint law with one choice per link.

    Attributes
    ----------
    pretraining : AbstractPretraining
        (N, D) -> L.
    task : AbstractTask
        L -> ability.
    rl : AbstractRlLink
        Ability and RL tokens -> ability.
    inference : AbstractCoverage
        One sample -> k samples.
    selection : Selection
        Which of the k samples is served.
    """

    pretraining: AbstractPretraining
    task: AbstractTask
    rl: AbstractRlLink
    inference: AbstractCoverage
    selection: Selection

    @property
    def uses(self) -> tuple[bool, bool, bool, bool]:
        """All four, RL only where there is an RL link."""
        return (True, True, not isinstance(self.rl, NoGain), True)

    def _one_sample(self, start: Array, ability: Array) -> tuple[OneSample, Array]:
        """Success of one sample, and what to add to the loss where the ability was cut at its lowest."""
        chance = self.task.chance
        lifted = np.maximum(ability, _LOWEST) if chance == 0 else ability
        # the distance, not the sum start + cut: abilities of -1e18 have no digits left for that
        raised = np.where(lifted > ability, lifted + (start - ability), start)
        log_success, log_start = -softplus(-lifted), -softplus(-raised)
        if chance > 0:
            log_success = np.logaddexp(np.log(chance), np.log1p(-chance) + log_success)
            log_start = np.logaddexp(np.log(chance), np.log1p(-chance) + log_start)
        failure = np.log1p(-chance) - softplus(lifted)
        if chance > 0:  # near success 1 only the failure knows the digits
            log_success = np.where(failure < -1, np.log1p(-np.exp(failure)), log_success)
        return OneSample(log_success, failure, log_start), lifted - ability

    def _served(self, one: OneSample, covered: Array, missed: Array, behind: Array) -> tuple[Array, Array]:
        """P and -ln P from success of one sample and coverage; one sample lies `behind` in ln where the ability was cut."""
        rho = self.selection.efficiency
        success = (1 - rho) * np.exp(one.log_success - behind) + rho * covered
        failure = (1 - rho) * np.exp(one.log_failure) + rho * missed
        likely = success > 0.5
        loss = np.where(likely, -np.log1p(-np.where(likely, failure, 0.0)), -np.log(np.where(likely, 1.0, success)))
        return success, loss

    def evaluate(self, x: Array) -> Outcome:
        """Task loss, pre-training loss and success at log variables of shape (4, ...)."""
        n, d, r, k = x
        pretraining_loss = self.pretraining.loss_and_partials(n, d)[0]
        start = self.task.ability(pretraining_loss)
        one, cut = self._one_sample(start, self.rl.ability(start, n, r))
        log_effective = self.selection.effective(k)[0]
        covered, missed = self.inference.coverage(one, log_effective)
        slope = self.inference.low_slope(log_effective)[0]
        success, loss = self._served(one, covered, missed, cut * (1.0 - slope))
        fall = cut * slope
        return Outcome(loss + fall, pretraining_loss, success * np.exp(-fall))

    def loss_and_gradient(self, x: Array) -> tuple[Array, Array]:
        """Task loss and its derivatives by the log variables."""
        n, d, r, k = x
        pretraining_loss, loss_n, loss_d = self.pretraining.loss_and_partials(n, d)
        start = self.task.ability(pretraining_loss)
        ability, by_start, by_n, by_r = self.rl.partials(start, n, r)
        one, cut = self._one_sample(start, ability)
        log_effective, stretch = self.selection.effective(k)
        covered, missed, cover_m, cover_0, cover_k = self.inference.partials(one, log_effective)
        slope, bend = self.inference.low_slope(log_effective)
        success, loss = self._served(one, covered, missed, cut * (1.0 - slope))
        rho, chance = self.selection.efficiency, self.task.chance
        # d logit(mu)/da and d ln mu_0/da_0 are 1 and 1 - sigma(a_0) without a chance level.
        mean, fails = np.exp(one.log_success), np.exp(one.log_failure)
        steep = (mean - chance) / ((1 - chance) * mean) if chance > 0 else np.ones_like(mean)
        begun = np.exp(one.log_start)
        rise = (begun - chance) * (1 - begun) / ((1 - chance) * begun) if chance > 0 else np.exp(-softplus(start + cut))
        falls = cut > 0
        by_logit = ((1 - rho) * mean * fails + rho * cover_m) / success
        share = np.where(falls, rho * covered / success, 1.0)
        by_begin = rho * cover_0 / success * rise
        # where the ability is cut, the loss moves with it through the slope, and the start is held at a fixed distance
        by_ability = np.where(falls, 1.0 - share + share * slope - by_begin, by_logit * steep)
        through_loss = (by_ability * by_start + by_begin) * self.task.steepness(pretraining_loss)
        with np.errstate(over="ignore"):  # a task loss of e^700, far from any optimum, falls without bound
            gradient = (
                through_loss * loss_n - by_ability * by_n,
                through_loss * loss_d,
                -by_ability * by_r,
                (share * cut * bend - rho * cover_k / success) * stretch,
            )
        return loss + cut * slope, stack(gradient)

    def bound(self, low: Array, high: Array) -> Array:
        """Loss with success at the best corner, and the spread at the lowest start and the lowest gain of the box."""
        best = self.task.ability(self.pretraining.loss_and_partials(high[0], high[1])[0])
        worst = self.task.ability(self.pretraining.loss_and_partials(low[0], low[1])[0])
        one, cut = self._one_sample(best, self.rl.ability(best, high[0], high[2]))
        # ln(mu/mu_0) falls in the start unless a chance level holds mu_0 up; the corner serves then
        begin = best if self.task.chance == 0 else worst
        least, _ = self._one_sample(best, self.rl.ability(begin, low[0], low[2]))
        gain = np.maximum(least.log_success - least.log_start, 0.0)
        # the lowest start, moved up with the ability where that is cut, which is least where RL gains most
        start, _ = self._one_sample(worst, self.rl.ability(worst, high[0], high[2]))
        k = self.selection.effective(high[3])[0]
        covered, missed = self.inference.best(one, start.log_start, gain, k)
        slope = self.inference.low_slope(k)[0]
        return self._served(one, covered, missed, cut * (1.0 - slope))[1] + cut * slope
