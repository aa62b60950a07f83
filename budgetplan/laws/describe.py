"""Laws as rows and records for people and machines: what `budgetplan laws` lists and shows."""

from __future__ import annotations

from typing import Any

import numpy as np

from budgetplan.laws.catalogue import load_law
from budgetplan.laws.forms import FORMS
from budgetplan.laws.law import Law
from budgetplan.laws.law_files import law_ids, shipped_record
from budgetplan.laws.record import LINKS


def law_rows() -> list[dict[str, str]]:
    """All shipped laws, by link.

    Returns
    -------
    list of dict
        `id`, `link`, `title`.
    """
    records = [shipped_record(name) for name in law_ids()]
    records.sort(key=lambda record: (LINKS.index(record.link), record.id))
    return [{"id": record.id, "link": record.link, "title": record.title} for record in records]


def law_record(name: str) -> dict[str, Any]:
    """Everything about a law, ready for JSON.

    Parameters
    ----------
    name : str
        Id or file.

    Returns
    -------
    dict
        `id, link, title, formula, coefficients, box, caveats, example, sources, warning, links, hash`; the example has the value
        that the law gives now as `computed`. The coefficients of a joint law of links are those of its parts, `link.name`.

    Raises
    ------
    UnknownNameError, DataError
        If there is no such law, or its file cannot be used.
    """
    law = load_law(name, prose=True)
    record = law.record
    parts = law.parts if record.form == "four-links" else {"": record}
    coefficients: dict[str, dict[str, Any]] = {}
    box: dict[str, list[float]] = {}
    caveats, sources = list(record.caveats), list(record.sources)
    for link, part in parts.items():
        prefix = f"{link}." if link else ""
        for key, item in part.coefficients.items():
            coefficients[prefix + key] = {
                "value": item.value,
                "unit": item.unit,
                "kind": item.kind,
                "source": item.source,
                "low": item.low,
                "high": item.high,
                "interval": item.interval,
                "standard_error": item.standard_error,
                "command": item.command,
            }
        box |= {prefix + axis: list(ends) for axis, ends in part.box.items()}
        if part is not record:
            caveats += [f"{part.id}: {caveat}" for caveat in part.caveats]
            sources += [source for source in part.sources if source not in sources]
    return {
        "id": record.id,
        "link": record.link,
        "title": record.title,
        "form": record.form,
        "formula": FORMS[record.form].formula,
        "formulas": {link or record.link: FORMS[part.form].formula for link, part in parts.items()},
        "links": law.links if record.form == "four-links" else {},
        "coefficients": coefficients,
        "convention": dict(record.convention),
        "box": box,
        "caveats": caveats,
        "warning": record.warning,
        "example": _example(law),
        "sources": sources,
        "hash": law.hash,
    }


def _example(law: Law) -> dict[str, Any] | None:
    """The worked example of the law file, with the value that the law gives now."""
    example = law.record.example
    if example is None:
        return None
    return {**example, "computed": worked_value(law, example["inputs"], example["output"])}


def worked_value(law: Law, inputs: dict[str, Any], output: str) -> float:
    """What a law gives for the inputs of a worked example.

    Parameters
    ----------
    law : Law
    inputs : dict
        `budget` for a compute-optimal allocation, otherwise quantities as `Law.loss` takes them.
    output : {"loss", "pretraining_loss", "success", "params", "pretraining_tokens"}
        What to give.

    Returns
    -------
    float
    """
    if "budget" in inputs:
        params, tokens = _optimal(law, float(inputs["budget"]))
        return params if output == "params" else tokens
    if output == "pretraining_loss":
        return float(law.pretraining_loss(inputs["params"], inputs["pretraining_tokens"], inputs.get("unique_tokens")))
    function = law.success if output == "success" else law.loss
    return float(function(**inputs))


def _optimal(law: Law, budget: float) -> tuple[float, float]:
    """Compute-optimal params and tokens of pre-training alone, by policy or from the law's own optimum."""
    if law.policy is not None:
        params, tokens = law.policy.allocate(budget)
        return float(params), float(tokens)
    log_params = np.linspace(np.log(1e4), np.log(1e15), 4001)
    for _ in range(6):
        loss = law.pretraining_loss(np.exp(log_params), budget / (6 * np.exp(log_params)))
        best = int(np.argmin(loss))
        log_params = np.linspace(log_params[max(best - 2, 0)], log_params[min(best + 2, len(log_params) - 1)], 4001)
    best_params = float(np.exp(log_params[2000]))
    return best_params, budget / (6 * best_params)
