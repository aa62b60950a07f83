r"""How the optimum moves with each number it rests on: exact, by implicit differentiation at the optimum.

With F(z; p) = 0 the equations of the active face (see `active_face`), z = (x, multipliers),

    dz/dp = -(dF/dz)^-1 dF/dp,      d q/dp = dq/dx dx/dp + dq/dp    for q = ln loss, shares, ln N, ln D, ln R, k

One matrix serves all levers. Second derivatives come from the hand-written gradient by extrapolated central differences, and the
optimum is first polished by Newton's method on F, so that about nine digits are good.

References
----------
.. [1] Fiacco, "Introduction to Sensitivity and Stability Analysis in Nonlinear Programming", 1983, theorem 3.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.active_face import ActiveFace, face_of
from budgetplan.uncertainty.corners import Corner, corners
from budgetplan.uncertainty.differences import STEP, derivative
from budgetplan.uncertainty.face_system import QUANTITIES, FaceSystem, multipliers, polished
from budgetplan.uncertainty.lever import Lever

LOGARITHMIC = frozenset({"loss", "params", "pretraining_tokens", "rl_tokens"})
"""Quantities whose derivative is relative."""
NOTHING = 1e-6
"""Derivative by the logarithm of a lever that counts as none when the error is told."""
BROKEN = 1e-6
"""Part of a lever's push on the limits that no plan can follow, above which there is no derivative."""


@dataclass(frozen=True)
class Elasticity:
    """Derivatives of the optimum by one lever.

    Attributes
    ----------
    lever : str
        Its name.
    unit : str
    value : float
    kind, group : str
        As the lever's.
    by_unit : mapping of str to float or None
        d quantity/d lever, in the lever's unit; None where there is nothing to move (no RL) or no plan follows the lever.
    by_log : mapping of str to float or None
        d quantity/d ln lever: the same times the lever's value.
    error : float
        Largest relative error that the differences show. [1]
    """

    lever: str
    unit: str
    value: float
    kind: str
    group: str
    by_unit: Mapping[str, float | None]
    by_log: Mapping[str, float | None]
    error: float

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionary."""
        return {**vars(self), "by_unit": dict(self.by_unit), "by_log": dict(self.by_log)}

    def row(self) -> dict[str, Any]:
        """One flat row: derivatives by the logarithm of the lever."""
        head = {"lever": self.lever, "value": self.value, "unit": self.unit, "kind": self.kind}
        return {**head, **{f"d_{'ln_' if name in LOGARITHMIC else ''}{name}": value for name, value in self.by_log.items()}}


@dataclass(frozen=True)
class Elasticities:
    """Derivatives of an optimum.

    Attributes
    ----------
    rows : tuple of Elasticity
    limits : tuple of str
        What holds at the optimum: derivatives are along these limits, and change where one of them gives way.
    corners : tuple of Corner
        Variables that are zero or one there, and how far each is from moving.
    strict : bool
        Whether each limit and corner is held by more than rounding; otherwise derivatives to the two sides differ.
    """

    rows: tuple[Elasticity, ...]
    limits: tuple[str, ...]
    corners: tuple[Corner, ...]
    strict: bool

    def __getitem__(self, lever: str) -> Elasticity:
        """The derivatives by one lever."""
        return next(row for row in self.rows if row.lever == lever)

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionary."""
        told = [vars(corner) for corner in self.corners]
        return {"limits": list(self.limits), "corners": told, "strict": self.strict, "rows": [row.to_dict() for row in self.rows]}


def elasticities(problem: Problem, y: Array, levers: Sequence[Lever]) -> Elasticities:
    """Differentiate an optimum by every lever.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    y : ndarray of shape (4,)
        Its certified optimum.
    levers : sequence of Lever
        Whose problems differ from this one only by the lever.

    Returns
    -------
    Elasticities

    Raises
    ------
    SolverError
        If the optimum is flat in some direction, so that it does not move in a definite way.
    """
    face, x = face_of(problem, y)
    x = polished(face, problem, x)
    m = multipliers(face, problem, x)
    system = FaceSystem(face, problem, x, m)
    found = corners(problem, face, x, m)
    rows = tuple(_row(system, lever) for lever in levers)
    return Elasticities(rows, face.names, found, all(corner.margin > BROKEN for corner in found) and _strict(face, problem, x, m))


def _row(system: FaceSystem, lever: Lever) -> Elasticity:
    size, limits = len(system.face.free), len(system.face.names)

    def change(value: float) -> Array:
        other = lever.at(value)
        return np.concatenate([*system.pull(other, system.x), system.told(other, system.x)])

    scale = abs(lever.value) or (lever.high - lever.low if lever.low is not None and lever.high is not None else 1.0)
    slope, error = derivative(change, lever.value, STEP * scale)
    dx, missed = system.response(slope[:size], slope[size : size + limits])
    total = system.moves @ dx + slope[size + limits :]
    lost = missed > BROKEN
    absent = {"rl_tokens"} if 2 not in system.face.free else set()
    by_unit = {name: None if lost or name in absent else float(value) for name, value in zip(QUANTITIES, total, strict=True)}
    by_log = {name: None if value is None else value * lever.value for name, value in by_unit.items()}
    worst = float(error.max() / max(np.abs(slope).max(), NOTHING / scale))
    return Elasticity(lever.name, lever.unit, lever.value, lever.kind, lever.group, by_unit, by_log, worst)


def _strict(face: ActiveFace, problem: Problem, x: Array, m: Array) -> bool:
    """Whether every bound that holds is held by a multiplier of the right sign that is more than rounding."""
    _, gradient, _, _ = face.equations(problem, x)
    scale = BROKEN * float(np.abs(gradient).max(initial=1e-300))
    held = m[int(face.spent) :]
    fixed = problem.limits.fixed
    return all(
        bool(fixed[row]) or (value if upper else -value) > scale for (row, upper), value in zip(face.held, held, strict=True)
    )
