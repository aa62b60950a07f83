"""Which page tells which names: those of `budgetplan`, then the classes of their results."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One file of `docs/api`.

    Attributes
    ----------
    file : str
        Its name, without suffix.
    title, about : str
        Its heading, and a sentence below it.
    modules : tuple of str
        Modules below `budgetplan` whose public names it tells.
    names : tuple of str
        Single names, as paths below `budgetplan`.
    """

    file: str
    title: str
    about: str
    modules: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


_RESULTS = """
workflow.plans.study.Study planning.allocation.Allocation planning.allocation.Regret planning.certificate.Certificate
workflow.plans.scorer.Score workflow.questions.cases.WhatIf workflow.questions.cases.Case
workflow.questions.sensitivity_study.Sensitivity workflow.questions.thirds_study.ThirdsCondition
workflow.questions.trades.Trades workflow.questions.crossover.Crossover workflow.questions.checkpoint_table.CheckpointTable
workflow.questions.break_even.BreakEven workflow.questions.size_limit.SizeLimit workflow.questions.data_value.DataValue
workflow.questions.rl_run.RlRun workflow.questions.pilot_study.PilotStudy workflow.questions.backtest.Backtest
workflow.questions.scenarios_compared.ScenariosCompared workflow.questions.law_comparison.LawsCompared
"""
_LAWS = """
laws.catalogue.load_law laws.law.Law laws.record.Coefficient laws.box.Extrapolation fitting.fit.fit_law fitting.result.LawFit
"""
_QUESTIONS = "scenario.load.load_scenario", *(f"api.questions.{name}" for name in ("plan", "score", "what_if", "sweep", "region"))

PAGES = (
    Page("questions", "Plans", "The optimum, a split of your own, cases, grids, and the splits that are as good.", (), _QUESTIONS),
    Page("grounds", "What a plan rests on", "Sensitivity, equal thirds, exchanges, and where advice turns.", ("api.grounds",)),
    Page("sizes", "Which model", "Where to start from, how large, how often to repeat data, how to run RL.", ("api.sizes",)),
    Page("comparisons", "Comparisons", "Several laws, several scenarios, and public models.", ("api.comparisons",)),
    Page("training_signal", "Training signal", "What a token teaches, and what it costs.", ("api.training_signal",)),
    Page("laws", "Laws and fits", "Published laws, and laws from your own runs.", (), tuple(_LAWS.split())),
    Page(
        "catalogues",
        "What is shipped",
        "Laws, accelerators, methods, data sets and architectures, with their sources.",
        ("api.catalogues", "api.architectures"),
    ),
    Page("documents", "Reports, scenarios, schemas", "What is written for others.", ("api.documents",)),
    Page("results", "Results", "What the functions return. Numbers are in SI units.", (), tuple(_RESULTS.split())),
    Page("plots", "Figures", "Each takes a result and, if you like, axes; `study.plot.KIND()` computes and draws.", ("plots",)),
    Page(
        "units",
        "Quantities",
        "Text with units to numbers in SI units, and back.",
        (),
        ("units.convert", "units.parse.parse_quantity", "units.format.format_quantity"),
    ),
    Page("errors", "Errors", "All that is raised on purpose, with the exit code of the command line.", ("errors",)),
)
