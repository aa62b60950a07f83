"""Where the chain's fit begins: losses by Chinchilla's law on a grid of exponents, ability against loss, a few RL curves.

Each link is linear in most of its coefficients once those before it are known, so that the grids stay small. Without measured
losses the logit of success at one sample, without RL, stands for them.
"""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import nnls

from budgetplan.fitting.joint.candidate import Centre
from budgetplan.fitting.joint.table import JointTable
from budgetplan.numerics.arrays import Array

EXPONENTS = (0.08, 0.15, 0.25, 0.4, 0.6, 0.9)
"""Tried for both powers."""
NARROWINGS = (0.5, 2.0)
TAIL = 0.5


def chain_starts(table: JointTable, centre: Centre, gain: str, reads_loss: bool, task: str = "logistic") -> Array:
    """Coordinates to begin from, shape (start, coordinate).

    Parameters
    ----------
    table : JointTable
    centre : Centre
    gain : {"log", "saturating", "approach"}
    reads_loss : bool
    task : {"logistic", "log-log"}
    """
    n, d, logit = _untrained(table)
    if reads_loss:
        head = _powers(table.loss_n - centre.n, table.loss_d - centre.d, table.loss, 1.0 / table.loss)
        said = head[0] + np.exp(head[1] - head[3] * (n - centre.n)) + np.exp(head[2] - head[4] * (d - centre.d))
        ability = logit if task == "logistic" else -np.log(np.logaddexp(0.0, -logit))  # -ln task loss
        line = np.polyfit(said, ability, 1) if np.ptp(said) > 0 else np.array([-1.0, 0.0])
        slope = float(np.clip(-line[0], 0.1, 100.0))
        head = np.array([*head, np.log(slope), float(ability.mean()) / slope + float(said.mean())])
    else:
        top = float(logit.max()) + 1.0
        fit = _powers(n - centre.n, d - centre.d, top - logit, np.ones_like(logit))
        head = np.array([0.0, *fit[1:], 0.0, top - fit[0]])
    first, span = centre.first, centre.last - centre.first
    top = float(logit.max())
    curves = {
        "log": [[np.log(0.3), first], [np.log(0.5), first + 0.6 * span]],
        "saturating": [[0.0, first + 0.3 * span, 0.0], [0.0, first + 0.8 * span, 0.0]],
        "approach": [[top, first + 0.3 * span, 0.0], [top + 1.0, first + 0.8 * span, -0.5]],
    }[gain]
    return np.array([[*head, np.log(TAIL), narrowing, *curve] for curve in curves for narrowing in NARROWINGS])


def _untrained(table: JointTable) -> tuple[Array, Array, Array]:
    """ln N, ln D and logit success of each checkpoint with least RL and fewest samples."""
    n, d, r, k = (axis[table.cell] for axis in (table.n, table.d, table.r, table.k))
    order = np.lexsort((k, r, d, n))
    first = order[np.unique(np.stack([n, d], axis=1)[order], axis=0, return_index=True)[1]]
    success = np.exp(-np.exp(table.log_task_loss[first]))
    return n[first], d[first], np.log(success / (1.0 - success))


def _powers(n: Array, d: Array, y: Array, weights: Array) -> Array:
    """E, ln A, ln B, alpha, beta of the best E + A e^(-alpha n) + B e^(-beta d) on the grid."""
    best, found = np.inf, np.zeros(5)
    for alpha, beta in itertools.product(EXPONENTS, EXPONENTS):
        terms = np.stack([np.ones_like(n), np.exp(-alpha * n), np.exp(-beta * d)], axis=1)
        sizes, miss = nnls(terms * weights[:, None], y * weights)
        if miss < best:
            best = miss
            small = 1e-3 * float(y.mean())
            found = np.array([sizes[0], np.log(max(sizes[1], small)), np.log(max(sizes[2], small)), alpha, beta])
    return found
