"""What a token costs in the lab: counted FLOP per param and token of pre-training, RL and inference, at any size.

At these sizes 6, 2 and "about 20" are far off: the embedding and attention weigh a third of a model, and an answer of six tokens
follows a prompt of eighty. The counts follow from the shapes but for two things that are measured: how long answers are, and what
padding adds where a training pass reads answers of unlike length together. The table has both, as counted FLOP per token; between
its sizes they are interpolated in ln N.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from budgetplan.errors import DataError
from budgetplan.lab.model import SIZES, Shape
from budgetplan.lab.shapes import shapes
from budgetplan.lab.task import PROMPT
from budgetplan.numerics.arrays import Array

Row = Mapping[str, float | None]


@dataclass(frozen=True)
class Prices:
    """Prices at the shapes of the lab.

    Attributes
    ----------
    log_params : ndarray of shape (size,)
        ln N, ascending.
    kappa : ndarray of shape (3, size)
        Of pre-training, RL and inference. [FLOP/(param token)]
    tokens_per_sample : ndarray of shape (size,)
        Generated per answer. [token]
    """

    log_params: Array
    kappa: Array
    tokens_per_sample: Array

    def at(self, params: float) -> tuple[Array, float]:
        """Prices at a size, of shape (3,), and tokens per answer there.

        Parameters
        ----------
        params : float
            N; between two shapes both are weighed in ln N, beyond the last its own hold. [param]
        """
        n = np.log(params)
        kappa = np.array([np.interp(n, self.log_params, row) for row in self.kappa])
        return kappa, float(np.interp(n, self.log_params, self.tokens_per_sample))


def answer_cost(shape: Shape, tokens: float, prompts: float = 1.0) -> float:
    """FLOP of generating one answer.

    Parameters
    ----------
    shape : Shape
    tokens : float
        Of the answer. The last one is not read back. [token]
    prompts : float
        Prompts read per answer: 1 in serving, one over the group in RL.

    Returns
    -------
    float
        Exact where `tokens` is whole: the cost of a token is linear in what stands before it. [FLOP]

    Examples
    --------
    >>> shape = SIZES["30k"]
    >>> one = shape.forward_flop(80) + shape.forward_flop(1, 80) + shape.forward_flop(1, 81)
    >>> answer_cost(shape, 3.0) == one
    True
    """
    steps = tokens - 1.0
    first, slope = shape.forward_flop(1, PROMPT), shape.forward_flop(1, PROMPT + 1) - shape.forward_flop(1, PROMPT)
    return prompts * shape.forward_flop(PROMPT) + steps * (first + slope * (steps - 1.0) / 2.0)


def training_cost(shape: Shape, tokens: float, group: int, reference: bool) -> float:
    """FLOP of learning from one answer in RL, without padding: forward, twice backward, and the reference's forward pass.

    Parameters
    ----------
    shape : Shape
    tokens : float
        [token]
    group : int
        Answers per prompt, which is read once.
    reference : bool
    """
    steps = tokens - 1.0
    matrices = shape.forward_flop(1, 0) - 4 * shape.layers * shape.width
    forward = steps * matrices + 4.0 * shape.layers * shape.width * steps * (PROMPT + steps)
    return (4.0 if reference else 3.0) * (shape.forward_flop(PROMPT) / group + forward)


def prices(rows: Sequence[Row], group: int, reference: bool = True) -> Prices:
    """Prices from a table of the lab.

    Parameters
    ----------
    rows : sequence of mapping
        From `table.read_rows`.
    group : int
        Answers per prompt in RL.
    reference : bool
        Whether RL kept a reference model.

    Returns
    -------
    Prices
        At the table's own sizes what was counted there; elsewhere the count of the shape, times the ratio of counted to
        computed at the table's sizes, interpolated in ln N.

    Raises
    ------
    DataError
        Where the table holds no cell with RL of a size of the lab.
    """
    known = {shape.params: shape for shape in SIZES.values()}
    cells = [row for row in rows if row["k"] == 1.0 and (row["rl_tokens"] or 0.0) > 0.0 and row["params"] in known]
    if not cells:
        raise DataError("The table holds no cell with RL, from which prices could be counted.", "Run the lab: budgetplan lab run.")
    sizes = sorted({int(row["params"] or 0) for row in cells})
    lengths, ratios = [], []
    for size in sizes:
        shape, own = known[size], [row for row in cells if row["params"] == size]
        length = _mean(own, "tokens_per_sample")
        learnt = answer_cost(shape, length, 1.0 / group) + training_cost(shape, length, group, reference)
        counted = _mean(own, "flop_rl") / _mean(own, "rl_tokens") * length
        lengths.append(length)
        ratios.append((counted / learnt, _mean(own, "flop_sample") / answer_cost(shape, length)))
    log_sizes = np.log(np.array(sizes, dtype=np.float64))
    columns, taus = [], []
    for shape in shapes():
        n = np.log(shape.params)
        tau = float(np.interp(n, log_sizes, lengths))
        more_rl, more_samples = (float(np.interp(n, log_sizes, column)) for column in zip(*ratios, strict=True))
        learnt = answer_cost(shape, tau, 1.0 / group) + training_cost(shape, tau, group, reference)
        served = answer_cost(shape, tau)
        columns.append(
            (
                shape.flop_per_token() / shape.params,
                more_rl * learnt / tau / shape.params,
                more_samples * served / tau / shape.params,
            )
        )
        taus.append(tau)
    return Prices(np.log([shape.params for shape in shapes()]), np.array(columns).T, np.array(taus))


def _mean(rows: Iterable[Row], name: str) -> float:
    return float(np.mean([row[name] or 0.0 for row in rows]))
