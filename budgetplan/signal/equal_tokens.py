"""The argument for equal tokens: equal *cost* per stage, and costs per token that are alike within a factor of a few.

Let a token of pre-training, RL and inference cost kappa_p, kappa_r, kappa_i [FLOP/param/token, training-equivalent]. All
three run on the same params, so params cancel, and equal cost means

    D kappa_p = R kappa_r = I kappa_i,         D/R = kappa_r/kappa_p = alpha,   D/I = kappa_i/kappa_p = beta

With kappa_p = 6, kappa_i = 2/u, kappa_r = (2 to 6)/u and u = 0.3: beta = 1.1, alpha = 1.1 to 3.3; Pope goes on with 1 and 1.5.
That equal cost is best is his heuristic, not a result: he picks thirds and says that he cannot argue for them against other
splits. It is exact only where a 1 % rise of each stage lowers the loss alike. Equal tokens follow from it only roughly, and
tokens that cost the same need not teach the same: a verdict on an answer carries about one bit where as many tokens of
text carry thousands.

References
----------
.. [1] Reiner Pope on the Dwarkesh Patel podcast, 2026-04-29, from 01:18:59.
.. [2] Hoffmann et al., 2022, arXiv:2203.15556 (20 tokens per param).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from budgetplan.signal.figures import FigureTable, load_figures

FORWARD = 2.0
"""FLOP per param and token of a forward pass, as he counts (arXiv:2001.08361)."""
TRAINING = 6.0
"""FLOP per param and token of forward and backward pass."""


@dataclass(frozen=True)
class EqualTokens:
    """His numbers, followed to their end.

    Attributes
    ----------
    served_tokens, family_tokens : float
        Of all models and of one family, in the time that a model is served. [token]
    stated_tokens, trained_tokens : float
        Of one family as he rounds it, and of its training as rumoured. [token]
    optimal_tokens : float
        20 per param. [token]
    overtrained : float
        Stated over optimal tokens. [1]
    inference_ratio : float
        beta, pre-training tokens per inference token at equal cost. [1]
    rl_ratio_low, rl_ratio_high : float
        alpha, pre-training tokens per RL token at equal cost. [1]
    """

    served_tokens: float
    family_tokens: float
    stated_tokens: float
    trained_tokens: float
    optimal_tokens: float
    overtrained: float
    inference_ratio: float
    rl_ratio_low: float
    rl_ratio_high: float

    def to_dict(self) -> dict[str, float]:
        """Return the fields by name."""
        return asdict(self)


def equal_tokens(table: FigureTable | None = None) -> EqualTokens:
    """Follow the published numbers from tokens per second to tokens per param.

    Parameters
    ----------
    table : FigureTable, optional
        With other numbers; default: the shipped one.

    Returns
    -------
    EqualTokens

    Examples
    --------
    >>> found = equal_tokens()
    >>> f"{found.served_tokens:.2e} {found.optimal_tokens:.0e} {found.overtrained:.0f} {found.inference_ratio:.2f}"
    '2.63e+15 2e+12 100 1.11'
    """
    figures = load_figures() if table is None else table
    decode = figures["decode_utilisation"].value
    rl = figures["rl_operations"]
    optimal = figures["frontier_params"].value * figures["tokens_per_param"].value
    return EqualTokens(
        served_tokens=figures["served_rate"].value * figures["served_time"].value,
        family_tokens=figures["family_rate"].value * figures["served_time"].value,
        stated_tokens=figures["served_tokens"].value,
        trained_tokens=figures["trained_tokens"].value,
        optimal_tokens=optimal,
        overtrained=figures["served_tokens"].value / optimal,
        inference_ratio=FORWARD / decode / TRAINING,
        rl_ratio_low=rl.low / decode / TRAINING,
        rl_ratio_high=rl.high / decode / TRAINING,
    )


def cost_shares(kappas: tuple[float, float, float]) -> tuple[float, float, float]:
    """Shares of compute of the three stages where each is given the same number of tokens.

    Parameters
    ----------
    kappas : tuple of float
        Of pre-training, RL and inference, each above 0. [FLOP/param/token]

    Returns
    -------
    tuple of float
        Adding up to 1. [1]

    Examples
    --------
    >>> [round(share, 3) for share in cost_shares((6.0, 14.0, 8.0))]
    [0.214, 0.5, 0.286]
    """
    total = sum(kappas)
    return kappas[0] / total, kappas[1] / total, kappas[2] / total
