"""What a law file can say that contradicts itself: a form under another link, signs that no such law has, ranges upside down.

Only what would make a formula meaningless is refused (a size of a negative amount, an exponent with which more compute hurts);
what is merely unusual, such as RL that lowers success, is a finding and is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from budgetplan.errors import DataError
from budgetplan.laws.record import Coefficient

LINKS_OF_FORMS = {
    "chinchilla": "pretraining",
    "data-constrained": "pretraining",
    "overtrained": "pretraining",
    "kaplan": "pretraining",
    "power-policy": "policy",
    "logistic": "task",
    "log-log": "task",
    "ability-log": "rl",
    "ability-saturating": "rl",
    "ability-approach": "rl",
    "success-sigmoid": "rl",
    "error-power": "rl",
    "beta-spread": "inference",
    "beta-drift": "inference",
    "passk-power": "inference",
    "passk-beta": "inference",
    "shen-chess": "joint",
    "additive": "joint",
    "four-links": "joint",
}
"""The one kind of link that each form can be."""
_CHINCHILLA = ("A", "B", "alpha", "beta")
ABOVE_ZERO = {
    "chinchilla": _CHINCHILLA,
    "data-constrained": (*_CHINCHILLA, "RD_star", "RN_star"),
    "overtrained": ("a", "b", "eta"),
    "kaplan": ("N_c", "D_c", "alpha_N", "alpha_D", "N_coefficient", "N_exponent"),
    "power-policy": ("N_coefficient", "N_exponent", "D_coefficient", "D_exponent"),
    "logistic": ("slope",),
    "log-log": ("slope",),
    "ability-log": ("reference",),
    "ability-saturating": ("midpoint", "steepness"),
    "ability-approach": ("midpoint", "steepness"),
    "success-sigmoid": ("midpoint", "steepness", "tokens_per_gpu_hour"),
    "error-power": ("N_0", "R_ref"),
    "beta-spread": ("tail",),
    "beta-drift": ("tail",),
    "passk-beta": ("mean", "concentration"),
    "additive": (*_CHINCHILLA, "gamma", "delta"),
}
"""Amounts, scales and exponents: at zero or below, the formula divides by zero or takes a root of what is negative."""
NOT_NEGATIVE = {
    "chinchilla": ("E",),
    "data-constrained": ("E",),
    "overtrained": ("E",),
    "logistic": ("chance",),
    "log-log": ("chance",),
    "additive": ("E", "G", "H"),
}
"""Floors of a loss and chances."""

_MEASURED = ("params", "pretraining_tokens")
_CHOSEN = ("rl_tokens", "samples_per_query", "success", "verifier", "unique_tokens")
EXAMPLE_INPUTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "params": (("budget",), ()),
    "pretraining_tokens": (("budget",), ()),
    "pretraining_loss": (_MEASURED, ("unique_tokens",)),
    "loss": ((), (*_MEASURED, *_CHOSEN)),
    "success": ((), (*_MEASURED, *_CHOSEN, "pretraining_loss")),
}
"""What a worked example can give, each with what it needs, and what else it can be given from."""


def check_form(place: str, form: str, link: str, coefficients: Mapping[str, Coefficient]) -> None:
    """Refuse a form under a link that it is not, and coefficients of a sign that its formula cannot have.

    Parameters
    ----------
    place : str
        File, and key of the link where there are several, for the message.
    form, link : str
        As the file says; a form that is not known is left to the builder, which suggests one.
    coefficients : mapping of str to Coefficient

    Raises
    ------
    DataError
    """
    due = LINKS_OF_FORMS.get(form)
    if due is not None and due != link:
        raise DataError(f"{place}: link: the form `{form}` is a {due} law, and the file says `{link}`.", f"Write `link: {due}`.")
    for name, coefficient in coefficients.items():
        value = coefficient.value
        if name in ABOVE_ZERO.get(form, ()) and value <= 0:
            raise DataError(f"{place}: coefficients.{name}: is {value:g}, and above 0 is due.")
        if name in NOT_NEGATIVE.get(form, ()) and value < 0:
            raise DataError(f"{place}: coefficients.{name}: is {value:g}, and 0 or more is due.")


def check_range(place: str, coefficient: Coefficient) -> None:
    """Refuse a range whose low lies above its high, and a negative standard error.

    Raises
    ------
    DataError
    """
    low, high, error = coefficient.low, coefficient.high, coefficient.standard_error
    if low is not None and high is not None and low > high:
        raise DataError(f"{place}: low, {low:g}, is above high, {high:g}.")
    if error is not None and error < 0:
        raise DataError(f"{place}: standard_error is {error:g}, and 0 or more is due.")


def box_of(place: str, content: Any) -> dict[str, tuple[float, float]]:
    """The measured range per axis.

    Parameters
    ----------
    place : str
        File and key, for the message.
    content : object
        As read: a mapping of axis to two numbers, low before high; or None.

    Raises
    ------
    DataError
    """
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise DataError(f"{place}: wants a mapping of axes to [low, high], got {_quoted(content)}.")
    box = {}
    for name, ends in content.items():
        if not (isinstance(ends, list) and len(ends) == 2 and all(is_number(end, finite=False) for end in ends)):
            raise DataError(f"{place}.{name}: wants two numbers, [low, high], got {_quoted(ends)}.")
        low, high = map(float, ends)
        if low > high:
            raise DataError(f"{place}.{name}: low, {low:g}, is above high, {high:g}.")
        box[str(name)] = (low, high)
    return box


def texts_of(place: str, content: Any) -> tuple[str, ...]:
    """A list of sentences, such as sources and caveats; None is none.

    Raises
    ------
    DataError
        If it is no list.
    """
    if content is None:
        return ()
    if not isinstance(content, list):
        raise DataError(f"{place}: wants a list, one item per line after `- `, got {_quoted(content)}.")
    return tuple(map(str, content))


def mapping_of(place: str, content: Any) -> dict[str, Any]:
    """A mapping; None is an empty one.

    Raises
    ------
    DataError
        If it is another kind of value.
    """
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise DataError(f"{place}: wants `key: value` lines, got {_quoted(content)}.")
    return {str(key): value for key, value in content.items()}


def example_of(place: str, content: Any) -> dict[str, Any] | None:
    """A worked example: what a law gives for some inputs; None where there is none.

    Parameters
    ----------
    place : str
        File and key, for the message.
    content : object
        As read.

    Raises
    ------
    DataError
        If it gives nothing that a law has, or takes what that does not follow from.
    """
    example = mapping_of(place, content)
    if not example:
        return None
    output, inputs = example.get("output"), mapping_of(f"{place}.inputs", example.get("inputs"))
    if not isinstance(output, str) or output not in EXAMPLE_INPUTS:
        raise DataError(f"{place}.output: {_quoted(output)} is none of {', '.join(EXAMPLE_INPUTS)}.")
    needed, more = EXAMPLE_INPUTS[output]
    if absent := [name for name in needed if name not in inputs]:
        raise DataError(f"{place}.inputs: {absent[0]} is missing, from which {output} follows.")
    for name, value in inputs.items():
        if name not in (*needed, *more):
            raise DataError(f"{place}.inputs: {_quoted(name)} is none of {', '.join((*needed, *more))}.")
        if name == "verifier" and value in ("none", "oracle"):
            continue
        if not is_number(value) or value < 0 or (value == 0 and name not in ("rl_tokens", "verifier")):
            raise DataError(f"{place}.inputs.{name}: wants a number above 0, got {_quoted(value)}.")
    said = {key: value if is_number(value) else str(value) for key, value in example.items()}
    return {**said, "inputs": inputs, "output": output}


def is_number(content: Any, finite: bool = True) -> bool:
    """Whether a value is a number that fits a float.

    Parameters
    ----------
    content : object
        As read.
    finite : bool
        Whether infinity and nan are refused. Ends of ranges may be infinite: a coefficient that runs cannot bound has such a range.

    Examples
    --------
    >>> is_number(3), is_number(True), is_number(10**400), is_number(float("nan"))
    (True, False, False, False)
    >>> is_number(float("inf"), finite=False)
    True
    """
    if isinstance(content, bool) or not isinstance(content, (int, float)):
        return False
    try:
        number = float(content)
    except OverflowError:
        return False
    return isfinite(number) or not finite


def _quoted(content: Any) -> str:
    text = repr(content)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
