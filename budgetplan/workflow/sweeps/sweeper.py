"""Many plans at once: one row per cell of a grid over scenario fields.

Cells are cut into pieces (`sweeps.grid`), each piece is answered by itself (`sweeps.piece`), here, in worker processes or on a
cluster, and the answers are put into one table. The table is the same bits whoever worked on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetplan.errors import BudgetPlanError, ScenarioError, UnknownNameError
from budgetplan.laws.catalogue import load_law
from budgetplan.parallel.executors import crew
from budgetplan.parallel.progress import Progress
from budgetplan.parallel.repeated import in_order
from budgetplan.scenario import Scenario, override, scenario_fields
from budgetplan.workflow.sweeps.columns import COLUMNS, NUMBERS
from budgetplan.workflow.sweeps.grid import CELLS, SINGLE_CELLS, Grid, axis
from budgetplan.workflow.sweeps.piece import Work, answer, work

if TYPE_CHECKING:
    import pandas as pd

MOST_CELLS = 5_000_000
"""Largest grid."""


def sweep(
    scenario: Scenario,
    over: Mapping[str, Sequence[Any] | Any],
    workers: int = 1,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Plan every cell of a grid.

    Parameters
    ----------
    scenario : Scenario
        The question; fields of `over` replace its own.
    over : mapping of str to sequence or ndarray
        Scenario field (dotted for parts: `max.rl_share`) -> values, of shape (value,), as numbers [SI] or quantities.
    workers : int
        Processes that share the work; 1 is this one.
    cluster : str, optional
        Address of a Dask scheduler whose workers do it: `tcp://HOST:PORT`.
    progress : callable, optional
        Told how many cells are done, of how many.

    Returns
    -------
    pandas.DataFrame
        It shows its units in a notebook. One row per cell, the last key varying fastest: the swept keys (in SI units where they
        are numbers), then `COLUMNS`. `status` is optimal, infeasible, stalled or the kind of error. The table does not depend on
        who did the work.

    Raises
    ------
    ScenarioError, UnknownNameError
        If nothing is swept, the grid is too large, a field does not exist, there is no budget, the cluster cannot be reached, or
        something is asked that a row does not tell: a deadline, or the least regret over several laws.
    MissingExtraError
        If a cluster is named and the extra is not installed.
    SolverError
        If workers are lost again and again.

    References
    ----------
    .. [1] Python Software Foundation, `concurrent.futures`: the interface behind which the workers stand.
    """
    from budgetplan.workflow.sweeps.table import Sweep

    grid = _grid(scenario, over)
    hands = crew(workers, cluster)
    if cluster is None:
        hands = crew(min(workers, len(grid)))  # a process more than there are pieces would start for nothing
    numbers, status = np.full((NUMBERS, grid.cells), np.nan), np.empty(grid.cells, dtype=object)

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(min(done * grid.piece, grid.cells), grid.cells)

    with closing(in_order(answer, _Pieces(scenario, grid), hands, tell)) as answers:
        for index, found in enumerate(answers):
            rows = grid.rows(index)
            numbers[:, rows], status[rows] = found.numbers, found.status
    swept = {item.key: grid.column(number) for number, item in enumerate(grid.axes)}
    # `params` can be swept and is an answer: the given value stands in one column
    columns = {**dict(zip(COLUMNS, [*numbers, status], strict=True)), **swept}
    return Sweep({name: columns[name] for name in dict.fromkeys([*swept, *COLUMNS])})


class _Pieces(Sequence[Work]):
    """The pieces of a grid as work for a worker, each made when it is due."""

    def __init__(self, scenario: Scenario, grid: Grid) -> None:
        self.scenario, self.grid = scenario, grid

    def __len__(self) -> int:
        return len(self.grid)

    def __getitem__(self, index: Any) -> Any:
        return work(self.scenario, self.grid[index])


def _grid(scenario: Scenario, over: Mapping[str, Any]) -> Grid:
    """The cells that are asked for, where they are a question."""
    fields = scenario_fields()
    for key in over:
        if key.partition(".")[0] not in fields:
            raise UnknownNameError("field of a scenario", key, fields)
    if "deadline" in over or scenario.deadline is not None:
        raise ScenarioError(
            "A row of a sweep tells no days, so that a `deadline` would hold nothing.",
            "Leave it out, or plan a cell by itself: `plan --deadline` says which stages are in time.",
        )
    if not {"law", "link"} & {key.partition(".")[0] for key in over}:
        load_law(scenario.law, scenario.link)  # a name that no cell can have; files too
    if scenario.objective == "minimax-law":
        raise ScenarioError(
            "`minimax-law` compares laws, and each cell of a sweep has one.",
            "Plan it by itself: plan --objective minimax-law --law A,B.",
        )
    cells = int(np.prod([len(values) for values in over.values()], dtype=float)) if over else 0
    if cells == 0:
        raise ScenarioError("There is nothing to sweep.", "Name a field with its values: --over budget=1e22..1e26:40.")
    if cells > MOST_CELLS:
        raise ScenarioError(f"The sweep has {cells:,} cells, over {MOST_CELLS:,}.", "Take fewer values.")
    axes = tuple(axis(key, values) for key, values in over.items())
    if all(asks is None for asks in _asked(scenario, axes)):
        scenario.require_question()
    aims = any(key.startswith("target_") for key in over) or (
        not {"budget", "usd"} & set(over) and (scenario.target_loss is not None or scenario.target_success is not None)
    )
    attends = not {"context", "decode_context"}.isdisjoint({*over, *scenario.model_fields_set})
    robust = "objective" in over or scenario.objective != "law"
    return Grid(axes, SINGLE_CELLS if aims or attends or robust else CELLS)


def _asked(scenario: Scenario, axes: tuple[Any, ...]) -> Iterator[str | None]:
    """What the first cell asks; None where there is neither a budget nor a target."""
    try:
        first = override(scenario, {item.key: item.entries[0] for item in axes})
    except BudgetPlanError:
        yield ""  # cells that cannot be read say so in their rows
        return
    try:
        yield first.require_question()
    except ScenarioError:
        yield None
