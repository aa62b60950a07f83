"""A law file as data: coefficients with their sources, joint draws, the measured box, caveats, a worked example."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetplan.errors import DataError
from budgetplan.numerics.arrays import Array

LINKS = ("pretraining", "task", "policy", "rl", "inference", "joint")
"""Kinds of law, in the order they are listed."""


@dataclass(frozen=True)
class Coefficient:
    """One number of a law.

    Attributes
    ----------
    value : float
        [`unit`]
    unit, kind, source : str
        `kind` is published, fitted or assumed.
    low, high : float or None
        Range. [`unit`]
    interval : str
        What the range is.
    standard_error : float or None
        [`unit`]
    command : str
        What refits it, for fitted ones.
    """

    value: float
    unit: str
    kind: str
    source: str
    low: float | None = None
    high: float | None = None
    interval: str = ""
    standard_error: float | None = None
    command: str = ""


@dataclass(frozen=True)
class Record:
    """A law file.

    Attributes
    ----------
    id, title, link, form : str
        Name, one line, kind of law, and which function it parametrises.
    coefficients : mapping of str to Coefficient
    links : mapping of str to str
        For a joint law of four links: the law of each.
    box : mapping of str to (low, high)
        Measured range per axis, in SI units.
    convention, sources, caveats, example, warning
        As in the file.
    data : str
        SHA-256 of the runs that it was fitted to. Laws of one fit have draws that belong together row by row.
    drawn : tuple of str
        Rows of `draws` as the file has them.
    columns : (int, int) or None
        For a link of a joint law that stands in one file: where in those rows its coefficients begin, and how long a row is.
    parts : mapping of str to Record
        Links that the file of a joint law states itself, by link; `links` names them `ID:LINK`.
    """

    id: str
    title: str
    link: str
    form: str
    coefficients: Mapping[str, Coefficient]
    links: Mapping[str, str]
    box: Mapping[str, tuple[float, float]]
    convention: Mapping[str, str]
    sources: tuple[str, ...]
    caveats: tuple[str, ...]
    example: Mapping[str, Any] | None
    warning: str = ""
    data: str = ""
    drawn: tuple[str, ...] = field(default=(), repr=False)
    columns: tuple[int, int] | None = None
    parts: Mapping[str, Record] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, float]:
        """Coefficient values by name."""
        return {name: coefficient.value for name, coefficient in self.coefficients.items()}

    @property
    def draws(self) -> Array | None:
        """Coefficient vectors that are as likely as each other, of shape (draw, coefficient), columns as `coefficients`; or None.

        Raises
        ------
        DataError
            If a row is no list of as many numbers.
        """
        first, width = self.columns or (0, len(self.coefficients))
        rows = draw_table(self.id, self.drawn, width)
        return None if rows is None else rows[:, first : first + len(self.coefficients)]

    @property
    def hash(self) -> str:
        """First 12 digits of the SHA-256 of form, coefficients and links: changes when any number does."""
        content = {"form": self.form, "coefficients": self.values, "links": dict(self.links)}
        content |= {"parts": {link: part.hash for link, part in self.parts.items()}} if self.parts else {}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def draw_table(name: str, lines: tuple[str, ...], width: int) -> Array | None:
    """Rows `- [1.0, 2.0]` of a law file as an array; None where there are none.

    Parameters
    ----------
    name : str
        Of the law or its file, for the message.
    lines : tuple of str
        One row each.
    width : int
        Numbers in a row.

    Raises
    ------
    DataError
        If a row is no list of so many finite numbers.
    """
    if not lines:
        return None
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            if not (line.startswith("- [") and line.endswith("]")):
                raise ValueError(line)
            row = [float(item) for item in line[3:-1].split(",")]
        except ValueError:
            raise DataError(f"{name}: draws: row {number}: wants a list of numbers, `- [1.0, 2.0]`, got `{line[:60]}`.") from None
        if len(row) != width or not np.all(np.isfinite(row)):
            raise DataError(f"{name}: draws: row {number}: wants {width} finite numbers, one per coefficient, got `{line[:60]}`.")
        rows.append(row)
    return np.array(rows)
