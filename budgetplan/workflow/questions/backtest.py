"""Public models against a law: their compute counted twice, the plan for the same compute, and the demand that their size reveals.

A model stands as it was pre-trained: no RL, one sample per query. A joint law has queries to serve, so the model and the plan get
the same budget: the model's training, and one sample to the demand that the law assumes for that much training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from budgetplan.costs.models import PublicModel, find_model, load_models
from budgetplan.errors import ScenarioError
from budgetplan.laws.box import extrapolations
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.model import AbstractPretraining
from budgetplan.laws.policy import FLOP_PER_PARAM_TOKEN
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import describe
from budgetplan.planning.equivalent_budget import budget_for
from budgetplan.planning.solver import solve
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.questions.backtest_sentences import assumptions, cautions, finding
from budgetplan.workflow.questions.compute_counts import compute_counts, missing
from budgetplan.workflow.questions.revealed_demand import CLOSE, revealed_demand
from budgetplan.workflow.resolve.question import Question, resolve

SCHEMA = "budgetplan/backtest/1"
"""Form of `Backtest.to_dict`."""
LAW = "besiroglu-2024"
"""Law where none is named: one that was measured on pre-training alone, as the models' figures are."""

_PLANNED = ("optimal_params", "optimal_tokens", "optimal_tokens_per_param", "params_over_optimal")
_BEYOND = ("optimal_rl_tokens", "optimal_samples_per_query")
_COMPARED = ("pretraining_loss", "loss", "optimal_loss", "wasted_compute")
_REVEALED = ("revealed_served_tokens", "revealed_over_pretraining", "revealed_replanned_params")


@dataclass(frozen=True)
class Backtest:
    """One row per model.

    Attributes
    ----------
    law : dict
        `id`, `links`, `hash`.
    finding : str
        In one sentence.
    rows : tuple of dict
        SI units and hours; None where a figure is missing, and then `unknown` has the reason under the same name. `remarks` has
        statements that contradict each other, `sources` where each figure is from.
    assumptions : tuple of str
    warnings : tuple of Caution
    provenance : dict
    """

    law: dict[str, Any]
    finding: str
    rows: tuple[dict[str, Any], ...]
    assumptions: tuple[str, ...]
    warnings: tuple[Caution, ...]
    provenance: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The backtest in the JSON shape `budgetplan/backtest/1`."""
        return {
            "schema": SCHEMA,
            "law": self.law,
            "finding": self.finding,
            "rows": [dict(row) for row in self.rows],
            "assumptions": list(self.assumptions),
            "warnings": [caution.to_dict() for caution in self.warnings],
            "provenance": self.provenance,
        }


def backtest(
    law: str = LAW,
    models: Sequence[str] | None = None,
    decode_utilisation: float | None = None,
    count: Literal["training-equivalent", "operations"] = "training-equivalent",
    command: str = "",
) -> Backtest:
    """Hold public models against a law.

    Parameters
    ----------
    law : str
        A law's id or file: a pre-training law, a joint law of links, or a policy.
    models : sequence of str, optional
        Ids or aliases; default: all.
    decode_utilisation : float, optional
        Of decoding, relative to training, which prices the revealed demand [1]; default: the method table's.
    count : {"training-equivalent", "operations"}
        How a served token is priced.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    Backtest

    Raises
    ------
    UnknownNameError
        Where there is no such law or model.
    ScenarioError
        Where the law has no pre-training link.
    """
    chosen = load_models() if models is None else tuple({item.id: item for item in map(find_model, models)}.values())
    fields: dict[str, object] = {"law": law, "count": count, "decode_utilisation": decode_utilisation}
    scenario = scenario_from_fields(fields)
    question = resolve(scenario)
    whole = [item for item in chosen if not missing(item, "params", "pretraining_tokens")]
    said = dict(zip((item.id for item in whole), _against(question, whole), strict=True))
    rows = tuple(_row(item, said.get(item.id, {})) for item in chosen)
    return Backtest(
        law={"id": question.law.id, "links": question.law.links, "hash": question.law.hash},
        finding=finding(question.law, rows),
        rows=rows,
        assumptions=assumptions(question),
        warnings=cautions(question.law, rows),
        provenance=provenance(scenario, question.law, command or "budgetplan backtest"),
    )


def _row(model: PublicModel, said: dict[str, Any]) -> dict[str, Any]:
    """One model's row: who it is, its counts, what the law says, and why anything is missing."""
    counts = dict(vars(compute_counts(model)))
    unknown, remarks = dict(counts.pop("unknown")), (*model.notes, *counts.pop("remarks"))
    params, tokens, hours = (model.value(name) for name in ("params", "pretraining_tokens", "accelerator_hours"))
    ratio = None if params is None or tokens is None else tokens / params
    stated = {"params": params, "pretraining_tokens": tokens, "tokens_per_param": ratio, "accelerator_hours": hours}
    unknown |= {name: missing(model, name) for name in ("params", "pretraining_tokens", "accelerator_hours")}
    law = dict.fromkeys((*_PLANNED, *_BEYOND, *_COMPARED, *_REVEALED, "decades_beyond_law"))
    both = missing(model, "params", "pretraining_tokens")
    unknown |= dict.fromkeys((*law, "tokens_per_param"), both) if both else said["unknown"]
    return {
        "model": model.id,
        "title": model.title,
        "date": model.date,
        "open_weights": model.open_weights,
        "base": model.base,
        "accelerator": model.accelerator,
        "total_params": model.value("total_params"),
        **stated,
        **counts,
        **law,
        **said,
        "unknown": {name: why for name, why in unknown.items() if why},
        "sources": {name: f"{items[0].source} ({items[0].kind}, {items[0].status})" for name, items in model.figures.items()},
        "remarks": list(remarks),
    }


