"""Which chain the runs support: the forms of its links side by side, richer ones only where the runs ask for them.

The RL link is logarithmic or saturating, whichever forecasts better. Then the score tests of the best chain (`joint.asks`) say what
it lacks: where the gain changes with ability, the approaching form is tried; where the task link is curved, the log-log form; where
the tail changes with success, a drift. The best of these is asked again, until none is better. A form that is not asked for is not
tried: it could only win by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf

from budgetplan.fitting.joint.asks import asks
from budgetplan.fitting.joint.candidate import Centre
from budgetplan.fitting.joint.chain import Chain, Gain
from budgetplan.fitting.joint.folds import LEFT_OUT, leave_out, rms
from budgetplan.fitting.joint.sentences import strong
from budgetplan.fitting.joint.solve import Solved, solve
from budgetplan.fitting.joint.table import JointTable, need_axes
from budgetplan.numerics.arrays import Array

FIRST: tuple[Gain, ...] = ("log", "saturating")
"""Forms of the RL link that are always tried."""


def choose_chain(
    columns: Mapping[str, Array], table: JointTable, centre: Centre, gains: tuple[Gain, ...] = FIRST, width: float = inf
) -> tuple[Solved, dict[str, float]]:
    """The chain that forecasts best, and the forecast error of each that was tried.

    Parameters
    ----------
    columns : mapping of str to ndarray
        From `read_joint`.
    table : JointTable
        Of them.
    centre : Centre
    gains : tuple of str
        Forms of the RL link; a single one is not compared, and stays as it is.
    width : float
        Huber's.

    Returns
    -------
    Solved
    dict of str to float
        Root mean square of ln(forecast/measured task loss) by chain; empty for a single form. [1]

    Raises
    ------
    FitError
        If the table cannot determine the forms.
    """
    measured = "loss" in columns
    found: dict[Chain, Solved] = {}
    errors: dict[Chain, float] = {}

    def attempt(chain: Chain) -> None:
        need_axes(columns, len(chain.names))
        found[chain] = solve(chain, table, width)
        if len(gains) > 1:
            errors[chain] = rms(leave_out(chain, columns, found[chain].u, LEFT_OUT, 0.9, width))

    for gain in gains:
        attempt(Chain(centre, gain, measured))
    if len(gains) == 1:
        return found[Chain(centre, gains[0], measured)], {}
    while True:
        best = min(errors, key=lambda chain: errors[chain])
        for chain in _richer(best, strong(asks(found[best]))):
            if chain not in found:
                attempt(chain)
        if errors[best] == min(errors.values()):
            return found[best], {chain.variant: error for chain, error in errors.items()}


def _richer(chain: Chain, asked: set[str]) -> list[Chain]:
    """The chain with one of the links that its residuals ask for."""
    out = []
    if "gain_by_ability" in asked:
        out.append(replace(chain, gain="approach"))
    if "curved_task" in asked and chain.measured:
        out.append(replace(chain, task="log-log"))
    if "tail_by_success" in asked:
        out.append(replace(chain, drifting=True))
    return out
