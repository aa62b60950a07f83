"""FLOP per token of a transformer by part, held against 6 N, and the context at which attention breaks that rule."""

from __future__ import annotations

from dataclasses import dataclass

from budgetplan.costs.architecture import Architecture
from budgetplan.costs.architecture_params import block_params, count_params, head_params
from budgetplan.costs.attention import attention_flop
from budgetplan.errors import UnitError

LONGEST = 1e12
"""Context beyond which nobody asks. [token]"""


@dataclass(frozen=True)
class FlopPerToken:
    """FLOP per token by part.

    Attributes
    ----------
    blocks, attention, head : float
        The matrices of the layers, looking back, and the matrix to the vocabulary [FLOP/token].
    """

    blocks: float
    attention: float
    head: float

    @property
    def total(self) -> float:
        """All parts. [FLOP/token]"""
        return self.blocks + self.attention + self.head

    @property
    def attention_share(self) -> float:
        """Of the total. [1]"""
        return self.attention / self.total


def flop_per_token(architecture: Architecture, context: float, *, training: bool = True, count: str = "causal") -> FlopPerToken:
    """FLOP per token at a context, by part.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    context : float
        Length of a sequence. [token]
    training : bool
        Forward and backward, which is three times the forward pass; else forward only.
    count : {"causal", "full", "none"}
        Which pairs of tokens attention counts: `full` also is what a token costs that is generated at the end of `context`.

    Returns
    -------
    FlopPerToken
        Two FLOP per param that multiplies, forward, and `attention_flop`. The embedding is looked up and costs nothing. Left
        out: norms, softmax, activations, recomputation, and a module that predicts further tokens.

    Raises
    ------
    UnitError
        Where `context` is below 1.
    UnknownNameError
        Where `count` does not exist.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, Section 2.1 (2 N forward, 4 N backward); Hoffmann et al. 2022, arXiv:2203.15556,
    Appendix F.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> f"{flop_per_token(find_architecture('deepseek-v3'), 4096).total:.3g}"  # published: 250 GFLOP
    '2.5e+11'
    """
    passes = 3.0 if training else 1.0
    return FlopPerToken(
        blocks=passes * 2.0 * block_params(architecture),
        attention=passes * attention_flop(architecture, context, count),
        head=passes * 2.0 * head_params(architecture),
    )


def ratio_to_rule(architecture: Architecture, context: float, convention: str = "all", count: str = "causal") -> float:
    """Training FLOP per token over 6 N.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    context : float
        Length of a sequence. [token]
    convention : {"all", "matmul", "blocks"}
        What N counts, of the params that are active.
    count : {"causal", "full", "none"}
        Which pairs of tokens attention counts.

    Returns
    -------
    float
        Above 1 where the rule says too little. [1]

    Raises
    ------
    UnitError
        Where `context` is below 1.
    UnknownNameError
        Where `convention` or `count` does not exist.
    """
    return flop_per_token(architecture, context, count=count).total / (6.0 * count_params(architecture, convention))


def context_of_excess(architecture: Architecture, excess: float, count: str = "causal") -> float | None:
    """Context at which attention adds a given part to the FLOP of the matrices.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    excess : float
        Attention over blocks and head: 0.1 where 6 N says 10 % too little, 1 where attention costs as much as they do. [1]
    count : {"causal", "full"}
        Which pairs of tokens attention counts.

    Returns
    -------
    float or None
        Shortest such context, to a millionth; 1 where a single token has it, None where none below 1e12 has, as with windows
        in every layer. [token]

    Raises
    ------
    UnitError
        Where `excess` is not positive.
    UnknownNameError
        Where `count` does not exist.

    References
    ----------
    With `full`, gated feed-forward of width 4 d and h k = h v = d it is 8 d for `excess` 1, head left out: Austin et al. 2025,
    How to Scale Your Model, chapter 4.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> f"{context_of_excess(find_architecture('llama-3.1-405b'), 0.1):.0f}"
    '19557'
    """
    if not excess > 0:
        raise UnitError(f"`excess` is {excess:g}, and above 0 is due.")
    parts = flop_per_token(architecture, 1, training=False, count="none")
    wanted = excess * (parts.blocks + parts.head)
    low, high = 1.0, LONGEST
    if attention_flop(architecture, low, count) >= wanted:
        return low
    if attention_flop(architecture, high, count) < wanted:
        return None
    while high / low > 1 + 1e-6:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if attention_flop(architecture, middle, count) >= wanted else (middle, high)
    return high
