"""A document as one HTML file: style and figure inside it, nothing fetched, every text escaped."""

from __future__ import annotations

import re
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from budgetplan.report.document import Document


def as_html(document: Document) -> str:
    """The document as HTML for screens, light or dark, and for paper.

    Parameters
    ----------
    document : Document

    Returns
    -------
    str
        The same for the same document, byte by byte.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    environment.filters["named"] = named
    template = environment.from_string(_own("page.html"))
    # The style is this package's own, and the figure comes from matplotlib, which escapes its texts.
    return template.render(document=document, style=Markup(_own("style.css").strip()), drawn=Markup)


def named(text: str) -> Markup:
    """A sentence with its names, which stand in backticks, as code; everything in it escaped.

    Examples
    --------
    >>> named("`rl.gain` < 1")
    Markup('<code>rl.gain</code> &lt; 1')
    """
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _own(name: str) -> str:
    return resources.files("budgetplan.report").joinpath(name).read_text(encoding="utf-8")
