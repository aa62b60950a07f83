"""A transformer grown or shrunk in all its proportions: params, and FLOP of looking back, of a model of another size.

A planned model has the size that is best and not the size of the transformer that lends its shape. Depth, width and heads are taken
to grow together, by one factor t against the named shape, with the number of experts, the context and the vocabulary as they are:

    params of the blocks  b t^3        embedding and head  h t each        FLOP of attention per token  a t^2

so that attention per param falls as N^-1/3. At its own size the family is the named transformer to the last param.
"""

from __future__ import annotations

from budgetplan.costs.architecture import Architecture
from budgetplan.costs.architecture_params import CONVENTIONS, block_params, count_params
from budgetplan.costs.attention import attention_flop
from budgetplan.costs.cost_size import grown
from budgetplan.errors import UnitError, UnknownNameError
from budgetplan.numerics.arrays import as_array


def growth(architecture: Architecture, params: float, convention: str = "all") -> float:
    """Factor on depth and width at which the family has so many active params.

    Parameters
    ----------
    architecture : Architecture
        The named shape, where the factor is 1.
    params : float
        Active params of the grown model. [param]
    convention : {"all", "matmul", "blocks"}
        What they count.

    Returns
    -------
    float
        t, the root of b t^3 + m h t = N, with m matrices of the vocabulary counted. [1]

    Raises
    ------
    UnitError
        Where `params` is not positive.
    UnknownNameError
        Where `convention` does not exist.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> round(growth(find_architecture("llama-3.1-405b"), 4.058e11), 3), round(growth(find_architecture("llama-3.1-405b"), 7e10), 3)
    (1.0, 0.552)
    """
    if convention not in CONVENTIONS:
        raise UnknownNameError("params convention", convention, CONVENTIONS)
    if not params > 0:
        raise UnitError(f"`params` is {params:g}, and above 0 is due.")
    blocks = float(block_params(architecture))
    words = float(count_params(architecture, convention)) - blocks
    return float(grown((blocks, 0.0, words), as_array(params)))


def family_params(
    architecture: Architecture, params: float, source: str = "all", target: str = "all", scope: str = "active"
) -> float:
    """Params of the grown model in another convention or scope.

    Parameters
    ----------
    architecture : Architecture
        The named shape.
    params : float
        Active params of the grown model. [param]
    source, target : {"all", "matmul", "blocks"}
        What they count, and what is wanted.
    scope : {"active", "total"}
        Params that a token passes through, or all.

    Returns
    -------
    float
        [param]

    Raises
    ------
    UnitError
        Where `params` is not positive.
    UnknownNameError
        Where a convention or scope does not exist.

    References
    ----------
    Pearce and Song 2024, arXiv:2406.12907: total params as N + w N^(1/3), with N those of the blocks.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> f"{family_params(find_architecture('deepseek-v3'), 3.755e10, scope='total'):.3g}"
    '6.71e+11'
    """
    t = growth(architecture, params, source)
    if (source, scope) == (target, "active"):
        return params
    words = float(count_params(architecture, target) - block_params(architecture))
    return block_params(architecture, scope) * t**3 + words * t


def family_attention(
    architecture: Architecture, params: float, context: float, convention: str = "all", count: str = "causal"
) -> float:
    """FLOP per token that looking back takes in a forward pass of the grown model.

    Parameters
    ----------
    architecture : Architecture
        The named shape.
    params : float
        Active params of the grown model. [param]
    context : float
        Length of a sequence. [token]
    convention : {"all", "matmul", "blocks"}
        What the params count.
    count : {"causal", "full", "none"}
        Which pairs of tokens attention counts.

    Returns
    -------
    float
        t^2 times that of the named shape. [FLOP/token]

    Raises
    ------
    UnitError
        Where `params` is not positive or `context` is below 1.
    UnknownNameError
        Where `convention` or `count` does not exist.
    """
    t = growth(architecture, params, convention)
    return t * t * attention_flop(architecture, context, count)


def attended_ratio(architecture: Architecture, params: float, context: float, convention: str = "all") -> float:
    """What a token costs with attention over what 2 N forward, 6 N in training, says of the grown model.

    Parameters
    ----------
    architecture : Architecture
        The named shape.
    params : float
        Active params of the grown model. [param]
    context : float
        Length of a sequence: every token looks back over (context + 1)/2 tokens on average, in training, in reading a prompt
        and in generating alike. [token]
    convention : {"all", "matmul", "blocks"}
        What N counts.

    Returns
    -------
    float
        1 + attention/(2 N): backward passes cost twice the forward pass for both parts, and so the ratio is that of training, of
        reading and of generating. [1]

    Raises
    ------
    UnitError
        Where `params` is not positive or `context` is below 1.
    UnknownNameError
        Where `convention` does not exist.

    References
    ----------
    Kaplan et al. 2020, arXiv:2001.08361, Table 1: forward 2 N + 2 l s d per token; a backward pass is twice that.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> round(attended_ratio(find_architecture("llama-3.1-405b"), 7e10, 131072), 2)
    2.18
    """
    return 1.0 + family_attention(architecture, params, context, convention) / (2.0 * params)
