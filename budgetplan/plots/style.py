"""One look for every figure: colours, line styles, sizes in mm and points, and what makes a file repeatable.

Sizes are for a figure 85 mm wide, one column of a journal, printed at full size. Categories use the palette of Okabe and
Ito, which colour-blind readers tell apart; hatches, markers and dashes repeat the distinction for readers in grey. Maps
use cividis, whose lightness is monotonic.

References
----------
Okabe, Ito, "Color Universal Design", 2008, jfly.uni-koeln.de/color.
Nunez, Anderton, Renslow, "Optimizing colormaps with consideration for color vision deficiency", 2018, arXiv:1712.01662.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

WIDTH = 85.0  # mm
TITLE, TEXT, SMALL = 8.0, 6.5, 5.5  # pt
GREY, LIGHT = "#4d4d4d", "#d9d9d9"
DASHED, DOTTED = (0.0, (3.0, 1.5)), (0.0, (1.0, 1.5))
"""A law beyond what was measured, and lines to compare with. [pt]"""
MAP = "cividis_r"
"""Map of wasted compute: the darker, the more is wasted, so that black labels stay legible where little is."""

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same widths everywhere
    "font.size": TEXT,
    "axes.labelsize": TEXT,
    "axes.titlesize": TITLE,
    "axes.titleweight": "bold",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.5,
    "text.parse_math": False,  # `$2M or $3M` is money
    "svg.hashsalt": "budgetplan",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "savefig.dpi": 300,
}


@dataclass(frozen=True)
class Fill:
    """Look of a stage.

    Attributes
    ----------
    label : str
        As it is written in a figure.
    colour, hatch, marker : str
    """

    label: str
    colour: str
    hatch: str
    marker: str


@dataclass(frozen=True)
class Stroke:
    """Look of a baseline.

    Attributes
    ----------
    label : str
        As it is written in a figure.
    colour, marker : str
    dashes : tuple of float
        On and off, where the law was not measured. [pt]
    """

    label: str
    colour: str
    marker: str
    dashes: tuple[float, ...]


_STAGES = {
    "pretraining": Fill("pre-training", "#0072B2", "", "o"),
    "rl": Fill("RL", "#E69F00", "/////", "s"),
    "inference": Fill("inference", "#009E73", "xxxxx", "^"),
}
_BASELINES = {
    "equal-thirds": Stroke("equal thirds", "#000000", "o", (4.0, 1.5)),
    "equal-tokens": Stroke("equal tokens", "#D55E00", "s", (1.0, 1.0)),
    "chinchilla": Stroke("Chinchilla", "#CC79A7", "^", (5.0, 1.2, 1.0, 1.2)),
}
_OTHERS = (
    ("#0072B2", "D", (2.5, 1.0)),
    ("#009E73", "v", (6.0, 1.5)),
    ("#E69F00", "P", (3.0, 1.0, 1.0, 1.0)),
    ("#56B4E9", "X", (2.0, 2.0)),
)


_SERIES = (
    ("#0072B2", "o", (4.0, 1.5)),
    ("#D55E00", "s", (1.0, 1.0)),
    ("#009E73", "^", (5.0, 1.2, 1.0, 1.2)),
    ("#000000", "D", (2.5, 1.0)),
    ("#E69F00", "v", (6.0, 1.5)),
    ("#CC79A7", "P", (3.0, 1.0, 1.0, 1.0)),
    ("#56B4E9", "X", (2.0, 2.0)),
)
MOST_SERIES = len(_SERIES)
"""Series that one figure can tell apart."""


def fill_of(stage: str) -> Fill:
    """Look of a stage; a KeyError names one that has none.

    Parameters
    ----------
    stage : {"pretraining", "rl", "inference"}
        As results name it.
    """
    return _STAGES[stage]


def stroke_of(name: str, place: int = 0) -> Stroke:
    """Look of a baseline: fixed for the known ones, by place for those the user named.

    Parameters
    ----------
    name : str
        Of the baseline.
    place : int
        Which of the baselines it is.

    Examples
    --------
    >>> stroke_of("equal-thirds").label, stroke_of("mine", 3).marker
    ('equal thirds', 'X')
    """
    if name in _BASELINES:
        return _BASELINES[name]
    colour, marker, dashes = _OTHERS[place % len(_OTHERS)]
    return Stroke(name.replace("-", " "), colour, marker, dashes)


def series_of(name: str, place: int) -> Stroke:
    """Look of one of several series without a fixed look, such as models or groups of runs.

    Parameters
    ----------
    name : str
        Of the series; it is written as it is.
    place : int
        Which of the series it is, from 0, below `MOST_SERIES`.

    Examples
    --------
    >>> series_of("Qwen-8B", 1).marker, series_of("Qwen-8B", 1).label
    ('s', 'Qwen-8B')
    """
    colour, marker, dashes = _SERIES[place]
    return Stroke(name, colour, marker, dashes)


def map_colours(name: str = "cividis", low: float = 0.0, high: float = 0.85) -> Colormap:
    """The part of a map of colours that keeps apart from the white of the paper and the black of the text.

    Parameters
    ----------
    name : str
        Of a map whose lightness is monotonic.
    low, high : float
        Ends of the part. [1]
    """
    import matplotlib
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"{name}-part", matplotlib.colormaps[name](np.linspace(low, high, 64)), 64)


def label_of(name: str) -> str:
    """An allocation's name as it is written in a figure.

    Parameters
    ----------
    name : str
        `optimum` or a baseline.

    Examples
    --------
    >>> label_of("optimum"), label_of("chinchilla")
    ('optimum', 'Chinchilla')
    """
    return _BASELINES[name].label if name in _BASELINES else name.replace("-", " ")


@contextmanager
def styled() -> Iterator[None]:
    """The one style, on top of matplotlib's defaults: a user's matplotlibrc changes no figure."""
    import matplotlib.style

    with matplotlib.style.context(["default", RC]):
        yield
