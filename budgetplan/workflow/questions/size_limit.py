"""The largest model that a price per million tokens, or a latency per token, allows, and what that limit costs.

    price      usd per token = kappa_inf N p/F                           ->  N = price per token x F/(kappa_inf p)
    latency    seconds per token = N b/(g B e)                           ->  N = latency x g B e/b

with p the rent of an accelerator [usd/h], F its training-equivalent compute [FLOP/h] (`costs.rate`), kappa_inf = 2/u; b bytes per
param, B memory bandwidth [byte/s], g accelerators that share one copy, e the part of the bandwidth that is reached. The price
counts compute only. The latency is a floor: every active param is read once per token; the cache of the context, the network
between accelerators and queueing come on top, so that real models have to be smaller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from budgetplan.costs.rate import device
from budgetplan.costs.serving import load_serving
from budgetplan.errors import ScenarioError
from budgetplan.planning.solver import solve
from budgetplan.scenario import Scenario, override
from budgetplan.units import format_quantity
from budgetplan.workflow.plans.planner import require_feasible
from budgetplan.workflow.plans.provenance import provenance
from budgetplan.workflow.plans.rules import regrets
from budgetplan.workflow.resolve.amount import check_amount, names_amount, rate_of, resolve_amount
from budgetplan.workflow.resolve.question import resolve

SCHEMA = "budgetplan/max-params/1"
"""Form of `SizeLimit.to_dict`."""
SIZES = 40
"""Sizes tried until attention is priced at the one that it leaves: each is three times as near, or nearer."""
BYTES = {"bf16": 2.0, "fp8": 1.0, "int4": 0.5}
"""Bytes per param by precision."""


@dataclass(frozen=True)
class SizeLimit:
    """The largest N that serving allows.

    Attributes
    ----------
    by_price, by_latency : float or None
        N that each limit allows; None where it is not given. [param]
    params : float
        The smaller of them. [param]
    free_params, wasted_compute : float or None
        N of the plan without the limit, and the compute that the limit wastes; None without a budget. [param], [1]
    formulas, assumptions : tuple of str
    provenance : mapping
    """

    by_price: float | None
    by_latency: float | None
    params: float
    free_params: float | None
    wasted_compute: float | None
    formulas: tuple[str, ...]
    assumptions: tuple[str, ...]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """The finding in one sentence."""
        which = "price" if self.params == self.by_price else "latency"
        said = f"At most {format_quantity(self.params, 'params')} params, set by the {which}"
        if self.free_params is None or self.wasted_compute is None:
            return f"{said}."
        if self.free_params <= self.params:
            return f"{said}; the plan has {format_quantity(self.free_params, 'params')} and does not feel it."
        wasted = format_quantity(max(self.wasted_compute, 0.0), "ratio", 2)
        return f"{said}; that wastes {wasted} of the budget, whose plan has {format_quantity(self.free_params, 'params')}."

    def to_dict(self) -> dict[str, Any]:
        """The answer in the JSON shape `budgetplan/max-params/1`."""
        out = {name: value for name, value in vars(self).items() if name not in ("formulas", "assumptions", "provenance")}
        tail = {"formulas": list(self.formulas), "assumptions": list(self.assumptions), "provenance": dict(self.provenance)}
        return {"schema": SCHEMA, "headline": self.headline, **out, **tail}


def size_limit(
    scenario: Scenario,
    usd_per_million: float | None = None,
    latency: float | None = None,
    chips: float = 1.0,
    precision: str = "bf16",
    command: str = "",
) -> SizeLimit:
    """Largest model by price, by latency, or by both.

    Parameters
    ----------
    scenario : Scenario
        Device, price, MFU and decoding; with a budget, what the limit costs is told too.
    usd_per_million : float, optional
        Price per million generated tokens, compute only. [usd]
    latency : float, optional
        Per generated token. [s]
    chips : float
        Accelerators that share one copy of the model. [1]
    precision : {"bf16", "fp8", "int4"}
        Of the weights when served.
    command : str
        What was typed, for the provenance.

    Returns
    -------
    SizeLimit

    Raises
    ------
    ScenarioError
        If neither limit is given, the precision is not known, there is no price of the device, or a limit leaves no size.

    References
    ----------
    .. [1] Erdil, "Inference economics of language models", 2025, arXiv:2506.04645 (decoding waits for memory; latency at best grows
       with the root of N once the network is counted).
    """
    if usd_per_million is None and latency is None:
        raise ScenarioError("There is no limit.", "Give --price-per-million 0.5usd, --latency 0.02s, or both.")
    if precision not in BYTES:
        raise ScenarioError(f"`precision` is `{precision}`, and {', '.join(f'`{name}`' for name in BYTES)} are known.")
    said: list[str] = []
    chip = device(scenario.gpus, scenario.gpu, said)
    question = resolve(scenario)
    formulas, by_price, by_latency = [], None, None
    if usd_per_million is not None:
        rate = rate_of(scenario)
        if rate.rent is None or rate.usd_per_flop is None:
            raise ScenarioError(f"The hardware table has no price of {chip.id}.", "Give --price 2.5usd/h.")
        bought = usd_per_million / 1e6 / rate.usd_per_flop  # FLOP per token
        by_price = bought / float(question.kappa[2])
        for _ in range(SIZES):  # attention is priced at the size that is asked for; without it the first is the answer
            question = question.priced(by_price)
            by_price = bought / float(question.kappa[2])
        formulas.append(
            f"price: usd per token = {float(question.kappa[2]):g} N x {rate.rent.usd_per_h:g} usd/h/({rate.product} FLOP/h)"
        )
        said = [*rate.assumed]
        if scenario.decode_utilisation is None and scenario.count == "training-equivalent":
            said.append(f"decoding at {question.decode_utilisation:.2g} of training utilisation")
        said.append("compute only: no margin, idle time or prefill")
        if question.shape is not None:
            said.append(question.shape.named)
    if latency is not None:
        reached = load_serving("bandwidth_reached")
        speed = chips * chip.bandwidth_bytes_per_s * reached.value
        by_latency = latency * speed / BYTES[precision]
        memory = f"{chips:g} x {chip.bandwidth_bytes_per_s:.3g} byte/s x {reached.value:g}"
        formulas.append(f"latency: s per token = {BYTES[precision]:g} byte x N/({memory})")
        said.append(
            f"every active param is read once per token at {reached.value:g} of the bandwidth ({reached.low:g} to "
            f"{reached.high:g}, {reached.kind}); context, network and queue come on top"
        )
    for name, limit in (("params by price", by_price), ("params by latency", by_latency)):
        check_amount(name, limit, 1.0)
    params = min(value for value in (by_price, by_latency) if value is not None)
    free, wasted = _cost(scenario, params)
    source = provenance(scenario, question.law, command)
    return SizeLimit(by_price, by_latency, params, free, wasted, tuple(formulas), tuple(said), source)


def _cost(scenario: Scenario, params: float) -> tuple[float | None, float | None]:
    """N without the limit, and the compute that the limit wastes; None without a budget."""
    if not names_amount(scenario):
        return None, None
    money = resolve_amount(scenario)
    question = resolve(scenario)
    problem = question.at(np.array([money.flop]))
    require_feasible(problem)
    best = solve(problem)
    free = float(np.exp(best.y[0, 0]))
    if free <= params:
        return free, 0.0
    bounded = resolve(override(scenario, {"max.params": f"{params:.17g}"})).at(np.array([money.flop]))
    require_feasible(bounded)
    return free, regrets(question, problem, best, [float(solve(bounded).loss[0])], None)[0].wasted_compute
