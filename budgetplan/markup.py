"""Results as HTML for notebooks: small tables whose texts are all escaped, in the notebook's own colours, with nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

_CELL = "padding:0.2em 0.8em 0.2em 0;vertical-align:top;border-bottom:1px solid rgba(128,128,128,0.4)"
_LEFT, _RIGHT = f"text-align:left;{_CELL}", f"text-align:right;{_CELL}"
_SMALL = "font-size:0.9em;opacity:0.8"
# `inherit` and half-clear greys only: the page may be white or black
_TABLE = "border-collapse:collapse;color:inherit;background:transparent;font-variant-numeric:tabular-nums"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows of text as an HTML table; the first cell of a row names it.

    Parameters
    ----------
    heads : sequence of str
        One per column.
    rows : sequence of sequence of str
        As long as `heads`.

    Examples
    --------
    >>> "&lt;b&gt;" in table(["", "value"], [["<b>", "1"]])
    True
    """
    top = "".join(_cell("th", head, _LEFT if at == 0 else _RIGHT, ' scope="col"') for at, head in enumerate(heads))
    body = []
    for row in rows:
        if len(row) != len(heads):
            raise ValueError(f"A row of {len(row)} cells does not fit {len(heads)} heads: `{row}`.")
        cells = (_cell("th", text, f"font-weight:normal;{_LEFT}", ' scope="row"') if at == 0 else _cell("td", text, _RIGHT)
                 for at, text in enumerate(row))  # fmt: skip
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table style="{_TABLE}"><thead><tr>{top}</tr></thead><tbody>{"".join(body)}</tbody></table>'


def block(title: str, tables: Sequence[str], notes: Sequence[str] = ()) -> str:
    """A titled block of tables with notes beneath.

    Parameters
    ----------
    title : str
        Text.
    tables : sequence of str
        HTML, from `table`.
    notes : sequence of str
        Text, a paragraph each.

    Examples
    --------
    >>> block("`A` & B", [], ["<i>"])
    '<div><p><b><code>A</code> &amp; B</b></p><p style="font-size:0.9em;opacity:0.8">&lt;i&gt;</p></div>'
    """
    under = "".join(f'<p style="{_SMALL}">{marked(note)}</p>' for note in notes if note)
    return f"<div><p><b>{marked(title)}</b></p>{''.join(tables)}{under}</div>"


def marked(text: str) -> str:
    """Text as HTML: escaped, with names in backticks as code.

    Parameters
    ----------
    text : str
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _cell(tag: str, text: str, style: str, more: str = "") -> str:
    return f'<{tag}{more} style="{style}">{marked(text)}</{tag}>'
