"""A document as one HTML file: style and figure inside it, nothing fetched, every text escaped."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

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
    template = environment.from_string(_own("page.html"))
    # The style is this package's own, and the figure comes from matplotlib, which escapes its texts.
    return template.render(document=document, style=Markup(_own("style.css").strip()), drawn=Markup)


def _own(name: str) -> str:
    return resources.files("budgetplan.report").joinpath(name).read_text(encoding="utf-8")
