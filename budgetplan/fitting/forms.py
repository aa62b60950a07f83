"""The forms that can be fitted: name -> function, imported when asked for.

A new form is one function `fit_<form>(runs, options) -> LawFit` in this package and one entry here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting.result import LawFit


@dataclass(frozen=True)
class Entry:
    """Where a form's function is, and what it is told.

    Attributes
    ----------
    module, function : str
    curve : bool
        Whether it takes `CurveOptions` (RL curves and counts) rather than `FitOptions` (losses).
    clusters : bool
        Whether it knows runs that are not independent.
    delta : float
        Width of Huber's quadratic part where none is given, in the unit of the form's residual. [1]
    """

    module: str
    function: str
    curve: bool = False
    clusters: bool = False
    delta: float = 1e-3


FORMS: dict[str, Entry] = {
    "chinchilla": Entry("loss.chinchilla", "fit_chinchilla", clusters=True),
    "data-constrained": Entry("loss.data_constrained", "fit_data_constrained", clusters=True),
    "overtrained": Entry("loss.overtrained", "fit_overtrained", clusters=True),
    "isoflop": Entry("loss.isoflop", "fit_isoflop"),
    "rl-sigmoid": Entry("rl.sigmoid", "fit_rl_sigmoid", True),
    "rl-power": Entry("rl.sigmoid", "fit_rl_power", True),
    "passk-beta": Entry("passk.beta", "fit_passk_beta", True),
    "passk-power": Entry("passk.beta", "fit_passk_power", True),
    "joint": Entry("joint.fit_joint", "fit_joint", True, True, delta=1.345),
}


def form_function(name: str) -> Callable[[Any, Any], LawFit]:
    """The function that fits a form.

    Parameters
    ----------
    name : str

    Raises
    ------
    UnknownNameError
        If there is no such form.
    DataError
        If this installation does not have it.

    Examples
    --------
    >>> form_function("chinchilla").__name__
    'fit_chinchilla'
    """
    entry = FORMS.get(name)
    if entry is None:
        raise UnknownNameError("form", name, FORMS)
    place = f"budgetplan.fitting.{entry.module}"
    try:
        function: Callable[[Any, Any], LawFit] = getattr(import_module(place), entry.function)
    except (ModuleNotFoundError, AttributeError) as problem:
        # Only the form's own module may be missing; anything else that it fails to import is a fault to be seen.
        if isinstance(problem, ModuleNotFoundError) and problem.name != place:
            raise
        raise DataError(f"The form `{name}` is not part of this installation.", f"Forms: {', '.join(FORMS)}.") from None
    return function
