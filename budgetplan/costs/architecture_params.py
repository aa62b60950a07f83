"""Params of a transformer from its shape, by what is counted.

Counted are matrices. Norms, biases, learned positions and the like are left out: together they stay below a thousandth.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from budgetplan.costs.architecture import Architecture
from budgetplan.errors import UnknownNameError

CONVENTIONS: Mapping[str, str] = MappingProxyType(
    {
        "all": "everything: blocks, embedding and head (Hoffmann, model names)",
        "matmul": "every matrix that multiplies: blocks and head, without the embedding that is only looked up (Porian)",
        "blocks": "blocks only, without embedding and head (Kaplan)",
    }
)
"""What a number of params can count."""
SCOPES = ("active", "total")
"""The params that one token passes through, or all that there are."""


def attention_params(architecture: Architecture) -> int:
    """Params of the attention of one layer.

    Parameters
    ----------
    architecture : Architecture
        The shape.

    Returns
    -------
    int
        d (h k + g k + g v) + h v d with h query heads, g heads of keys and values, k and v their widths. With latent
        attention: d r_q + r_q h k for queries, d (r + k_s) + r h (k - k_s + v) for keys and values. [param]

    References
    ----------
    Hoffmann et al. 2022, arXiv:2203.15556, Appendix F; latent attention: DeepSeek-AI 2024, arXiv:2405.04434, Section 2.1.
    """
    shape, width = architecture.attention, architecture.width
    keys, values = shape.head_width, shape.value_width
    out = shape.heads * values * width
    queries = width * shape.heads * keys if shape.query_rank is None else shape.query_rank * (width + shape.heads * keys)
    if shape.key_value_rank is None:
        return queries + width * shape.key_value_heads * (keys + values) + out
    pressed = width * (shape.key_value_rank + shape.shared_key_width)
    return queries + pressed + shape.key_value_rank * shape.heads * (keys - shape.shared_key_width + values) + out


def block_params(architecture: Architecture, scope: str = "active") -> int:
    """Params of all layers, without embedding and head.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    scope : {"active", "total"}
        Params that a token passes through, or all. The router counts in both.

    Returns
    -------
    int
        [param]

    Raises
    ------
    UnknownNameError
        Where `scope` is neither.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> f"{block_params(find_architecture('llama-3.1-405b')):.4g}"
    '4.016e+11'
    """
    if scope not in SCOPES:
        raise UnknownNameError("scope", scope, SCOPES)
    width, shape = architecture.width, architecture.feed_forward
    experts = shape.shared_experts + (shape.active_experts if scope == "active" else shape.experts)
    sparse = architecture.layers - shape.dense_layers
    dense_layer = shape.matrices * width * shape.width
    sparse_layer = experts * shape.matrices * width * shape.expert_width + width * shape.experts
    return architecture.layers * attention_params(architecture) + shape.dense_layers * dense_layer + sparse * sparse_layer


def head_params(architecture: Architecture) -> int:
    """Params of the matrix from the last layer to the vocabulary; the embedding has as many. [param]"""
    return architecture.width * architecture.vocabulary


def count_params(architecture: Architecture, convention: str = "all", scope: str = "active") -> int:
    """Params of a transformer by what is counted.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    convention : {"all", "matmul", "blocks"}
        As in `CONVENTIONS`. A matrix that is embedding and head at once counts once in `all`, and is in `matmul`.
    scope : {"active", "total"}
        Params that a token passes through, or all.

    Returns
    -------
    int
        [param]

    Raises
    ------
    UnknownNameError
        Where `convention` or `scope` does not exist.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> [f"{count_params(find_architecture('deepseek-v3'), 'all', scope):.3g}" for scope in SCOPES]
    ['3.76e+10', '6.71e+11']
    """
    if convention not in CONVENTIONS:
        raise UnknownNameError("params convention", convention, CONVENTIONS)
    matrices = {"blocks": 0, "matmul": 1, "all": 1 if architecture.tied else 2}[convention]
    return block_params(architecture, scope) + matrices * head_params(architecture)
