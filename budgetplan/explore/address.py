"""A scenario as the query of an address, and back: the link that restores a page.

The query has the keys and the words of a scenario file, with a dot for a part: `?budget=1e25&max.rl_share=0.05`. So whatever a
file can say, a link can say, to the last digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from budgetplan.scenario import Scenario, scenario_from_fields, to_yaml
from budgetplan.scenario.source import read_yaml

FOREIGN = frozenset(
    {"access_token", "refresh_token", "session_id", "file", "kiosk", "embed", "theme", "vscode"}
    | {"show-chrome", "show-code", "include-code", "view-as", "code", "filename"}
)
"""Keys that marimo reads itself."""


def query_of(scenario: Scenario) -> dict[str, str]:
    """What a link says of a scenario.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict of str to str
        Every field that differs from its default, a part of a field after a dot.

    Examples
    --------
    >>> query_of(scenario_from_fields({"budget": "1e25", "min": {"rl_share": "5%"}}))
    {'budget': '1e25', 'min.rl_share': '0.05'}
    """
    words: dict[str, str] = {}
    for key, value in read_yaml(to_yaml(scenario)).values.items():
        if isinstance(value, Mapping):
            words |= {f"{key}.{part}": str(item) for part, item in value.items()}
        elif key != "schema":
            words[key] = str(value)
    return words


def scenario_of(query: Mapping[str, str | Sequence[str]]) -> Scenario:
    """The scenario that a query describes.

    Parameters
    ----------
    query : mapping of str to str or sequence of str
        Of a key that stands twice, the last value holds. Keys that marimo reads itself are passed over.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every key that does not exist and every value that cannot be read.

    Examples
    --------
    >>> scenario_of({"budget": "1e25", "min.rl_share": "5%"}).min
    {'rl_share': 0.05}
    """
    fields: dict[str, object] = {}
    for path, values in query.items():
        if path in FOREIGN or not values:
            continue
        value = values if isinstance(values, str) else values[-1]
        key, dot, part = path.partition(".")
        held = fields.get(key)
        if dot:
            fields[key] = {**(held if isinstance(held, dict) else {}), part: value}
        else:
            fields[key] = value
    return scenario_from_fields(fields)


def link(scenario: Scenario, page: str = "", token: str = "") -> str:
    """The address of a page that begins with a scenario.

    Parameters
    ----------
    scenario : Scenario
    page : str
        Address of the page; empty for a link from the page to itself.
    token : str
        What lets a browser in.

    Examples
    --------
    >>> link(scenario_from_fields({"budget": "1e25", "law": "my law.yaml"}), "http://127.0.0.1:8642/")
    'http://127.0.0.1:8642/?budget=1e25&law=my+law.yaml'
    """
    return f"{page}?{urlencode({**({'access_token': token} if token else {}), **query_of(scenario)})}"
