"""The shape that a scenario gives its model: total params beside active ones, and attention as a factor on every price.

The price of a stage is kappa times 1 + attention/(2 N) (`costs.architecture_family`). Attention per param falls with size, and the
solvers take a price that does not depend on N: it is that of one size, the plan's own (`workflow.resolve.settle`), and params are
told to them by what they cost beside that size (`costs.cost_size`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.costs.architecture import Architecture
from budgetplan.costs.architecture_family import attended_ratio, family_params, growth
from budgetplan.costs.architecture_params import CONVENTIONS, SCOPES, block_params, count_params
from budgetplan.costs.architecture_table import find_architecture
from budgetplan.costs.cost_size import CostSize
from budgetplan.errors import ScenarioError
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.planning.allocation import STAGES
from budgetplan.scenario import Scenario
from budgetplan.units import format_quantity
from budgetplan.workflow.plans.study import Caution
from budgetplan.workflow.resolve.convention import counted_by, other_counts


@dataclass(frozen=True)
class Shape:
    """Proportions of a model of any size.

    Attributes
    ----------
    architecture : Architecture
        Whose proportions they are.
    counted : str
        What params count: `all`, `matmul` or `blocks`, as the law's do.
    context, decode_context : float or None
        Length of a sequence in pre-training, and in RL and serving; None: attention is not counted. [token]
    """

    architecture: Architecture
    counted: str
    context: float | None
    decode_context: float | None

    @property
    def attends(self) -> bool:
        """Whether attention costs anything."""
        return self.context is not None or self.decode_context is not None

    def ratios(self, params: float) -> Array:
        """Price of a token of each stage with attention over that without, at a size, shape (3,). [1]

        Parameters
        ----------
        params : float
            [param]
        """
        lengths = (self.context, self.decode_context, self.decode_context)
        found = [1.0 if each is None else attended_ratio(self.architecture, params, each, self.counted) for each in lengths]
        return np.array(found)

    def sizes(self, params: float, share: Array) -> CostSize:
        """How params and what they cost belong together around a size.

        Parameters
        ----------
        params : float
            At which attention is priced. [param]
        share : ndarray of shape (3,)
            Of compute by stage, which weighs contexts that differ; equal contexts give the same whatever it is. [1]
        """
        item = self.architecture
        blocks = float(block_params(item))
        words = float(count_params(item, self.counted)) - blocks
        part = float((share * (1.0 - 1.0 / self.ratios(params))).sum())
        return CostSize(blocks, words, growth(item, params, self.counted), part)

    def to_dict(self, params: float) -> dict[str, Any]:
        """What the shape says of a planned model, ready for JSON.

        Parameters
        ----------
        params : float
            Of the plan, at which attention is priced. [param]

        Returns
        -------
        dict
            `params` by scope and convention; `attention_share` of the compute of each stage; `growth` of depth and width against
            the named architecture.
        """
        item, ratios = self.architecture, self.ratios(params)
        return {
            "id": item.id,
            "title": item.title,
            "sparse": item.sparse,
            "counted": self.counted,
            "params": {
                scope: {name: family_params(item, params, self.counted, name, scope) for name in CONVENTIONS} for scope in SCOPES
            },
            "growth": growth(item, params, self.counted),
            "context": self.context,
            "decode_context": self.decode_context,
            "attention_share": {stage: float(1.0 - 1.0 / ratio) for stage, ratio in zip(STAGES, ratios, strict=True)},
        }

    @property
    def named(self) -> str:
        """Whose proportions they are, and what of them is counted, in a sentence."""
        counted = "a token looks back over half a context" if self.attends else "attention is not counted without a context"
        return f"proportions of {self.architecture.id}, depth and width growing together; {counted}"

    def assumed(self, params: float) -> str:
        """What is taken for granted, in a sentence.

        Parameters
        ----------
        params : float
            At which attention is priced. [param]
        """
        if not self.attends:
            return self.named
        return f"{self.named}; stages priced at {format_quantity(params, 'params', 3)} params"


def shape_of(scenario: Scenario, law: Law) -> Shape | None:
    """The shape that a scenario names; None where it names none.

    Parameters
    ----------
    scenario : Scenario
    law : Law
        Whose params it has to speak of.

    Raises
    ------
    UnknownNameError
        If there is no such architecture.
    ScenarioError
        If there is a context and no architecture, or the law's params are of no convention that an architecture converts.
    """
    if scenario.architecture is None:
        for name in ("context", "decode_context"):
            if getattr(scenario, name) is not None:
                raise ScenarioError(
                    f"`{name}` counts attention, which follows from the model's shape, and no `architecture` is named.",
                    "Name one, such as --architecture llama-3.1-8b; `budgetplan architecture` lists them.",
                )
        return None
    architecture = find_architecture(scenario.architecture)
    decoding = scenario.context if scenario.decode_context is None else scenario.decode_context
    return Shape(architecture, counted_by(law), scenario.context, decoding)


def shape_cautions(shape: Shape | None, law: Law, params: float) -> tuple[Caution, ...]:
    """What must be known before a plan with a shape is used.

    Parameters
    ----------
    shape : Shape or None
    law : Law
        That answered.
    params : float
        Of the plan. [param]
    """
    if shape is None:
        return ()
    found = []
    name = shape.architecture.id
    if shape.architecture.sparse:
        whose = law.parts.get("pretraining", law.record).id
        message = (
            f"`{whose}` was measured on dense models, as far as it says: that an active param of a sparse one like {name} does "
            "what a dense one does is an assumption. Sparse models usually do better per active param (arXiv:2402.07871)."
        )
        found.append(Caution("sparse", message, {"architecture": name}))
    for other, convention in other_counts(law, shape.counted).items():
        meant = family_params(shape.architecture, params, shape.counted, convention)
        message = (
            f"`{other}` counts params as `{convention}` and the plan as `{shape.counted}`: it is given {params:.3g}, and its own "
            f"count is {meant:.3g}."
        )
        found.append(Caution("convention", message, {"law": other, "params": params, "meant": meant}))
    return tuple(found)
