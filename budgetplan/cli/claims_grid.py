"""The lab's claims about training signals as a table: what was measured beside what a formula expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from budgetplan.cli.layout import Grid

PARTS = (
    "a dense against sparse, b SFT against RL, c self-knowledge, d GRPO against PPO, e equal tokens (from `lab validate`), "
    "f self-training"
)
"""What the letters of the parts stand for."""


def claims_grid(claims: Sequence[Mapping[str, Any]]) -> Grid:
    """One line per claim.

    Parameters
    ----------
    claims : sequence of mapping
        From `measured_claims`.
    """
    head = ("part", "measured by the lab", "verdict", "value (90 %)", "formula", "seeds", "unit")
    return Grid(head, tuple(_cells(claim) for claim in claims))


def counted(claims: Sequence[Mapping[str, Any]]) -> str:
    """How many hold, as a sentence.

    Parameters
    ----------
    claims : sequence of mapping
        From `measured_claims`.
    """
    counts = [sum(claim["verdict"] == word for claim in claims) for word in ("holds", "does not", "undecided")]
    return f"{counts[0]} claims hold, {counts[1]} do not, {counts[2]} are undecided."


def _cells(claim: Mapping[str, Any]) -> tuple[str, ...]:
    numbers = (claim[name] for name in ("value", "low", "high", "formula"))
    value, low, high, formula = (None if number is None else f"{number:.4g}" for number in numbers)
    interval = "not measured" if value is None else value if low is None or high is None else f"{value} ({low} to {high})"
    return claim["part"], claim["claim"], claim["verdict"], interval, formula or "", str(claim["seeds"]), claim["unit"]
