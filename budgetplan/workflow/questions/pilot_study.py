"""Which runs to do next: a pilot for a main plan, beside an IsoFLOP grid of the same cost, both tried on simulated truths."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario
from budgetplan.uncertainty.draws import Draws, draw_law
from budgetplan.uncertainty.pilot import Design, described, design
from budgetplan.uncertainty.pilot_observe import Telling
from budgetplan.uncertainty.pilot_prior import Prior, prior_from
from budgetplan.uncertainty.pilot_runs import candidates, isoflop, least_run
from budgetplan.uncertainty.pilot_simulate import Trials, regret_after, trials
from budgetplan.uncertainty.pilot_stakes import stakes_of
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.resolve.amount import resolve_amount
from budgetplan.workflow.resolve.objective import require_law_objective
from budgetplan.workflow.resolve.question import Question, resolve

SCHEMA = "budgetplan/pilot/1"
"""Form of `PilotStudy.to_dict`."""
RUNS, TRUTHS, PRIOR = 8, 200, 1000
"""Runs, simulated truths, and draws behind the prior, where nothing is said."""
APART = 1_000_003
"""Between the seeds of prior and truths."""
LARGE = 0.2
"""Part of the main budget above which a pilot is said to be large. [1]"""
LITTLE = 1e-3
"""Expected regret below which there is little to win. [1]"""
APPROXIMATE = 2.0
"""Factor between regret as linearised and as measured beyond which the first is said to be rough."""


@dataclass(frozen=True)
class Measured:
    """Expected regret of the main plan in wasted compute, over simulated truths.

    Attributes
    ----------
    wasted : ndarray of shape (truth,)
        Regret under each. [1]
    """

    wasted: Array

    @property
    def expected(self) -> float:
        """Its mean. [1]"""
        return float(np.mean(self.wasted))

    @property
    def error(self) -> float:
        """Standard error of the mean. [1]"""
        return float(np.std(self.wasted, ddof=1) / np.sqrt(len(self.wasted))) if len(self.wasted) > 1 else 0.0

    def to_dict(self) -> dict[str, float]:
        """Mean, its standard error and the worst tenth."""
        worst = np.sort(self.wasted)[-max(round(0.1 * len(self.wasted)), 1) :]
        return {"expected": self.expected, "standard_error": self.error, "worst_tenth": float(np.mean(worst))}


@dataclass(frozen=True)
class PilotStudy:
    """A pilot with what it is worth.

    Attributes
    ----------
    law : str
    budget, pilot : float
        Of the main plan and of the pilot. [FLOP]
    chosen, grid : Design
        Runs of the pilot, and of the IsoFLOP grid.
    before, after, after_grid : Measured
        Regret of the main plan without any run, after the pilot, after the grid.
    predicted : mapping of str to float
        The same as the design sees them, linearised. [1]
    assumptions : tuple of str
    warnings : tuple of Caution
    provenance : dict
    """

    law: str
    budget: float
    pilot: float
    chosen: Design
    grid: Design
    before: Measured
    after: Measured
    after_grid: Measured
    predicted: dict[str, float]
    assumptions: tuple[str, ...]
    warnings: tuple[Caution, ...]
    provenance: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The study in the JSON shape `budgetplan/pilot/1`."""
        return {
            "schema": SCHEMA,
            "law": self.law,
            "budget": {"flop": self.budget},
            "pilot": {"flop": self.pilot, "runs": rows_of(self.chosen), "regret": self.after.to_dict()},
            "isoflop": {"runs": rows_of(self.grid), "regret": self.after_grid.to_dict()},
            "before": {"regret": self.before.to_dict()},
            "predicted": dict(self.predicted),
            "truths": len(self.before.wasted),
            "assumptions": list(self.assumptions),
            "warnings": [caution.to_dict() for caution in self.warnings],
            "provenance": self.provenance,
        }


def rows_of(made: Design) -> list[dict[str, float]]:
    """One row per run, in SI units; `left_out` is the factor by which the regret grows without it.

    Parameters
    ----------
    made : Design
    """
    n, d, r = np.exp(made.runs.x)
    return [
        {
            "params": float(n[index]),
            "pretraining_tokens": float(d[index]),
            "rl_tokens": float(r[index]),
            "tokens_per_param": float(d[index] / n[index]),
            "flop": float(made.runs.cost[index]),
            "left_out": float(made.left[index]),
        }
        for index in range(made.runs.size)
    ]


