"""`budgetplan fit`: a table of runs becomes a law with intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetplan.cli.fit_page import fit_page, fit_rows
from budgetplan.cli.options import reports
from budgetplan.cli.pairs import pairs_of
from budgetplan.cli.progress import progress
from budgetplan.cli.result import Result
from budgetplan.errors import DataError, StrictError

if TYPE_CHECKING:
    from budgetplan.fitting.result import LawFit

EXAMPLES = (
    "budgetplan fit runs.csv --form chinchilla -o mine.yaml",
    "budgetplan fit runs.csv --form chinchilla --bootstrap 1000 --format json",
    "budgetplan fit runs.csv --form chinchilla --holdout 'params > 1e9'",
    "budgetplan fit curves.csv --form rl-sigmoid --column group=model",
)
DETAILS = (
    "Forms: chinchilla, data-constrained, overtrained, isoflop, rl-sigmoid, rl-power, passk-beta, passk-power, joint. "
    "Roles: params, tokens, flop, loss, unique_tokens, rl_tokens, rl_compute, success, k, n_samples, n_correct, group, cluster; "
    "a column that is named after its role needs no --column. tokens follow from FLOP/(6 params). With a group there is one fit "
    "per group; a cluster marks runs that are not independent."
)

_Runs = Annotated[str, typer.Argument(metavar="RUNS.csv", help="One row per run, with a header.")]
_Form = Annotated[str, typer.Option("--form", metavar="FORM", help="What to fit.")]
_Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="ROLE=NAME", help="Which column holds what; repeatable.", show_default=False),
]
_Where = Annotated[str | None, typer.Option("--where", metavar="EXPR", help="A pandas query that chooses rows.")]
_Objective = Annotated[str | None, typer.Option("--objective", metavar="huber|lad|least-squares", help="What is minimised.")]
_Delta = Annotated[
    float | None,
    typer.Option(
        "--delta",
        help="Width of Huber's quadratic part. Default: 1e-3, of ln loss for laws of loss; 1.345 standard deviations for joint.",
        show_default=False,
    ),
]
_Bootstrap = Annotated[int, typer.Option("--bootstrap", metavar="N", help="Replicates behind intervals and joint draws.")]
_Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of the replicates.")]
_Holdout = Annotated[str | None, typer.Option("--holdout", metavar="EXPR", help="Rows to leave out and forecast.")]
_Level = Annotated[float, typer.Option("--level", help="Of intervals.")]
_Workers = Annotated[int, typer.Option("--workers", metavar="N", help="Threads; the result does not depend on it.")]
_Cluster = Annotated[str | None, typer.Option("--cluster", metavar="tcp://HOST:PORT", help="Dask scheduler, in place of threads.")]
_Tied = Annotated[bool, typer.Option("--tied", help="Make alpha and beta equal.")]
_Fixed = Annotated[
    list[str] | None,
    typer.Option("--fixed", metavar="NAME=VALUE", help="A coefficient that keeps its value, or a law; repeatable."),
]
_Law = Annotated[str | None, typer.Option("-o", "--output", metavar="LAW.yaml", help="Write the law, for --law LAW.yaml.")]
_Strict = Annotated[bool, typer.Option("--strict", help="Exit with 5 where there is a warning.")]


@reports
def run(
    runs: _Runs,
    form: _Form,
    column: _Columns = None,
    where: _Where = None,
    objective: _Objective = None,
    delta: _Delta = None,
    bootstrap: _Bootstrap = 0,
    seed: _Seed = 0,
    holdout: _Holdout = None,
    level: _Level = 0.9,
    workers: _Workers = 1,
    cluster: _Cluster = None,
    tied: _Tied = False,
    fixed: _Fixed = None,
    strict: _Strict = False,
    file: _Law = None,
) -> Result:
    """Fit a law."""
    from budgetplan.fitting.fit import fit_law

    with progress("bootstrap" if bootstrap else "fit") as tell:
        fit = fit_law(
            runs,
            form,
            columns=pairs_of(column or (), "--column", "ROLE=NAME"),
            where=where,
            objective=objective,
            delta=delta,
            bootstrap=bootstrap,
            seed=seed,
            holdout=holdout,
            level=level,
            workers=workers,
            cluster=cluster,
            tied=tied,
            fixed=_fixed(fixed or []),
            progress=tell,
        )
    written = _written(fit, file)
    if strict and fit.warnings:
        raise StrictError(f"`--strict` was given, and there is a warning: {fit.warnings[0]}", "Leave out --strict to accept it.")
    brief = ", ".join(f"{name} {value:.6g}" for name, value in fit.coefficients.items())
    return Result(fit.to_dict(), fit_rows(fit), fit_page(fit, written), brief or f"{len(fit.groups)} fits", fit.warnings)


def _fixed(items: list[str]) -> dict[str, float] | str | None:
    """Coefficients by name, or the law whose base is kept."""
    if len(items) == 1 and "=" not in items[0]:
        return items[0]
    values = {}
    for name, value in pairs_of(items, "--fixed", "NAME=VALUE").items():
        try:
            values[name] = float(value)
        except ValueError:
            values[name] = math.nan
        if not math.isfinite(values[name]):
            raise DataError(f"--fixed {name}: `{value}` is no number that is finite.", f"Write --fixed {name}=0.34.")
    return values or None


def _written(fit: LawFit, file: str | None) -> list[str]:
    """Write the law, or one law per group beside the name that was given; return the names."""
    if file is None:
        return []
    from pathlib import Path

    from budgetplan.fitting.law.law_file import write_law

    path = Path(file)
    if path.suffix not in (".yaml", ".yml"):
        raise DataError(f"-o: a law file ends in .yaml, got `{file}`.", "The result as JSON or CSV goes to stdout: --format json.")
    if not fit.groups:
        return [str(write_law(fit, path))]
    named: dict[Path, Any] = {path.with_name(f"{path.stem}-{_plain(name)}{path.suffix}"): part for name, part in fit.groups.items()}
    return [str(write_law(part, target)) for target, part in named.items()]


def _plain(name: str) -> str:
    """A group's name as part of a file's."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name)
