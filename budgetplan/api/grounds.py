"""What a plan rests on, and where its advice turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.api.questions import is_many
from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario, scenario_from_fields
from budgetplan.units import parse_quantity

if TYPE_CHECKING:
    from budgetplan.workflow import Sensitivity, ThirdsCondition
    from budgetplan.workflow.questions.crossover import Crossover
    from budgetplan.workflow.questions.trades import Trades

__all__ = ["crossover", "sensitivity", "thirds_condition", "trades"]


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

    Raises
    ------
    BudgetPlanError
        As for `plan`, and if there is no such method.

    Examples
    --------
    >>> found = sensitivity(budget="1e24", law="additive")
    >>> found.headline != ""
    True
    """
    from budgetplan.workflow.questions.sensitivity_study import sensitivity as answer

    return answer(scenario_from_fields(fields, base=scenario), against)


def thirds_condition(
    scenario: Scenario | None = None,
    /,
    budget: Any = None,
    by: str = "compute",
    tolerance: float | str | None = None,
    coefficients: Sequence[str] | None = None,
    **fields: Any,
) -> ThirdsCondition:
    """By budget, whether equal thirds are right, what they waste, and what a coefficient would have to be for them to be.

    Parameters
    ----------
    scenario : Scenario, optional
        A question.
    budget : quantity or sequence of quantities, optional
        Budgets to ask about [FLOP]; by default the question's own, or six from 1e21 to 1e26 where it has none.
    by : {"compute", "tokens"}
        What is equal.
    tolerance : float or str, optional
        Compute that thirds may waste and still be right; by default the question's, 1 %. [1]
    coefficients : sequence of str, optional
        Which are asked about; by default all that have a range.
    **fields
        The scenario's fields.

    Returns
    -------
    ThirdsCondition

    Raises
    ------
    BudgetPlanError
        If the question is malformed, the law has fewer than three stages, or a coefficient does not exist.

    Examples
    --------
    >>> found = thirds_condition(law="additive", budget="1e24", coefficients=["gamma"])
    >>> found.rows[0].within
    False
    """
    from budgetplan.workflow.questions.thirds_study import thirds_condition as answer

    many = is_many(budget)
    base = scenario_from_fields({**fields, "tolerance": tolerance, "budget": None if many else budget}, base=scenario)
    return answer(base, thirds_budgets(base, budget if many else None), by, base.tolerance, coefficients)


def thirds_budgets(scenario: Scenario, named: Sequence[float | str] | None = None) -> list[float]:
    """The budgets that are asked about: those named, else the question's own, else the usual ones.

    Parameters
    ----------
    scenario : Scenario
        The question.
    named : sequence of quantities, optional
        [FLOP]

    Returns
    -------
    list of float
        [FLOP]

    Raises
    ------
    BudgetPlanError
        If one cannot be read, none is named, or the question has a target instead of a budget.
    """
    from budgetplan.workflow.questions.thirds_study import USUAL
    from budgetplan.workflow.resolve.amount import names_amount, resolve_amount

    require_no_target(scenario)
    if named is None:
        return [resolve_amount(scenario).flop] if names_amount(scenario) else list(USUAL)
    if not len(named):  # an array has no truth of its own
        raise ScenarioError("No budget is named.", "Name at least one, such as 1e24.")
    return [parse_quantity(item, "compute", "budget", positive=True) for item in named]


def require_no_target(scenario: Scenario) -> None:
    """Refuse a target where the question is asked of budgets: it would be passed over.

    Parameters
    ----------
    scenario : Scenario
        The question.

    Raises
    ------
    ScenarioError
        If there is one.
    """
    for name in ("target_loss", "target_success"):
        if getattr(scenario, name) is not None:
            raise ScenarioError(f"`{name}` asks for the least compute, and this is asked of budgets.", "Leave it out.")


def trades(scenario: Scenario | None = None, /, at: str = "optimum", **fields: Any) -> Trades:
    """What one kind of token is worth in another at equal loss, and what one more accelerator-day earns in each stage.

    Parameters
    ----------
    scenario : Scenario, optional
        A question with an amount.
    at : {"optimum", "equal-thirds", "equal-tokens"}
        The split that is looked at; a field `share` stands in its place.
    **fields
        The scenario's fields.

    Returns
    -------
    Trades

    Raises
    ------
    BudgetPlanError
        As for `plan`, and if there is no such split.

    Examples
    --------
    >>> found = trades(budget="1e25", at="equal-thirds")
    >>> sorted(found.earned)
    ['inference', 'pretraining', 'rl']
    """
    from budgetplan.workflow.questions.trades import trades as answer

    return answer(scenario_from_fields(fields, base=scenario), at)


def crossover(
    scenario: Scenario | None = None,
    /,
    cases: Sequence[Mapping[str, Any]] = (),
    when: str | None = None,
    span: tuple[float | str, float | str] = (1e20, 1e28),
    tolerance: float = 0.01,
    margin: float = 0.0,
    **fields: Any,
) -> Crossover:
    """The budgets at which a choice becomes right.

    Parameters
    ----------
    scenario : Scenario, optional
        What the cases share; its budget is not used.
    cases : sequence of mapping
        Two cases, or one that is held against the scenario itself; each maps scenario fields to values.
    when : str, optional
        A condition on the plan instead, such as "rl_share>10%".
    span : tuple of quantity
        Least and largest budget searched. [FLOP]
    tolerance : float
        Relative width to which a budget is found, above 0. [1]
    margin : float
        Part of the loss that counts as a difference. [1]
    **fields
        The scenario's fields.

    Returns
    -------
    Crossover

    Raises
    ------
    BudgetPlanError
        If neither cases nor a condition are given, or both, or there is no plan at any budget.

    Examples
    --------
    >>> found = crossover(law="besiroglu-2024", when="params>70B", span=(1e22, 1e26), tolerance=0.1)
    >>> len(found.turns)
    1
    """
    from budgetplan.workflow.questions.condition import read_condition
    from budgetplan.workflow.questions.crossover import MARGIN
    from budgetplan.workflow.questions.crossover import crossover as answer

    low, high = (parse_quantity(item, "compute", "span", positive=True) for item in span)
    if not low < high:
        raise ScenarioError(f"`span` goes from {low:.3g} to {high:.3g} FLOP.", "Search from a small budget to a large one.")
    condition = None if when is None else read_condition(when)
    base = scenario_from_fields(fields, base=scenario)
    require_no_target(base)
    width = parse_quantity(tolerance, "ratio", "tolerance", positive=True)
    return answer(base, cases, condition, (low, high), width, max(parse_quantity(margin, "ratio", "margin"), MARGIN))
