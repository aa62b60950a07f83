"""What is written for others: a report, a scenario to begin with, and the schemas of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.datafiles import data_path
from budgetplan.errors import OutputError, UnknownNameError
from budgetplan.parallel.whole_file import write_all
from budgetplan.scenario import Scenario, scenario_from_fields, template

if TYPE_CHECKING:
    from budgetplan.report import Document

__all__ = ["load_schema", "scenario_template", "write_report"]

SUFFIXES = (".html", ".md")
"""Formats of a report."""


def write_report(
    file: str | Path,
    scenario: Scenario | None = None,
    /,
    *,
    title: str = "",
    author: str = "",
    compared: Mapping[str, Scenario] | None = None,
    **fields: Any,
) -> Path:
    """Write one self-contained document on a plan: the finding, the split, how sure it is, and every number's source.

    Parameters
    ----------
    file : str or Path
        Ends in .html or .md. It is written whole or not at all.
    scenario : Scenario, optional
        A question.
    title : str
        In place of the finding, which then stands below it.
    author : str
        Who answers for it.
    compared : mapping of str to Scenario, optional
        Scenarios that are planned beside it.
    **fields
        The scenario's fields.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        If the file's name ends otherwise, or it cannot be written.
    BudgetPlanError
        As for `plan`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written = write_report(f"{folder}/plan.md", budget="1e23", law="besiroglu-2024")
    ...     written.read_text(encoding="utf-8").startswith("# ")
    True
    """
    require_format(file)
    from budgetplan.report import document, examine

    place = Path(file)
    laid = document(examine(scenario_from_fields(fields, base=scenario), compared=compared), title, author)
    try:
        write_all({place: written_as(file, laid).encode("utf-8")})
    except OSError as problem:
        raise OutputError(f"`{place}` cannot be written: {problem.strerror or problem}.", "Choose another file.") from problem
    return place


def require_format(file: str | Path) -> None:
    """Refuse a file whose name says no format of a report, before anything is planned.

    Parameters
    ----------
    file : str or Path

    Raises
    ------
    OutputError
        If it ends otherwise than in .html or .md.
    """
    if Path(file).suffix.lower() not in SUFFIXES:
        raise OutputError(f"`{file}` names no format of a report.", f"End it in {' or '.join(SUFFIXES)}.")


def written_as(file: str | Path, laid: Document) -> str:
    """A report in the format that a file's name says.

    Parameters
    ----------
    file : str or Path
        Ends in .html or .md.
    laid : Document

    Returns
    -------
    str
    """
    from budgetplan.report import as_html, as_markdown

    return as_html(laid) if Path(file).suffix.lower() == ".html" else as_markdown(laid)


def scenario_template() -> str:
    """A commented scenario that runs as it is, in YAML.

    Returns
    -------
    str
        What `budgetplan init` writes.

    Examples
    --------
    >>> "budget:" in scenario_template()
    True
    """
    return template()


def load_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of what a command writes.

    Parameters
    ----------
    name : str
        Such as "plan"; `budgetplan schema` lists them.

    Returns
    -------
    dict

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    Examples
    --------
    >>> load_schema("plan")["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    names = schema_names()
    if name not in names:
        raise UnknownNameError("schema", name, names)
    found: dict[str, Any] = json.loads((data_path("schemas") / f"{name}.json").read_text(encoding="utf-8"))
    return found


def schema_names() -> list[str]:
    """Names of the schemas: of commands, `error` and `config`.

    Returns
    -------
    list of str
    """
    return [path.stem for path in sorted(data_path("schemas").glob("*.json"))]