def pilot_study(
    scenario: Scenario, pilot: float, runs: int = RUNS, telling: Telling | None = None, command: str = "", law: Law | None = None
) -> PilotStudy:
    """Design a pilot for the scenario's plan, and try it.

    Parameters
    ----------
    scenario : Scenario
        With a budget; its `draws`, where given, are the simulated truths.
    pilot : float
        Compute that the runs may take altogether. [FLOP]
    runs : int
        Most runs.
    telling : Telling, optional
        Noise of runs, problems and samples of an evaluation.
    command : str
        What was typed, for the provenance.
    law : Law, optional
        In place of the scenario's law.

    Returns
    -------
    PilotStudy

    Raises
    ------
    ScenarioError
        If the scenario has no budget, the law states no spread or has no loss, no run fits the pilot, or attention is to be
        counted.
    InfeasibleError
        If the limits of the main plan conflict.
    """
    asks = scenario.require_question()
    if asks.startswith("target"):
        raise ScenarioError("A pilot serves a plan of a budget, and there is a target instead.", "Give --budget 1e25.")
    if not pilot > 0:
        raise ScenarioError(f"`pilot` is {pilot:.3g} FLOP.", "Give compute for it: --pilot 1e22.")
    require_law_objective(scenario, "A pilot")
    question = resolve(scenario, law)
    if question.shape is not None and question.shape.attends:
        raise ScenarioError(
            "A pilot prices all runs per param alike, and attention takes more of a small run than of the main plan: with a "
            "context its runs would cost more than is said.",
            "Leave out --context and --decode-context.",
        )
    main = question.at(np.array([resolve_amount(scenario).flop]))
    require_feasible(main)
    said = telling or Telling()
    if scenario.tokens_per_sample is not None:
        said = replace(said, tokens=scenario.tokens_per_sample)
    prior = prior_from(question.law, draw_law(question.law, PRIOR, scenario.seed), scenario.verifier, scenario.unique_tokens)
    truths = draw_law(question.law, scenario.draws or TRUTHS, scenario.seed + APART)
    return designed(question, main, prior, truths, pilot, runs, said, command)


def designed(
    question: Question, main: Problem, prior: Prior, truths: Draws, pilot: float, runs: int, telling: Telling, command: str = ""
) -> PilotStudy:
    """The same from a prior and truths of one's own.

    Parameters
    ----------
    question : Question
    main : Problem
        Of one instance.
    prior : Prior
    truths : Draws
        Laws that may be true, as likely as each other.
    pilot, runs, telling, command
        As in `pilot_study`.
    """
    seed = question.scenario.seed
    stakes = stakes_of(main, prior, seed)
    evaluated = telling.evaluated(main.model)
    grown = candidates(main, pilot, evaluated, least_run(question.law))
    chosen = design(stakes.form, prior, telling, grown, pilot, runs)
    grid = described(stakes.form, prior, telling, isoflop(main, pilot, evaluated))
    tried = trials(main, prior, truths)
    plan = solve(main, 8).y
    before = Measured(tried.wasted(np.repeat(plan, tried.size, axis=1)))
    after, after_grid = (Measured(regret_after(tried, prior, telling, made.runs, seed)) for made in (chosen, grid))
    linear = 0.5 * float(np.trace(stakes.form))
    return PilotStudy(
        law=question.law.id,
        budget=float(main.budget[0]),
        pilot=pilot,
        chosen=chosen,
        grid=grid,
        before=before,
        after=after,
        after_grid=after_grid,
        predicted={"before": stakes.regret, "pilot": linear * chosen.variance, "isoflop": linear * grid.variance},
        assumptions=_assumed(main, telling),
        warnings=_cautions(main, truths, tried, pilot) + _doubts(before, stakes.regret),
        provenance=provenance(question.scenario, question.law, command),
    )


def _assumed(main: Problem, telling: Telling) -> tuple[str, ...]:
    said = [f"runs that should agree differ by {telling.noise:.3g} in ln loss"]
    if telling.evaluated(main.model):
        said.append(f"success is counted on {telling.problems:,} problems, with 1 and with {telling.samples:g} samples each")
    said.append("every run pays for its own pre-training; the law's form is right, only its coefficients are not known")
    return tuple(said)


def _cautions(main: Problem, truths: Draws, tried: Trials, pilot: float) -> tuple[Caution, ...]:
    out = []
    missing = [link for link, kind in truths.kinds.items() if kind == "fixed"]
    if missing:
        named = " and ".join(missing)
        said = f"The law states no spread for its {named} link: the pilot does not ask about it."
        out.append(Caution("no-spread", said, {"links": missing}))
    part = pilot / float(main.budget[0])
    if part > LARGE:
        out.append(Caution("large-pilot", f"The pilot takes {100 * part:.0f} % of the main budget.", {"part": part}))
    lost = len(next(iter(truths.values.values()))) - tried.size
    if lost:
        out.append(Caution("draws-lost", f"{lost} of {lost + tried.size} simulated laws have no optimum.", {"lost": lost}))
    return tuple(out)


def _doubts(before: Measured, linearised: float) -> tuple[Caution, ...]:
    """Where there is little to win, or the linearised figures are far from the measured ones."""
    measured = before.expected
    if measured < LITTLE:
        said = f"The plan is expected to waste {100 * measured:.2g} % without any run: there is little that a pilot could save."
        return (Caution("little-at-stake", said, {"expected": measured}),)
    if linearised > APPROXIMATE * measured:
        said = (
            f"The coefficients are too uncertain for a linear account: it expects {100 * linearised:.0f} % of waste without runs, "
            f"and {100 * measured:.0f} % were measured. The runs were chosen by it; judge them by what was measured."
        )
        return (Caution("far-from-linear", said, {"linearised": linearised, "measured": measured}),)
    return ()
