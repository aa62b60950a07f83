"""What may be chosen when RL curves and pass@k are fitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from budgetplan.errors import DataError

OBJECTIVES = ("least-squares", "huber", "lad", "likelihood")
"""Names of the objectives; which of them a form knows, its own function says."""
RESAMPLE = "residual"
"""What is drawn again in replicates of a curve, as a fit's provenance says it; those of counts draw problems."""


@dataclass(frozen=True)
class CurveOptions:
    """Choices of a fit to a curve or to counts.

    Attributes
    ----------
    objective : str or None
        One of `OBJECTIVES`; None is the form's own (least squares for curves, likelihood for counts).
    delta : float
        Width of Huber's quadratic part, in the unit of the residual.
    bootstrap : int
        Replicates for joint draws; 0 makes none.
    seed : int
        Of the replicates: replicate i depends on `seed` and i only.
    level : float
        Of the intervals. [1]
    workers : int
        Threads of the joint form on runs with RL tokens; other fits run their replicates in one array, or one after the other.
    cluster : str or None
        Address of a Dask scheduler that makes the joint form's replicates in place of threads.
    label : str
        Name of the group, for sentences: "`ceiling` of 14B is ...".
    holdout : mapping of str to ndarray or None
        Runs, by role, that the fit does not see and forecasts.
    """

    objective: str | None = None
    delta: float = 1e-3
    bootstrap: int = 0
    seed: int = 0
    level: float = 0.9
    workers: int = 1
    cluster: str | None = None
    label: str = ""
    holdout: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Refuse values that mean nothing, all named by what they should be."""
        if self.objective is not None and self.objective not in OBJECTIVES:
            raise DataError(f"There is no objective `{self.objective}`.", f"It is one of {', '.join(OBJECTIVES)}.")
        if not self.delta > 0:
            raise DataError(f"`delta` must be above 0, got {self.delta}.", "1e-3 is usual.")
        if not 0.0 < self.level < 1.0:
            raise DataError(f"`level` must lie between 0 and 1, got {self.level}.", "Write 0.9 for 90 % intervals.")
        if self.bootstrap < 0:
            raise DataError(f"`bootstrap` must be 0 or more, got {self.bootstrap}.", "200 or more give usable intervals.")

    def of(self, name: str) -> str:
        """`name` in backticks, with the group where there is one."""
        return f"`{name}` of {self.label}" if self.label else f"`{name}`"

    def chosen(self, own: str, known: tuple[str, ...], form: str) -> str:
        """The objective in effect.

        Parameters
        ----------
        own : str
            The form's own objective.
        known : tuple of str
            Objectives that the form can minimise.
        form : str
            Name of the form, for the sentence.

        Raises
        ------
        DataError
            If the objective is not one of `known`.
        """
        name = self.objective or own
        if name not in known:
            raise DataError(f"The form `{form}` cannot be fitted by `{name}`.", f"It is fitted by {' or '.join(known)}.")
        return name
