"""What is said about coefficients that a curve does not determine."""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.fitting.profile_end import Range
from budgetplan.fitting.rl.options import CurveOptions

PLATEAU_SEEN = 0.95
"""Part of the rise from floor to ceiling that the last run must have reached for the plateau to count as seen. [1]"""
NEXT_TO = 0.05
"""A floor whose interval ends within this of 0, and a ceiling whose interval begins within this of 1, is known. [1]"""


def undetermined(
    ranges: Mapping[str, Range], intervals: Mapping[str, tuple[float, float]], reached: float, options: CurveOptions
) -> tuple[str, ...]:
    """One sentence per coefficient that the runs leave open.

    Parameters
    ----------
    ranges : mapping of str to Range
        Profile intervals, with open ends marked.
    intervals : mapping of str to (float, float)
        The same in natural units.
    reached : float
        Part of the rise at the last run. [1]
    options : CurveOptions
    """
    said = []
    for name, found in ranges.items():
        if not (found.low_open or found.high_open):
            continue
        low, high = intervals[name]
        if name == "floor" and found.low_open and not found.high_open and high < NEXT_TO:
            continue  # a floor next to 0 is known well, although 0 is its end
        if name == "ceiling" and found.high_open and not found.low_open and low > 1.0 - NEXT_TO and reached >= PLATEAU_SEEN:
            continue  # and so is a ceiling next to 1, where the curve came up to it
        said.append(f"{options.of(name)} is anywhere in {low:.3g}-{high:.3g}: {_reason(name, found, reached)}.")
    if reached < PLATEAU_SEEN and not any("plateau" in sentence for sentence in said):
        low, high = intervals["ceiling"]
        said.append(
            f"The plateau was not seen (the last run is at {reached:.0%} of the rise): "
            f"{options.of('ceiling')}, {low:.3g}-{high:.3g}, rests on the shape of the sigmoid."
        )
    return tuple(said)


def _reason(name: str, found: Range, reached: float) -> str:
    if name == "floor":
        return "the start was not seen, and runs at 0 would measure it"
    if name == "steepness" and found.high_open:
        return "the rise is steeper than the runs are dense"
    return f"the plateau was not seen (the last run is at {reached:.0%} of the rise)"
