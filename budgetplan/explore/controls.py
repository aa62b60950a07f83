"""Where the sliders stand for a scenario, and what moving them does to it.

A control that nobody moved says nothing: the scenario keeps what it had, whether or not a slider can show it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields

from budgetplan.costs.methods import decode_utilisation_of, find_method, load_methods
from budgetplan.errors import BudgetPlanError
from budgetplan.laws.law_files import law_ids, shipped_record
from budgetplan.planning.allocation import STAGES
from budgetplan.scenario import Scenario, override
from budgetplan.workflow.resolve.demand import TOKENS_PER_SAMPLE

ASSUMED, GIVEN = "assumed from the budget", "given"
NONE, ORACLE, IMPERFECT = "none", "oracle", "imperfect"
QUERIES = 1e9
"""Where the slider of demand stands while demand is assumed. [1]"""
ACCEPTS = 0.1
"""Where the slider of an imperfect verifier stands until it is chosen: wrong answers that it accepts. [1]"""
_SINGLE = ("budget", "tokens_per_sample", "law", "method", "decode_utilisation")
"""Controls that are one field each."""
_BUDGET, _TOKENS = 1e25, TOKENS_PER_SAMPLE


@dataclass(frozen=True)
class Controls:
    """Values of all controls.

    Attributes
    ----------
    budget : float
        [FLOP]
    demand : str
        `ASSUMED` or `GIVEN`.
    queries : float
        Taken where demand is given. [1]
    tokens_per_sample : float
        [token]
    law, method : str
        By id.
    verifier : str
        `NONE`, `ORACLE` or `IMPERFECT`.
    accepts : float
        Part of the wrong answers that an imperfect verifier accepts. [1]
    decode_utilisation : float
        Relative to training. [1]
    pretraining_share, rl_share, inference_share : (float, float)
        Least and most. [1]
    """

    budget: float
    demand: str
    queries: float
    tokens_per_sample: float
    law: str
    method: str
    verifier: str
    accepts: float
    decode_utilisation: float
    pretraining_share: tuple[float, float]
    rl_share: tuple[float, float]
    inference_share: tuple[float, float]


def controls_of(scenario: Scenario, budget: float | None = None) -> Controls:
    """Where the controls stand for a scenario.

    Parameters
    ----------
    scenario : Scenario
    budget : float, optional
        What the scenario comes to where it does not say it in FLOP. [FLOP]

    Examples
    --------
    >>> controls_of(Scenario(budget=1e24, min={"rl_share": 0.05})).rl_share
    (0.05, 1.0)
    """
    grade = scenario.verifier if isinstance(scenario.verifier, float) else None
    return Controls(
        budget=scenario.budget or budget or _BUDGET,
        demand=ASSUMED if scenario.queries is None else GIVEN,
        queries=QUERIES if scenario.queries is None else scenario.queries,
        tokens_per_sample=_TOKENS if scenario.tokens_per_sample is None else scenario.tokens_per_sample,
        law=scenario.law,
        method=scenario.method,
        verifier=str(scenario.verifier) if grade is None else IMPERFECT,
        accepts=ACCEPTS if grade is None else grade,
        decode_utilisation=_utilisation(scenario),
        **{f"{stage}_share": _range(scenario, f"{stage}_share") for stage in STAGES},
    )


def moved(scenario: Scenario, before: Controls, now: Controls) -> Scenario:
    """The scenario after controls were moved.

    Parameters
    ----------
    scenario : Scenario
        As the page began.
    before, now : Controls
        Where the controls stood for it, and where they stand.

    Returns
    -------
    Scenario
        The same where nothing was moved. A new law drops the links of the old one.

    Raises
    ------
    ScenarioError
        Where controls contradict each other or the scenario.

    Examples
    --------
    >>> base = Scenario(budget=1e24, max={"params": 7e10})
    >>> start = controls_of(base)
    >>> from dataclasses import replace
    >>> moved(base, start, replace(start, budget=1e25, rl_share=(0.05, 1.0))).model_dump(include={"budget", "min", "max"})
    {'budget': 1e+25, 'min': {'rl_share': 0.05}, 'max': {'params': 70000000000.0}}
    """
    new = {field.name for field in fields(Controls) if getattr(now, field.name) != getattr(before, field.name)}
    changes: dict[str, object] = {name: getattr(now, name) for name in _SINGLE if name in new}
    if "law" in new and scenario.link:
        changes["link"] = None
    if "demand" in new or ("queries" in new and now.demand == GIVEN):
        changes["queries"] = now.queries if now.demand == GIVEN else None
    if "verifier" in new or ("accepts" in new and now.verifier == IMPERFECT):
        changes["verifier"] = now.accepts if now.verifier == IMPERFECT else now.verifier
    for stage in STAGES:
        if f"{stage}_share" in new:
            changes |= _limits(scenario, f"{stage}_share", *getattr(now, f"{stage}_share"))
    return override(scenario, changes) if changes else scenario


def budgets(now: float) -> list[float]:
    """Stops of the budget's slider: ten to a decade, and where the scenario stands. [FLOP]"""
    return _stops(18, 28, now)


def queries(now: float) -> list[float]:
    """Stops of the slider of queries. [1]"""
    return _stops(5, 14, now)


def sample_lengths(now: float) -> list[float]:
    """Stops of the slider of tokens per sample. [token]"""
    return _stops(2, 5, now)


def parts(*now: float) -> list[float]:
    """Stops of a slider from 0 to 1 in hundredths, and where it stands. [1]"""
    return sorted({*(step / 100 for step in range(101)), *now})


def laws(now: str) -> list[str]:
    """Laws that a budget can be planned with, and the scenario's own, which may be a file."""
    known = [name for name in law_ids() if shipped_record(name).link in ("joint", "pretraining", "policy")]
    ordered = sorted(known, key=lambda name: (name != "default", shipped_record(name).link != "joint"))
    return ordered if now in ordered else [now, *ordered]


def methods(now: str) -> list[str]:
    """Methods of the table, and the scenario's own."""
    known = [method.id for method in load_methods()]
    return known if now in known else [now, *known]


def _stops(first: int, last: int, now: float) -> list[float]:
    """Ten stops to a decade with two digits, and one more where the value is between them."""
    usual = {float(f"{10 ** (step / 10):.1e}") for step in range(10 * first, 10 * last + 1)}
    near = next((stop for stop in usual if math.isclose(stop, now, rel_tol=1e-12)), None)
    return sorted((usual - {near}) | {now})


def _range(scenario: Scenario, key: str) -> tuple[float, float]:
    """Least and most of a share."""
    if key in scenario.fix:
        return scenario.fix[key], scenario.fix[key]
    return scenario.min.get(key, 0.0), scenario.max.get(key, 1.0)


def _limits(scenario: Scenario, key: str, low: float, high: float) -> Mapping[str, object]:
    """Changes that make a range the limits of a share: none at its ends, one value where both ends meet."""
    wanted = {"fix": low if low == high else None}
    wanted |= {"min": low if low > 0 and low < high else None, "max": high if high < 1 and low < high else None}
    held = {"fix": scenario.fix, "min": scenario.min, "max": scenario.max}
    return {f"{side}.{key}": value for side, value in wanted.items() if value is not None or key in held[side]}


def _utilisation(scenario: Scenario) -> float:
    """What decoding reaches: as given, or as the method has it."""
    try:
        return decode_utilisation_of(find_method(scenario.method), scenario.decode_utilisation, scenario.count)
    except BudgetPlanError:
        return scenario.decode_utilisation or 1.0  # the plan says that there is no such method
