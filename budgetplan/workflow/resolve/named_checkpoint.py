"""A public model by its name as the checkpoint that a plan starts from."""

from __future__ import annotations

from budgetplan.costs.architecture_family import family_params
from budgetplan.scenario import Scenario
from budgetplan.workflow.resolve.shape import Shape


def with_named_checkpoint(scenario: Scenario, shape: Shape | None = None) -> Scenario:
    """The scenario with a public model's name replaced by its params and tokens.

    Parameters
    ----------
    scenario : Scenario
    shape : Shape, optional
        Says what params count where that is not everything: a model's name says all of its active ones.

    Raises
    ------
    UnknownNameError, DataError
        If there is no such model, or its tokens are not known.
    """
    if not isinstance(scenario.checkpoint, str):
        return scenario
    from budgetplan.costs.models import find_model

    size, seen = find_model(scenario.checkpoint).checkpoint
    if shape is not None:
        size = family_params(shape.architecture, size, "all", shape.counted)
    return scenario.model_copy(update={"checkpoint": (size, seen)})
