"""From a name to a law: shipped ids, law files, and joint laws with links replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from budgetplan.errors import DataError, ScenarioError
from budgetplan.laws.coverage import AbstractCoverage
from budgetplan.laws.forms import build, kaplan_policy
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law import Law
from budgetplan.laws.law_files import find_record, shipped_record
from budgetplan.laws.model import AbstractPretraining
from budgetplan.laws.policy import PowerPolicy
from budgetplan.laws.record import Record
from budgetplan.laws.rl_gain import AbstractRlLink, NoGain
from budgetplan.laws.selection import Selection
from budgetplan.laws.task_link import AbstractTask

PARTS = ("pretraining", "task", "rl", "inference")
"""Links of a joint law, in the order they act."""
_KINDS: dict[str, tuple[type, ...]] = {
    "pretraining": (AbstractPretraining,),
    "task": (AbstractTask,),
    "rl": (AbstractRlLink,),
    "inference": (AbstractCoverage,),
}


def load_law(name: str = "default", links: Mapping[str, str] | None = None, prose: bool = False) -> Law:
    """A law by id or file.

    Parameters
    ----------
    name : str
        A shipped id (`budgetplan laws` lists them) or the path of a law file.
    links : mapping of str to str, optional
        Laws that replace links of a joint law of four links: `{"rl": "scalerl-8b"}`; `{"rl": "none"}` takes RL out.
    prose : bool
        Whether sources, caveats and examples are wanted too.

    Returns
    -------
    Law

    Raises
    ------
    UnknownNameError, DataError
        If there is no such law, or its file cannot be used.
    ScenarioError
        If a link is replaced by a law of another kind, or the law has no links.

    Examples
    --------
    >>> law = load_law("besiroglu-2024")
    >>> round(float(law.pretraining_loss(70e9, 1.4e12)), 4)
    1.9739
    """
    record = find_record(name, prose)
    if record.form == "four-links":
        return _joint(record, dict(links or {}), prose)
    if links:
        raise ScenarioError(
            f"`{record.id}` is a single law: it has no {', '.join(links)} link to replace.",
            "Links belong to a joint law such as --law default.",
        )
    return assemble(record, {record.link: record})


def assemble(record: Record, parts: Mapping[str, Record]) -> Law:
    """The law of a record and the records of its links.

    Parameters
    ----------
    record : Record
        Its coefficients may be arrays, one value per draw.
    parts : mapping of str to Record
        By link; a single law is its own part.

    Raises
    ------
    DataError, ScenarioError
        If a form lacks a coefficient, or a part cannot be the link it stands for.
    """
    if record.form != "four-links":
        made = build(record)
        if isinstance(made, PowerPolicy):
            return Law(record, None, made, {"policy": record})
        policy = kaplan_policy(record) if record.form == "kaplan" else None
        return Law(record, made, policy, parts, _plateau(record))
    links: dict[str, Any] = {}
    for link, part in parts.items():
        links[link] = build(part)
        if not isinstance(links[link], _KINDS[link]):
            raise ScenarioError(
                f"`{part.id}` is a {part.link} law of form {part.form} and cannot be the {link} link.",
                f"`budgetplan laws` lists the laws that can: those under {link}.",
            )
    plateau = _plateau(parts["inference"])
    function = FourLinks(links["pretraining"], links["task"], links.get("rl", NoGain()), links["inference"], plateau)
    return Law(record, function, None, parts, plateau)


def _joint(record: Record, links: dict[str, str], prose: bool) -> Law:
    unknown = [link for link in links if link not in PARTS]
    if unknown:
        raise ScenarioError(f"There is no link `{unknown[0]}`.", f"Links are {', '.join(PARTS)}.")
    chosen = {**record.links, **links}
    missing = [link for link in PARTS if link not in chosen]
    if missing:
        raise DataError(f"law `{record.id}`: the link {missing[0]} is missing.")
    own = {f"{record.id}:{link}": part for link, part in record.parts.items()}
    parts = {
        link: own[chosen[link]] if chosen[link] in own else find_record(chosen[link], prose)
        for link in PARTS
        if not (link == "rl" and chosen[link] == "none")
    }
    return assemble(record, parts)


def _plateau(record: Record) -> Selection:
    """Selection without a verifier, as the inference link states it, or as the shipped `beta` does."""
    values = record.values if "selection_efficiency" in record.coefficients else shipped_record("beta").values
    return Selection(values["selection_efficiency"], values["selection_samples"])
