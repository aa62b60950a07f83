"""How far an allocation lies outside what a law was measured on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, log10

from budgetplan.laws.record import Record

SLIGHT, FAR = 1.0, 3.0
"""Decades beyond the box at which an extrapolation counts as moderate, as far."""
NEARBY = 0.15
"""Decades below which a distance is told in per cent."""


@dataclass(frozen=True)
class Extrapolation:
    """One axis on which an allocation lies outside a law's measured box.

    Attributes
    ----------
    law, axis : str
        Which law, which quantity.
    value, limit : float
        The allocation's and the nearest end of the box. [SI]
    decades : float
        Distance in decades [1]; for success and loss, which are no amounts, the difference itself.
    grade : str
        slight (below one decade), moderate (below three), far.
    """

    law: str
    axis: str
    value: float
    limit: float
    decades: float
    grade: str

    @property
    def sentence(self) -> str:
        """What to tell the user."""
        name = AXES.get(self.axis, self.axis.replace("_", " "))
        side = "above" if self.value > self.limit else "below"
        if self.axis in _PLAIN:
            return f"`{self.law}` was measured at {name} {_end(side)} {self.limit:.3g}: this plan lies at {self.value:.3g}."
        # a plan 4 % away does not lie "0.0 decades" away
        part = abs(self.value / self.limit - 1.0)
        away = (
            f"{self.decades:.1f} decades"
            if self.decades >= NEARBY
            else f"{part:.0%}".replace("%", " %")
            if part >= 0.01
            else "just"
        )
        digits = 2 if self.decades >= NEARBY else 3
        return (
            f"`{self.law}` was measured {_end(side)} {self.limit:.{digits}g} {name}: this plan lies "
            f"{away} {side} ({self.value:.{digits}g})."
        )


AXES = {
    "params": "params",
    "pretraining_tokens": "pre-training tokens",
    "training_flop": "training FLOP",
    "tokens_per_param": "tokens per param",
    "rl_tokens": "RL tokens",
    "rl_flop": "RL FLOP",
    "samples_per_query": "samples per query",
    "pretraining_loss": "pre-training loss",
}
"""How axes are written in sentences."""
_PLAIN = ("success", "pretraining_loss")
"""Axes whose distance is a difference, not a ratio."""


def _end(side: str) -> str:
    return "up to" if side == "above" else "down to"


def extrapolations(parts: Mapping[str, Record], point: Mapping[str, float]) -> list[Extrapolation]:
    """Axes on which a point lies outside the boxes of a law's parts, the farthest first.

    Parameters
    ----------
    parts : mapping of str to Record
        Laws by link.
    point : mapping of str to float
        Axis -> value in SI units; axes that a box does not have are skipped.

    Returns
    -------
    list of Extrapolation
    """
    found = []
    for record in parts.values():
        for axis, (low, high) in record.box.items():
            value = point.get(axis)
            if value is None or low <= value <= high or value <= 0:
                continue
            limit = high if value > high else low
            if limit <= 0:
                continue
            plain = axis in _PLAIN
            decades = abs(value - limit) if plain else abs(log10(value / limit))
            rank = decades * 10 if plain else decades
            grade = "slight" if rank < SLIGHT else "moderate" if rank < FAR else "far"
            found.append(Extrapolation(record.id, axis, value, limit, decades, grade))
    return sorted(found, key=lambda item: -item.decades if item.decades < inf else 0.0)
