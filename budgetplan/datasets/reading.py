"""From YAML to frozen dataclasses: the classes say what is due, and each refusal begins with its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from budgetplan.errors import DataError, suggest

T = TypeVar("T")
_DUE = {str: "text", int: "a whole number", bool: "true or false"}


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file.

    Raises
    ------
    DataError
        If it cannot be read as YAML.
    """
    from ruamel.yaml import YAML  # 25 ms, which only those pay who ask for data sets
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as problem:
        raise DataError(f"{path}: it cannot be read as YAML: {' '.join(str(problem).split())}.") from problem


def build(kind: type[T], content: Any, place: str) -> T:
    """Return a dataclass from a mapping, with everything in it checked against the types of its fields.

    Parameters
    ----------
    kind : type
        A dataclass of text, whole numbers, truth values, tuples and dataclasses of these.
    content : mapping
        As read.
    place : str
        File and entry, as a message begins.

    Raises
    ------
    DataError
        If a field is missing, unknown or of another type.

    Examples
    --------
    >>> from budgetplan.datasets.entries import Column
    >>> build(Column, {"name": "loss", "unit": "nat/token", "meaning": "validation loss"}, "here").unit
    'nat/token'
    """
    if not isinstance(content, Mapping):
        raise DataError(f"{place}: {content!r} stands where a mapping is due.")
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]  # a dataclass, as documented
    hints = get_type_hints(kind)
    for key in content:
        if key not in fields:
            close = suggest(str(key), fields)
            hint = f"Did you mean {close}?" if close else f"Keys: {', '.join(fields)}."
            raise DataError(f"{place}: there is no key `{key}`.", hint)
    values = {}
    for name, field in fields.items():
        if name in content:
            values[name] = _value(hints[name], content[name], f"{place}: {name}")
        elif field.default is dataclasses.MISSING:
            raise DataError(f"{place}: `{name}` is missing.")
    return kind(**values)


def _value(hint: Any, value: Any, place: str) -> Any:
    """Return a value of the type that a hint names."""
    if get_origin(hint) is UnionType:
        return None if value is None else _value(get_args(hint)[0], value, place)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise DataError(f"{place}: {value!r} stands where a list is due.")
        return tuple(_value(get_args(hint)[0], item, f"{place}[{at}]") for at, item in enumerate(value))
    if dataclasses.is_dataclass(hint):
        return build(hint, value, place)  # type: ignore[arg-type]  # a class, as all hints here are
    if type(value) is not hint:
        raise DataError(f"{place}: {value!r} stands where {_DUE[hint]} is due.")
    return value
