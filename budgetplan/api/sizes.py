"""Which model: where to start from, how large, how often to repeat data, how to run RL, and which runs to do first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario, scenario_from_fields
from budgetplan.units import parse_quantity

if TYPE_CHECKING:
    from budgetplan.workflow.questions.break_even import BreakEven
    from budgetplan.workflow.questions.checkpoint_table import CheckpointTable
    from budgetplan.workflow.questions.data_value import DataValue
    from budgetplan.workflow.questions.pilot_study import PilotStudy
    from budgetplan.workflow.questions.rl_run import RlRun
    from budgetplan.workflow.questions.size_limit import SizeLimit

__all__ = ["break_even", "checkpoints", "epochs", "max_params", "pilot", "rl_run"]


def checkpoints(scenario: Scenario | None = None, /, models: Sequence[str] | None = None, **fields: Any) -> CheckpointTable:
    """Which open model to start from, against training from nothing.

    Parameters
    ----------
    scenario : Scenario, optional
        A question with an amount, without `params` and `checkpoint`.
    models : sequence of str, optional
        Names of models; by default every open one whose params and tokens a source states.
    **fields
        The scenario's fields.

    Returns
    -------
    CheckpointTable

    Raises
    ------
    BudgetPlanError
        If the question is malformed, or there is no such model.

    Examples
    --------
    >>> found = checkpoints(budget="1e23", law="besiroglu-2024", models=["llama-3-8b"])
    >>> len(found.rows)
    2
    """
    from budgetplan.workflow.questions.checkpoint_table import checkpoint_table

    return checkpoint_table(scenario_from_fields(fields, base=scenario), models)


def break_even(
    scenario: Scenario | None = None,
    /,
    *,
    params: tuple[float | str, float | str],
    tokens: float | str | None = None,
    **fields: Any,
) -> BreakEven:
    """The demand from which the smaller, longer-trained of two models is the cheaper one.

    Parameters
    ----------
    scenario : Scenario, optional
        Law, decoding and tokens per query; with `target_loss` the loss that both are trained to; with `price`, money too.
    params : tuple of quantity
        The two sizes, in any order. [param]
    tokens : quantity, optional
        What the larger is trained on, where no `target_loss` is given; by default its compute-optimal tokens. [token]
    **fields
        The scenario's fields.

    Returns
    -------
    BreakEven

    Raises
    ------
    BudgetPlanError
        If the question is malformed, or a size cannot reach the loss.

    Examples
    --------
    >>> found = break_even(params=("8B", "70B"), law="besiroglu-2024", target_loss=2.02)
    >>> found.small.params, found.large.params
    (8000000000.0, 70000000000.0)
    """
    from budgetplan.workflow.questions.break_even import break_even as answer

    if len(params) != 2:
        raise ScenarioError(f"`params` has {len(params)} sizes, and two are compared.", 'Write params=("8B", "70B").')
    one, other = (parse_quantity(item, "params", "params") for item in params)
    given = None if tokens is None else parse_quantity(tokens, "tokens", "tokens")
    return answer(scenario_from_fields(fields, base=scenario), one, other, given)


def max_params(
    scenario: Scenario | None = None,
    /,
    *,
    price_per_million: float | str | None = None,
    latency: float | str | None = None,
    chips: float = 1.0,
    precision: str = "bf16",
    **fields: Any,
) -> SizeLimit:
    """The largest model that a price per token, a latency, or both allow.

    Parameters
    ----------
    scenario : Scenario, optional
        Device, price, MFU and decoding; with a budget, what the limit costs is told too.
    price_per_million : quantity, optional
        Of a million generated tokens, compute only. [usd]
    latency : quantity, optional
        Of one generated token. [s]
    chips : float
        Accelerators that share one copy of the model, at least 1. [1]
    precision : {"bf16", "fp8", "int4"}
        Of the weights when served.
    **fields
        The scenario's fields.

    Returns
    -------
    SizeLimit

    Raises
    ------
    BudgetPlanError
        If neither limit is given or one cannot be read, the precision is not known, or there is no price of the device.

    Examples
    --------
    >>> max_params(price_per_million="0.5usd", gpu="H100").by_latency is None
    True
    """
    from budgetplan.workflow.questions.size_limit import size_limit

    money = None if price_per_million is None else parse_quantity(price_per_million, "money", "price_per_million")
    seconds = None if latency is None else parse_quantity(latency, "duration", "latency")
    shared = parse_quantity(chips, "count", "chips", minimum=1.0)
    return size_limit(scenario_from_fields(fields, base=scenario), money, seconds, shared, precision)


def epochs(scenario: Scenario | None = None, /, **fields: Any) -> DataValue:
    """How often to repeat data, and what one more unique token is worth.

    Parameters
    ----------
    scenario : Scenario, optional
        A question with an amount and `unique_tokens`.
    **fields
        The scenario's fields.

    Returns
    -------
    DataValue

    Raises
    ------
    BudgetPlanError
        If there are no unique tokens, or the law does not know of repeated data.

    Examples
    --------
    >>> found = epochs(budget="1e24", unique_tokens="1T", law="muennighoff-2023")
    >>> found.asked.epochs > 1
    True
    """
    from budgetplan.workflow.questions.data_value import data_value

    return data_value(scenario_from_fields(fields, base=scenario))


def rl_run(
    scenario: Scenario | None = None,
    /,
    *,
    group_size: int | None = None,
    trained_share: float | None = None,
    writing: float | None = None,
    task_sets: Sequence[float] = (1.0, 10.0, 100.0, 1000.0),
    **fields: Any,
) -> RlRun:
    """What RL costs and earns as it is run: groups that teach, dropped rollouts, self-made tasks, breadth.

    Parameters
    ----------
    scenario : Scenario, optional
        A question with an amount, under a joint law of four links.
    group_size : int, optional
        Answers per problem, at least 2; by default 16. [1]
    trained_share : float, optional
        Part of the rollouts that is trained on, above 0. [1]
    writing : float, optional
        Tokens that write and check tasks, per rollout token. [1]
    task_sets : sequence of float
        Numbers of task sets to plan with, at least one. [1]
    **fields
        The scenario's fields.

    Returns
    -------
    RlRun

    Raises
    ------
    BudgetPlanError
        If the law is not one of four links, RL is forbidden, or a number is out of range.

    Examples
    --------
    >>> found = rl_run(budget="1e24", task_sets=[1])
    >>> found.success[1] > found.success[0]
    True
    """
    from budgetplan.workflow.questions.rl_run import rl_run as answer

    if group_size is not None and group_size < 2:
        raise ScenarioError(f"`group_size` is {group_size}; a group has at least 2 answers.", "Groups of 16 are usual.")
    sets = [parse_quantity(item, "count", "task_sets") for item in task_sets]
    if not sets:
        raise ScenarioError("`task_sets` names no number.", "Give at least one, such as 1.")
    trained = None if trained_share is None else parse_quantity(trained_share, "ratio", "trained_share", positive=True)
    written = None if writing is None else parse_quantity(writing, "count", "writing", minimum=0.0)
    return answer(scenario_from_fields(fields, base=scenario), group_size, trained, written, sets)


def pilot(
    scenario: Scenario | None = None,
    /,
    *,
    pilot: float | str,
    runs: int = 8,
    noise: float = 0.005,
    problems: int = 1319,
    **fields: Any,
) -> PilotStudy:
    """Which runs to do first, so that the plan of the main budget wastes least.

    Parameters
    ----------
    scenario : Scenario, optional
        A question with a budget; its `draws`, where given, are the simulated truths.
    pilot : quantity
        Compute that the runs may take altogether. [FLOP]
    runs : int
        Most runs. [1]
    noise : float
        Standard deviation of ln loss between runs that should agree, above 0. [1]
    problems : int
        Problems on which success is counted. [1]
    **fields
        The scenario's fields.

    Returns
    -------
    PilotStudy

    Raises
    ------
    BudgetPlanError
        If the question is malformed, the law has no spread, or a number is out of range.

    Examples
    --------
    >>> found = pilot(budget="1e24", pilot="1e21", law="besiroglu-2024", runs=2, draws=50)
    >>> int(found.chosen.runs.size) <= 2
    True
    """
    from budgetplan.uncertainty.pilot_observe import Telling
    from budgetplan.workflow.questions.pilot_study import pilot_study

    if problems < 1:
        raise ScenarioError(f"`problems` is {problems}; success is counted on at least one.", "The test set of GSM8K has 1319.")
    telling = Telling(parse_quantity(noise, "ratio", "noise", positive=True), problems)
    return pilot_study(scenario_from_fields(fields, base=scenario), parse_quantity(pilot, "compute", "pilot"), runs, telling)
