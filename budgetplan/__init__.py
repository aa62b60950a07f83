"""budgetplan: how to split compute over model size, pre-training, RL and inference, with a proof.

>>> import budgetplan as bp
>>> study = bp.plan(budget="1e25")
>>> study.certificate.status
'optimal'

Everything is imported on first use, so that `import budgetplan` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from budgetplan.version import VERSION as __version__

if TYPE_CHECKING:
    from budgetplan import errors as errors
    from budgetplan.api import load_law as load_law
    from budgetplan.api import load_scenario as load_scenario
    from budgetplan.api import plan as plan
    from budgetplan.api import region as region
    from budgetplan.api import score as score
    from budgetplan.api import sensitivity as sensitivity
    from budgetplan.api import sweep as sweep
    from budgetplan.api import thirds_condition as thirds_condition
    from budgetplan.api import what_if as what_if
    from budgetplan.fitting.fit import fit_law as fit_law

_FUNCTIONS = {
    **dict.fromkeys(("load_law", "load_scenario", "plan", "region", "score"), "budgetplan.api"),
    **dict.fromkeys(("sensitivity", "sweep", "thirds_condition", "what_if"), "budgetplan.api"),
    "fit_law": "budgetplan.fitting.fit",
}
_MODULES = ("errors", "plots")

__all__ = ["__version__", *_FUNCTIONS, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _FUNCTIONS:
        return getattr(importlib.import_module(_FUNCTIONS[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"budgetplan.{name}")
    raise AttributeError(f"module 'budgetplan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
