"""From pre-training loss to ability: the task link.

    ability a_0 = slope (midpoint - L)   [logit],     success = chance + (1 - chance) sigma(a)
    da_0/dL = -slope

One slope per benchmark; the midpoint is the loss at which half of the problems come right (above chance): it depends on the
recipe (data quality, tokenizer, date) and on how hard the task is. Limits: L -> inf gives chance.
"""

from __future__ import annotations

from dataclasses import dataclass

from budgetplan.numerics.arrays import Array


@dataclass(frozen=True)
class LogisticTask:
    """A logistic in pre-training loss.

    Attributes
    ----------
    slope : float or ndarray
        Logits of ability per nat/token of loss. [token/nat]
    midpoint : float or ndarray
        Loss at ability zero. [nat/token]
    chance : float
        Success of guessing. [1]

    References
    ----------
    .. [1] Ruan, Maddison, Hashimoto, "Observational Scaling Laws", 2024, arXiv:2405.10938 (data).
    """

    slope: float | Array
    midpoint: float | Array
    chance: float = 0.0

    def ability(self, loss: Array) -> Array:
        """Ability in logits at pre-training loss `loss` [nat/token], shape kept."""
        return self.slope * (self.midpoint - loss)
