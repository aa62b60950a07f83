"""The chain as a candidate: the package's four links with every coefficient free, ln task loss and its derivatives.

    L = E + A N^-alpha + B D^-beta      a_0 = slope (midpoint - L)  or  -ln(e^t - 1), t = e^(slope (L - pivot)),  mu_0 = sigma(a_0)
    a = a_0 + g(a_0, R),  mu = sigma(a),  g = gain ln(1 + R/reference),  ceiling h  or  h ln(1 + e^(reach - a_0)),
    h = sigma(steepness ln(R/rl_midpoint))
    ln nu = ln tail - (1 - drift) ln mu_0 - narrowing ln(mu/mu_0)      P = 1 - F(mu, nu, k),  l = -ln P

With d ln l/d ln F = F/((1 - F) l) and f_nu = d ln l/d ln nu: by a, at fixed a_0, f_a = d ln l/d logit mu - narrowing (1 - mu) f_nu;
by a_0 through the spread, f_0 = (narrowing + drift - 1)(1 - mu_0) f_nu; by a_0 in all, f_a (1 + dg/da_0) + f_0. A chain without a
drift has 0. Where no pre-training loss was measured only products of `slope` with the loss can be seen: E is then held at 0 and
`slope` at 1, and the "loss" is counted in logits of ability. Samples are judged by an oracle, as pass@k is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, log_expit

from budgetplan.fitting.joint.candidate import AbstractCandidate, Centre, logs_of
from budgetplan.fitting.joint.chain_starts import chain_starts
from budgetplan.fitting.joint.table import JointTable
from budgetplan.laws.task_link import LogisticTask, LogLogTask
from budgetplan.numerics.arrays import Array, Bools
from budgetplan.numerics.beta_coverage import log_failure, log_failure_gradient

Task = Literal["logistic", "log-log"]
"""Forms of the task link."""
Gain = Literal["log", "saturating", "approach"]
"""Forms of the RL link."""
COMMON = ("E", "A", "B", "alpha", "beta", "slope", "midpoint", "tail", "narrowing")
"""Coefficients before those of the RL link; `midpoint` is the task link's, `pivot` where that is log-log."""
RL_NAMES: dict[str, tuple[str, ...]] = {
    "log": ("gain", "reference"),
    "saturating": ("ceiling", "rl_midpoint", "steepness"),
    "approach": ("reach", "rl_midpoint", "steepness"),
}
"""Coefficients of the RL link; `rl_midpoint` is `midpoint` in a law file of that link alone."""
MOST_LOGIT = 300.0
"""Ability is followed this far either way. [logit]"""


@dataclass(frozen=True)
class Links:
    """The chain at one u: what its derivatives are made of, each of shape (cell,).

    Attributes
    ----------
    start, rise : ndarray
        a_0 and g. [logit]
    steepness, above : ndarray
        -da_0/dL, and L less the task link's midpoint or pivot.
    carried : ndarray
        1 + dg/da_0. [1]
    log_start, log_mean : ndarray
        ln mu_0 and ln mu. [1]
    by_ability, by_start, by_spread : ndarray
        Derivatives of ln task loss by a, by a_0 alone and by ln nu.
    log_loss : ndarray
        ln task loss.
    """

    start: Array
    rise: Array
    steepness: Array
    above: Array
    carried: Array
    log_start: Array
    log_mean: Array
    by_ability: Array
    by_start: Array
    by_spread: Array
    log_loss: Array


