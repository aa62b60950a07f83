"""The joint law fitted to tables with params, pre-training tokens, RL tokens and samples: the form `joint`.

Least squares of ln(-ln success), every row over its own noise, as binomial deviances (see `joint.noise`). The chain is the
package's four-link law; the additive and the multiplicative law are here to compare.
Uncertainty is by curve (see `joint.table`). A table without RL tokens gets the law of coverage in N, D and k (see `passk.surface`).
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any, Literal

import numpy as np

from budgetplan.errors import DataError
from budgetplan.fitting.joint.additive import Additive
from budgetplan.fitting.joint.asks import asks
from budgetplan.fitting.joint.candidate import AbstractCandidate, centre_of
from budgetplan.fitting.joint.chain import Chain
from budgetplan.fitting.joint.choice import FIRST, choose_chain
from budgetplan.fitting.joint.intervals import resample, uncertainty
from budgetplan.fitting.joint.multiplicative import Multiplicative
from budgetplan.fitting.joint.sentences import lacking, latent, left_open, undecided
from budgetplan.fitting.joint.solve import Solved, covered, forecast, solve
from budgetplan.fitting.joint.table import PROBLEMS, need_axes, read_joint, table_of
from budgetplan.fitting.loss.diagnostics import residuals_by
from budgetplan.fitting.passk.joint import fit_passk_joint
from budgetplan.fitting.result import Holdout, LawFit, forecast_rows
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.fitting.runs.runs import box_of
from budgetplan.numerics.arrays import Array

JointLaw = Literal["chain", "additive", "multiplicative"]
"""Candidates."""
BINS = {"by_params": "params", "by_tokens": "tokens", "by_rl_tokens": "rl_tokens", "by_samples": "k"}
"""Diagnostics of ln(fitted/measured task loss) by role."""
CLOSE = 1.02
"""Forecast errors within this ratio do not tell two forms apart."""


def fit_joint(
    runs: Mapping[str, Any],
    options: CurveOptions | None = None,
    law: JointLaw = "chain",
    gain: Literal["best", "log", "saturating", "approach"] = "best",
    problems: float = PROBLEMS,
) -> LawFit:
    """A joint law of task loss.

    Parameters
    ----------
    runs : mapping of str to ndarray of shape (run,)
        `params`, `tokens`, `rl_tokens` (0 is none), `k`, `success`; or `n_samples` and `n_correct` for success at k = 1.
        `loss`, the pre-training loss before RL, where it was measured. `cluster`, a seed or a curve, where it is known.
        Without `rl_tokens`: as in `fit_passk_joint`.
    options : CurveOptions, optional
        Objective least-squares, or huber with `delta` in standard deviations of a row (1.345 is usual).
    law : {"chain", "additive", "multiplicative"}
    gain : {"best", "log", "saturating", "approach"}
        Form of the chain's RL link; the best forecasts the largest N, D and R best (see `joint.choice`).
    problems : float
        Problems behind each success where counts do not say it. [1]

    Returns
    -------
    LawFit
        chain: E, A, B, alpha, beta; slope, midpoint; tail, narrowing; gain, reference or ceiling or reach, rl_midpoint, steepness;
        and drift where the runs ask for it. Named as in law files but for `rl_midpoint`, which is `midpoint` there. additive: as in
        law files, with `reference` where cells have no RL.

    Raises
    ------
    DataError
        If columns are missing or hold impossible values.
    FitError
        If the table cannot determine the law.
    """
    options = options or CurveOptions()
    if runs.get("rl_tokens") is None:
        return fit_passk_joint(runs, options)
    objective = options.chosen("least-squares", ("least-squares", "huber"), "joint")
    width = options.delta if objective == "huber" else inf
    columns = read_joint(runs, problems)
    table = table_of(columns)
    need_axes(columns, 1)
    centre = centre_of(table)
    tried: dict[str, float] = {}
    if law == "chain":
        solved, tried = choose_chain(columns, table, centre, FIRST if gain == "best" else (gain,), width)
    elif law in ("additive", "multiplicative"):
        candidate: AbstractCandidate = Additive(centre) if law == "additive" else Multiplicative(centre)
        need_axes(columns, len(candidate.names))
        solved = solve(candidate, table, width)
    else:
        raise DataError(f"There is no joint law `{law}`.", "It is chain, additive or multiplicative.")
    return _result(solved, columns, options, objective, tried, problems)


def _result(
    solved: Solved, columns: Mapping[str, Array], options: CurveOptions, objective: str, tried: Mapping[str, float], problems: float
) -> LawFit:
    candidate, table = solved.candidate, solved.table
    points = resample(solved, options.bootstrap, options.seed, options.workers, options.cluster) if options.bootstrap else None
    known = uncertainty(solved, options.level, points)
    found = asks(solved)
    residual = solved.log_residual
    slopes = solved.slopes[:, solved.free]
    diagnostics: dict[str, Any] = {
        "law": candidate.law,
        **({"rl": candidate.gain} if isinstance(candidate, Chain) else {}),
        **({"rl_forecast_rms": dict(tried)} if tried else {}),
        "rms": float(np.sqrt(np.mean(residual**2))),
        "rms_success": float(np.sqrt(np.mean((solved.success - table.success) ** 2))),
        **({"rms_loss": solved.noise.loss} if candidate.reads_loss else {}),
        "scatter": solved.noise.scatter,
        "sampling_factor": solved.noise.factor,
        "curves": table.clusters,
        "condition": float(np.linalg.cond(slopes / np.maximum(np.linalg.norm(slopes, axis=0), 1e-300))),
        **{name: residuals_by(columns[role][table.inner], residual) for name, role in BINS.items()},
        "interval_method": "clustered by curve",
    }
    if found:
        diagnostics["asks"] = {name: {"estimate": value, "standard_error": error} for name, (value, error) in found.items()}
    values = candidate.natural(solved.u)
    return LawFit(
        form="joint",
        coefficients=dict(zip(candidate.names, values.tolist(), strict=True)),
        standard_errors=dict(zip(candidate.names, known.errors, strict=True)),
        intervals={name: (float(known.low[i]), float(known.high[i])) for i, name in enumerate(candidate.names)},
        level=options.level,
        objective_name=objective,
        objective=2.0 * solved.value if objective == "least-squares" else solved.value,
        n_runs=table.rows,
        draws=None if points is None else candidate.natural(points),
        box=box_of(columns),
        diagnostics=diagnostics,
        holdout=_holdout(solved, options, problems),
        warnings=(*left_open(solved, known, values, options), *undecided(tried, CLOSE), *latent(solved), *lacking(found)),
        provenance={"seed": options.seed, "delta": options.delta, "bootstrap": options.bootstrap, "problems": problems},
    )


def _holdout(solved: Solved, options: CurveOptions, problems: float) -> Holdout | None:
    if options.holdout is None:
        return None
    columns = read_joint(options.holdout, problems)
    unseen = table_of(columns)
    centre, low, high = forecast(solved, unseen, options.level)
    seen = unseen.log_task_loss
    axes = {name: columns[name] for name in ("params", "tokens", "rl_tokens", "k")}
    told = zip(("observed", "forecast", "low", "high"), np.exp((seen, centre, low, high)), strict=True)
    rows = forecast_rows({**axes, **dict(told)})
    rms_log = float(np.sqrt(np.mean((seen - centre)[unseen.inner] ** 2)))
    return Holdout(unseen.rows, rms_log, float(covered(unseen, low, high).mean()), rows)
