"""One law in full: formula, coefficients with their sources, where it was measured, what to beware of, a worked example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from budgetplan.cli import figures
from budgetplan.cli.layout import Grid, Lines, Page, labelled


def law_page(record: Mapping[str, Any]) -> Page:
    """Return the page of a law.

    Parameters
    ----------
    record : mapping
        From `budgetplan.laws.describe.law_record`.

    Returns
    -------
    Page
        Sources are numbered, since many coefficients share one.
    """
    coefficients = record["coefficients"]
    sources = list(dict.fromkeys(item["source"] for item in coefficients.values()))
    many = len(record["formulas"]) > 1
    formulas = record["formulas"] if many else {"formula": record["formula"]}
    parts: list[Grid | Lines] = [
        Lines(
            (
                *((link, f"{record['links'][link]}: {formula}" if many else formula) for link, formula in formulas.items()),
                *((f"{what} means", meaning) for what, meaning in record["convention"].items()),
            )
        )
    ]
    parts += _coefficients(coefficients, sources)
    if record["box"]:
        ends = tuple((axis, _number(low), _number(high)) for axis, (low, high) in record["box"].items())
        parts.append(Grid(("measured in", "from", "to"), ends))
    lines = [
        *labelled("warning", [record["warning"]] if record["warning"] else []),
        *labelled("example", _example(record["example"])),
        *labelled("beware", record["caveats"]),
        *((f"[{number}]", source) for number, source in enumerate(sources, start=1)),
        *labelled("sources", record["sources"]),
        *labelled("refit", list(dict.fromkeys(item["command"] for item in coefficients.values() if item["command"]))),
        ("hash", record["hash"]),
    ]
    parts.append(Lines(tuple(lines)))
    return Page(f"{record['id']}: {record['title']}", record["link"], tuple(parts))


def _coefficients(coefficients: Mapping[str, Any], sources: Sequence[str]) -> list[Grid]:
    """Lay out the coefficients, those of each link of a joint law on their own."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for name, item in coefficients.items():
        link, _, own = name.rpartition(".")
        numbered = f"{item['kind']} [{sources.index(item['source']) + 1}]"
        row = (own, _number(item["value"]), _unit(item["unit"]), _range(item), numbered)
        rows.setdefault(link or "coefficient", []).append(row)
    return [Grid((link, "value", "unit", "range", "source"), tuple(group)) for link, group in rows.items()]


def _example(example: Mapping[str, Any] | None) -> list[str]:
    """Put the value that the law gives now beside the published one."""
    if example is None:
        return []
    inputs = ", ".join(f"{name} {_number(value)}" for name, value in example["inputs"].items())
    output = str(example["output"]).replace("_", " ")
    return [f"{inputs}: {output} {_number(example['computed'])} computed now; published: {example['published']}"]


def _range(item: Mapping[str, Any]) -> str:
    low, high = item["low"], item["high"]
    return "" if low is None or high is None else f"{_number(low)} to {_number(high)}"


def _unit(unit: str) -> str:
    return "" if unit == "1" else unit


def _number(value: object) -> str:
    """Write a number with up to six digits; anything else as it is."""
    return figures.number(value, 6) if isinstance(value, int | float) else str(value)
