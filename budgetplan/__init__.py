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
    from budgetplan import plots as plots
    from budgetplan.api.architectures import describe_architecture as describe_architecture
    from budgetplan.api.architectures import list_architectures as list_architectures
    from budgetplan.api.catalogues import describe_dataset as describe_dataset
    from budgetplan.api.catalogues import describe_hardware as describe_hardware
    from budgetplan.api.catalogues import describe_law as describe_law
    from budgetplan.api.catalogues import describe_method as describe_method
    from budgetplan.api.catalogues import fetch_dataset as fetch_dataset
    from budgetplan.api.catalogues import list_datasets as list_datasets
    from budgetplan.api.catalogues import list_hardware as list_hardware
    from budgetplan.api.catalogues import list_laws as list_laws
    from budgetplan.api.catalogues import list_methods as list_methods
    from budgetplan.api.comparisons import backtest as backtest
    from budgetplan.api.comparisons import compare_laws as compare_laws
    from budgetplan.api.comparisons import compare_scenarios as compare_scenarios
    from budgetplan.api.documents import load_schema as load_schema
    from budgetplan.api.documents import scenario_template as scenario_template
    from budgetplan.api.documents import write_report as write_report
    from budgetplan.api.grounds import crossover as crossover
    from budgetplan.api.grounds import sensitivity as sensitivity
    from budgetplan.api.grounds import thirds_condition as thirds_condition
    from budgetplan.api.grounds import trades as trades
    from budgetplan.api.questions import plan as plan
    from budgetplan.api.questions import region as region
    from budgetplan.api.questions import score as score
    from budgetplan.api.questions import sweep as sweep
    from budgetplan.api.questions import what_if as what_if
    from budgetplan.api.sizes import break_even as break_even
    from budgetplan.api.sizes import checkpoints as checkpoints
    from budgetplan.api.sizes import epochs as epochs
    from budgetplan.api.sizes import max_params as max_params
    from budgetplan.api.sizes import pilot as pilot
    from budgetplan.api.sizes import rl_run as rl_run
    from budgetplan.api.training_signal import training_signal as training_signal
    from budgetplan.fitting.fit import fit_law as fit_law
    from budgetplan.laws.catalogue import load_law as load_law
    from budgetplan.scenario import load_scenario as load_scenario
    from budgetplan.units import convert as convert

_HOME = {
    "api.questions": ("plan", "region", "score", "sweep", "what_if"),
    "api.grounds": ("crossover", "sensitivity", "thirds_condition", "trades"),
    "api.sizes": ("break_even", "checkpoints", "epochs", "max_params", "pilot", "rl_run"),
    "api.comparisons": ("backtest", "compare_laws", "compare_scenarios"),
    "api.catalogues": (
        "describe_dataset",
        "describe_hardware",
        "describe_law",
        "describe_method",
        "fetch_dataset",
        "list_datasets",
        "list_hardware",
        "list_laws",
        "list_methods",
    ),
    "api.architectures": ("describe_architecture", "list_architectures"),
    "api.documents": ("load_schema", "scenario_template", "write_report"),
    "api.training_signal": ("training_signal",),
    "fitting.fit": ("fit_law",),
    "laws.catalogue": ("load_law",),
    "scenario": ("load_scenario",),
    "units": ("convert",),
}
_FUNCTIONS = {name: f"budgetplan.{module}" for module, names in _HOME.items() for name in names}
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
