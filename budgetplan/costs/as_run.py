"""A method as it is run: trained on part of its rollouts, or on tasks that it writes itself."""

from __future__ import annotations

from dataclasses import replace

from budgetplan.costs.methods import Method
from budgetplan.costs.stages import FORWARD
from budgetplan.errors import ScenarioError


def as_run(method: Method, trained_share: float = 1.0, writing: float | None = None) -> Method:
    """Return a method with the parts that depend on how it is run.

    Parameters
    ----------
    method : Method
        From `find_method`; its parts hold where every rollout is trained on.
    trained_share : float
        Part of the generated tokens that is trained on, in (0, 1]: passes of training, reference and critic run on these only. [1]
    writing : float, optional
        Tokens that write and check tasks, per rollout token; default: the method's own. [1]

    Returns
    -------
    Method

    Raises
    ------
    ScenarioError
        Where a share is out of range, or the method generates nothing that tasks could be written for.

    Examples
    --------
    >>> from budgetplan.costs.methods import find_method, rl_kappa
    >>> rl_kappa(as_run(find_method("grpo"), 0.5)), rl_kappa(as_run(find_method("grpo"), writing=0.1))
    (11.0, 14.8)
    """
    if not 0 < trained_share <= 1:
        raise ScenarioError(f"`trained_share` is {trained_share:g}, and has to lie above 0 and at most 1.", "Write 60%.")
    parts = {part: size if part in ("generate", "reward_model") else size * trained_share for part, size in method.parts.items()}
    if writing is not None:
        if not writing >= 0 or method.parts["generate"] == 0:
            raise ScenarioError(f"`writing` is {writing:g} for `{method.id}`: at least 0, and a method that generates, are due.")
        parts["generate"] = FORWARD * (1.0 + writing)
    return replace(method, parts=parts)
