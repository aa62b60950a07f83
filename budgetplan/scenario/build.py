"""Raw values to a scenario, with every problem found, not only the first."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from budgetplan.scenario.model import Scenario, keys
from budgetplan.scenario.problems import Problem, problems_of


def build(values: Mapping[str, object]) -> tuple[Scenario | None, list[Problem]]:
    """Return a scenario, or what is wrong with its values.

    Conflicts between fields are looked for only among fields that can be read, and a first bad field would hide them
    all. So the bad fields are left out and the rest is checked once more.

    Parameters
    ----------
    values : mapping
        Field or key to value; None is "not given".

    Returns
    -------
    scenario : Scenario or None
        None where there are problems.
    problems : list of Problem
    """
    given = {key: value for key, value in values.items() if value is not None}
    try:
        return Scenario.model_validate(given), []
    except ValidationError as error:
        problems = problems_of(error, keys())
        unread = {str(item["loc"][0]) for item in error.errors(include_url=False) if item["loc"]}
    if unread:
        rest = {key: value for key, value in given.items() if key not in unread}
        problems += build(rest)[1]
    return None, problems
