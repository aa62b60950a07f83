"""The questions that a plan answers: the optimum, a split of your own, cases, grids, and the splits that are as good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.scenario import Scenario, override, scenario_from_fields

if TYPE_CHECKING:
    import pandas as pd

    from budgetplan.parallel.progress import Progress
    from budgetplan.workflow import Score, Study, WhatIf

__all__ = ["plan", "region", "score", "sweep", "what_if"]


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
    from budgetplan.workflow.plans.planner import plan as answer

    return answer(scenario_from_fields(fields, base=scenario))


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

    Examples
    --------
    >>> thirds = {"pretraining": 1 / 3, "rl": 1 / 3, "inference": 1 / 3}
    >>> found = score(budget="1e25", share=thirds)
    >>> found.plan.regret.loss > 0
    True
    """
    from budgetplan.workflow.plans.scorer import score as answer

    return answer(scenario_from_fields(fields, base=scenario))


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

    Examples
    --------
    >>> found = what_if(budget="1e25", cases=[{"max.rl_share": "5%"}])
    >>> found.cases[0].study.plan.loss > found.base.plan.loss
    True
    """
    from budgetplan.workflow.questions.cases import what_if as answer

    return answer(scenario_from_fields(fields, base=scenario), cases)


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
        Field -> array or list of values; a single value is taken as a field of the question, and so are the params and tokens of
        one checkpoint.

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
    from budgetplan.workflow.sweeps.sweeper import sweep as answer

    base = scenario if isinstance(scenario, Scenario) else scenario_from_fields(dict(scenario or {}))
    many = {key: value for key, value in over.items() if is_many(value) and not (key == "checkpoint" and _is_pair(value))}
    single = {key: value for key, value in over.items() if key not in many and value is not None}
    return answer(override(base, single) if single else base, many, workers, cluster, progress)


def is_many(value: Any) -> bool:
    """Whether a value stands for many.

    Parameters
    ----------
    value : object
        A field's value.

    Returns
    -------
    bool
        True for a list, an array or a column; False for a number, text or a mapping.
    """
    return not isinstance(value, (str, bytes, Mapping)) and hasattr(value, "__len__")


def _is_pair(value: Any) -> bool:
    """Whether a checkpoint is the params and tokens of one, and not the names of several."""
    return len(value) == 2 and all(str(item)[:1].isdigit() for item in value)


def region(scenario: Scenario | None = None, /, tolerance: float | str | None = None, **fields: Any) -> pd.DataFrame:
    """The near-optimal region: splits that some model size brings within a tolerance of the optimum, in compute.

    Parameters
    ----------
    scenario : Scenario, optional
        A question.
    tolerance : float or str, optional
        Compute that may be wasted, as a part of the budget; by default the question's, 1 %. [1]
    **fields
        The scenario's fields.

    Returns
    -------
    pandas.DataFrame
        Vertices of the region in order around the optimum: the three shares, params and loss. Empty where one stage has it all.

    Raises
    ------
    BudgetPlanError
        As for `plan`, and if `tolerance` is no share above 0 and below 1.

    Examples
    --------
    >>> table = region(budget="1e25", tolerance="1%")
    >>> bool((table[["pretraining_share", "rl_share", "inference_share"]].sum(axis=1).round(9) == 1).all())
    True
    """
    import pandas as pd

    asked = scenario_from_fields({**fields, "tolerance": tolerance}, base=scenario)
    found = plan(override(asked, {"tolerance": asked.tolerance, "draws": None})).region  # told only where a tolerance is named
    names = ["pretraining_share", "rl_share", "inference_share", "params", "loss"]
    return pd.DataFrame([] if found is None else found.rows(), columns=names)
