"""Plans beside each other: under several laws, of several scenarios, and against public models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario, load_scenario, scenario_from_fields
from budgetplan.units import parse_quantity

if TYPE_CHECKING:
    from budgetplan.workflow import LawsCompared
    from budgetplan.workflow.questions.backtest import Backtest
    from budgetplan.workflow.questions.scenarios_compared import ScenariosCompared

__all__ = ["backtest", "compare_laws", "compare_scenarios"]


def compare_laws(scenario: Scenario | None = None, /, laws: str | Sequence[str] = "all", **fields: Any) -> LawsCompared:
    """Plan one question under several laws.

    Parameters
    ----------
    scenario : Scenario, optional
        A question; its law is not used.
    laws : str or sequence of str
        Ids and files; "all" takes every shipped law that can be planned with.
    **fields
        The scenario's fields.

    Returns
    -------
    LawsCompared
        A law that cannot answer does not keep the others from it.

    Raises
    ------
    BudgetPlanError
        If the question is malformed, or there is no such law.

    Examples
    --------
    >>> found = compare_laws(budget="1e23", laws=["besiroglu-2024", "hoffmann-2022"])
    >>> [study.law.id for study in found.studies]
    ['besiroglu-2024', 'hoffmann-2022']
    """
    from budgetplan.workflow.questions.law_comparison import compare_laws as answer

    names = laws if isinstance(laws, str) else ",".join(laws)
    if not names.strip(" ,"):
        raise ScenarioError("No law is named.", 'Write laws="all", or name some.')
    return answer(scenario_from_fields(fields, base=scenario), names)


def compare_scenarios(scenarios: Mapping[str, Scenario | Mapping[str, Any] | str | Path], /, **fields: Any) -> ScenariosCompared:
    """Plan several scenarios and compare each with the first.

    Parameters
    ----------
    scenarios : mapping of str to Scenario, mapping, str or Path
        By name, at least two: scenarios, their fields, or their files.
    **fields
        Fields that are laid over every one.

    Returns
    -------
    ScenariosCompared
        A later scenario without an answer does not keep the others from theirs.

    Raises
    ------
    BudgetPlanError
        If there are fewer than two, one is malformed, or the first has no answer.

    Examples
    --------
    >>> found = compare_scenarios({"small": {"budget": "1e22"}, "large": {"budget": "1e25"}}, law="besiroglu-2024")
    >>> list(found.studies)
    ['small', 'large']
    """
    from budgetplan.workflow.questions.scenarios_compared import compare_scenarios as answer

    read = {name: _scenario(item) for name, item in scenarios.items()}
    return answer({name: scenario_from_fields(fields, base=item) for name, item in read.items()})


def _scenario(item: Scenario | Mapping[str, Any] | str | Path) -> Scenario:
    if isinstance(item, Scenario):
        return item
    return scenario_from_fields(item) if isinstance(item, Mapping) else load_scenario(item)


def backtest(
    law: str = "besiroglu-2024",
    models: Sequence[str] | None = None,
    decode_utilisation: float | str | None = None,
    count: Literal["training-equivalent", "operations"] = "training-equivalent",
) -> Backtest:
    """Public models against a law: compute counted twice, the plan, and the demand that their size reveals.

    Parameters
    ----------
    law : str
        A law's id or file.
    models : sequence of str, optional
        Ids or aliases of models; by default, and where none is named, all.
    decode_utilisation : quantity, optional
        Of decoding, relative to training; by default the method table's. [1]
    count : {"training-equivalent", "operations"}
        What a FLOP is.

    Returns
    -------
    Backtest

    Raises
    ------
    BudgetPlanError
        If there is no such law or model, or the law has no pre-training link.

    Examples
    --------
    >>> found = backtest(models=["llama-3.1-405b"])
    >>> found.rows[0]["params"]
    405000000000.0
    """
    from budgetplan.workflow.questions.backtest import backtest as answer

    share = None
    if decode_utilisation is not None:
        share = parse_quantity(decode_utilisation, "ratio", "decode_utilisation", positive=True)
    return answer(law, models or None, share, count)
