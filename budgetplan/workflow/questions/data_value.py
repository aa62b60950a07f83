"""Repeated data: how many epochs a plan repeats, when another epoch stops paying, and what one more unique token is worth.

worth of a unique token          -dV/dU                        V(U): loss of the optimum, same budget; by a centred difference
in compute                       (dV/dU)/(dV/dC)               [FLOP/token]: what a fresh token may cost
return of epoch e                exp(-(e - 1)/R*)              of a repeated token, against a fresh one (Muennighoff et al.)
most epochs                      1 + R* ln(1/x)                where a repeated token earns the part x of a fresh one
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log
from typing import Any

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.data_constrained import DataConstrainedLoss
from budgetplan.planning.equivalent_budget import optimal_slope
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario, override
from budgetplan.units import format_quantity
from budgetplan.workflow.charts.loss_surface import pretraining_of
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import data_note, resolve

SCHEMA = "budgetplan/epochs/1"
"""Form of `DataValue.to_dict`."""
STEP = 1e-3
"""Relative step of the difference in U. [1]"""
RETURNS = (0.75, 0.5, 0.1)
"""Parts of a fresh token's worth at which the most epochs are told. [1]"""
FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Unique tokens that are planned, over those asked about. [1]"""


@dataclass(frozen=True)
class DataRow:
    """A plan with so many unique tokens.

    Attributes
    ----------
    unique_tokens : float
        [token]
    params, epochs, loss : float
        N [param], D/U [1], and the loss of the plan.
    per_unique_token : float
        Loss that one more unique token takes off. [loss/token]
    flop_per_unique_token : float
        Compute that takes off as much. [FLOP/token]
    usd_per_billion : float or None
        Price of that compute, for a billion unique tokens. [usd]
    """

    unique_tokens: float
    params: float
    epochs: float
    loss: float
    per_unique_token: float
    flop_per_unique_token: float
    usd_per_billion: float | None


@dataclass(frozen=True)
class DataValue:
    """Unique data at one budget.

    Attributes
    ----------
    budget : float
        [FLOP]
    law : str
    half_life : float
        R*: epochs over which a repeated token loses all but 1/e of its worth. [1]
    most_epochs : mapping of float to float
        Part of a fresh token's worth -> the epoch at which a repeated one earns no more. [1]
    rows : tuple of DataRow
        From few unique tokens to many; the one asked about is in the middle.
    notes : tuple of str
    provenance : mapping
    """

    budget: float
    law: str
    half_life: float
    most_epochs: Mapping[float, float]
    rows: tuple[DataRow, ...]
    notes: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asked(self) -> DataRow:
        """The row of the unique tokens asked about."""
        return self.rows[FACTORS.index(1.0)]

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        row = self.asked
        if row.epochs <= 1:
            used = f"{100 * row.epochs:.3g} % of the unique tokens"
            return f"The plan repeats nothing: it uses {used}, and more of them are worth nothing."
        price = "" if row.usd_per_billion is None else f", ${row.usd_per_billion:,.3g} per billion"
        worth = format_quantity(row.flop_per_unique_token, "compute")
        return f"The plan sees its data {row.epochs:.3g} times; one more unique token is worth {worth}{price}."

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/epochs/1`."""
        head = {"schema": SCHEMA, "headline": self.headline, "budget": self.budget, "law": self.law, "half_life": self.half_life}
        most = [{"earns": part, "epochs": epochs} for part, epochs in self.most_epochs.items()]
        rows = [dict(vars(row)) for row in self.rows]
        return {**head, "most_epochs": most, "rows": rows, "notes": list(self.notes), "provenance": dict(self.provenance)}


def data_value(scenario: Scenario, command: str = "") -> DataValue:
    """Epochs of the plan and the worth of unique data.

    Parameters
    ----------
    scenario : Scenario
        With an amount and `unique_tokens`.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    DataValue

    Raises
    ------
    ScenarioError
        If `unique_tokens` is not given, or the law cannot count repeated data.

    References
    ----------
    .. [1] Muennighoff et al., "Scaling Data-Constrained Language Models", 2023, arXiv:2305.16264, Eq. 5.
    """
    require_law_objective(scenario, "The worth of unique data")
    scenario.require_question()
    if scenario.unique_tokens is None:
        raise ScenarioError("The number of unique tokens is not given.", "Give --unique-tokens 1T.")
    question = resolve(scenario)
    made = pretraining_of(question.law)
    if isinstance(made, ChinchillaLoss):
        half_life = float(made.half_life)
    elif isinstance(made, DataConstrainedLoss):
        half_life = float(made.RD_star)
    else:
        raise ScenarioError(f"The law `{question.law.id}` cannot count repeated data.", "Use --law muennighoff-2023.")
    money = resolve_amount(scenario)
    usd = None if money.usd is None else money.usd / money.flop
    rows = tuple(_row(scenario, scenario.unique_tokens * factor, money.flop, usd) for factor in FACTORS)
    note = data_note(question.law)
    return DataValue(
        money.flop, question.law.id, half_life, {part: 1.0 + half_life * log(1.0 / part) for part in RETURNS}, rows,
        (*((note,) if note else ()), *money.assumed), provenance(scenario, question.law, command),
    )  # fmt: skip


def _row(scenario: Scenario, unique: float, budget: float, usd_per_flop: float | None) -> DataRow:
    losses, slope, params, epochs = [], 0.0, 0.0, 0.0
    for factor in (1 - STEP, 1 + STEP, 1.0):
        problem = resolve(override(scenario, {"unique_tokens": unique * factor})).at(np.array([budget]))
        require_feasible(problem)
        answer = solve(problem)
        losses.append(float(answer.loss[0]))
        slope = float(optimal_slope(problem, answer.y, answer.loss)[0]) / budget
        params = float(np.exp(answer.y[0, 0]))
        epochs = float(np.exp(problem.log_tokens(answer.y[1])[0][0])) / unique
    gain = max((losses[0] - losses[1]) / (2 * STEP * unique), 0.0)
    gain = gain if epochs > 1 - STEP else 0.0
    worth = gain / -slope if slope < 0 else 0.0
    return DataRow(unique, params, epochs, losses[2], gain, worth, None if usd_per_flop is None else 1e9 * worth * usd_per_flop)
