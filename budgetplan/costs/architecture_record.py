"""One architecture as a plain dictionary, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from budgetplan.costs.architecture_flop import FlopPerToken, context_of_excess, flop_per_token, ratio_to_rule
from budgetplan.costs.architecture_params import CONVENTIONS, SCOPES, count_params, head_params
from budgetplan.costs.architecture_table import find_architecture


def architecture_record(name: str, context: float, count: str = "causal") -> dict[str, Any]:
    """Return what follows from the shape of one transformer.

    Parameters
    ----------
    name : str
        Id or alias.
    context : float
        Length of a sequence. [token]
    count : {"causal", "full", "none"}
        Which pairs of tokens attention counts.

    Returns
    -------
    dict
        `params` by scope and convention, `forward` and `training` FLOP per token by part, `attention_share`, `ratio_to_6n` by
        convention, `attention_adds` (context at which it adds 10 % and 100 %), `published`, `sources`, `notes`.

    Raises
    ------
    UnitError
        Where `context` is below 1.
    UnknownNameError
        Where there is no such architecture or count.
    """
    item = find_architecture(name)
    training = flop_per_token(item, context, count=count)
    counts = {scope: {key: count_params(item, key, scope) for key in CONVENTIONS} for scope in SCOPES}
    return {
        "id": item.id,
        "title": item.title,
        "context": context,
        "count": count,
        "conventions": dict(CONVENTIONS),
        "params": {**counts, "embedding": head_params(item)},
        "forward": _parts(flop_per_token(item, context, training=False, count=count)),
        "training": _parts(training),
        "attention_share": training.attention_share,
        "ratio_to_6n": {key: ratio_to_rule(item, context, key, count) for key in CONVENTIONS},
        "attention_adds": {f"{share:.0%}": context_of_excess(item, share, count) for share in (0.1, 1.0)},
        "published": [vars(stated) for stated in item.published_flop],
        "sources": list(item.sources),
        "status": item.status,
        "notes": list(item.notes),
    }


def architecture_row(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as one flat row.

    Parameters
    ----------
    record : mapping
        From `architecture_record`.

    Returns
    -------
    dict
        Params [param], FLOP per token [FLOP/token], and the ratios [1]; all params are counted.
    """
    return {
        "id": record["id"],
        "active_params": record["params"]["active"]["all"],
        "total_params": record["params"]["total"]["all"],
        "training_flop": record["training"]["total"],
        "forward_flop": record["forward"]["total"],
        "attention_share": record["attention_share"],
        "ratio_to_6n": record["ratio_to_6n"]["all"],
    }


def _parts(flop: FlopPerToken) -> dict[str, float]:
    return {"blocks": flop.blocks, "attention": flop.attention, "head": flop.head, "total": flop.total}
