"""How a fit is to be done, apart from the runs and the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from budgetplan.errors import DataError
from budgetplan.fitting.runs.runs import Runs
from budgetplan.parallel.progress import Progress


@dataclass(frozen=True)
class FitOptions:
    """Choices of a fit.

    Attributes
    ----------
    objective : str
        huber, lad or least-squares; forms on counts use the likelihood.
    delta : float
        Width of Huber's quadratic part. [ln loss]
    bootstrap : int
        Replicates; 0 takes intervals from the curvature.
    seed : int
        Of the replicates.
    level : float
        Of intervals. [1]
    workers : int
        Threads; results do not depend on it.
    cluster : str or None
        Address of a Dask scheduler that makes the replicates in place of threads.
    tied : bool
        alpha = beta.
    fixed : mapping of str to float
        Coefficients that are not fitted.
    holdout : Runs or None
        Runs to forecast.
    progress : callable or None
        Told bootstrap pieces done and in all.
    """

    objective: str = "huber"
    delta: float = 1e-3
    bootstrap: int = 0
    seed: int = 0
    level: float = 0.9
    workers: int = 1
    cluster: str | None = None
    tied: bool = False
    fixed: Mapping[str, float] = field(default_factory=dict)
    holdout: Runs | None = None
    progress: Progress | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing."""
        if not 0 < self.level < 1:
            raise DataError(f"`level` must lie between 0 and 1, got {self.level}.", "0.9 gives 90 % intervals.")
        if self.bootstrap < 0 or self.seed < 0:
            raise DataError(f"`bootstrap` and `seed` must not be negative, got {self.bootstrap} and {self.seed}.")
