"""Writing a fit as a law file, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from budgetplan.errors import OutputError
from budgetplan.fitting.law.law_content import law_content
from budgetplan.fitting.result import LawFit
from budgetplan.parallel.whole_file import write_all


def write_law(fit: LawFit, path: Path | str, name: str | None = None) -> Path:
    """Write a fit as a law file, whole or not at all.

    Parameters
    ----------
    fit : LawFit
    path : Path or str
        A `.yaml` file.
    name : str, optional
        Id of the law; the file's name by default.

    Returns
    -------
    Path

    Raises
    ------
    DataError
        If the fit is no single law.
    OutputError
        If the file cannot be written.
    """
    target = Path(path)
    text = law_text(law_content(fit, name or target.stem))
    try:
        write_all({target: text.encode("utf-8")})
    except OSError as problem:
        raise OutputError(f"`{target}` cannot be written: {problem.strerror}.", "Name a file in a folder that exists.") from None
    return target


def law_text(content: Mapping[str, Any]) -> str:
    """Law data as YAML in block style, draws one row per line.

    Parameters
    ----------
    content : mapping
        From `law_content`.
    """
    from io import StringIO

    from ruamel.yaml import YAML

    writer = YAML(typ="rt")
    writer.default_flow_style = False
    writer.width = 120
    stream = StringIO()
    writer.dump({key: value for key, value in content.items() if key != "draws"}, stream)
    if "draws" in content:
        # Plain lines instead of the writer: thousands of rows would take it seconds.
        rows = "".join(f"  - [{', '.join(_number(value) for value in row)}]\n" for row in content["draws"])
        stream.write("draws:\n" + rows)
    return stream.getvalue()


def _number(value: float) -> str:
    """A float that YAML 1.1 and 1.2 readers both take for one: with a dot and a signed exponent."""
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        mantissa = mantissa if "." in mantissa else mantissa + ".0"
        return f"{mantissa}e{int(exponent):+03d}"
    return text
