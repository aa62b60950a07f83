"""The multiplicative candidate: factors of (N, D), RL and samples, with an interaction of RL and samples.

    ln l = ln(E + A N^-alpha + B D^-beta) - gamma u - delta v + interaction u v,    u = ln(1 + R/reference),  v = ln k

For one model this is the exponentiated power law of coverage, -ln P = l_1 k^-delta (Brown et al., arXiv:2407.21787), whose
exponent RL lowers where the interaction is positive: RL and samples are then substitutes. It has no form among the laws: it is
here to compare.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.joint.candidate import AbstractCandidate, Centre, logs_of
from budgetplan.fitting.joint.table import JointTable
from budgetplan.numerics.arrays import Array, Bools


@dataclass(frozen=True)
class Multiplicative(AbstractCandidate):
    """Three factors and one interaction.

    Attributes
    ----------
    centre : Centre
    """

    centre: Centre

    @property
    def law(self) -> str:
        """Its name."""
        return "multiplicative"

    @property
    def names(self) -> tuple[str, ...]:
        """Coefficients in the order of u."""
        return ("E", "A", "alpha", "B", "beta", "gamma", "reference", "delta", "interaction")

    @property
    def logs(self) -> Bools:
        """E, A, B, and the reference."""
        return logs_of(self.names, ("alpha", "beta", "gamma", "delta", "interaction"))

    @property
    def powers(self) -> tuple[tuple[int, int, float], ...]:
        """A with alpha, B with beta."""
        return ((1, 2, self.centre.n), (3, 4, self.centre.d))

    def bounds(self, table: JointTable) -> tuple[Array, Array]:
        """Wide ends."""
        low, high = self.centre.lowest - 14.0, self.centre.highest + 5.0
        first, last = self.centre.first, self.centre.last
        lower = [low, low, 0.005, low, 0.005, -3.0, first - 12.0, -3.0, -3.0]
        return np.array(lower), np.array([high, high, 4.0, high, 4.0, 3.0, last + 5.0, 3.0, 3.0])

    def starts(self, table: JointTable) -> Array:
        """Equal terms of N, D and the floor; RL that begins to count early or late; weak and strong exponents."""
        part = self.centre.highest - 1.1
        references = (self.centre.first, self.centre.middle)
        shapes = ((0.15, 0.15), (0.4, 0.4))
        return np.array([[part, part, a, part, b, 0.1, ref, 0.3, 0.0] for ref in references for a, b in shapes])

    def fitted(self, u: Array, table: JointTable) -> tuple[Array, Array]:
        """The sum of logs, and its derivatives."""
        far_n, far_d, v = table.n - self.centre.n, table.d - self.centre.d, table.k
        floor, by_n, by_d = np.exp(u[0]), np.exp(u[1] - u[2] * far_n), np.exp(u[3] - u[4] * far_d)
        base = floor + by_n + by_d
        over, share = np.logaddexp(0.0, table.r - u[6]), 1.0 / (1.0 + np.exp(np.minimum(u[6] - table.r, 700.0)))
        columns = (
            floor / base,
            by_n / base,
            -far_n * by_n / base,
            by_d / base,
            -far_d * by_d / base,
            -over,
            (u[5] - u[8] * v) * share,
            -v,
            over * v,
        )
        said = np.log(base) - u[5] * over - u[7] * v + u[8] * over * v
        return said, np.stack([np.broadcast_to(column, said.shape) for column in columns], axis=1)
