"""The functions of the package for notebooks: the same path as the command line, without parsing and printing."""

from __future__ import annotations

from typing import Any

from budgetplan.laws.catalogue import load_law
from budgetplan.scenario import Scenario, load_scenario, scenario_from_fields
from budgetplan.workflow import Score, Study
from budgetplan.workflow import plan as _plan
from budgetplan.workflow import score as _score

__all__ = ["load_law", "load_scenario", "plan", "score"]


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
