"""Pages as plain text of a given width, or as Markdown: a title, tables, and lines with a label."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GAP = "  "
"""Between columns."""
AGAIN = "again"
"""Label of the command that repeats an answer."""
NARROWEST = 40
"""Width below which nothing is laid out."""
_BEFORE_UNIT = re.compile(r"(?<=[0-9]) (?=(?:%|[kMBTx]|[kMGTPE]?(?:FLOP|op)(?:/s)?|[GT]B(?:/s)?|nat|d|h|min|s)(?![\w/]))")
_TIE = "\0"
"""In place of a space at which no line ends; no text has one."""


@dataclass(frozen=True)
class Grid:
    """A table.

    Attributes
    ----------
    head : tuple of str
        Names of the columns.
    rows : tuple of tuple of str
        Cells; all rows are as long as the head.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Lines:
    """Sentences, each with a label; an empty label goes on with the one above.

    Attributes
    ----------
    entries : tuple of (str, str)
        Label and sentence.
    command : str
        A command line at the end, labelled `again`; where it is wrapped, a shell still reads it as one.
    """

    entries: tuple[tuple[str, str], ...]
    command: str = ""


@dataclass(frozen=True)
class Verbatim:
    """Text for machines, never wrapped.

    Attributes
    ----------
    text : str
    """

    text: str


@dataclass(frozen=True)
class Page:
    """What a person reads.

    Attributes
    ----------
    title : str
        The finding, or the name of what is shown; may be empty.
    aside : str
        What it holds for, at the right of the title.
    parts : tuple of Grid, Lines or Verbatim
        With an empty line between them.
    """

    title: str
    aside: str = ""
    parts: tuple[Grid | Lines | Verbatim, ...] = ()

    def text(self, width: int) -> str:
        """Return the page as lines of at most `width` characters, as far as its words allow it."""
        width = max(width, NARROWEST)
        blocks = [_title(self.title, self.aside, width)] if self.title or self.aside else []
        blocks += [_part(part, width) for part in self.parts]
        return "\n\n".join("\n".join(line.rstrip() for line in block) for block in blocks if block) + "\n"

    def markdown(self) -> str:
        """Return the page as Markdown."""
        head = " ".join(text for text in (f"**{self.title}**" if self.title else "", self.aside) if text)
        blocks = [head, *("\n".join(_part_markdown(part)) for part in self.parts)]
        return "\n\n".join(block for block in blocks if block) + "\n"


def wrapped(text: str, width: int) -> list[str]:
    """Return text in lines; names such as `besiroglu-2024` stay whole, to be copied, and numbers beside their unit.

    Examples
    --------
    >>> wrapped("it takes 22.2 B params", 12)
    ['it takes', '22.2 B', 'params']
    """
    return _lines_of(_tied(text), width)


def _tied(text: str) -> str:
    return _BEFORE_UNIT.sub(_TIE, text)


def _lines_of(text: str, width: int) -> list[str]:
    lines = textwrap.wrap(text, max(width, 1), break_long_words=False, break_on_hyphens=False)
    return [line.replace(_TIE, " ") for line in lines]


def _part(part: Grid | Lines | Verbatim, width: int) -> list[str]:
    if isinstance(part, Verbatim):
        return part.text.splitlines()
    return _grid(part, width) if isinstance(part, Grid) else _lines(part, width)


def _part_markdown(part: Grid | Lines | Verbatim) -> list[str]:
    if isinstance(part, Verbatim):
        return ["```", *part.text.splitlines(), "```"]
    return _grid_markdown(part) if isinstance(part, Grid) else _lines_markdown(part)


def _title(title: str, aside: str, width: int) -> list[str]:
    if title and aside and len(title) + len(GAP) + len(aside) <= width:
        return [title + aside.rjust(width - len(title))]
    return [*wrapped(title, width), *(line.rjust(width) if title else line for line in wrapped(aside, width))]


def _grid(grid: Grid, width: int) -> list[str]:
    """Lay out a table: columns as wide as their cells, the widest wrapped until all fit.

    A number and its unit are parted only where the table fits by that.
    """
    loose: list[tuple[str, ...]] = [grid.head, *grid.rows]
    tied: list[tuple[str, ...]] = [tuple(map(_tied, row)) for row in loose]
    whole = width - len(GAP) * (len(grid.head) - 1)
    table = loose if sum(_least(loose)) <= whole < sum(_least(tied)) else tied
    widths, least = [max(map(len, column)) for column in zip(*table, strict=True)], _least(table)
    while sum(widths) > whole:
        room = [wide if wide > few else 0 for wide, few in zip(widths, least, strict=True)]
        if not any(room):
            break
        widths[room.index(max(room))] -= 1
    out = []
    for row in table:
        cells = [_lines_of(cell, wide) for cell, wide in zip(row, widths, strict=True)]
        for index in range(max((len(cell) for cell in cells), default=0)):
            parts = [(cell[index] if index < len(cell) else "").ljust(wide) for cell, wide in zip(cells, widths, strict=True)]
            out.append(GAP.join(parts))
    return out


def _least(table: Sequence[tuple[str, ...]]) -> list[int]:
    """Width of the longest word of each column."""
    return [max((len(word) for cell in column for word in cell.split()), default=0) for column in zip(*table, strict=True)]


def _lines(lines: Lines, width: int) -> list[str]:
    labels = [*(label for label, _ in lines.entries), *([AGAIN] if lines.command else [])]
    margin = max(map(len, labels), default=0) + len(GAP)
    told = [wrapped(sentence, width - margin) for _, sentence in lines.entries]
    told += [command_lines(lines.command, width - margin)] if lines.command else []
    out = []
    for label, sentence in zip(labels, told, strict=True):
        first, *rest = sentence or [""]
        out += [label.ljust(margin) + first, *(" " * margin + line for line in rest)]
    return out


def command_lines(command: str, width: int) -> list[str]:
    r"""Return a command line in lines that a shell reads as one.

    Examples
    --------
    >>> command_lines("budgetplan plan --budget '1e25 FLOP'", 30)
    ['budgetplan plan --budget \\', "'1e25 FLOP'"]
    """
    out: list[str] = []
    for word in map(shlex.quote, shlex.split(command)):
        if out and len(out[-1]) + len(word) + 3 <= width:
            out[-1] += f" {word}"
        else:
            out.append(word)
    return [f"{line} \\" for line in out[:-1]] + out[-1:]


def _grid_markdown(grid: Grid) -> list[str]:
    return [_bars(grid.head), _bars(["---"] * len(grid.head)), *map(_bars, grid.rows)]


def _bars(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _lines_markdown(lines: Lines) -> list[str]:
    listed = [f"- **{label}**: {sentence}" if label else f"- {sentence}" for label, sentence in lines.entries]
    return [*listed, f"- **{AGAIN}**: `{lines.command}`"] if lines.command else listed


def labelled(label: str, sentences: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return entries of which only the first has the label; none where there is no sentence.

    Examples
    --------
    >>> labelled("beware", ["one", "two"])
    (('beware', 'one'), ('', 'two'))
    """
    return tuple(("" if index else label, sentence) for index, sentence in enumerate(sentences))
