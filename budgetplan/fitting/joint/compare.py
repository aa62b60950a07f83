"""Which joint law the measurements support: the candidates side by side, by what they forecast and not by what they fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from budgetplan.fitting.joint.additive import Additive
from budgetplan.fitting.joint.candidate import AbstractCandidate, Centre, centre_of
from budgetplan.fitting.joint.chain import Chain, Gain, Task
from budgetplan.fitting.joint.folds import LEFT_OUT, leave_out, rms
from budgetplan.fitting.joint.multiplicative import Multiplicative
from budgetplan.fitting.joint.solve import solve
from budgetplan.fitting.joint.table import PROBLEMS, need_axes, read_joint, table_of
from budgetplan.fitting.rl.options import CurveOptions


@dataclass(frozen=True)
class JointScore:
    """How well a candidate forecasts.

    Attributes
    ----------
    law : str
        chain, additive or multiplicative.
    gain : str
        Form of the chain's links, such as "saturating" or "approach, drifting tail"; empty for the others.
    rms : float
        Of ln(forecast/measured task loss) over the left-out rows, the folds weighing alike. [1]
    coverage : float
        Part of the left-out rows inside the forecast interval. [1]
    fitted_rms : float
        Of ln(fitted/measured) over all rows, which is no forecast. [1]
    scatter : float
        Noise beyond sampling that the fit needs. [ln task loss]
    coefficients : int
    folds : mapping of str to (float, float, int)
        Axes left out -> rms, coverage and rows.
    """

    law: str
    gain: str
    rms: float
    coverage: float
    fitted_rms: float
    scatter: float
    coefficients: int
    folds: Mapping[str, tuple[float, float, int]]


def candidates_of(centre: Centre, measured: bool) -> tuple[AbstractCandidate, ...]:
    """All candidates: the chain with each form of its links, the additive and the multiplicative law.

    Parameters
    ----------
    centre : Centre
    measured : bool
        Whether pre-training loss was.
    """
    tasks: tuple[Task, ...] = get_args(Task) if measured else ("logistic",)
    chains = (
        Chain(centre, gain, measured, drifting, task) for task in tasks for drifting in (False, True) for gain in get_args(Gain)
    )
    return (*chains, Additive(centre), Multiplicative(centre))


def compare_joint(
    runs: Mapping[str, Any], options: CurveOptions | None = None, problems: float = PROBLEMS
) -> tuple[JointScore, ...]:
    """The candidates on one table, best forecast first.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
        As in `fit_joint`.
    options : CurveOptions, optional
        `level` of the forecast intervals; the fits are by least squares.
    problems : float
        Problems behind each success where counts do not say it.

    Returns
    -------
    tuple of JointScore

    Raises
    ------
    DataError, FitError
        If the table cannot be used, or a candidate cannot be fitted to it.
    """
    options = options or CurveOptions()
    columns = read_joint(runs, problems)
    table = table_of(columns)
    need_axes(columns, 1)
    scores = []
    for candidate in candidates_of(centre_of(table), "loss" in columns):
        need_axes(columns, len(candidate.names))
        whole = solve(candidate, table)
        folds = leave_out(candidate, columns, whole.u, LEFT_OUT, options.level)
        inside = np.concatenate([fold.inside for fold in folds])
        said = {fold.name: (float(np.sqrt(np.mean(fold.miss**2))), float(fold.inside.mean()), len(fold.inside)) for fold in folds}
        scores.append(
            JointScore(
                candidate.law,
                candidate.variant if isinstance(candidate, Chain) else "",
                rms(folds),
                float(inside.mean()),
                float(np.sqrt(np.mean(whole.log_residual**2))),
                whole.noise.scatter,
                int(whole.free.sum()),
                said,
            )
        )
    return tuple(sorted(scores, key=lambda score: score.rms))
