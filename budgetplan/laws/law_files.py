"""Law files: found by id or path, read from YAML, checked.

The file is YAML with `id, title, link, form, coefficients, box, sources, caveats, example`; see `data/README.md`. Nothing in it is
executed. Reading checks what the numbers need: known kind of link, finite values, whole draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnknownNameError
from budgetplan.laws.law_checks import box_of, check_form, check_range, example_of, is_number, mapping_of, texts_of
from budgetplan.laws.law_text import plain, read_text
from budgetplan.laws.record import LINKS, Coefficient, Record, draw_table

PROSE = ("sources", "caveats", "convention", "example")
"""Blocks of a law file that no number depends on."""
LONGEST_ID = 100
"""Letters of the id of a shipped law; those that ship have 31."""
MOST_DRAWS = 100_000
"""Rows of joint draws that are read."""


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
    if len(name) > LONGEST_ID:  # no file system has such a name, and some say so by an error
        raise UnknownNameError("law", f"{name[:LONGEST_ID]}...", law_ids())
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


def _without(text: str, blocks: tuple[str, ...]) -> tuple[list[tuple[int, str]], list[str]]:
    """The lines of a file with their numbers, but for some blocks of its top level; and the lines of those blocks."""
    kept: list[tuple[int, str]] = []
    left_out: list[str] = []
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        begins = line[:1].isalpha()
        if begins:
            inside = line.partition(":")[0] in blocks
        if not inside:
            kept.append((number, line))
        elif not begins:
            left_out.append(line)
    return kept, left_out


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
    # thousands of plain rows need no YAML reader, and most of the time goes into what no number depends on
    text = read_text(path)
    lines, rows = _without(text, ("draws",))
    drawn = [row.strip() for row in rows if row.strip() and not row.lstrip().startswith("#")]
    if len(drawn) > MOST_DRAWS:
        raise DataError(f"{path}: draws: {len(drawn):,} rows are more than {MOST_DRAWS:,}.", "Leave every second one out.")
    if not prose:
        lines, _ = _without(text, ("draws", *PROSE))
    content = plain(path, "\n".join(line for _, line in lines), [number for number, _ in lines])
    if not isinstance(content, dict):
        raise DataError(f"{path}: a law file is a mapping with `id`, `link`, `form` and `coefficients`.")
    for key in ("id", "link", "form", "coefficients"):
        if key not in content:
            raise DataError(f"{path}: `{key}` is missing.", "A law file has `id`, `link`, `form` and `coefficients`.")
    if content["link"] not in LINKS:
        raise DataError(f"{path}: link: `{content['link']!s:.60}` is none of {', '.join(LINKS)}.")
    links = mapping_of(f"{path}: links", content.get("links"))
    inline = {link: part for link, part in links.items() if isinstance(part, dict)}
    record = Record(
        id=str(content["id"]),
        title=str(content.get("title", "")),
        link=str(content["link"]),
        form=str(content["form"]),
        coefficients=_coefficients(path, "coefficients", content["coefficients"]),
        links={k: f"{content['id']}:{k}" if k in inline else str(v) for k, v in links.items()},
        box=box_of(f"{path}: box", content.get("box")),
        convention={k: str(v) for k, v in mapping_of(f"{path}: convention", content.get("convention")).items()},
        sources=texts_of(f"{path}: sources", content.get("sources")),
        caveats=texts_of(f"{path}: caveats", content.get("caveats")),
        example=example_of(f"{path}: example", content.get("example")),
        warning=str(content.get("warning", "")),
        data=str(content.get("data_sha256", "")),
        drawn=tuple(drawn),
    )
    check_form(str(path), record.form, record.link, record.coefficients)
    if inline:
        record = replace(record, parts=_inline(path, record, inline))
    if prose:
        # checked here for files of one's own; a plan with a shipped law reads them only when it draws
        width = sum(len(part.coefficients) for part in record.parts.values()) or len(record.coefficients)
        draw_table(str(path), record.drawn, width)
    return record


def _inline(path: Path, record: Record, links: Mapping[str, Any]) -> dict[str, Record]:
    """Links that a joint law's file states itself; the columns of its draws are theirs, one link after the other."""
    parts: dict[str, Record] = {}
    for link, content in links.items():
        if link not in LINKS or not isinstance(content.get("form"), str):
            raise DataError(f"{path}: links.{link}: wants an id, or a mapping with `form` and `coefficients` of a known link.")
        parts[link] = replace(
            record,
            id=f"{record.id}:{link}",
            title=str(content.get("title", record.title)),
            link=link,
            form=content["form"],
            coefficients=_coefficients(path, f"links.{link}.coefficients", content.get("coefficients")),
            links={},
            box=box_of(f"{path}: links.{link}.box", content.get("box")),
            sources=(),
            caveats=(),
            example=None,
        )
        check_form(f"{path}: links.{link}", parts[link].form, link, parts[link].coefficients)
    width, first = sum(len(part.coefficients) for part in parts.values()), 0
    for link, part in parts.items():
        parts[link] = replace(part, columns=(first, width))
        first += len(part.coefficients)
    return parts


def _coefficients(path: Path, key: str, content: Any) -> dict[str, Coefficient]:
    if content is not None and not isinstance(content, dict):
        raise DataError(f"{path}: {key}: wants a mapping of names to numbers, got `{content!r:.60}`.")
    return {str(name): _coefficient(path, f"{key}.{name}", item) for name, item in (content or {}).items()}


def _coefficient(path: Path, name: str, content: Any) -> Coefficient:
    if isinstance(content, (int, float)) and not isinstance(content, bool):
        content = {"value": content}
    if not isinstance(content, dict) or "value" not in content:
        raise DataError(
            f"{path}: {name}: wants a number, or a mapping with `value`, `unit`, `kind`, `source`; got `{content!r:.60}`."
        )
    value = content["value"]
    if not is_number(value):
        raise DataError(
            f"{path}: {name}.value: wants a finite number, got {value if isinstance(value, float) else repr(value)[:60]}."
        )
    for key in ("low", "high", "standard_error"):
        if content.get(key) is not None and not is_number(content[key], finite=False):
            raise DataError(f"{path}: {name}.{key}: wants a number, got {repr(content[key])[:60]}.")
    numbers = {key: float(content[key]) for key in ("low", "high", "standard_error") if content.get(key) is not None}
    texts = {key: str(content[key]) for key in ("interval", "command") if content.get(key) is not None}
    coefficient = Coefficient(
        float(value),
        str(content.get("unit", "1")),
        str(content.get("kind", "fitted")),
        str(content.get("source", str(path))),
        **numbers,  # type: ignore[arg-type]
        **texts,  # type: ignore[arg-type]
    )
    check_range(f"{path}: {name}", coefficient)
    return coefficient
