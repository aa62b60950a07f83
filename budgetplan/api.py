"""The functions of the package for notebooks: the same path as the command line, without parsing and printing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.laws.catalogue import load_law
from budgetplan.scenario import Scenario, load_scenario, scenario_from_fields
from budgetplan.workflow import Score, Study, WhatIf
from budgetplan.workflow import plan as _plan
from budgetplan.workflow import score as _score
from budgetplan.workflow import sensitivity as _sensitivity
from budgetplan.workflow import sweep as _sweep
from budgetplan.workflow import thirds_condition as _thirds_condition
from budgetplan.workflow import what_if as _what_if

if TYPE_CHECKING:
    import pandas as pd

    from budgetplan.parallel.progress import Progress
    from budgetplan.workflow import Sensitivity, ThirdsCondition

__all__ = ["load_law", "load_scenario", "plan", "region", "score", "sensitivity", "sweep", "thirds_condition", "what_if"]


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


def sweep(
    scenario: Scenario | Mapping[str, Any] | None = None,
    /,
    *,
    workers: int = 1,
    cluster: str | None = None,
    progress: Progress | None = None,
    **over: Any,
) -> pd.DataFrame:
    """Plan every cell of a grid over scenario fields.

    Parameters
    ----------
    scenario : Scenario or mapping, optional
        The question, or its fields.
    workers : int
        Processes. The table does not depend on it.
    cluster : str, optional
        Address of a Dask scheduler, `tcp://HOST:PORT`.
    progress : callable, optional
        Told cells done and in all.
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
    return _sweep(scenario_from_fields(single, base=base) if single else base, many, workers, cluster, progress)


def _is_many(value: Any) -> bool:
    return not isinstance(value, (str, bytes, Mapping)) and hasattr(value, "__len__")


def region(scenario: Scenario | None = None, /, tolerance: float | str = 0.01, **fields: Any) -> pd.DataFrame:
    """The near-optimal region: splits that some model size brings within a tolerance of the optimum, in compute.

    Parameters
    ----------
    scenario : Scenario, optional
        A question.
    tolerance : float or str
        Compute that may be wasted, as a part of the budget. [1]
    **fields
        The scenario's fields.

    Returns
    -------
    pandas.DataFrame
        Vertices of the region in order around the optimum: the three shares, params and loss. Empty where one stage has it all.

    Examples
    --------
    >>> table = region(budget="1e25", tolerance="1%")
    >>> bool((table[["pretraining_share", "rl_share", "inference_share"]].sum(axis=1).round(9) == 1).all())
    True
    """
    import pandas as pd

    found = _plan(scenario_from_fields({**fields, "tolerance": tolerance, "draws": None}, base=scenario)).region
    names = ["pretraining_share", "rl_share", "inference_share", "params", "loss"]
    return pd.DataFrame([] if found is None else found.rows(), columns=names)


def thirds_condition(
    scenario: Scenario | None = None,
    /,
    budget: Any = None,
    by: str = "compute",
    tolerance: float = 0.01,
    coefficients: Sequence[str] | None = None,
    **fields: Any,
) -> ThirdsCondition:
    """By budget, whether equal thirds are right, what they waste, and what a coefficient would have to be for them to be.

    Parameters
    ----------
    scenario : Scenario, optional
        A question.
    budget : quantity or sequence of quantities, optional
        Budgets to ask about [FLOP]; six from 1e21 to 1e26 by default.
    by : {"compute", "tokens"}
        What is equal.
    tolerance : float
        Compute that thirds may waste and still be right. [1]
    coefficients : sequence of str, optional
        Which are asked about; by default all that have a range.
    **fields
        The scenario's fields.

    Returns
    -------
    ThirdsCondition

    Examples
    --------
    >>> found = thirds_condition(law="additive", budget="1e24", coefficients=["gamma"])
    >>> found.rows[0].within
    False
    """
    from budgetplan.workflow.thirds_study import USUAL

    asked = list(USUAL) if budget is None else list(budget) if _is_many(budget) else [budget]
    amounts = [float(scenario_from_fields({"budget": item}).budget or 0.0) for item in asked]
    base = scenario_from_fields({"budget": asked[0], **fields}, base=scenario)
    return _thirds_condition(base, amounts, by, tolerance, coefficients)


def sensitivity(scenario: Scenario | None = None, /, against: str | None = None, **fields: Any) -> Sensitivity:
    """What a plan rests on: elasticities, what each coefficient and assumption does over its range, and where advice turns.

    Parameters
    ----------
    scenario : Scenario, optional
        A question.
    against : str, optional
        An RL method to compare with.
    **fields
        The scenario's fields; `draws` adds the value of information.

    Returns
    -------
    Sensitivity
    """
    return _sensitivity(scenario_from_fields(fields, base=scenario), against)


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
