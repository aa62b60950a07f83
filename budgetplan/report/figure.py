"""The split as an inline drawing: matplotlib's SVG without the parts that only a file of its own needs."""

from __future__ import annotations

import re

from budgetplan.plots import render
from budgetplan.workflow.plans.study import Study

_ALONE = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
"""Prolog, document type, metadata and comments: they name addresses, or what drew the figure."""


def split_svg(study: Study) -> str:
    """The split beside equal thirds as one `<svg>` element with its text as text.

    Parameters
    ----------
    study : Study
    """
    return _ALONE.sub("", render("split", study, "svg").image.decode("utf-8")).strip()
