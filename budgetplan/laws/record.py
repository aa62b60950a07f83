"""A law file as data: coefficients with their sources, the measured box, caveats, a worked example.

The file is YAML with `id, title, link, form, coefficients, box, sources, caveats, example`; see `data/README.md`. Nothing in it is
executed. Reading checks what the numbers need: known form, every coefficient of the form, finite values, a source for each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnknownNameError
from budgetplan.numerics.arrays import Array

LINKS = ("pretraining", "task", "policy", "rl", "inference", "joint")
"""Kinds of law, in the order they are listed."""
PROSE = ("sources", "caveats", "convention", "example")
"""Blocks of a law file that no number depends on."""
MOST_BYTES = 10_000_000
"""Largest law file that is read. [byte]"""


@dataclass(frozen=True)
class Coefficient:
    """One number of a law.

    Attributes
    ----------
    value : float
        In `unit`.
    unit, kind, source : str
        `kind` is published, fitted or assumed.
    low, high : float or None
        Range, in `unit`.
    interval : str
        What the range is.
    standard_error : float or None
        In `unit`.
    command : str
        What refits it, for fitted ones.
    """

    value: float
    unit: str
    kind: str
    source: str
    low: float | None = None
    high: float | None = None
    interval: str = ""
    standard_error: float | None = None
    command: str = ""


@dataclass(frozen=True)
class Record:
    """A law file.

    Attributes
    ----------
    id, title, link, form : str
        Name, one line, kind of law, and which function it parametrises.
    coefficients : mapping of str to Coefficient
    links : mapping of str to str
        For a joint law of four links: the law of each.
    box : mapping of str to (low, high)
        Measured range per axis, in SI units.
    convention, sources, caveats, example, warning
        As in the file.
    data : str
        SHA-256 of the runs that it was fitted to. Laws of one fit have draws that belong together row by row.
    drawn : tuple of str
        Rows of `draws` as the file has them.
    """

    id: str
    title: str
    link: str
    form: str
    coefficients: Mapping[str, Coefficient]
    links: Mapping[str, str]
    box: Mapping[str, tuple[float, float]]
    convention: Mapping[str, str]
    sources: tuple[str, ...]
    caveats: tuple[str, ...]
    example: Mapping[str, Any] | None
    warning: str = ""
    data: str = ""
    drawn: tuple[str, ...] = field(default=(), repr=False)

    @property
    def values(self) -> dict[str, float]:
        """Coefficient values by name."""
        return {name: coefficient.value for name, coefficient in self.coefficients.items()}

    @property
    def draws(self) -> Array | None:
        """Coefficient vectors that are as likely as each other, of shape (draw, coefficient), columns as `coefficients`; or None.

        Raises
        ------
        DataError
            If a row is no list of as many numbers.
        """
        return _draws(self.id, self.drawn, len(self.coefficients))

    @property
    def hash(self) -> str:
        """First 12 digits of the SHA-256 of form, coefficients and links: changes when any number does."""
        content = {"form": self.form, "coefficients": self.values, "links": dict(self.links)}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def law_ids() -> tuple[str, ...]:
    """Ids of all shipped laws, sorted."""
    return tuple(sorted(path.stem for path in data_path("laws").glob("*.yaml")))


@cache
def shipped_record(name: str, prose: bool = False) -> Record:
    """The record of a shipped law.

    Parameters
    ----------
    name : str
        Its id.
    prose : bool
        Whether sources, caveats, conventions and example are wanted too; a plan does without and starts sooner.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    """
    path = data_path("laws") / f"{name}.yaml"
    if "/" in name or not path.exists():
        raise UnknownNameError("law", name, law_ids())
    return read_record(path, prose)


def find_record(name: str, prose: bool = False) -> Record:
    """The record of a shipped law, or of a law file where `name` looks like a path.

    Parameters
    ----------
    name : str
        An id, or the path of a YAML file.
    prose : bool
        As in `shipped_record`.

    Raises
    ------
    UnknownNameError, DataError
        If there is no such law, or the file cannot be used.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name:
        return read_record(Path(name))
    return shipped_record(name, prose)


def _without_prose(text: str) -> str:
    """The file's text without the blocks of `PROSE`, which are most of it and take most of the time to parse."""
    kept, skipping = [], False
    for line in text.splitlines():
        if line[:1].isalpha():
            skipping = line.partition(":")[0] in PROSE
        if not skipping:
            kept.append(line)
    return "\n".join(kept)


