"""What is said about coefficients that a curve does not determine."""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.fitting.rl_options import CurveOptions
from budgetplan.fitting.rl_profile import Range

PLATEAU_SEEN = 0.95
"""Part of the rise from floor to ceiling that the last run must have reached for the plateau to count as seen. [1]"""


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
        if name == "floor" and found.low_open and not found.high_open and high < 0.05:
            continue  # a floor next to 0 is known well, although 0 is its end
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
