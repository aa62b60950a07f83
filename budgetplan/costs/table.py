"""Reading one of the cost tables: YAML to rows whose fields are checked, each with its place for the message."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from budgetplan.errors import DataError


@dataclass(frozen=True)
class Row:
    """Fields of one entry, and where they stand.

    Attributes
    ----------
    place : str
        File and entry, as a message begins.
    fields : mapping
        As read.
    """

    place: str
    fields: Mapping[str, Any]

    def _get(self, key: str) -> Any:
        if key not in self.fields:
            raise DataError(f"{self.place}: `{key}` is missing.")
        return self.fields[key]

    def text(self, key: str) -> str:
        """Return a field that has to be text."""
        value = self._get(key)
        if not isinstance(value, str) or not value.strip():
            raise DataError(f"{self.place}: `{key}` is {value!r}, and text is due.")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a field that is a list of texts, or one text; empty where it is absent."""
        value = self.fields.get(key, ())
        items = (value,) if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise DataError(f"{self.place}: `{key}` is {value!r}, and a list of texts is due.")
        return tuple(items)

    def number(self, key: str, unit: str, *, least: float = 0.0, most: float = math.inf, zero: bool = False) -> float:
        """Return a field that has to be a finite number above `least`, or equal to it where `zero` is true."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise DataError(f"{self.place}: `{key}` is {value!r}, and a finite number [{unit}] is due.")
        if value < least or (value == least and not zero) or value > most:
            bound = f"{'at least' if zero else 'above'} {least:g}" + (f" and at most {most:g}" if most < math.inf else "")
            raise DataError(f"{self.place}: `{key}` is {value:g} {unit}, and has to be {bound}.")
        return float(value)

    def only(self, names: Iterable[str], what: str) -> None:
        """Refuse a field that nothing reads: a misspelt one would be passed over."""
        if unknown := sorted(set(map(str, self.fields)) - set(names)):
            raise DataError(f"{self.place}: `{unknown[0]}` is no field of {what}.")

    def row(self, key: str) -> Row:
        """Return a field that is a mapping, as a row."""
        value = self._get(key)
        if not isinstance(value, Mapping):
            raise DataError(f"{self.place}: `{key}` is {value!r}, and a mapping is due.")
        return Row(f"{self.place}: {key}", value)

    def rows(self, key: str) -> tuple[Row, ...]:
        """Return a field that is a list of mappings with an `id`, as rows with different ids."""
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            raise DataError(f"{self.place}: `{key}` has to be a list of mappings.")
        rows = [Row(f"{self.place}: {item.get('id', f'{key}[{index}]')}", item) for index, item in enumerate(value)]
        ids = [row.text("id") for row in rows]
        if twice := {name for name in ids if ids.count(name) > 1}:
            raise DataError(f"{self.place}: `id` {', '.join(sorted(twice))} is given twice.")
        return tuple(rows)


def read_table(path: Path) -> Row:
    """Return the whole of a YAML table as one row.

    Parameters
    ----------
    path : Path
        Of the file.

    Returns
    -------
    Row

    Raises
    ------
    DataError
        Where the file is no YAML mapping.
    """
    from ruamel.yaml import YAML  # 25 ms, which only those pay who read a table
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as problem:
        raise DataError(f"{path}: it cannot be read as YAML: {' '.join(str(problem).split())}.") from problem
    if not isinstance(content, Mapping):
        raise DataError(f"{path}: a mapping is due at the top.")
    return Row(path.name, content)
