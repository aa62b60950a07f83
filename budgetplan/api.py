"""The functions of the package for notebooks: the same path as the command line, without parsing and printing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.laws.catalogue import load_law
from budgetplan.scenario import Scenario, load_scenario, scenario_from_fields
from budgetplan.workflow import Score, Study, WhatIf
from budgetplan.workflow import plan as _plan
from budgetplan.workflow import score as _score
from budgetplan.workflow import sweep as _sweep
from budgetplan.workflow import what_if as _what_if

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load_law", "load_scenario", "plan", "score", "sweep", "what_if"]


def plan(scenario: Scenario | None = None, /, **fields: Any) -> Study:
    """The global optimum of a planning question, certified, beside the rules of thumb.

    Parameters
    ----------
    scenario : Scenario, optional
        A question, from `load_scenario`.
    **fields
        The scenario's fields (`budget`, `law`, `queries`, ...), as numbers in SI units or as quantities ("1e25", "15T"); they
        override those of `scenario`. None is "not given".

    Returns
    -------
    Study

    Raises
    ------
    BudgetPlanError
        One of its subclasses: a malformed question, limits that conflict, an optimum that could not be certified.

    Examples
    --------
    >>> study = plan(budget="1e25", law="besiroglu-2024")
    >>> round(study.plan.tokens_per_param, 1)
    17.1
    """
    return _plan(scenario_from_fields(fields, base=scenario))


def score(scenario: Scenario | None = None, /, **fields: Any) -> Score:
    """Evaluate a split that the user names, `share={"pretraining": 0.6, "rl": 0.2, "inference": 0.2}`, beside the optimum.

    Parameters
    ----------
    scenario : Scenario, optional
        A question, from `load_scenario`.
    **fields
        The scenario's fields; they override those of `scenario`.

    Returns
    -------
    Score

    Raises
    ------
    BudgetPlanError
        As for `plan`, and if the split is not possible.
    """
    return _score(scenario_from_fields(fields, base=scenario))


def sweep(scenario: Scenario | Mapping[str, Any] | None = None, /, **over: Any) -> pd.DataFrame:
    """Plan every cell of a grid over scenario fields.

    Parameters
    ----------
    scenario : Scenario or mapping, optional
        The question, or its fields.
    **over
        Field -> array or list of values; a single value is taken as a field of the question.

    Returns
    -------
    pandas.DataFrame
        One row per cell: the swept keys, then params, tokens, shares, samples, loss, equal thirds and status.

    Raises
    ------
    BudgetPlanError
        If the question is malformed; a cell without an answer is a row with its status.

    Examples
    --------
    >>> table = sweep(law="besiroglu-2024", budget=[1e21, 1e23])
    >>> [round(float(value), 1) for value in table["pretraining_tokens"] / table["params"]]
    [21.6, 19.2]
    """
    base = scenario if isinstance(scenario, Scenario) else scenario_from_fields(dict(scenario or {}))
    many = {key: value for key, value in over.items() if _is_many(value)}
    single = {key: value for key, value in over.items() if key not in many}
    return _sweep(scenario_from_fields(single, base=base) if single else base, many)


def _is_many(value: Any) -> bool:
    return not isinstance(value, (str, bytes, Mapping)) and hasattr(value, "__len__")


def what_if(scenario: Scenario | None = None, /, cases: Sequence[Mapping[str, Any]] = (), **fields: Any) -> WhatIf:
    """Plan again per case and say what changes against the base.

    Parameters
    ----------
    scenario : Scenario, optional
        The base question.
    cases : sequence of mapping
        Each maps scenario fields (dotted for parts, `{"max.rl_share": "5%"}`) to values.
    **fields
        Fields of the base question.

    Returns
    -------
    WhatIf

    Raises
    ------
    BudgetPlanError
        If the base or a case cannot be answered.
    """
    return _what_if(scenario_from_fields(fields, base=scenario), cases)
