"""`budgetplan report`: one self-contained document on a plan."""

from __future__ import annotations

from typing import Annotated

import typer

from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.output import write_file
from budgetplan.cli.result import Result

EXAMPLES = (
    "budgetplan report --budget 1e25 -o report.html",
    "budgetplan report --budget 1e25 --title 'Next run' -o report.md",
    "budgetplan report --budget 1e24 --law additive --draws 100 -o memo.html",
)
DETAILS = "HTML or Markdown, by the file's suffix. It rests on 500 draws unless --draws says otherwise."

_File = Annotated[str, typer.Option("-o", "--output", metavar="FILE", help="Document: .html or .md.")]
_Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="In place of the finding.", show_default=False)]
_Author = Annotated[str, typer.Option("--author", metavar="TEXT", help="Who answers for it.", show_default=False)]
_Compare = Annotated[
    list[str] | None,
    typer.Option("--compare", metavar="SCENARIO", help="File of a scenario to plan as well; repeatable.", show_default=False),
]


@plans
def run(request: Request, file: _File, title: _Title = "", author: _Author = "", compare: _Compare = None) -> Result:
    """Plan, examine and write."""
    from budgetplan.api.documents import require_format, written_as

    require_format(file)
    from budgetplan.report import document, examine
    from budgetplan.scenario import load_scenario

    subject = examine(request.scenario, request.command, {name: load_scenario(name) for name in compare or ()})
    laid = document(subject, title, author)
    write_file(file, written_as(file, laid))
    warnings = tuple(item.message for item in subject.study.warnings)
    data = {"report": file, "headline": subject.study.headline, "title": laid.title}
    return Result(data, [data], Page("", "", (Lines((("report", file),)),)), file, warnings)
