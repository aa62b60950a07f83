"""Public models: params, tokens, compute and hardware as stated, with sources that disagree side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from budgetplan.costs.hardware import Accelerator, find_accelerator
from budgetplan.costs.model_figures import UNITS, Figure, read_figures
from budgetplan.costs.names import find_named, refuse_shared_names
from budgetplan.costs.table import Row, read_table
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnknownNameError

_FIELDS = ("id", "title", "organisation", "date", "open_weights", "aliases", "base", "accelerator", "notes")
_OWN = ("post_training_flop", "rl_flop", "rl_accelerator_hours", "rl_responses", "rl_tokens")
"""Figures that a model trained further does not share with its base."""


@dataclass(frozen=True)
class PublicModel:
    """One public model.

    Attributes
    ----------
    id, title, organisation : str
        Short and full name, and who trained it.
    date : str
        Of release, YYYY-MM-DD.
    open_weights : bool
        Whether the weights can be downloaded.
    aliases : tuple of str
        Other names.
    base : str or None
        Model that further training started from.
    accelerator : str or None
        What it was trained on: an accelerator of the hardware table, or another name.
    figures : mapping of str to tuple of Figure
        By quantity: the statement that is used, then those that disagree or cover something else. A quantity that no source
        states is not there; what a model trained further does not state itself is its base's.
    notes : tuple of str
        What to beware of.
    """

    id: str
    title: str
    organisation: str
    date: str
    open_weights: bool
    aliases: tuple[str, ...]
    base: str | None
    accelerator: str | None
    figures: Mapping[str, tuple[Figure, ...]]
    notes: tuple[str, ...]

    def value(self, quantity: str) -> float | None:
        """The value in use, in SI units and hours; None where no source states it."""
        stated = self.figures.get(quantity)
        return stated[0].value if stated else None

    @property
    def peak_flop_per_s(self) -> float | None:
        """Dense bf16 or fp16 peak of one accelerator: the hardware table's, else the one stated here. [FLOP/s]"""
        if "peak_flop_per_s" in self.figures or self.accelerator is None:
            return self.value("peak_flop_per_s")
        known = _accelerator(self.accelerator)
        return None if known is None else known.peak_flop_per_s["bf16"]

    @property
    def checkpoint(self) -> tuple[float, float]:
        """Params and pre-training tokens, to start from. [param], [token]

        Raises
        ------
        DataError
            Where a source states only one of them, or neither.
        """
        params, tokens = self.value("params"), self.value("pretraining_tokens")
        if params is None or tokens is None:
            what = "pre-training tokens" if tokens is None else "params"
            size = f"{params / 1e9:.4g}B" if params is not None else "PARAMS"
            raise DataError(f"No source states the {what} of `{self.id}`.", f"Write both: --checkpoint {size},TOKENS.")
        return params, tokens


@cache
def load_models(path: Path | None = None) -> tuple[PublicModel, ...]:
    """Return all models of a table.

    Parameters
    ----------
    path : Path, optional
        A table of the same form; default: the shipped one.

    Returns
    -------
    tuple of PublicModel
        In the order of the file.

    Raises
    ------
    DataError
        Where the table cannot be used: a figure without unit, kind or source, a name that two models share, a base or an
        accelerator that does not exist.
    """
    table = read_table(data_path("models.yaml") if path is None else path)
    table.text("as_of")
    found: dict[str, PublicModel] = {}
    for row in table.rows("models"):
        item = _model(row)
        if item.base is not None:
            if item.base not in found:
                raise DataError(f"{row.place}: `base` is `{item.base}`, and a model above is due.")
            item = _further(item, found[item.base])
        if item.accelerator is not None and "accelerator_hours" in item.figures and item.peak_flop_per_s is None:
            raise DataError(f"{row.place}: `accelerator` is `{item.accelerator}`, which the hardware table lacks: state its peak.")
        found[item.id] = item
    refuse_shared_names(found.values(), table.place)
    return tuple(found.values())


def find_model(name: str) -> PublicModel:
    """Return one model by its id or an alias; case, spaces, `-` and `_` do not matter.

    Parameters
    ----------
    name : str
        Such as `llama-3.1-8b` or `Qwen/Qwen3-8B`.

    Returns
    -------
    PublicModel

    Raises
    ------
    UnknownNameError
        Where there is none, with close names.

    Examples
    --------
    >>> find_model("Chinchilla").checkpoint
    (70000000000.0, 1400000000000.0)
    """
    return find_named(load_models(), name, "model")


def _accelerator(name: str) -> Accelerator | None:
    try:
        return find_accelerator(name)
    except UnknownNameError:  # an accelerator that nobody plans with any more: its peak is stated beside it
        return None


def _further(item: PublicModel, base: PublicModel) -> PublicModel:
    """Fill in what a model trained further has from its base."""
    inherited = {name: stated for name, stated in base.figures.items() if name not in _OWN}
    return replace(item, figures={**inherited, **item.figures})


def _model(row: Row) -> PublicModel:
    """Check one row of the table."""
    is_open = row.fields.get("open_weights")
    if not isinstance(is_open, bool):
        raise DataError(f"{row.place}: `open_weights` is {is_open!r}, and true or false is due.")
    row.only((*_FIELDS, *UNITS), "a model")
    texts = {name: row.text(name) if row.fields.get(name) is not None else None for name in ("base", "accelerator")}
    return PublicModel(
        id=row.text("id"),
        title=row.text("title"),
        organisation=row.text("organisation"),
        date=row.text("date"),
        open_weights=is_open,
        aliases=row.texts("aliases"),
        base=texts["base"],
        accelerator=texts["accelerator"],
        figures={name: read_figures(row, name) for name in UNITS if row.fields.get(name) is not None},
        notes=row.texts("notes"),
    )
