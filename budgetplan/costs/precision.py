"""Precisions of training: what a narrower number promises, and what whole runs gained from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from budgetplan.costs.hardware import Accelerator, load_hardware
from budgetplan.costs.table import Row, read_table
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, ScenarioError, UnknownNameError


@dataclass(frozen=True)
class Gain:
    """One statement of how much faster a training run was.

    Attributes
    ----------
    value : float
        Tokens per second over those in bf16 [1].
    scope, kind, source, status : str
        Of which model, by whom (published, computed, assumed), where it stands and how that was read.
    """

    value: float
    scope: str
    kind: str
    source: str
    status: str


@dataclass(frozen=True)
class Precision:
    """One precision.

    Attributes
    ----------
    id, title : str
        Short and full name.
    peak_ratio : float
        Dense peak over that of bf16 [1].
    gains : tuple of Gain
        The one in use, then the others.
    """

    id: str
    title: str
    peak_ratio: float
    gains: tuple[Gain, ...]

    @property
    def gain(self) -> float:
        """Speed of training over bf16 that is used: a utilisation of the bf16 peak is multiplied by it. [1]"""
        return self.gains[0].value

    @property
    def gain_range(self) -> tuple[float, float]:
        """Lowest and highest gain that a source states. [1]"""
        values = [gain.value for gain in self.gains]
        return min(values), max(values)


@cache
def load_precisions(path: Path | None = None) -> tuple[Precision, ...]:
    """Return all precisions of a table.

    Parameters
    ----------
    path : Path, optional
        A table of the same form; default: the shipped one.

    Returns
    -------
    tuple of Precision
        In the order of the file.

    Raises
    ------
    DataError
        Where the table cannot be used, or a gain is above what the peak promises.
    """
    table = read_table(data_path("precision.yaml") if path is None else path)
    return tuple(_precision(row) for row in table.rows("precisions"))


def find_precision(name: str) -> Precision:
    """Return one precision by its id.

    Parameters
    ----------
    name : str
        Such as `fp8`.

    Returns
    -------
    Precision

    Raises
    ------
    UnknownNameError
        Where there is none.

    Examples
    --------
    >>> find_precision("fp8").gain_range
    (1.05, 1.5)
    """
    found = {item.id: item for item in load_precisions()}
    if name.lower() not in found:
        raise UnknownNameError("precision", name, found)
    return found[name.lower()]


def gain_on(precision: Precision, chip: Accelerator) -> float:
    """Speed of training over bf16 on one accelerator: the measured gain, and no more than its peaks promise.

    Parameters
    ----------
    precision : Precision
        From `find_precision`.
    chip : Accelerator
        From `find_accelerator`.

    Returns
    -------
    float
        [1]

    Raises
    ------
    ScenarioError
        Where the hardware table has no peak of the accelerator in this precision.

    Examples
    --------
    >>> from budgetplan.costs.hardware import find_accelerator
    >>> gain_on(find_precision("fp8"), find_accelerator("H100")), gain_on(find_precision("fp8"), find_accelerator("TPU-v5p"))
    (1.25, 1.0)
    """
    peaks = chip.peak_flop_per_s
    if precision.id not in peaks:
        able = ", ".join(item.id for item in load_hardware() if precision.id in item.peak_flop_per_s)
        raise ScenarioError(
            f"`precision` is {precision.id}, and the hardware table has no {precision.id} peak of {chip.id}.",
            f"Leave `precision` out, or name a device that has one with --gpu: {able}.",
        )
    return min(precision.gain, peaks[precision.id] / peaks["bf16"])


def _precision(row: Row) -> Precision:
    """Check one row of the table."""
    peak = row.number("peak_ratio", "1")
    gains = tuple(
        Gain(item.number("value", "1"), *(item.text(key) for key in ("scope", "kind", "source", "status")))
        for item in row.rows("gains")
    )
    if not gains or max(gain.value for gain in gains) > peak:
        raise DataError(f"{row.place}: `gains` has to have a statement, and none above `peak_ratio`, {peak:g}.")
    return Precision(row.text("id"), row.text("title"), peak, gains)
