"""Methods of RL and fine-tuning, and what one of their tokens costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from budgetplan.costs.setting import Setting, read_setting
from budgetplan.costs.table import Row, read_table
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, ScenarioError, UnknownNameError
from budgetplan.units import parse_quantity

Count: TypeAlias = Literal["training-equivalent", "operations"]
_COUNTS = ("training-equivalent", "operations")
_FIELDS = (
    "id", "title", "kappa", "at_decode_utilisation", "at_training_utilisation", "decode_utilisation", "ranges", "sources", "notes",
)  # fmt: skip


@dataclass(frozen=True)
class Method:
    """One way of training on generated or given tokens, split into what is computed per token.

    Attributes
    ----------
    id, title : str
        Short and long name.
    parts : mapping of str to float
        Arithmetic by part, such as `generate` and `train` [FLOP per param and token].
    decode_parts : tuple of str
        Parts that run at decode utilisation; the others run at training utilisation.
    ranges : mapping of str to tuple of float
        Low and high of parts that are assumed [FLOP per param and token].
    decode_utilisation : float or None
        Decoding relative to training [1] where the source states its own; else None.
    sources, notes : tuple of str
        Where the parts come from, and what they leave out.
    """

    id: str
    title: str
    parts: Mapping[str, float]
    decode_parts: tuple[str, ...]
    ranges: Mapping[str, tuple[float, float]]
    decode_utilisation: float | None
    sources: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class MethodTable:
    """All methods, and the utilisation of decoding that holds where a method has none of its own.

    Attributes
    ----------
    methods : tuple of Method
        In the order of the file.
    decode_utilisation : Setting
        Of decoding relative to training, with its range [1].
    rollouts : mapping of str to Setting
        How RL is run: `group_size`, `trained_share`, `writing`, `breadth`.
    """

    methods: tuple[Method, ...]
    decode_utilisation: Setting
    rollouts: Mapping[str, Setting]


@cache
def load_method_table(path: Path | None = None) -> MethodTable:
    """Return the table of methods with its default utilisation of decoding.

    Parameters
    ----------
    path : Path, optional
        A table of the same form; default: the shipped one.

    Returns
    -------
    MethodTable

    Raises
    ------
    DataError
        Where the table cannot be used.
    """
    table = read_table(data_path("methods.yaml") if path is None else path)
    rollouts = table.row("rollouts")
    return MethodTable(
        methods=tuple(_method(row) for row in table.rows("methods")),
        decode_utilisation=read_setting(table.row("decode_utilisation"), most=1.0),
        rollouts={str(name): read_setting(rollouts.row(str(name)), zero=True) for name in rollouts.fields},
    )


def load_methods() -> tuple[Method, ...]:
    """Return the shipped methods.

    Returns
    -------
    tuple of Method

    Examples
    --------
    >>> [method.id for method in load_methods()][:3]
    ['grpo', 'grpo-reference', 'reinforce']
    """
    return load_method_table().methods


def find_method(name: str) -> Method:
    """Return one method by its id, in any case.

    Parameters
    ----------
    name : str
        Such as `grpo`.

    Returns
    -------
    Method

    Raises
    ------
    UnknownNameError
        Where there is none, with close names.
    """
    methods = {method.id.casefold(): method for method in load_methods()}
    found = methods.get(name.strip().casefold())
    if found is None:
        raise UnknownNameError("method", name, [method.id for method in methods.values()])
    return found


def decode_utilisation_of(method: Method, given: float | None = None, count: Count = "training-equivalent") -> float:
    """Return how well decoding uses the hardware relative to training: as given, else the method's, else the table's.

    Parameters
    ----------
    method : Method
        Whose own figure comes before the table's.
    given : float, optional
        The user's figure [1], above 0, at most 1.
    count : {"training-equivalent", "operations"}
        With `operations` every stage runs at full utilisation, and the result is 1 whatever else is given.

    Returns
    -------
    float
        u [1].

    Raises
    ------
    ScenarioError
        Where `count` is another word.
    UnitError
        Where `given` is out of range.
    """
    if count not in _COUNTS:
        raise ScenarioError(f"`count` is `{count}`, and {' or '.join(f'`{word}`' for word in _COUNTS)} is due.")
    if given is not None:
        given = parse_quantity(given, "ratio", "decode_utilisation", positive=True)
    if count == "operations":
        return 1.0
    if given is not None:
        return given
    return load_method_table().decode_utilisation.value if method.decode_utilisation is None else method.decode_utilisation


def rl_kappa(method: Method, decode_utilisation: float | None = None, count: Count = "training-equivalent") -> float:
    r"""Return what one RL token costs per param: all parts, those of decoding divided by its utilisation.

    Parameters
    ----------
    method : Method
        From `find_method`.
    decode_utilisation : float, optional
        u [1], above 0, at most 1; default: the method's own, else the table's 0.25.
    count : {"training-equivalent", "operations"}
        `operations` sets u to 1.

    Returns
    -------
    float
        kappa_rl [FLOP per param and token].

    Raises
    ------
    ScenarioError, UnitError
        As for `decode_utilisation_of`.

    Notes
    -----
    :math:`\kappa = \sum_{training} \kappa_p + \frac1u \sum_{decoding} \kappa_p`.

    References
    ----------
    .. [1] Kaplan et al., "Scaling Laws for Neural Language Models", 2020, arXiv:2001.08361 (forward 2, backward 4).
    .. [2] Sheng et al., "HybridFlow", 2024, arXiv:2409.19256 (generation takes most of RL's time).

    Examples
    --------
    >>> rl_kappa(find_method("grpo")), rl_kappa(find_method("ppo")), rl_kappa(find_method("ppo"), count="operations")
    (14.0, 26.0, 20.0)
    """
    u = decode_utilisation_of(method, decode_utilisation, count)
    return sum(size / u if part in method.decode_parts else size for part, size in method.parts.items())


def _method(row: Row) -> Method:
    """Check one entry of the table."""
    row.only(_FIELDS, "a method")
    kappa = row.row("kappa")
    parts = {str(part): kappa.number(part, "FLOP/param/token", zero=True) for part in kappa.fields}
    decoding, training = row.texts("at_decode_utilisation"), row.texts("at_training_utilisation")
    if sorted([*decoding, *training]) != sorted(parts):
        raise DataError(
            f"{row.place}: each part of `kappa` ({', '.join(parts)}) has to stand once in `at_decode_utilisation` "
            f"({', '.join(decoding)}) or `at_training_utilisation` ({', '.join(training)})."
        )
    ranges = {}
    if "ranges" in row.fields:
        for part in row.row("ranges").fields:
            bounds = row.row("ranges").row(part)
            low = bounds.number("low", "FLOP/param/token", zero=True)
            ranges[part] = (low, bounds.number("high", "FLOP/param/token", least=low))
            if part not in parts:
                raise DataError(f"{bounds.place}: there is no such part in `kappa` ({', '.join(parts)}).")
    own = row.number("decode_utilisation", "1", most=1.0) if "decode_utilisation" in row.fields else None
    return Method(
        id=row.text("id"), title=row.text("title"), parts=parts, decode_parts=decoding, ranges=ranges,
        decode_utilisation=own, sources=row.texts("sources"), notes=row.texts("notes"),
    )  # fmt: skip
