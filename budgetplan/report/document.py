"""A report as data: sections of sentences, tables, figures and commands, which no renderer has to compute anything for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sentences:
    """Sentences, one to a point of a list.

    Attributes
    ----------
    lines : tuple of str
    """

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Cells as text; the first of a row names it.

    Attributes
    ----------
    heads : tuple of str
    rows : tuple of tuple of str
        As long as `heads`.
    caption : str
        What the table shows.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse a table whose rows do not fit its heads."""
        for row in self.rows:
            if len(row) != len(self.heads):
                raise ValueError(f"A row of {len(row)} cells does not fit {len(self.heads)} heads: `{row}`.")


@dataclass(frozen=True)
class Drawing:
    """A figure.

    Attributes
    ----------
    svg : str
        One `<svg>` element.
    caption : str
        What stands beneath it, and in its place where figures are not shown.
    """

    svg: str
    caption: str


@dataclass(frozen=True)
class Command:
    """What to type.

    Attributes
    ----------
    text : str
    """

    text: str


Part = Sentences | Table | Drawing | Command
"""What a section is made of."""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it.

    Attributes
    ----------
    title : str
    parts : tuple of Part
    """

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Document:
    """A report.

    Attributes
    ----------
    title : str
        The finding, unless the author names it otherwise; then `finding` follows.
    finding : str
    author : str
        Empty where nobody is named.
    aside : str
        Budget, law and version, in a line.
    sections : tuple of Section
    """

    title: str
    finding: str
    author: str
    aside: str
    sections: tuple[Section, ...]