def _without_draws(text: str) -> tuple[str, list[str]]:
    """The file's text without its joint draws, and their lines: thousands of plain rows that need no YAML reader."""
    kept: list[str] = []
    drawn: list[str] = []
    inside = False
    for line in text.splitlines():
        if line[:1].isalpha():
            inside = line.partition(":")[0] == "draws"
            if inside:
                continue
        (drawn if inside else kept).append(line)
    return "\n".join(kept), [line.strip() for line in drawn if line.strip() and not line.lstrip().startswith("#")]


def _draws(name: str, lines: tuple[str, ...], width: int) -> Array | None:
    """Rows `- [1.0, 2.0]` as an array."""
    if not lines:
        return None
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            if not (line.startswith("- [") and line.endswith("]")):
                raise ValueError(line)
            row = [float(item) for item in line[3:-1].split(",")]
        except ValueError:
            raise DataError(f"{name}: draws: row {number}: wants a list of numbers, `- [1.0, 2.0]`, got `{line[:60]}`.") from None
        if len(row) != width or not np.all(np.isfinite(row)):
            raise DataError(f"{name}: draws: row {number}: wants {width} finite numbers, one per coefficient, got `{line[:60]}`.")
        rows.append(row)
    return np.array(rows)


def read_record(path: Path, prose: bool = True) -> Record:
    """Read a law file.

    Parameters
    ----------
    path : Path
        The file.
    prose : bool
        As in `shipped_record`.

    Raises
    ------
    DataError
        If it cannot be read or lacks something; the message names the file and the key.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if not path.is_file():
        raise DataError(f"There is no law file `{path}`.", "Name a law id (`budgetplan laws` lists them) or a YAML file.")
    if path.stat().st_size > MOST_BYTES:
        raise DataError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB, which no law file is.")
    try:
        text, drawn = _without_draws(path.read_text(encoding="utf-8"))
        content = YAML(typ="safe", pure=True).load(text if prose else _without_prose(text))
    except (YAMLError, UnicodeDecodeError) as problem:
        reason = str(problem).strip().splitlines()[0]
        raise DataError(f"{path}: not readable as YAML: {reason}.") from None
    if not isinstance(content, dict):
        raise DataError(f"{path}: a law file is a mapping with `id`, `link`, `form` and `coefficients`.")
    for key in ("id", "link", "form", "coefficients"):
        if key not in content:
            raise DataError(f"{path}: `{key}` is missing.", "A law file has `id`, `link`, `form` and `coefficients`.")
    if content["link"] not in LINKS:
        raise DataError(f"{path}: link: `{content['link']}` is none of {', '.join(LINKS)}.")
    record = Record(
        id=str(content["id"]),
        title=str(content.get("title", "")),
        link=str(content["link"]),
        form=str(content["form"]),
        coefficients={str(n): _coefficient(path, str(n), c) for n, c in (content["coefficients"] or {}).items()},
        links={str(k): str(v) for k, v in (content.get("links") or {}).items()},
        box={str(k): (float(v[0]), float(v[1])) for k, v in (content.get("box") or {}).items()},
        convention={str(k): str(v) for k, v in (content.get("convention") or {}).items()},
        sources=tuple(map(str, content.get("sources") or ())),
        caveats=tuple(map(str, content.get("caveats") or ())),
        example=content.get("example"),
        warning=str(content.get("warning", "")),
        data=str(content.get("data_sha256", "")),
        drawn=tuple(drawn),
    )
    if prose:
        _draws(str(path), record.drawn, len(record.coefficients))  # a plan with a shipped law reads them only when it draws
    return record


def _coefficient(path: Path, name: str, content: Any) -> Coefficient:
    if isinstance(content, (int, float)) and not isinstance(content, bool):
        content = {"value": content}
    if not isinstance(content, dict) or "value" not in content:
        raise DataError(f"{path}: coefficients.{name}: wants a number, or a mapping with `value`, `unit`, `kind`, `source`.")
    value = content["value"]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or abs(value) == float("inf"):
        raise DataError(f"{path}: coefficients.{name}.value: wants a finite number, got {value!r}.")
    numbers = {key: float(content[key]) for key in ("low", "high", "standard_error") if content.get(key) is not None}
    texts = {key: str(content[key]) for key in ("interval", "command") if content.get(key) is not None}
    return Coefficient(
        float(value),
        str(content.get("unit", "1")),
        str(content.get("kind", "fitted")),
        str(content.get("source", str(path))),
        **numbers,  # type: ignore[arg-type]
        **texts,  # type: ignore[arg-type]
    )
