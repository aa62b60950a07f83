"""`budgetplan lab fit`: the joint law of a table of the lab."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from budgetplan.cli.fit_page import fit_page, fit_rows, number
from budgetplan.cli.layout import Grid, Page
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result

if TYPE_CHECKING:
    from budgetplan.fitting.joint.compare import JointScore

EXAMPLES = ("budgetplan lab fit lab", "budgetplan lab fit lab --bootstrap 2000 --format json")
DETAILS = (
    "The law goes to DIR/lab.yaml, ready for --law; DIR/comparison.json holds how well each candidate forecasts the largest model, "
    "the most pre-training tokens and both, which it did not see."
)

_Dir = Annotated[str, typer.Argument(metavar="DIR", help="Folder of `lab run`, or one with a runs.csv.")]
_Bootstrap = Annotated[int, typer.Option("--bootstrap", metavar="N", help="Replicates over training runs, for joint draws.")]
_Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of the replicates.")]
_Level = Annotated[float, typer.Option("--level", help="Of intervals.")]


@reports
def run(folder: _Dir = "lab", bootstrap: _Bootstrap = 500, seed: _Seed = 0, level: _Level = 0.9) -> Result:
    """Fit the law, and compare the candidates."""
    from budgetplan.lab.fit import fit_lab, score_row

    found = fit_lab(Path(folder), bootstrap, seed, level)
    page = fit_page(found.fit, [str(found.law)])
    rows = [score_row(score) for score in found.scores]
    best = found.scores[0]
    title = f"The {_name(best)} forecasts best: rms {number(best.rms, 2)} in ln task loss, {best.coverage:.0%} inside."
    whole = Page(title, page.aside, (_comparison(found.scores), *page.parts))
    data = {**found.fit.to_dict(), "comparison": rows, "law_file": str(found.law)}
    return Result(data, fit_rows(found.fit), whole, title, found.fit.warnings)


def _name(score: JointScore) -> str:
    return f"{score.law} ({score.gain})" if score.gain else f"{score.law} law"


def _comparison(scores: tuple[JointScore, ...]) -> Grid:
    """Candidates by forecast, with the error of each fold."""
    folds = list(scores[0].folds)
    rows = [
        (
            _name(score),
            str(score.coefficients),
            number(score.rms, 3),
            f"{score.coverage:.0%}",
            *(number(score.folds[fold][0], 3) for fold in folds),
            number(score.fitted_rms, 3),
        )
        for score in scores
    ]
    return Grid(
        ("candidate", "coefficients", "forecast rms", "inside", *(f"without {fold}" for fold in folds), "fitted rms"), tuple(rows)
    )
