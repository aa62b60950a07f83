"""Where a label goes beside its mark: the candidate that covers least of what is already there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

GAPS = (1.5, 5.0, 10.0, 16.0)
"""Distances to try between a mark and its label. [pt]"""
_FAR = 0.3  # area that one point of distance is worth, per point of label height [pt]


@dataclass(frozen=True)
class Box:
    """A rectangle on the page. [pt]

    Attributes
    ----------
    left, bottom, right, top : float
    """

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        """Box with its centre at (x, y).

        Parameters
        ----------
        x, y, width, height : float
            [pt]
        """
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def centre(self) -> tuple[float, float]:
        """Middle. [pt]"""
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four corners. [pt]"""
        return tuple((x, y) for x in (self.left, self.right) for y in (self.bottom, self.top))

    def overlap(self, other: Box) -> float:
        """Area that two boxes share. [pt2]

        Parameters
        ----------
        other : Box
            Any.
        """
        across = min(self.right, other.right) - max(self.left, other.left)
        up = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(across, 0.0) * max(up, 0.0)


def beside(
    mark: Box,
    width: float,
    height: float,
    taken: Sequence[Box],
    allowed: Callable[[float, float], bool],
    gaps: Iterable[float] = GAPS,
) -> Box:
    """Place of a label beside a mark: in one of eight directions, near, clear of what is taken, inside what is allowed.

    Parameters
    ----------
    mark : Box
        What is labelled.
    width, height : float
        Of the label. [pt]
    taken : sequence of Box
        What the label should not cover.
    allowed : callable
        Whether a point of the page (x, y) may be covered; a label pays for each corner that may not.
    gaps : iterable of float
        Distances to try between mark and label. [pt]

    Returns
    -------
    Box

    Examples
    --------
    >>> mark, wall = Box.around(0, 0, 4, 4), Box(3, -50, 60, 50)
    >>> beside(mark, 20, 8, [wall], lambda x, y: y < 5).centre
    (-13.5, 0.0)
    """
    x, y = mark.centre
    best, least = mark, float("inf")
    for gap in gaps:
        across = (mark.right - mark.left + width) / 2 + gap
        up = (mark.top - mark.bottom + height) / 2 + gap
        for side, rise in ((0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (1, 1), (-1, -1), (-1, 1)):
            box = Box.around(x + side * across, y + rise * up, width, height)
            outside = sum(not allowed(*corner) for corner in box.corners) * width * height / 4
            price = sum(box.overlap(other) for other in taken) + outside + _FAR * gap * height
            if price < least - 1e-9:
                best, least = box, price
    return best
