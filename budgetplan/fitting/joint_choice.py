"""Which chain the runs support: the forms of its links side by side, richer ones only where the runs ask for them.

The RL link is logarithmic or saturating, whichever forecasts better. Where that chain's score tests (`joint_asks`) say that the
gain changes with ability, the approaching form is tried too; where they say that the tail changes with success, each form is tried
with a drift. A form that is not asked for is not tried: it could only win by chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from budgetplan.fitting.joint_asks import asks
from budgetplan.fitting.joint_candidate import Centre
from budgetplan.fitting.joint_chain import Chain, Gain
from budgetplan.fitting.joint_folds import leave_out, rms
from budgetplan.fitting.joint_sentences import strong
from budgetplan.fitting.joint_solve import Solved, solve
from budgetplan.fitting.joint_table import JointTable, need_axes
from budgetplan.numerics.arrays import Array

FIRST: tuple[Gain, ...] = ("log", "saturating")
"""Forms of the RL link that are always tried."""
LEFT_OUT = (("params",), ("tokens",), ("rl_tokens",))
"""Axes whose largest value decides between chains."""


def choose_chain(
    columns: Mapping[str, Array], table: JointTable, centre: Centre, gains: tuple[Gain, ...] = FIRST, width: float = inf
) -> tuple[Solved, dict[str, float]]:
    """The chain that forecasts the largest N, D and R best, and the forecast error of each that was tried.

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
    found: dict[str, Solved] = {}
    errors: dict[str, float] = {}

    def attempt(gain: Gain, drifting: bool = False) -> None:
        chain = Chain(centre, gain, measured, drifting)
        need_axes(columns, len(chain.names))
        solved = solve(chain, table, width)
        found[chain.variant] = solved
        if len(gains) > 1:
            errors[chain.variant] = rms(leave_out(chain, columns, solved.u, LEFT_OUT, 0.9, width))

    for gain in gains:
        attempt(gain)
    if len(gains) == 1:
        return found[gains[0]], {}
    asked = strong(asks(found[min(errors, key=lambda name: errors[name])]))
    if "gain_by_ability" in asked:
        attempt("approach")
        asked |= strong(asks(found["approach"]))
    if "tail_by_success" in asked:
        for name in tuple(found):
            attempt(_gain(found[name]), drifting=True)
    return found[min(errors, key=lambda name: errors[name])], errors


def _gain(solved: Solved) -> Gain:
    chain = solved.candidate
    assert isinstance(chain, Chain)
    return chain.gain
