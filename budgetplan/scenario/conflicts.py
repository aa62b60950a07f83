"""Checks across fields: what can each be right and still cannot be said together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from budgetplan.scenario.compounds import SHARES, SUM_TOLERANCE
from budgetplan.scenario.problems import Problem

if TYPE_CHECKING:
    from budgetplan.scenario.model import Scenario


def conflicts(scenario: Scenario) -> list[Problem]:
    """Return every combination of fields that contradicts itself.

    Only what can be seen without laws and hardware is checked here. Whether GPUs, time, utilisation and a budget
    agree needs a device's peak, and whether limits leave room for a plan needs costs.
    """
    return [*_budgets(scenario), *_targets(scenario), *_limits(scenario), *_fixed_shares(scenario)]


def _budgets(scenario: Scenario) -> Iterator[Problem]:
    """Allow one currency for the budget; GPUs and a time beside FLOP are fine, since three of four give the fourth."""
    if scenario.usd is None:
        return
    if scenario.budget is not None:
        yield Problem(("usd",), "the budget is given twice, as `budget` in FLOP and as `usd`. Keep one.")
    others = [name for name in ("gpus", "duration") if getattr(scenario, name) is not None]
    if others:
        listed = " and ".join(f"`{name}`" for name in others)
        yield Problem(
            ("usd",),
            f"the budget is given as money and also as {listed}. Keep `usd` with `price` and `gpu`, or {listed}.",
        )


def _targets(scenario: Scenario) -> Iterator[Problem]:
    """Allow a target only without a budget, since it asks for the least compute."""
    targets = [name for name in ("target_loss", "target_success") if getattr(scenario, name) is not None]
    if len(targets) == 2:
        yield Problem(("target_success",), "`target_loss` and `target_success` are both given. Keep one.")
    budgets = [name for name in ("budget", "usd") if getattr(scenario, name) is not None]
    if scenario.gpus is not None and scenario.duration is not None:
        budgets.append("gpus` with `duration")
    for target in targets:
        for budget in budgets:
            yield Problem((target,), f"a target asks for the least compute, and `{budget}` gives a budget. Keep one of them.")


def _limits(scenario: Scenario) -> Iterator[Problem]:
    """Allow a key to be fixed or bounded, once, by bounds that leave room."""
    fixed = dict.fromkeys(scenario.fix, "fix")
    if scenario.params is not None:
        if "params" in fixed:
            yield Problem(("fix", "params"), "`params` is also given and fixes the same thing. Keep one.")
        fixed["params"] = "params"
    for side in ("min", "max"):
        for key in getattr(scenario, side):
            if key in fixed:
                how = "`params`" if fixed[key] == "params" else f"`fix.{key}`"
                yield Problem((side, key), f"{how} fixes the same thing, so a bound has nothing to do. Keep one.")
    for key, least in scenario.min.items():
        most = scenario.max.get(key)
        if most is not None and least > most:
            yield Problem(("min", key), f"the least, {least:.6g}, is above the most, `max.{key}` = {most:.6g}.")


def _fixed_shares(scenario: Scenario) -> Iterator[Problem]:
    """Allow fixed shares only as parts of one budget."""
    fixed = {key: share for key, share in scenario.fix.items() if key in SHARES}
    total = sum(fixed.values())
    over, short = total > 1 + SUM_TOLERANCE, len(fixed) == len(SHARES) and total < 1 - SUM_TOLERANCE
    if over or short:
        written = " + ".join(f"{key} {share:.6g}" for key, share in fixed.items())
        right = "at most 1" if over else "1, where all three are fixed"
        yield Problem(("fix", next(reversed(fixed))), f"the fixed shares sum to {total:.9g} ({written}); {right} is due.")
