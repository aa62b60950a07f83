"""Success along RL as an RL law states it, over the RL tokens on which it was measured: `rl-curve` without runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.fitting.rl.sentences import PLATEAU_SEEN
from budgetplan.laws.forms import FORMS
from budgetplan.laws.law import Law
from budgetplan.laws.record import Record
from budgetplan.laws.rl_gain import AbstractRlLink
from budgetplan.numerics.arrays import Array
from budgetplan.numerics.logistic import sigmoid
from budgetplan.units import format_quantity
from budgetplan.workflow.charts.chart_words import law_caption
from budgetplan.workflow.charts.rl_chart import AXES, BEYOND, SUCCESS
from budgetplan.workflow.charts.success_chart import SuccessChart, SuccessCurve, spaced, unknown

ASSUMED_START = 0.5
"""Success before RL of a law that takes it from other links and was not measured at a stated one. [1]"""
ASSUMED_PARAMS = 1e9
"""Size where a law does not say at which it was measured. [param]"""
SHORTEST = 1e-4
"""Where a line begins whose box reaches down to no RL at all, as part of the most RL. [1]"""


def rl_of_law(law: Law) -> SuccessChart:
    """The curve of an RL law over the RL tokens of its box, beginning at the success before RL that the law states.

    Parameters
    ----------
    law : Law
        An RL law, or a joint law with an RL link; one that depends on size is drawn at the middle of its box.

    Returns
    -------
    SuccessChart

    Raises
    ------
    ScenarioError
        If the law has no RL link, or does not say where it was measured.
    """
    record = law.parts.get("rl", law.record)
    if record.link != "rl" or "rl_tokens" not in record.box:
        raise ScenarioError(f"`{law.id}` has no RL link with a measured range to draw.", "Use an RL law: `budgetplan laws`.")
    measured = record.box["rl_tokens"]
    x = spaced(max(measured[0], measured[1] * SHORTEST), measured[1] * BEYOND, measured)
    size = float(np.sqrt(np.prod(record.box["params"]))) if "params" in record.box else ASSUMED_PARAMS
    begin = _start(record)
    said = _success(record, {name: np.array([[value]]) for name, value in record.values.items()}, begin, size, x)[0]
    low, high = unknown(x.size), unknown(x.size)
    if record.draws is not None:
        names = list(record.coefficients)
        drawn = _success(record, {name: record.draws[:, [at]] for at, name in enumerate(names)}, begin, size, x)
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    none = np.empty(0)
    limit = _limit(record)
    curve = SuccessCurve(record.id, x, said, low, high, measured, none, none, none, none, np.empty(0, dtype=bool), limit)
    assumed = "" if "start" in record.values else " assumed" if "success" not in record.box else " (middle of its box)"
    notes = [
        f"success before RL {100 * begin:.3g} %{assumed}",
        f"{format_quantity(size, 'params', 2)} params" if record.form == "error-power" and record.values["N_0"] > 1.0 else "",
        "band: 90 % of draws" if record.draws is not None else "",
        "bar at the right: interval of a ceiling that was not seen" if limit else "",
    ]
    end = 100 * float(said[np.searchsorted(x, measured[1])])
    headline = f"{record.id}: RL lifts success from {100 * begin:.2g} to {end:.2g} % where it was measured"
    return SuccessChart((curve,), "rl_tokens", AXES["rl_tokens"], SUCCESS, headline, law_caption(law, *notes))


def _start(record: Record) -> float:
    """Success before RL: the law's own, the middle of its box, or the assumption."""
    if "start" in record.values:
        return record.values["start"]
    return float(np.mean(record.box["success"])) if "success" in record.box else ASSUMED_START


def _success(record: Record, values: Mapping[str, Array], begin: float, size: float, x: Array) -> Array:
    """Success of shape (draw, point) for coefficients of shape (draw, 1)."""
    link: AbstractRlLink = FORMS[record.form].build(values)  # type: ignore[arg-type]  # coefficients broadcast like numbers
    start = values.get("start", np.array([[begin]]))
    logit, n, r = np.broadcast_arrays(np.log(start) - np.log1p(-start), np.log(size), np.log(x)[None, :])
    return sigmoid(link.ability(np.array(logit), np.array(n), np.array(r)))


def _limit(record: Record) -> tuple[float, float] | None:
    """Interval of the ceiling of a sigmoid whose plateau lies beyond its box."""
    if record.form != "success-sigmoid":
        return None
    values, ceiling = record.values, record.coefficients["ceiling"]
    middle = values["midpoint"] * values["tokens_per_gpu_hour"]
    rise = 1.0 / (1.0 + (middle / record.box["rl_tokens"][1]) ** values["steepness"])
    if rise >= PLATEAU_SEEN or ceiling.low is None or ceiling.high is None:
        return None
    return ceiling.low, ceiling.high