@dataclass(frozen=True)
class Chain(AbstractCandidate):
    """The four links.

    Attributes
    ----------
    centre : Centre
    gain : {"log", "saturating", "approach"}
        Form of the RL link.
    drifting : bool
        Whether the tail may change with success before RL; `drift` is the last coefficient then.
    task : {"logistic", "log-log"}
        Form of the task link; log-log wants measured losses.
    measured : bool
        Whether pre-training loss was.
    """

    centre: Centre
    gain: Gain = "log"
    measured: bool = True
    drifting: bool = False
    task: Task = "logistic"

    @property
    def law(self) -> str:
        """Its name."""
        return "chain"

    @property
    def variant(self) -> str:
        """Which chain it is."""
        return self.gain + (", log-log task" if self.task == "log-log" else "") + (", drifting tail" if self.drifting else "")

    @property
    def names(self) -> tuple[str, ...]:
        """Coefficients in the order of u."""
        common = COMMON if self.task == "logistic" else tuple("pivot" if name == "midpoint" else name for name in COMMON)
        return common + RL_NAMES[self.gain] + (("drift",) if self.drifting else ())

    @property
    def logs(self) -> Bools:
        """All but E, the exponents, the midpoint or pivot of the task link, RL's reach, the narrowing and the drift."""
        return logs_of(self.names, ("E", "alpha", "beta", "midpoint", "pivot", "narrowing", "reach", "drift"))

    @property
    def powers(self) -> tuple[tuple[int, int, float], ...]:
        """A with alpha, B with beta."""
        return ((1, 3, self.centre.n), (2, 4, self.centre.d))

    @property
    def reads_loss(self) -> bool:
        """Whether measured losses are fitted."""
        return self.measured

    def bounds(self, table: JointTable) -> tuple[Array, Array]:
        """Wide ends; E and `slope` held where the loss was not measured."""
        most = float(table.loss.min()) if self.measured else 0.0
        top = np.log(5.0 * table.loss.max()) if self.measured else np.log(60.0)
        lower = [0.0, top - 14.0, top - 14.0, 0.005, 0.005, np.log(0.05), -60.0, -6.0, -4.0]
        upper = [most, top, top, 3.0, 3.0, np.log(500.0), 60.0, 5.0, 12.0]
        if not self.measured:
            lower[5] = upper[5] = 0.0
        first, last = self.centre.first, self.centre.last
        ends = {
            "log": ([-9.0, first - 12.0], [4.0, last + 5.0]),
            "saturating": ([-7.0, first - 8.0, np.log(0.1)], [4.0, last + 8.0, np.log(8.0)]),
            "approach": ([-12.0, first - 8.0, np.log(0.1)], [12.0, last + 8.0, np.log(8.0)]),
        }[self.gain]
        drift = ([-2.0], [1.0]) if self.drifting else ([], [])
        return np.array([*lower, *ends[0], *drift[0]]), np.array([*upper, *ends[1], *drift[1]])

    def starts(self, table: JointTable) -> Array:
        """From the loss, then success against it, then a few RL curves."""
        starts = chain_starts(table, self.centre, self.gain, self.measured, self.task)
        return np.column_stack([starts, np.zeros(len(starts))]) if self.drifting else starts

    def links(self, u: Array, table: JointTable) -> Links:
        """The chain at u."""
        loss = self.pretraining(u, table.n, table.d)[0]
        slope, above = np.exp(u[5]), loss - u[6]
        task = LogisticTask(slope, u[6]) if self.task == "logistic" else LogLogTask(slope, u[6])
        start = np.clip(task.ability(loss), -MOST_LOGIT, MOST_LOGIT)
        rise, _, carried = self.rise(u, start, table.r)
        ability = np.minimum(start + rise, MOST_LOGIT)
        log_start, log_mean, log_rest = log_expit(start), log_expit(ability), log_expit(-ability)
        drift = u[-1] if self.drifting else 0.0
        log_nu = u[7] - (1.0 - drift) * log_start - u[8] * (log_mean - log_start)
        nu, mean, samples = np.exp(np.clip(log_nu, -300.0, 300.0)), np.exp(log_mean), np.exp(table.k)
        fails = log_failure(log_rest, mean, nu, samples)
        on_mean, on_nu, _ = log_failure_gradient(log_rest, mean, nu, samples)
        failure, success = np.exp(fails), -np.expm1(fails)
        lost = np.where(success > 0.5, -np.log1p(-np.minimum(failure, 0.5)), -np.log(np.maximum(success, 1e-300)))
        # where no failure is left, failure/loss is 1 and ln loss as small as it gets
        turn = np.where(lost > 0, failure / (np.maximum(success, 1e-300) * np.maximum(lost, 1e-300)), 1.0)
        return Links(
            start,
            rise,
            np.broadcast_to(np.minimum(task.steepness(loss), 1e100), loss.shape),
            above,
            carried,
            log_start,
            log_mean,
            turn * (on_mean - u[8] * np.exp(log_rest) * on_nu),
            turn * on_nu * (u[8] + drift - 1.0) * expit(-start),
            turn * on_nu,
            np.log(np.maximum(lost, 1e-300)),
        )

    def fitted(self, u: Array, table: JointTable) -> tuple[Array, Array]:
        """Task loss of cells by the chain rule through the links."""
        found = self.links(u, table)
        through = found.by_ability * found.carried + found.by_start
        by_loss = self.pretraining(u, table.n, table.d)[1]
        columns = [
            *(-(found.steepness * through)[:, None] * by_loss).T,
            -through * found.steepness * found.above,
            through * found.steepness,
            found.by_spread,
            -found.by_spread * (found.log_mean - found.log_start),
            *(found.by_ability[:, None] * self.rise(u, found.start, table.r)[1]).T,
            *((found.by_spread * found.log_start,) if self.drifting else ()),
        ]
        return found.log_loss, np.stack(columns, axis=1)

    def fitted_loss(self, u: Array, table: JointTable) -> tuple[Array, Array]:
        """Log of the pre-training loss."""
        loss, by = self.pretraining(u, table.loss_n, table.loss_d)
        out = np.zeros((loss.size, u.size))
        out[:, :5] = by / loss[:, None]
        return np.log(loss), out

    def pretraining(self, u: Array, n: Array, d: Array) -> tuple[Array, Array]:
        """L at ln N and ln D, and its derivative by the first five of u, shape (..., 5)."""
        far_n, far_d = n - self.centre.n, d - self.centre.d
        by_n, by_d = np.exp(u[1] - u[3] * far_n), np.exp(u[2] - u[4] * far_d)
        return u[0] + by_n + by_d, np.stack([np.ones_like(n), by_n, by_d, -far_n * by_n, -far_d * by_d], axis=1)

    def rise(self, u: Array, start: Array, r: Array) -> tuple[Array, Array, Array]:
        """g at a_0 and ln R, its derivative by the RL link's part of u, shape (..., 2 or 3), and 1 + dg/da_0."""
        if self.gain == "log":
            gain, over = np.exp(u[9]), np.logaddexp(0.0, r - u[10])
            return gain * over, np.stack([gain * over, -gain * expit(r - u[10])], axis=1), np.ones_like(r)
        steepness, far = np.exp(u[11]), r - u[10]
        h, rest = expit(steepness * far), expit(-steepness * far)
        if self.gain == "saturating":
            way = np.full_like(r, np.exp(u[9]))
            first, carried = way * h, np.ones_like(r)
        else:
            way = np.logaddexp(0.0, u[9] - start)
            first, carried = h * expit(u[9] - start), rest + h * expit(start - u[9])
        turn = way * steepness * h * rest
        return way * h, np.stack([first, -turn, turn * far], axis=1), carried
