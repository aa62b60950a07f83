"""Public docstrings tell every parameter with its type, unit and shape, what comes back, and what is raised.

Held to it are, in full:

- every function of `budgetplan.__all__`, every error class, and the names of `budgetplan.plots`;
- the classes that those functions return, with their fields, properties and methods;
- what `costs`, `units`, `scenario`, `datasets`, `report` and `workflow` list in `__all__`;
- every public function, class and method of `api`, `signal` and `errors`.

Not held to it: functions and classes inside `laws`, `planning`, `fitting` and `uncertainty` that no function above returns. They
work on arrays in log variables, tell the shapes of an interface where the interface is declared, and often say in their first
line what they return. A method that overrides one of an interface is described there. Examples run as doctests with all tests.
"""

from __future__ import annotations

from pathlib import Path

import griffe
import pytest

import budgetplan
from tests.contracts.docstrings import lacks, package, public

LISTED = ("costs", "units", "scenario", "datasets", "report", "workflow", "plots")
WHOLE = ("api", "signal", "errors")
RETURNED = (
    "api.training_signal.TrainingSignal",
    "fitting.result.LawFit",
    "laws.box.Extrapolation",
    "laws.law.Law",
    "laws.record.Coefficient",
    "planning.allocation.Allocation",
    "planning.allocation.Regret",
    "planning.certificate.Certificate",
    "workflow.questions.backtest.Backtest",
    "workflow.questions.break_even.BreakEven",
    "workflow.questions.cases.Case",
    "workflow.questions.checkpoint_table.CheckpointTable",
    "workflow.questions.crossover.Crossover",
    "workflow.questions.data_value.DataValue",
    "workflow.questions.pilot_study.PilotStudy",
    "workflow.questions.rl_run.RlRun",
    "workflow.questions.scenarios_compared.ScenariosCompared",
    "workflow.questions.size_limit.SizeLimit",
    "workflow.questions.trades.Trades",
)
"""Classes that functions return, beside those that `workflow` lists."""

Documented = griffe.Function | griffe.Class


def _resolved(path: str) -> griffe.Object:
    found = package()[path]
    return found.final_target if isinstance(found, griffe.Alias) else found


def _listed(module: str) -> list[str]:
    """Paths that a package lists in `__all__`, constants left out."""
    names = [str(name) for name in package()[module].exports or ()]
    return [f"{module}.{name}" for name in names if name in package()[module].members]


def _scope() -> dict[str, Documented]:
    homes = {name: f"{module}.{name}" for module, names in budgetplan._HOME.items() for name in names}
    paths = [*homes.values(), *RETURNED, *(path for module in LISTED for path in _listed(module)), *_lazily_listed()]
    found: dict[str, Documented] = {}
    for item in map(_resolved, paths):
        if isinstance(item, griffe.Function | griffe.Class):
            found[item.path] = item
        if isinstance(item, griffe.Class):
            found.update({part.path: part for part in item.members.values() if _is_public_method(part)})
    found.update({item.path: item for module in WHOLE for item in public(module)})
    return dict(sorted(found.items()))


def _lazily_listed() -> list[str]:
    """Names that `workflow` imports on first use."""
    from budgetplan.workflow import _HOME

    return [f"workflow.{module}.{name}" for module, names in _HOME.items() for name in names]


def _is_public_method(part: griffe.Object | griffe.Alias) -> bool:
    return isinstance(part, griffe.Function) and not part.name.startswith("_")


SCOPE = _scope()


@pytest.mark.parametrize("item", SCOPE.values(), ids=SCOPE)
def test_a_docstring_tells_all(item: Documented) -> None:
    assert lacks(item) == []


def test_the_scope_holds_what_it_says() -> None:
    kinds = {path.split(".")[1] for path in SCOPE}
    assert kinds >= {*LISTED, *WHOLE, "laws", "planning", "fitting"}
    assert {"budgetplan.workflow.plans.study.Study", "budgetplan.laws.law.Law.loss", "budgetplan.fitting.fit.fit_law"} <= set(SCOPE)


def test_the_check_sees_what_is_missing(tmp_path: Path) -> None:
    code = '''
from budgetplan.errors import ScenarioError

def told(size: float) -> float:
    """Double.

    Parameters
    ----------
    size : float
        Of it. [param]

    Returns
    -------
    float
        Twice as much. [param]

    Raises
    ------
    BudgetPlanError
        Where it is negative.
    """
    if size < 0:
        raise ScenarioError("no")
    return 2 * size

def untold(size: float, table: object) -> float:
    """Double.

    Parameters
    ----------
    size : float
        Of it.
    """
    raise ScenarioError("no")
'''
    (tmp_path / "made.py").write_text(code, encoding="utf-8")
    module = griffe.load("made", search_paths=[str(tmp_path)], allow_inspection=False)
    assert lacks(module["told"]) == []
    module["told"].docstring.value = module["told"].docstring.value.replace("Twice as much. [param]", "Twice as much.")
    assert lacks(module["told"]) == ["what it returns has no unit in brackets"]
    assert lacks(module["untold"]) == [
        "`table` is not among the parameters",
        "`size` has no unit in brackets",
        "no section `Returns`",
        "it raises ScenarioError, and `Raises` does not say so",
    ]
