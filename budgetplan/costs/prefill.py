"""What a prompt token costs: a forward pass at the utilisation of prefill, which is not that of decoding."""

from __future__ import annotations

from budgetplan.costs.methods import Count
from budgetplan.costs.serving import load_serving
from budgetplan.costs.stages import FORWARD
from budgetplan.units import parse_quantity


def prefill_kappa(utilisation: float | None = None, count: Count = "training-equivalent") -> float:
    r"""Return what one prompt token costs per active param.

    Parameters
    ----------
    utilisation : float, optional
        Of prefill relative to training, above 0, at most 1 [1]; default: the table's.
    count : {"training-equivalent", "operations"}
        With `operations` prefill runs at full utilisation.

    Returns
    -------
    float
        kappa of prefill [FLOP per param and token].

    Raises
    ------
    UnitError
        Where `utilisation` is out of range.

    Notes
    -----
    :math:`\kappa = 2/u_{prefill}` [1]_: a forward pass over all tokens of the prompt at once, bound by arithmetic where
    decoding is bound by memory. A prompt is read once for all samples to it.

    References
    ----------
    .. [1] Austin et al., "How to Scale Your Model", 2025, chapters 7 and 8.

    Examples
    --------
    >>> prefill_kappa(), prefill_kappa(0.5), prefill_kappa(0.5, "operations")
    (2.0, 4.0, 2.0)
    """
    if utilisation is not None:
        utilisation = parse_quantity(utilisation, "ratio", "prefill_utilisation", positive=True)
    if count == "operations":
        return FORWARD
    return FORWARD / (load_serving("prefill_utilisation").value if utilisation is None else utilisation)