def _against(question: Question, models: Sequence[PublicModel]) -> list[dict[str, Any]]:
    """What the law says of models whose N and D are known: plan, loss, waste, revealed demand."""
    law = question.law
    points = np.array([model.checkpoint for model in models]).reshape(-1, 2).T
    beyond = [_decades_beyond(law, params, tokens) for params, tokens in points.T]
    if law.policy is not None:
        size, length = law.policy.allocate(question.kappa[0] * points[0] * points[1])
        said: list[dict[str, Any]] = [_planned(n, best, d) for n, best, d in zip(points[0], size, length, strict=True)]
        why = f"`{law.id}` is a policy and has no loss to compare"
        silent = dict.fromkeys((*_BEYOND, *_COMPARED, *_REVEALED), why)
        return [{**row, "decades_beyond_law": far, "unknown": silent} for row, far in zip(said, beyond, strict=True)]
    pretraining = law.function.pretraining if isinstance(law.function, FourLinks) else law.function
    if not isinstance(pretraining, AbstractPretraining):
        raise ScenarioError(f"`{law.id}` has no pre-training link to hold models against.", f"Use --law {LAW} or --law default.")
    if not models:
        return []
    return [
        {**plan, **shown, "decades_beyond_law": far, "unknown": why}
        for plan, far, (shown, why) in zip(_plans(question, points), beyond, _revealed(question, pretraining, points), strict=True)
    ]


def _plans(question: Question, points: Array) -> list[dict[str, Any]]:
    """The optimum of each model's budget, and what the model wastes of it."""
    params, tokens = points
    first = question.demand.first_sample(question.kappa[0] * params * tokens)
    problem = question.at(params * (question.kappa[0] * tokens + question.kappa[2] * first), first)
    own = question.law.model.evaluate(np.stack([*np.log(points), np.full(len(params), -np.inf), np.zeros(len(params))]))
    best = solve(problem)
    least = budget_for(lambda c, who: problem.take(who).rescaled(c), own.loss, np.log(problem.budget), known=(best.y, best.loss))
    wasted = np.maximum(-np.expm1(least.log_budget - np.log(problem.budget)), 0.0)
    said = []
    for index in range(len(params)):
        plan = describe(problem.take(np.array([index])), best.y[:, index], 0.0)
        said.append(
            {
                **_planned(params[index], plan.params, plan.tokens["pretraining"]),
                "optimal_rl_tokens": plan.tokens["rl"],
                "optimal_samples_per_query": plan.samples_per_query,
                "pretraining_loss": None if own.pretraining_loss is None else float(own.pretraining_loss[index]),
                "loss": float(own.loss[index]),
                "optimal_loss": float(best.loss[index]),
                "wasted_compute": float(wasted[index]),
            }
        )
    return said


def _planned(params: float, optimal_params: float, optimal_tokens: float) -> dict[str, Any]:
    values = (optimal_params, optimal_tokens, optimal_tokens / optimal_params, params / optimal_params)
    return dict(zip(_PLANNED, map(float, values), strict=True))


def _revealed(question: Question, law: AbstractPretraining, points: Array) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """The demand that each model's size reveals, or why there is none."""
    found = revealed_demand(law, points[0], points[1], question.kappa)
    said: list[tuple[dict[str, Any], dict[str, str]]] = []
    for n, d, served, again in zip(*points, found.served, found.replanned, strict=True):
        if not np.isfinite(served):
            why = "its params are at or above the compute-optimal, which no demand makes optimal"
        elif abs(again / n - 1.0) > CLOSE:
            why = f"planned with {served:.3g} served tokens, the optimum has {again:.3g} params, not {n:.3g}"
        else:
            said.append((dict(zip(_REVEALED, map(float, (served, served / d, again)), strict=True)), {}))
            continue
        said.append(({}, dict.fromkeys(_REVEALED, why)))
    return said


def _decades_beyond(law: Law, params: float, tokens: float) -> float:
    """How far a model lies outside what the law's pre-training link was measured on. [decade]"""
    parts = {link: record for link, record in law.parts.items() if link in ("pretraining", "policy")}
    point = {
        "params": params,
        "pretraining_tokens": tokens,
        "training_flop": FLOP_PER_PARAM_TOKEN * params * tokens,
        "tokens_per_param": tokens / params,
    }
    return max((item.decades for item in extrapolations(parts, point)), default=0.0)
