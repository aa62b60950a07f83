"""The fit of a form of loss from beginning to end: refusals, optimum, replicates, intervals, diagnostics, forecast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from budgetplan.fitting.intervals import uncertainty
from budgetplan.fitting.loss.bootstrap import Replicates, lost_sentence, refit
from budgetplan.fitting.loss.covariance import covariance
from budgetplan.fitting.loss.curve import Chart
from budgetplan.fitting.loss.diagnostics import diagnose, strong_runs
from budgetplan.fitting.loss.form import AbstractForm
from budgetplan.fitting.loss.holdout import forecast, gaussian_draws
from budgetplan.fitting.loss.refusals import refuse, thin
from budgetplan.fitting.loss.solve import POLISHED, Optimum, solve
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.robust import Objective
from budgetplan.fitting.runs.runs import Runs, box_of
from budgetplan.numerics.arrays import Array, Index

FEW_FREE = 3
"""Free coefficients up to which all starts of a form with many minima are followed."""
TRACE_EXPONENT = 0.01
"""An exponent below this means that loss does not fall along its axis."""


@dataclass(frozen=True)
class Solved:
    """What is known once the optimum is found.

    Attributes
    ----------
    optimum : Optimum
    objective : Objective
    clusters : ndarray of int or None
        Cluster of each run, where runs are not independent.
    covariance : ndarray of shape (coordinate, coordinate)
        Of the form's coordinates.
    """

    optimum: Optimum
    objective: Objective
    clusters: Index | None
    covariance: Array


def find_optimum(form: AbstractForm, runs: Runs, options: FitOptions) -> Solved:
    """The optimum of a form on runs, with its curvature.

    Parameters
    ----------
    form : AbstractForm
    runs : Runs
    options : FitOptions

    Raises
    ------
    DataError, FitError
        If roles are missing, or the runs cannot determine the form.
    """
    runs.require(form.name, *form.roles)
    chart = form.chart(options.tied, options.fixed)
    refuse(runs, form.name, chart.size, options.fixed)
    objective = Objective(options.objective, options.delta)
    observed = np.log(runs["loss"]) if objective.logarithmic else runs["loss"]
    starts = form.starts(runs, options.fixed, options.tied)
    curve = form.curve(runs, chart, objective.logarithmic)
    alike = form.polished if chart.size <= FEW_FREE else None
    optimum = solve(curve, chart, observed, starts, objective, alike or POLISHED, alike is not None)
    clusters = None if runs.clusters is None else runs.cluster_index()
    inner = covariance(optimum, objective.width, clusters)
    basis = optimum.chart.basis
    return Solved(optimum, objective, clusters, basis @ inner @ basis.T)


def fit_loss(form: AbstractForm, runs: Runs, options: FitOptions) -> LawFit:
    """Fit a form of loss.

    Parameters
    ----------
    form : AbstractForm
    runs : Runs
    options : FitOptions

    Returns
    -------
    LawFit

    Raises
    ------
    DataError, FitError
        If roles are missing, or the runs cannot determine the form.
    """
    solved = find_optimum(form, runs, options)
    optimum, objective = solved.optimum, solved.objective
    free = optimum.chart.size
    replicates = None
    if options.bootstrap:
        replicates = refit(optimum, objective, runs.cluster_index(), options)
    theta_draws = None if replicates is None else replicates.theta
    draws = None if theta_draws is None else form.values(theta_draws)
    known = uncertainty(form, optimum, objective, solved.covariance, draws, options)
    deviations = np.sqrt(np.maximum(np.diag(solved.covariance), 0.0))
    facts = diagnose(optimum, runs, runs.rows, form.coefficients, deviations, objective.width, objective.logarithmic)
    held = None
    if options.holdout is not None:
        options.holdout.require(form.name, *form.roles)
        spread = gaussian_draws(optimum.theta, solved.covariance, options.seed) if theta_draws is None else theta_draws
        held = forecast(
            form,
            options.holdout,
            optimum.theta,
            spread,
            optimum.residual,
            free,
            objective.logarithmic,
            options.level,
            options.seed,
        )
    said = [*runs.warnings, *thin(runs, form.name, free), *known.sentences, *_doubts(form, optimum, replicates)]
    said += _rivals(form, runs, optimum, objective) + strong_runs(facts["influence"])
    return LawFit(
        form=form.name,
        coefficients=dict(zip(form.coefficients, form.values(optimum.theta).tolist(), strict=True)),
        standard_errors=known.standard_errors,
        intervals=known.intervals,
        level=options.level,
        objective_name=objective.name,
        objective=objective.total(optimum.residual),
        n_runs=runs.count,
        draws=draws,
        box=box_of(runs),
        diagnostics={**facts, "covariance": solved.covariance.tolist()},
        holdout=held,
        warnings=tuple(said),
        provenance={
            "data_sha256": runs.digest,
            "seed": options.seed,
            "delta": objective.delta if objective.name == "huber" else None,
            "bootstrap": options.bootstrap,
            "tied": options.tied,
            "fixed": dict(options.fixed),
            "clustered": runs.clusters is not None,
        },
    )


def _doubts(form: AbstractForm, optimum: Optimum, replicates: Replicates | None) -> list[str]:
    said = []
    if not optimum.converged:
        said.append("The fit did not converge: its objective still falls along a flat direction.")
    for at, name in enumerate(form.coefficients):
        if not form.logs[at] and optimum.theta[at] < TRACE_EXPONENT:
            said.append(f"`{name}` is {optimum.theta[at]:.3g}: along its axis the loss does not fall in these runs.")
    if replicates is not None:
        said += lost_sentence(replicates.lost, replicates.asked, replicates.theta is not None)
    return said


def _rivals(form: AbstractForm, runs: Runs, optimum: Optimum, objective: Objective) -> list[str]:
    """A sentence about a lower minimum that the runs do not tell from the one reported."""
    if optimum.rival is None:
        return []
    size = len(form.coefficients)
    curve = form.curve(runs, Chart(np.zeros(size), np.eye(size)), objective.logarithmic)
    value = objective.total(curve.evaluate(optimum.rival[None])[0][0] - optimum.observed)
    ours = objective.total(optimum.residual)
    where = ", ".join(
        f"`{name}` {other:.3g}"
        for name, other, own in zip(form.coefficients, form.values(optimum.rival), form.values(optimum.theta), strict=True)
        if abs(other - own) > 1e-3 * abs(own)
    )
    lower = (1 - value / ours) * 100
    return [f"Another optimum fits as well: {where} has an objective {lower:.2g} % lower. Most starts lead to the one reported."]
