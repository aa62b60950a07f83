"""What the measurements ask for beyond the chain: one more coefficient at a time, to first order at the fit.

    gain_by_params       g -> g (1 + e ln(N/N_c))                     d ln l/de = f_a g ln(N/N_c)
    gain_by_ability      g -> g (1 + e (a_0 - mean a_0))              d ln l/de = f_a g (a_0 - mean a_0)
    onset_by_params      R_ref -> R_ref (N/N_c)^e                     d ln l/de = -f_a dg/dln R ln(N/N_c)
    tail_by_success      tail -> tail (mu_0/mean)^e                   d ln l/de = f_nu (ln mu_0 - mean)
    narrowing_by_params  narrowing -> narrowing + e ln(N/N_c)         d ln l/de = -f_nu ln(mu/mu_0) ln(N/N_c)
    curved_task          a_0 -> a_0 + e (a_0 - mean a_0)^2            d ln l/de = (f_a + f_0) (a_0 - mean a_0)^2

f_a, f_0, f_nu as in `joint.chain`; for curved_task f_a counts 1 + dg/da_0 times. Each is a score test (Rao 1948) clustered by
curve: no refit, so it is cheap, and where it is far from zero the law lacks something that it needs.
"""

from __future__ import annotations

import numpy as np

from budgetplan.fitting.joint.chain import Chain
from budgetplan.fitting.joint.covariance import clustered
from budgetplan.fitting.joint.noise import deviance, sampling
from budgetplan.fitting.joint.solve import Solved
from budgetplan.numerics.arrays import Array


def asks(solved: Solved) -> dict[str, tuple[float, float]]:
    """Estimate and standard error of each coefficient that the chain does not have.

    Parameters
    ----------
    solved : Solved
        Of a `Chain`.

    Returns
    -------
    dict of str to (float, float)
    """
    chain, table = solved.candidate, solved.table
    if not isinstance(chain, Chain):
        return {}
    rows = table.rows
    fitted = chain.fitted(solved.u, table)[0][table.cell]
    part = np.sqrt(sampling(solved.around, table.problems)) / solved.noise.deviation(solved.around, table.problems)
    scale = part * deviance(fitted, table)[1]
    found = {}
    for name, by in _directions(chain, solved).items():
        column = np.zeros(len(solved.z))
        column[:rows] = by[table.cell] * scale
        slopes = np.column_stack([solved.slopes[:, solved.free], column])
        size = np.maximum(np.linalg.norm(slopes, axis=0), 1e-300)
        step = -np.linalg.lstsq(slopes / size, solved.z, rcond=1e-10)[0] / size
        left = solved.z + slopes @ step
        every = np.ones(slopes.shape[1], dtype=bool)
        error = np.sqrt(clustered(left, slopes, table.cluster[: len(left)], every)[-1, -1])
        found[name] = (float(step[-1]), float(error))
    return found


def _directions(chain: Chain, solved: Solved) -> dict[str, Array]:
    """Derivative of ln task loss of each cell by each coefficient that the chain does not have."""
    table, links = solved.table, chain.links(solved.u, solved.table)
    far = table.n - chain.centre.n
    apart = links.start - links.start.mean()
    by_onset = chain.rise(solved.u, links.start, table.r)[1][:, 1]
    return {
        "gain_by_params": links.by_ability * links.rise * far,
        "gain_by_ability": links.by_ability * links.rise * apart,
        "onset_by_params": links.by_ability * by_onset * far,
        "tail_by_success": links.by_spread * (links.log_start - links.log_start.mean()),
        "narrowing_by_params": -links.by_spread * (links.log_mean - links.log_start) * far,
        "curved_task": (links.by_ability * links.carried + links.by_start) * apart**2,
    }
