"""Raw values to a scenario, with every problem found, not only the first."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from budgetplan.scenario.model import Scenario, keys
from budgetplan.scenario.problems import Problem, problems_of
from budgetplan.units.numerals import shown


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
    if broken := [key for key, value in given.items() if not _is_text((key, value))]:
        found = [Problem((shown(key).strip("`"),), f"{shown(given[key])} is not whole text. Write it in UTF-8.") for key in broken]
        return None, found + build({key: value for key, value in given.items() if key not in broken})[1]
    try:
        return Scenario.model_validate(given), []
    except ValidationError as error:
        problems = problems_of(error, keys())
        unread = {str(item["loc"][0]) for item in error.errors(include_url=False) if item["loc"]}
    if unread:
        rest = {key: value for key, value in given.items() if key not in unread}
        problems += build(rest)[1]
    return None, problems


def _is_text(value: object) -> bool:
    """Tell whether all text in a value can be written down.

    Bytes of a command line that are not UTF-8, and a YAML escape of half a character, become text that nothing can encode; pydantic
    breaks on quoting it.
    """
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, Mapping):
        return all(map(_is_text, value.items()))
    return not isinstance(value, list | tuple) or all(map(_is_text, value))
