"""A fit as a law file: coefficients with intervals and joint draws, box, caveats, data hash, command and version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from budgetplan.errors import DataError, OutputError
from budgetplan.fitting.law_terms import Term, draw_rows, law_terms, term_value
from budgetplan.fitting.result import LawFit

MOST_DRAWS = 2000
"""Joint draws that a file carries: enough for 90 % intervals to 1 %."""
TARGETS: dict[str, tuple[str, str]] = {
    "chinchilla": ("pretraining", "chinchilla"),
    "data-constrained": ("pretraining", "data-constrained"),
    "overtrained": ("pretraining", "overtrained"),
    "isoflop": ("policy", "power-policy"),
    "rl-sigmoid": ("rl", "success-sigmoid"),
    "rl-power": ("rl", "error-power"),
    "passk-beta": ("inference", "passk-beta"),
    "passk-power": ("inference", "passk-power"),
}
"""Link and form of the law that a fitted form becomes."""
UNITS: dict[str, dict[str, str]] = {
    "chinchilla": {"E": "nat/token", "A": "nat/token * param^alpha", "B": "nat/token * token^beta"},
    "overtrained": {
        "E": "nat/token",
        "a": "nat/token * FLOP^eta * (token/param)^-eta",
        "b": "nat/token * FLOP^eta * (token/param)^eta",
    },
    "isoflop": {"N_coefficient": "param / FLOP^N_exponent", "D_coefficient": "token / FLOP^D_exponent"},
}
UNITS["data-constrained"] = {**UNITS["chinchilla"], "RD_star": "epoch"}


def law_content(fit: LawFit, name: str) -> dict[str, Any]:
    """The law file of a fit as plain data.

    Parameters
    ----------
    fit : LawFit
    name : str
        Id of the law.

    Raises
    ------
    DataError
        If the fit is one of groups, or its form is no law by itself.
    """
    if fit.groups:
        raise DataError(f"A fit of {len(fit.groups)} groups is no single law.", "Write one group's fit: fit.groups[NAME].")
    if fit.form not in TARGETS:
        raise DataError(f"A fit of `{fit.form}` is no law by itself.", f"Forms with a law file: {', '.join(TARGETS)}.")
    link, form = TARGETS[fit.form]
    facts = fit.provenance
    terms = law_terms(fit, UNITS.get(fit.form, {}))
    source = f"{fit.n_runs} runs, data SHA-256 {str(facts.get('data_sha256', ''))[:16]}, objective {fit.objective_name}"
    coefficients = {term.name: _entry(term, fit, source) for term in terms}
    content: dict[str, Any] = {
        "id": name,
        "title": f"{fit.form} fitted to {fit.n_runs} runs",
        "link": link,
        "form": form,
        "coefficients": coefficients,
        "box": {axis: [float(low), float(high)] for axis, (low, high) in fit.box.items()},
        "sources": [source],
        "caveats": list(fit.warnings),
        "data_sha256": str(facts.get("data_sha256", "")),
        "command": str(facts.get("command", "")),
        "version": str(facts.get("version", "")),
    }
    if fit.draws is not None:
        content["draws"] = draw_rows(fit, terms, MOST_DRAWS)
    return content


def _entry(term: Term, fit: LawFit, source: str) -> dict[str, Any]:
    """A coefficient as the file has it."""
    value = term_value(term, fit.coefficients)
    if term.column is None:
        return {"value": value, "unit": term.unit, "kind": "assumed", "source": term.source}
    low, high = sorted(term_value(term, {term.column: end}) for end in fit.intervals[term.column])
    entry: dict[str, Any] = {
        "value": value,
        "unit": term.unit,
        "kind": "fitted",
        "source": source,
        "low": low,
        "high": high,
        "interval": f"{fit.level:.0%}",
    }
    error = fit.standard_errors[term.column]
    if error is not None:
        entry["standard_error"] = float(error)
    entry["command"] = str(fit.provenance.get("command", ""))
    if term.column in fit.provenance.get("fixed", {}):
        entry |= {"kind": "assumed", "source": "held fixed in the fit"}
    return entry


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
    part = target.with_name(target.name + ".part")
    try:
        try:
            part.write_text(text, encoding="utf-8")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)  # an interrupted write leaves nothing behind
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
