"""Readers of values with parts: limits, links, shares and the checkpoint. Each part's problem is told on its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from budgetplan.errors import UnitError
from budgetplan.scenario.problems import Problem, ProblemsFound, unknown_key
from budgetplan.scenario.readers import quantity, text
from budgetplan.units.numerals import shown

Value = TypeVar("Value")

LIMITS: dict[str, Callable[[object], float | None]] = {
    "params": quantity("params"),
    "pretraining_tokens": quantity("tokens", minimum=0),
    "rl_tokens": quantity("tokens", minimum=0),
    "inference_tokens": quantity("tokens", minimum=0),
    "samples_per_query": quantity("count", minimum=1),
    "pretraining_share": quantity("ratio"),
    "rl_share": quantity("ratio"),
    "inference_share": quantity("ratio"),
}
"""What can be fixed or bounded, each with its reader. Zero RL tokens is a valid plan, zero params is not."""

STAGES = ("pretraining", "rl", "inference")
LINKS = ("pretraining", "task", "rl", "inference")
SHARES = tuple(f"{stage}_share" for stage in STAGES)
SUM_TOLERANCE = 1e-9
"""How far shares may miss their sum by rounding. [1]"""


def pairs(value: object) -> dict[str, object]:
    """Return `KEY=VALUE,KEY=VALUE`, a sequence of `KEY=VALUE`, or a mapping, as a mapping.

    Raises
    ------
    UnitError
        Where a part has no key or no value.
    ProblemsFound
        Where a key is given twice.

    Examples
    --------
    >>> pairs("pretraining=60%, rl=40%")
    {'pretraining': '60%', 'rl': '40%'}
    """
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items() if item is not None}
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, Sequence) or not all(isinstance(part, str) for part in parts):
        raise UnitError(f"{shown(value)} is no set of keys with values.", "Write for example `rl_share: 20%`.")
    found: dict[str, object] = {}
    twice = []
    for part in parts:
        key, equals, item = (piece.strip() for piece in str(part).partition("="))
        if not (key and equals and item):
            raise UnitError(f"{shown(part)} is not of the form KEY=VALUE.", "Write for example `rl_share=20%`.")
        if key in found:
            twice.append(Problem((key,), f"is given twice, as {shown(found[key])} and {shown(item)}. Keep one."))
        found[key] = item
    if twice:
        raise ProblemsFound(twice)
    return found


def _each(value: object, readers: Mapping[str, Callable[[object], Value | None]]) -> dict[str, Value]:
    """Read every part with the reader of its key and collect what is wrong."""
    read: dict[str, Value] = {}
    problems = []
    for key, item in pairs(value).items():
        if key not in readers:
            problems.append(Problem((key,), unknown_key(key, readers)))
            continue
        try:
            result = readers[key](item)
        except UnitError as error:
            problems.append(Problem((key,), str(error)))
            continue
        if result is not None:
            read[key] = result
    if problems:
        raise ProblemsFound(problems)
    return read


def limits(value: object) -> dict[str, float]:
    """Read KEY and value pairs of `fix`, `min` or `max`, each in the dimension of its key."""
    return {} if value is None else _each(value, LIMITS)


def links(value: object) -> dict[str, str]:
    """Read which law replaces which link of a joint law."""
    reader = text("a law's id or file", "scalerl-8b")
    return {} if value is None else _each(value, dict.fromkeys(LINKS, reader))


def shares(value: object) -> dict[str, float] | None:
    """Read a split of compute over the three stages; a stage left out has no share, and the sum is 1."""
    if value is None:
        return None
    read = _each(value, dict.fromkeys(STAGES, quantity("ratio")))
    total = sum(read.values())
    if abs(total - 1) > SUM_TOLERANCE:
        written = " + ".join(f"{stage} {share:.6g}" for stage, share in read.items()) or "nothing"
        hint = "The three shares have to sum to 1; thirds can be written as 1/3."
        raise UnitError(f"the shares sum to {total:.9g} ({written}).", hint)
    return {stage: read.get(stage, 0.0) for stage in STAGES}


def checkpoint(value: object) -> tuple[float, float] | str | None:
    """Read a model whose pre-training is paid for: `PARAMS,TOKENS`, a mapping of the two, or a name."""
    if value is None:
        return None
    if isinstance(value, str) and "," not in value:
        return text("`PARAMS,TOKENS` or a name", "8B,15T")(value)
    if isinstance(value, str):
        value = value.split(",")
    if isinstance(value, Sequence) and len(value) == 2:
        value = {"params": value[0], "tokens": value[1]}
    if not isinstance(value, Mapping) or set(value) != {"params", "tokens"}:
        raise UnitError(f"{shown(value)} is not params with tokens.", "Write params and tokens, such as `8B,15T`.")
    read = _each(value, {"params": quantity("params"), "tokens": quantity("tokens")})
    if len(read) < 2:
        raise UnitError("params or tokens are missing.", "Write both, such as `8B,15T`.")
    return read["params"], read["tokens"]
