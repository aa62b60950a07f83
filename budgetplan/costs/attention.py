"""FLOP of looking back: the part of a transformer's arithmetic that no count of params knows of, and that grows with context."""

from __future__ import annotations

from budgetplan.costs.architecture import Architecture
from budgetplan.errors import UnitError, UnknownNameError

COUNTS = ("causal", "full", "none")
"""Pairs of tokens that are counted: those that are looked at, all, or none."""


def attended_tokens(context: float, count: str = "causal", window: float | None = None) -> float:
    """Tokens that a token looks at, on average over a sequence.

    Parameters
    ----------
    context : float
        Length s of the sequence. [token]
    count : {"causal", "full", "none"}
        `causal`: token t looks at t tokens, itself included, (s + 1)/2 on average. `full`: at all s, as kernels that skip
        nothing work, as some published counts have it, and as a token generated at the end of a context does. `none`: 0.
    window : float, optional
        At how many tokens it looks at most. [token]

    Returns
    -------
    float
        [token]

    Raises
    ------
    UnitError
        Where `context` is below 1 or `window` is not positive.
    UnknownNameError
        Where `count` does not exist.

    Examples
    --------
    >>> attended_tokens(4095), attended_tokens(4096, "full"), attended_tokens(4096, "full", window=128)
    (2048.0, 4096.0, 128.0)
    """
    if count not in COUNTS:
        raise UnknownNameError("count of attention", count, COUNTS)
    if not context >= 1:
        raise UnitError(f"`context` is {context:g} token, and at least 1 is due.")
    if window is not None and not window > 0:
        raise UnitError(f"`window` is {window:g} token, and above 0 is due.")
    if count == "none":
        return 0.0
    reach = context if window is None else min(context, window)
    if count == "full":
        return float(reach)
    # the first `reach` tokens look at 1, 2 ... reach, and the others at reach
    return reach * (1 - (reach - 1) / (2 * context))


def attention_flop(architecture: Architecture, context: float, count: str = "causal") -> float:
    """FLOP per token of a forward pass that attention takes beside its matrices.

    Parameters
    ----------
    architecture : Architecture
        The shape.
    context : float
        Length s of the sequence. [token]
    count : {"causal", "full", "none"}
        As in `attended_tokens`.

    Returns
    -------
    float
        2 h (k + v) a summed over layers: queries with keys and weights with values, h heads of widths k and v, a tokens looked
        at. The softmax (3 h a) is left out, as in published counts. [FLOP/token]

    Raises
    ------
    UnitError
        Where `context` is below 1.
    UnknownNameError
        Where `count` does not exist.

    References
    ----------
    Hoffmann et al. 2022, arXiv:2203.15556, Appendix F; DeepSeek-AI 2024, arXiv:2401.02954, Section 3, whose 12 l d s per
    trained token is three times this with `full` and h k = h v = d.

    Examples
    --------
    >>> from budgetplan.costs.architecture_table import find_architecture
    >>> f"{3 * attention_flop(find_architecture('llama-2-7b'), 8192, 'full'):.4g}"  # 12 x 32 x 4096 x 8192
    '1.288e+10'
    """
    shape = architecture.attention
    per_pair = 2.0 * shape.heads * (shape.head_width + shape.value_width)
    far = (architecture.layers - shape.windowed_layers) * attended_tokens(context, count)
    near = shape.windowed_layers * attended_tokens(context, count, shape.window)
    return per_pair * (far + near)
