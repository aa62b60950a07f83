"""How long training and sampling of any shape take, from the paces of the named sizes, interpolated in logs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.lab.model import SIZES, Shape
from budgetplan.lab.timing import RL, SAMPLING, TRAINING


def training_seconds(shape: Shape, pretraining_tokens: float, rl_tokens: float = 0.0, samples: float = 0.0) -> float:
    """Seconds of one core for training a model and drawing so many samples of it. [s]

    Parameters
    ----------
    shape : Shape
    pretraining_tokens, rl_tokens : float
        [token]
    samples : float
        Answers drawn in evaluations.

    Examples
    --------
    >>> round(training_seconds(SIZES["30k"], 116_000, 14_000, 20_000), 6)
    3.0
    """
    amounts = ((TRAINING, pretraining_tokens), (RL, rl_tokens), (SAMPLING, samples))
    return sum(amount / _pace(table, shape) for table, amount in amounts)


def _pace(table: Mapping[str, float], shape: Shape) -> float:
    sizes = np.log([SIZES[name].params for name in table])
    return float(np.exp(np.interp(np.log(shape.params), sizes, np.log(list(table.values())))))
