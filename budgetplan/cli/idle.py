"""Options that a command takes, as all that plan do, and makes nothing of: told, or refused where they ask for another answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from budgetplan.errors import BudgetPlanError, ScenarioError

if TYPE_CHECKING:
    from budgetplan.cli.scenario_sources import Asked
    from budgetplan.scenario import Scenario

Run = TypeVar("Run", bound=Callable[..., Any])

UNSURE = ("draws", "certify", "tolerance")
"""Of commands that do not say how sure an answer is."""
SILENT = (*UNSURE, "strict")
"""Of commands that warn of nothing as well."""
_USES = {"method": 2, "verifier": 3}
"""Fields that bear on RL and on samples, with the place of these among the variables of a law."""
TARGETS = ("target_loss", "target_success")


def without(*names: str) -> Callable[[Run], Run]:
    """Say of which fields of the scenario a command makes nothing.

    Parameters
    ----------
    names : str
        Fields; `plans` reads them.
    """

    def mark(function: Run) -> Run:
        function.idle = names  # type: ignore[attr-defined]  # read by `idle_note`
        return function

    return mark


def of_one_law(function: Run) -> Run:
    """Say that a command asks one law, so that what this law makes nothing of is told as well."""
    function.one_law = True  # type: ignore[attr-defined]  # read by `idle_note`
    return function


def idle_note(function: Callable[..., Any], asked: Asked, flags: Mapping[str, str]) -> str:
    """Return what was typed and changes nothing, as a sentence; empty where there is nothing to say.

    What a file says is passed over: the same file serves other commands.

    Parameters
    ----------
    function : callable
        The command, marked by `without` or not.
    asked : Asked
        The question in its layers.
    flags : mapping of str to str
        Option as typed, by name.

    Raises
    ------
    ScenarioError
        Where a target asks for another answer than the command gives.
    """
    idle: Sequence[str] = getattr(function, "idle", ())
    scenario = asked.scenario
    for name in TARGETS:
        if name in idle and getattr(scenario, name) is not None:
            raise ScenarioError(f"`{name}` asks for the least compute, and this command does not.", "Leave it out.")
    mentioned = {item.field for layer in asked.layers if layer.source != "file" for item in layer.mentions}
    if getattr(function, "one_law", False) and mentioned.intersection(_USES):
        idle = [*idle, *_unused(scenario)]
    typed = [flags[name] for name in idle if name in mentioned and getattr(scenario, name)]
    return f"note: {' and '.join(typed)} change{'s' if len(typed) == 1 else ''} nothing here" if typed else ""


def _unused(scenario: Scenario) -> list[str]:
    """Fields that the scenario's law makes nothing of: a verifier without samples, an RL method without RL."""
    from budgetplan.laws.catalogue import load_law
    from budgetplan.laws.model import AbstractModel

    try:
        law = load_law(scenario.law, scenario.link)
    except BudgetPlanError:
        return []  # several laws, or none of that name: the command says so
    uses = law.function.uses if isinstance(law.function, AbstractModel) else (True, True, False, False)
    return [name for name, variable in _USES.items() if not uses[variable]]
