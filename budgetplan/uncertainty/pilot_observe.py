"""What a run tells: its pre-training loss, and where the law has more, its loss on the task at one and at many samples.

    ln L + noise                                 every law with a pre-training loss; noise from the fit's residuals
    ln(-ln P) at k = 1 and k = K + noise         laws of success: P counted on m problems, its noise sqrt((1 - P)/(P m))/(-ln P)
    ln l at k = 1 and k = K + noise              laws of a joint loss

Everything is told in logarithms of a loss, with a standard deviation each; errors of different tellings are independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.laws.model import RL, SAMPLES, AbstractModel, Outcome
from budgetplan.numerics.arrays import Array

NOISE = 0.005
"""Standard deviation of ln loss between runs that should agree, where no fit says. [1]"""
PROBLEMS = 1319
"""Problems on which success is counted: the test set of GSM8K. [1]"""
MANY = 16.0
"""Samples per problem of an evaluation. [1]"""
FEWEST = 0.5
"""Count that stands for none right or none wrong, so that zero of m is no infinite knowledge."""


@dataclass(frozen=True)
class Telling:
    """How runs are observed.

    Attributes
    ----------
    noise : float
        Standard deviation of a ln loss. [1]
    problems : int
        m. [1]
    samples : float
        K. [1]
    tokens : float
        Per sample. [token]
    """

    noise: float = NOISE
    problems: int = PROBLEMS
    samples: float = MANY
    tokens: float = 2000.0

    def evaluated(self, model: AbstractModel) -> float:
        """Tokens generated to evaluate a run; none for a law of pre-training alone. [token]"""
        return self.problems * self.samples * self.tokens if model.uses[RL] or model.uses[SAMPLES] else 0.0

    def tell(self, model: AbstractModel, x: Array) -> tuple[Array, Array]:
        """What runs are expected to tell, and its standard deviation, shapes (kind, ...).

        Parameters
        ----------
        model : AbstractModel
            Its coefficients broadcast against the runs.
        x : ndarray of shape (3, ...)
            ln N, ln D, ln R.
        """
        first = model.evaluate(np.stack([*x, np.zeros_like(x[0])]))
        pairs = []
        if first.pretraining_loss is not None:
            pairs.append((np.log(first.pretraining_loss), np.full_like(first.loss, self.noise)))
        if model.uses[RL] or model.uses[SAMPLES]:
            pairs.append(self._of_the_task(first))
        if model.uses[SAMPLES]:
            pairs.append(self._of_the_task(model.evaluate(np.stack([*x, np.full_like(x[0], np.log(self.samples))]))))
        shape = first.loss.shape
        told, deviation = (np.stack([np.broadcast_to(pair[side], shape) for pair in pairs]) for side in (0, 1))
        return told, deviation

    def _of_the_task(self, outcome: Outcome) -> tuple[Array, Array]:
        """ln of the joint loss with its standard deviation; 0 and inf where it is infinite, as without RL it may be."""
        with np.errstate(divide="ignore", over="ignore"):  # replaced below
            logarithm = np.log(outcome.loss)
        spread = np.full_like(outcome.loss, self.noise)
        if outcome.success is not None:
            least = FEWEST / self.problems
            p = np.clip(outcome.success, least, 1.0 - least)
            spread = np.sqrt((1.0 - p) / (p * self.problems)) / -np.log(p)
            logarithm = np.log(-np.log(p))
        known = np.isfinite(logarithm)
        return np.where(known, logarithm, 0.0), np.where(known, spread, np.inf)
