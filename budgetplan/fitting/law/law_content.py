"""A fit as a law file: coefficients with intervals and joint draws, box, caveats, data hash, command and version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from budgetplan.errors import DataError
from budgetplan.fitting.law.law_terms import CHAIN, Term, draw_rows, law_terms, term_value
from budgetplan.fitting.result import LawFit, percent

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
"""Units of coefficients that have one, by fitted form; all others are pure numbers."""
AXES = {
    "params": "pretraining",
    "pretraining_tokens": "pretraining",
    "training_flop": "pretraining",
    "tokens_per_param": "pretraining",
    "rl_tokens": "rl",
    "samples_per_query": "inference",
}
"""Link of a chain whose measured range an axis is."""


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
    if fit.form == "joint" and fit.diagnostics.get("law") == "chain":
        return chain_content(fit, name)
    if fit.form not in TARGETS:
        can = f"{', '.join(TARGETS)}, and `joint` as a chain on runs with RL tokens"
        raise DataError(f"A fit of `{fit.form}` is no law by itself.", f"Forms with a law file: {can}.")
    link, form = TARGETS[fit.form]
    terms = law_terms(fit, UNITS.get(fit.form, {}))
    content: dict[str, Any] = {
        "id": name,
        "title": f"{fit.form} fitted to {fit.n_runs} runs",
        "link": link,
        "form": form,
        "coefficients": {term.name: _entry(term, fit) for term in terms},
        "box": {axis: [float(low), float(high)] for axis, (low, high) in fit.box.items()},
        **_origin(fit),
    }
    if fit.draws is not None:
        content["draws"] = draw_rows(fit, terms, MOST_DRAWS)
    return content


def chain_content(fit: LawFit, name: str) -> dict[str, Any]:
    """The law file of a fitted chain: four links in one file, with the draws of all of them row by row.

    Parameters
    ----------
    fit : LawFit
        Of form `joint`, a chain.
    name : str
        Id of the law.
    """
    chosen = {"pretraining": "pretraining", "task": _task(fit), "rl": str(fit.diagnostics["rl"]), "inference": _inference(fit)}
    links = {}
    for link, key in chosen.items():
        form, terms = CHAIN[key]
        box = {axis: [float(low), float(high)] for axis, (low, high) in fit.box.items() if AXES.get(axis) == link}
        coefficients = {term.name: _entry(replace(term, unit=_unit(term)), fit) for term in terms}
        links[link] = {"form": form, "coefficients": coefficients, **({"box": box} if box else {})}
    content: dict[str, Any] = {
        "id": name,
        "title": f"four links fitted to {fit.n_runs} runs",
        "link": "joint",
        "form": "four-links",
        "links": links,
        "coefficients": {},
        **_origin(fit),
    }
    if fit.draws is not None:
        content["draws"] = draw_rows(fit, tuple(term for key in chosen.values() for term in CHAIN[key][1]), MOST_DRAWS)
    return content


def _task(fit: LawFit) -> str:
    return "log-log task" if "pivot" in fit.coefficients else "task"


def _inference(fit: LawFit) -> str:
    return "drifting" if "drift" in fit.coefficients else "inference"


def _unit(term: Term) -> str:
    return UNITS["chinchilla"].get(term.name, term.unit)


def _source(fit: LawFit) -> str:
    return f"{fit.n_runs} runs, data SHA-256 {str(fit.provenance.get('data_sha256', ''))[:16]}, objective {fit.objective_name}"


def _origin(fit: LawFit) -> dict[str, Any]:
    """What a law file says about where it comes from."""
    facts = fit.provenance
    return {
        "sources": [_source(fit)],
        "caveats": list(fit.warnings),
        "data_sha256": str(facts.get("data_sha256", "")),
        "command": str(facts.get("command", "")),
        "version": str(facts.get("version", "")),
    }


def _entry(term: Term, fit: LawFit) -> dict[str, Any]:
    """A coefficient as the file has it."""
    value = term_value(term, fit.coefficients)
    if term.column is None:
        return {"value": value, "unit": term.unit, "kind": "assumed", "source": term.source}
    low, high = sorted(term_value(term, {term.column: end}) for end in fit.intervals[term.column])
    entry: dict[str, Any] = {
        "value": value,
        "unit": term.unit,
        "kind": "fitted",
        "source": _source(fit),
        "low": low,
        "high": high,
        "interval": percent(fit.level),
    }
    error = fit.standard_errors[term.column]
    if error is not None:
        entry["standard_error"] = float(error)
    entry["command"] = str(fit.provenance.get("command", ""))
    if term.column in fit.provenance.get("fixed", {}):
        entry |= {"kind": "assumed", "source": "held fixed in the fit"}
    return entry
