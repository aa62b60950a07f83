"""A document as Markdown: the same sections and numbers, with the figure's caption in the figure's place."""

from __future__ import annotations

import re

from budgetplan.report.document import Command, Document, Drawing, Part, Sentences, Table

_SPECIAL = re.compile(r"([\\*_\[\]<>|#&])")


def as_markdown(document: Document) -> str:
    """The document as Markdown with tables.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
        Texts are escaped: none becomes a heading, a link, or HTML.
    """
    parts = [f"# {text(document.title)}"]
    if document.title != document.finding:
        parts.append(f"**{text(document.finding)}**")
    parts += [text(line) for line in (document.author, document.aside) if line]
    for section in document.sections:
        parts += [f"## {text(section.title)}", *(_part(item) for item in section.parts)]
    return "\n\n".join(parts) + "\n"


def text(said: str) -> str:
    r"""One line in which nothing but code in backticks is markup.

    Examples
    --------
    >>> print(text("a_b `c_d` <script>"))
    a\_b `c_d` \<script\>
    """
    pieces = " ".join(said.split()).split("`")
    if len(pieces) % 2 == 0:  # a backtick without its partner is a letter
        return _SPECIAL.sub(r"\\\1", "`".join(pieces)).replace("`", "\\`")
    plain = (_SPECIAL.sub(r"\\\1", piece) if index % 2 == 0 else piece.replace("|", "\\|") for index, piece in enumerate(pieces))
    return "`".join(plain)


def _part(part: Part) -> str:
    if isinstance(part, Sentences):
        return "\n".join(f"- {text(line)}" for line in part.lines)
    if isinstance(part, Table):
        lines = [part.heads, ("---",) * len(part.heads), *part.rows]
        rows = [f"| {' | '.join(cell if row is lines[1] else text(cell) for cell in row)} |" for row in lines]
        return "\n".join(rows) + (f"\n\n{text(part.caption)}" if part.caption else "")
    if isinstance(part, Drawing):
        return f"{text(part.caption)}"
    assert isinstance(part, Command)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", part.text)), 3)
    return f"{fence}\n{part.text}\n{fence}"
