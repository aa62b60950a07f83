"""Compute per param and token of the three stages: pre-training, RL, inference."""

from __future__ import annotations

from budgetplan.costs.methods import Count, Method, decode_utilisation_of, find_method, rl_kappa

FORWARD = 2.0  # FLOP per param and token: one multiplication and one addition per weight
BACKWARD = 4.0  # FLOP per param and token: gradients by the inputs and by the weights


def stage_kappas(
    method: Method | str = "grpo", decode_utilisation: float | None = None, count: Count = "training-equivalent"
) -> tuple[float, float, float]:
    r"""Return what one token of pre-training, RL and inference costs per active param.

    Parameters
    ----------
    method : Method or str
        Of RL, or its name.
    decode_utilisation : float, optional
        How well decoding uses the hardware relative to training, u [1], above 0, at most 1; default: the method's own,
        else 0.25 of the table (0.1 to 0.4).
    count : {"training-equivalent", "operations"}
        Arithmetic divided by how well each stage uses the hardware relative to training, or plain arithmetic.

    Returns
    -------
    tuple of float
        kappa of pre-training, RL and inference [FLOP per param and token].

    Raises
    ------
    UnknownNameError
        Where there is no such method.
    ScenarioError
        Where `count` is another word.
    UnitError
        Where `decode_utilisation` is out of range.

    Notes
    -----
    Compute is :math:`C = N (\kappa_{pre} D + \kappa_{rl} R + \kappa_{inf} I)`, with :math:`\kappa_{pre} = 6`,
    :math:`\kappa_{inf} = 2/u` and :math:`\kappa_{rl}` from `rl_kappa`. A forward pass is 2 and a backward pass 4 FLOP
    per param and token [1]_. Decoding waits for memory, so its arithmetic takes 1/u times as long as in training:
    generation takes 81 % of the time of RL in the baseline of [2]_, Pope uses u = 0.3 [3]_, and prices of
    output against input tokens (5 to 1) say 0.2. Attention over the context is left out.

    References
    ----------
    .. [1] Kaplan et al., "Scaling Laws for Neural Language Models", 2020, arXiv:2001.08361.
    .. [2] Sheng et al., "HybridFlow: A Flexible and Efficient RLHF Framework", 2024, arXiv:2409.19256.
    .. [3] Reiner Pope on the Dwarkesh Patel podcast, 2026-04-29, from 01:18:59.

    Examples
    --------
    >>> stage_kappas("grpo"), stage_kappas("grpo", count="operations")
    ((6.0, 14.0, 8.0), (6.0, 8.0, 2.0))
    """
    chosen = find_method(method) if isinstance(method, str) else method
    u = decode_utilisation_of(chosen, decode_utilisation, count)
    return FORWARD + BACKWARD, rl_kappa(chosen, decode_utilisation, count), FORWARD / u
