"""Amounts of a question: what is planned for at all, the budget in all its currencies, and what an hour of the device is worth."""

from __future__ import annotations

from budgetplan.costs.money import Budget, resolve_budget
from budgetplan.costs.rate import Rate, resolve_rate
from budgetplan.errors import ScenarioError
from budgetplan.scenario import Scenario

MOST = 1e40
"""Largest budget, size or number of tokens that is planned for."""
LEAST_BUDGET = 1e10
"""Smallest budget that is planned for. [FLOP]"""
LONGEST = 1000 * 365.25 * 86400.0
"""Longest run that is planned for, a thousand years. [s]"""


def check_amount(name: str, value: float | None, least: float = 0.0) -> None:
    """Refuse amounts beyond anything that could be planned, before they overflow.

    Parameters
    ----------
    name : str
        Of the field.
    value : float or None
        Its value; None passes.
    least : float
        Smallest value that is accepted.

    Raises
    ------
    ScenarioError
        If it is smaller than `least` or larger than `MOST`.
    """
    if value is not None and not least <= value <= MOST:
        raise ScenarioError(f"`{name}` is {value:.3g}, outside {least:g} to {MOST:g}.", "Check its unit and its exponent.")


def resolve_amount(scenario: Scenario, budget: float | None = None) -> Budget:
    """The budget in FLOP, hours and money.

    Parameters
    ----------
    scenario : Scenario
        The question.
    budget : float, optional
        FLOP of the final run in place of the scenario's budget, for targets. [FLOP]

    Raises
    ------
    ScenarioError
        If too little is given or amounts contradict each other, they lie beyond what is planned for, or there is a deadline and
        no number of devices.
    """
    check_amount("budget", scenario.budget, LEAST_BUDGET)
    for name in ("duration", "deadline"):
        if (seconds := getattr(scenario, name)) is not None and seconds > LONGEST:
            raise ScenarioError(
                f"`{name}` is {seconds / LONGEST * 1000:.3g} years, and at most 1000 are planned for.",
                "Check its unit and its exponent: weeks are `3w`, days `21d`.",
            )
    asked = scenario.budget if budget is None else budget / final_share(scenario)
    found = resolve_budget(
        budget=asked,
        gpus=scenario.gpus,
        duration=scenario.duration,
        mfu=scenario.mfu,
        usd=scenario.usd,
        price=scenario.price,
        gpu=scenario.gpu,
        reserve=scenario.reserve,
        goodput=scenario.goodput,
        precision=scenario.precision,
    )
    if asked is None and not LEAST_BUDGET <= found.project.flop <= MOST:
        given = " and ".join(f"`{name}`" for name in ("usd", "gpus", "duration") if getattr(scenario, name) is not None)
        raise ScenarioError(
            f"{given} come to {found.project.flop:.3g} FLOP, outside {LEAST_BUDGET:g} to {MOST:g}.", "Check units and exponents."
        )
    if scenario.deadline is not None and found.gpus is None:
        raise ScenarioError(
            "A `deadline` is held against the days that so many devices take, and `gpus` are missing.",
            "Give `gpus` (--budget 1e25 --gpus 4096xH100 --deadline 60d). Or give `duration` in its place (--budget 1e25 "
            "--for 60d), to be told how many devices that takes.",
        )
    return found


def names_amount(scenario: Scenario) -> bool:
    """Whether a scenario says how much there is to spend, in FLOP, money, or devices with a time.

    Parameters
    ----------
    scenario : Scenario
        The question.
    """
    return scenario.budget is not None or scenario.usd is not None or (scenario.gpus is not None and scenario.duration is not None)


def rate_of(scenario: Scenario) -> Rate:
    """What an hour of the scenario's device costs and does, without an amount of them.

    Parameters
    ----------
    scenario : Scenario
        The question.

    Raises
    ------
    ScenarioError
        If it names two devices, or one without a peak in its precision.
    """
    return resolve_rate(
        gpus=scenario.gpus,
        gpu=scenario.gpu,
        price=scenario.price,
        mfu=scenario.mfu,
        goodput=scenario.goodput,
        precision=scenario.precision,
    )


def final_share(scenario: Scenario) -> float:
    """Share of a project's budget that the final run gets, the rest being the reserve. [1]

    Parameters
    ----------
    scenario : Scenario
        The question.
    """
    return 1.0 - (scenario.reserve or 0.0)
