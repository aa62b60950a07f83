"""The figures of the signal accounting that no formula gives, read from a table in which each has unit, source and range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnknownNameError

_KINDS = ("published", "fitted", "assumed")


@dataclass(frozen=True)
class Figure:
    """One number with where it comes from.

    Attributes
    ----------
    id : str
        Its name.
    value, low, high : float
        Itself and its range. [`unit`]
    unit : str
        SI, as written in the table.
    kind : {"published", "fitted", "assumed"}
        Where it comes from.
    source : str
        Which paper, or why it is assumed.
    """

    id: str
    value: float
    low: float
    high: float
    unit: str
    kind: str
    source: str


@dataclass(frozen=True)
class FigureTable:
    """All figures, and the works that the accounting follows.

    Attributes
    ----------
    figures : mapping of str to Figure
        By id, in the order of the file.
    sources : tuple of str
        Works.
    """

    figures: Mapping[str, Figure]
    sources: tuple[str, ...]

    def __getitem__(self, name: str) -> Figure:
        """Return one figure.

        Raises
        ------
        UnknownNameError
            Where there is none of this name.
        """
        if name not in self.figures:
            raise UnknownNameError("figure of the signal accounting", name, self.figures)
        return self.figures[name]


@cache
def load_figures(path: Path | None = None) -> FigureTable:
    """Return the figures behind the signal accounting.

    Parameters
    ----------
    path : Path, optional
        A table of the same form; default: the shipped one.

    Returns
    -------
    FigureTable

    Raises
    ------
    DataError
        Where the table cannot be used.

    Examples
    --------
    >>> figure = load_figures()["teacher_kl"]
    >>> figure.value, figure.unit, figure.kind
    (0.1, 'nat/token', 'assumed')
    """
    from ruamel.yaml import YAML  # 25 ms, which only those pay who read a table
    from ruamel.yaml.error import YAMLError

    place = data_path("signal.yaml") if path is None else path
    try:
        content = YAML(typ="safe", pure=True).load(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as problem:
        raise DataError(f"{place}: it cannot be read as YAML: {' '.join(str(problem).split())}.") from problem
    if not isinstance(content, Mapping) or not isinstance(content.get("figures"), list):
        raise DataError(f"{place.name}: a mapping with the list `figures` is due.")
    figures = [_figure(item, f"{place.name}: figures[{index}]") for index, item in enumerate(content["figures"])]
    if len({figure.id for figure in figures}) < len(figures):
        raise DataError(f"{place.name}: an `id` is given twice.")
    return FigureTable({figure.id: figure for figure in figures}, tuple(str(item) for item in content.get("sources", ())))


def _figure(item: Any, place: str) -> Figure:
    """Check one entry."""
    if not isinstance(item, Mapping):
        raise DataError(f"{place}: {item!r} is no mapping.")
    texts = {key: _text(item.get(key), f"{place}: `{key}`") for key in ("id", "unit", "kind", "source")}
    if texts["kind"] not in _KINDS:
        raise DataError(f"{place}: `kind` is `{texts['kind']}`, and {', '.join(f'`{word}`' for word in _KINDS)} are known.")
    value, low, high = (_number(item.get(key), f"{place}: `{key}`", texts["unit"]) for key in ("value", "low", "high"))
    if not low <= value <= high:
        raise DataError(f"{place}: `value` {value:g} lies outside `low` {low:g} to `high` {high:g}.")
    return Figure(value=value, low=low, high=high, **texts)


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise DataError(f"{place} is {value!r}, and text is due.")
    return value.strip()


def _number(value: Any, place: str, unit: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 < value < math.inf:
        raise DataError(f"{place} is {value!r}, and a finite number above 0 [{unit}] is due.")
    return float(value)
