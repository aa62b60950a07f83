"""From a table of runs to a law, whatever the form: the one function behind `budgetplan fit` and `bp.fit_law`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.form_options import curve_options, fixed_values
from budgetplan.fitting.forms import FORMS, form_function
from budgetplan.fitting.options import FitOptions
from budgetplan.fitting.result import LawFit, percent
from budgetplan.fitting.runs.read_runs import chosen, read_table, runs_of
from budgetplan.fitting.runs.runs import Runs
from budgetplan.parallel.executors import check_workers
from budgetplan.parallel.progress import Progress
from budgetplan.version import VERSION

if TYPE_CHECKING:
    import pandas as pd


def fit_law(
    source: Path | str | pd.DataFrame,
    form: str,
    columns: Mapping[str, str] | None = None,
    where: str | None = None,
    objective: str | None = None,
    delta: float | None = None,
    bootstrap: int = 0,
    seed: int = 0,
    holdout: str | None = None,
    level: float = 0.9,
    workers: int = 1,
    cluster: str | None = None,
    tied: bool = False,
    fixed: Mapping[str, float] | str | None = None,
    progress: Progress | None = None,
) -> LawFit:
    """Fit a law to runs.

    Parameters
    ----------
    source : Path, str or DataFrame
        A CSV file or a frame, one row per run.
    form : str
        chinchilla, data-constrained, overtrained, isoflop, rl-sigmoid, rl-power, passk-beta, passk-power or joint.
    columns : mapping of str to str, optional
        Role -> column, for columns that are not named after their role. `group` asks for one fit per label, `cluster` marks
        runs that are not independent: the bootstrap then draws whole clusters.
    where : str, optional
        A pandas query that chooses rows.
    objective : {"huber", "lad", "least-squares"}, optional
        huber and lad are of ln loss, least-squares of the loss itself. By default huber for losses, else the form's own.
    delta : float, optional
        Width of Huber's quadratic part, in the unit of the residual: ln loss; for other forms success, ln error, ln(-ln success),
        where it is 1e-3 unless given; for joint the standard deviation of a row, where it is 1.345, 95 % as
        good as least squares where noise is normal (Holland and Welsch 1977). [1]
    bootstrap : int
        Replicates behind intervals and joint draws; 0 takes intervals from the curvature.
    seed : int
        Of the replicates.
    holdout : str, optional
        A pandas query; its rows are left out of the fit and forecast.
    level : float
        Of intervals. [1]
    workers : int
        Threads; results do not depend on it.
    cluster : str, optional
        Address of a Dask scheduler that makes the replicates in place of threads: `tcp://HOST:PORT`.
    tied : bool
        alpha = beta.
    fixed : mapping of str to float, or str, optional
        Coefficients that are not fitted, in their units [of the coefficient]; or a law, whose coefficients of this form's
        Chinchilla base are taken.
    progress : callable, optional
        Told pieces done and in all.

    Returns
    -------
    LawFit

    Raises
    ------
    UnknownNameError, DataError
        If the form, a column or a row cannot be used.
    FitError
        If the runs cannot determine the form, with the reason.
    """
    check_workers(workers)
    function = form_function(form)
    table, digest = read_table(source)
    table = chosen(table, where, "where", columns)
    held = None
    if holdout is not None:
        rows = chosen(table, holdout, "holdout", columns)
        held = runs_of(rows, columns, digest)
        table = table.drop(index=rows.index)
        if table.empty:
            raise DataError(f"`holdout`: `{holdout}` holds out every row.", "Leave some runs to fit.")
    runs = runs_of(table, columns, digest)
    width = FORMS[form].delta if delta is None else delta
    options = FitOptions(objective or "huber", width, bootstrap, seed, level, workers, cluster, tied, fixed_values(fixed, form))
    about = {
        "version": VERSION,
        "command": command(source, form, columns, where, objective, delta, bootstrap, seed, holdout, level, tied, fixed),
    }

    def fit_one(part: Runs, unseen: Runs | None, label: str) -> LawFit:
        chosen_options: Any = replace(options, holdout=unseen)
        if FORMS[form].curve:
            chosen_options = curve_options(chosen_options, objective, label)
        fit = function(part, chosen_options)
        facts = {"data_sha256": part.digest, **fit.provenance, **about}
        return replace(fit, warnings=(*fit.warnings, *_missed(fit)), provenance={**facts, "group": label} if label else facts)

    if runs.groups is None:
        options = replace(options, progress=progress)
        fit = fit_one(runs, held, "")
    else:
        fit = _grouped(form, runs, held, level, fit_one, about, progress)
    if runs.clusters is None or FORMS[form].clusters:
        return fit
    return replace(fit, warnings=(f"`cluster` is not used: the form `{form}` takes every row as independent.", *fit.warnings))


def _missed(fit: LawFit) -> tuple[str, ...]:
    """A sentence where a forecast fails so often that chance, at 1 in 1,000, does not explain it."""
    held = fit.holdout
    if held is None:
        return ()
    from scipy.stats import binom

    inside = round(held.coverage * held.n)
    if binom.cdf(inside, held.n, fit.level) > 1e-3:
        return ()
    said = f"Only {inside} of {held.n} held-out runs lie inside their {percent(fit.level)} interval"
    return (f"{said}: the form does not hold that far out, and plans there are less sure than they look.",)


def _grouped(
    form: str, runs: Runs, held: Runs | None, level: float, fit_one: Any, about: Mapping[str, Any], progress: Progress | None
) -> LawFit:
    """One fit per group; a group that cannot be fitted is named and does not stop the others."""
    unseen = held.by_group() if held is not None else {}
    fits: dict[str, LawFit] = {}
    failures = []
    parts = runs.by_group()
    for done, (label, part) in enumerate(parts.items()):
        if progress is not None:
            progress(done, len(parts))
        try:
            fits[label] = fit_one(part, unseen.get(label), label)
        except FitError as problem:
            failures.append(f"Group `{label}` is not fitted. {problem}")
    if not fits:
        raise FitError("No group can be fitted. " + " ".join(failures))
    apart = [f"Group `{label}` is held out whole: no fit of it forecasts its runs." for label in unseen if label not in parts]
    warnings = [said if f" of {label}" in said else f"{label}: {said}" for label, fit in fits.items() for said in fit.warnings]
    return LawFit(
        form=form,
        coefficients={},
        standard_errors={},
        intervals={},
        level=level,
        objective_name=next(iter(fits.values())).objective_name,
        objective=sum(fit.objective for fit in fits.values()),
        n_runs=sum(fit.n_runs for fit in fits.values()),
        draws=None,
        box={},
        diagnostics={},
        holdout=None,
        warnings=(*failures, *apart, *warnings),
        groups=fits,
        provenance={"data_sha256": runs.digest, **about},
    )


def command(
    source: Any, form: str, columns: Mapping[str, str] | None, where: str | None, objective: str | None, delta: float | None,
    bootstrap: int, seed: int, holdout: str | None, level: float, tied: bool = False,
    fixed: Mapping[str, float] | str | None = None,
) -> str:  # fmt: skip
    """The command line that repeats a fit; the file without its folder.

    Parameters
    ----------
    source, form, columns, where, objective, delta, bootstrap, seed, holdout, level, tied, fixed
        As in `fit_law`.
    """
    from shlex import quote

    name = Path(source).name if isinstance(source, (str, Path)) else "RUNS.csv"
    words = ["budgetplan", "fit", quote(name), "--form", form]
    for role, column in (columns or {}).items():
        words += ["--column", quote(f"{role}={column}")]
    given = {"--where": where, "--objective": objective, "--holdout": holdout}
    for option, value in given.items():
        words += [option, quote(value)] if value is not None else []
    words += ["--delta", f"{delta:g}"] if delta is not None and delta != FORMS[form].delta else []
    words += ["--bootstrap", str(bootstrap), "--seed", str(seed)] if bootstrap else []
    words += ["--level", f"{level:g}"] if level != 0.9 else []
    words += ["--tied"] if tied else []
    kept = [Path(fixed).name] if isinstance(fixed, str) else [f"{name}={float(value)!r}" for name, value in (fixed or {}).items()]
    for item in kept:
        words += ["--fixed", quote(item)]
    return " ".join(words)
