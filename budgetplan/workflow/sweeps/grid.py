"""The cells of a sweep: axes of values, the pieces that the cells are cut into, and where each cell stands in the table.

Fields that differ from instance to instance of one batched problem (`BATCHED`: budget, demand, limits) run fastest; every
combination of the other fields is a group with a law and prices of its own. Pieces are cut from the cells in that order, a fixed
number each, whoever works on them: the same question gives the same pieces and so the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, prod
from typing import Any

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.numerics.arrays import Array
from budgetplan.planning.limits import KEYS
from budgetplan.scenario import Scenario, override

BATCHED = {"budget", "params", "queries", "tokens_per_sample", "serve"} | {
    f"{side}.{key}" for side in ("fix", "min", "max") for key in KEYS
}
"""Fields that may differ among the instances of one problem."""
CELLS, SINGLE_CELLS = 2048, 32
"""Cells of a piece, where they are solved together and where each is planned by itself."""


@dataclass(frozen=True)
class Part:
    """Cells of one group.

    Attributes
    ----------
    changes : mapping of str to object
        Fields that all of them share.
    columns : mapping of str to ndarray of shape (cell,)
        Fields that they differ in, in SI units.
    cells : int
        How many there are.
    """

    changes: Mapping[str, Any]
    columns: Mapping[str, Array]
    cells: int


@dataclass(frozen=True)
class Axis:
    """A swept field.

    Attributes
    ----------
    key : str
        Scenario field, dotted for parts.
    entries : ndarray of shape (value,)
        Floats in SI units where all values are numbers, else objects as they were given.
    batched : bool
        Whether the values may stand side by side in one problem.
    """

    key: str
    entries: Any
    batched: bool


def axis(key: str, values: Sequence[Any] | Array) -> Axis:
    """Reads the values of a field.

    Parameters
    ----------
    key : str
        Scenario field.
    values : sequence or ndarray
        Numbers or quantities; those that cannot be read are kept as they are, and their cells fail.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        items: Any = values.ravel()
    else:
        items = np.empty(len(values), dtype=object)
        items[:] = [_plain(item) for item in values]
    numbers = _numbers(key, items)
    if numbers is None:
        return Axis(key, items.astype(object) if items.dtype != object else items, False)
    # no RL at all is another problem than little RL
    forbids = key.partition(".")[2] in ("rl_tokens", "rl_share") and bool(np.any(numbers == 0))
    return Axis(key, numbers, key in BATCHED and not forbids)


def _numbers(key: str, items: Any) -> Array | None:
    """The values in SI units; None where one of them is no number or lies out of range."""
    if items.dtype.kind in "iuf" or all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in items):
        plain = items.astype(np.float64)
        ends = [_number(key, float(end)) for end in (plain.min(), plain.max())]
        # a range is an interval: where both ends can be read as they are, all between them can
        return plain if ends == [plain.min(), plain.max()] and np.isfinite(plain).all() else None
    read = [_number(key, item) for item in items]
    return None if any(item is None for item in read) else np.array(read, dtype=np.float64)


def _number(key: str, value: Any) -> float | None:
    """One value of a field in SI units; None where it is no number there."""
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return None
    try:
        found: Any = override(Scenario(), {key: value})
    except ScenarioError:
        return None
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else getattr(found, part, None)
    return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


@dataclass(frozen=True)
class Grid(Sequence[tuple[Part, ...]]):
    """A grid as a sequence of pieces, each made when it is asked for.

    Attributes
    ----------
    axes : tuple of Axis
        In the order of the table: the last varies fastest.
    piece : int
        Cells of a piece.
    """

    axes: tuple[Axis, ...]
    piece: int = CELLS

    @property
    def shape(self) -> tuple[int, ...]:
        """Values of each axis."""
        return tuple(len(item.entries) for item in self.axes)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return prod(self.shape)

    @property
    def _order(self) -> list[int]:
        """Axes as the pieces are cut: groups first, batched fields within."""
        return sorted(range(len(self.axes)), key=lambda index: self.axes[index].batched)

    def __len__(self) -> int:
        """Number of pieces."""
        return -(-self.cells // self.piece)

    def __getitem__(self, index: Any) -> Any:
        """The parts of a piece."""
        places = self._places(index)
        groups = [number for number, item in enumerate(self.axes) if not item.batched]
        batched = [number for number, item in enumerate(self.axes) if item.batched]
        group = np.zeros(len(places[0]), dtype=np.intp)
        for number in groups:
            group = group * len(self.axes[number].entries) + places[number]
        starts = np.flatnonzero(np.diff(group, prepend=-1))
        parts = []
        for start, stop in zip(starts, [*starts[1:], len(group)], strict=True):
            changes = {self.axes[number].key: _plain(self.axes[number].entries[places[number][start]]) for number in groups}
            columns = {self.axes[number].key: self.axes[number].entries[places[number][start:stop]] for number in batched}
            parts.append(Part(changes, columns, int(stop - start)))
        return tuple(parts)

    def rows(self, index: int) -> Any:
        """Where in the table the cells of a piece stand, shape (cell,)."""
        return np.ravel_multi_index(self._places(index), self.shape)

    def column(self, number: int) -> Any:
        """The values of an axis along the table, shape (cells,)."""
        inner = prod(self.shape[number + 1 :])
        return np.tile(np.repeat(self.axes[number].entries, inner), prod(self.shape[:number]))

    def _places(self, index: int) -> tuple[Any, ...]:
        """For each axis the position of its value, of every cell of a piece."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        cells = np.arange(index * self.piece, min((index + 1) * self.piece, self.cells))
        order = self._order
        found = np.unravel_index(cells, [self.shape[number] for number in order])
        return tuple(places for _, places in sorted(zip(order, found, strict=True), key=lambda pair: pair[0]))


def _plain(value: Any) -> Any:
    """A NumPy number as Python's own."""
    return value.item() if isinstance(value, np.generic) else value
