"""What is known of the shapes and no sample shows: written by hand, laid over the drafts."""

from __future__ import annotations

from typing import Any

_NUMBER: dict[str, Any] = {"type": "number"}
_STRING: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["number", "null"]}


def _closed(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _stages(*more: str) -> dict[str, Any]:
    return _closed({name: {"type": "number", "minimum": 0} for name in ("pretraining", "rl", "inference", *more)})


ALLOCATION = _closed(
    {
        "params": {"type": "number", "exclusiveMinimum": 0},
        "tokens": _stages(),
        "flop": _stages("total"),
        "share": _stages(),
        "queries": {"type": "number", "minimum": 0},
        "samples_per_query": _NUMBER,
        "tokens_per_param": _NUMBER,
        "pretraining_loss": _MAYBE,
        "success": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "task_loss": _MAYBE,
        "loss": _MAYBE,
        "regret": _closed({"loss": _MAYBE, "wasted_compute": _NUMBER, "usd": _MAYBE}),
        "note": _STRING,
    },
    ("regret", "note"),
)
"""As in the contract; regret and note where there is something to tell."""
BASELINE: dict[str, Any] = {
    **_closed(
        {
            **ALLOCATION["properties"],
            **dict.fromkeys(("params", "queries", "samples_per_query", "tokens_per_param"), _MAYBE),
            **{
                name: _closed(dict.fromkeys(ALLOCATION["properties"][name]["required"], _MAYBE))
                for name in ("tokens", "flop", "share")
            },
        },
        ("regret", "note"),
    ),
    "description": "As an allocation; null where a rule of thumb has no best model, since its loss is infinite with every one.",
}
CAUTION = {
    "type": "object",
    "properties": {"code": _STRING, "message": _STRING},
    "required": ["code", "message"],
    "description": "Further keys are the numbers behind the sentence.",
}
_QUANTILES = _closed(dict.fromkeys(("q05", "q50", "q95"), _MAYBE))
_REGRET = _closed({"expected": _NUMBER, "worst_tenth": _NUMBER})
STUDY: dict[str, Any] = {
    "certificate": _closed(
        {
            "status": {"const": "optimal"},
            "kkt_residual": _MAYBE,
            "start_spread": _MAYBE,
            "active_limits": {"type": "array", "items": _STRING},
            "shadow_prices": {"type": "object", "additionalProperties": _MAYBE},
            "lower_bound": _MAYBE,
            "unspent_flop": _NUMBER,
            "runner_up": {"type": ["object", "null"], "properties": {"loss": _MAYBE}, "required": ["loss"]},
        }
    ),
    "intervals": {"type": ["object", "null"], "additionalProperties": {"anyOf": [_QUANTILES, _NUMBER]}},
    "regret": {"type": ["object", "null"], "additionalProperties": _REGRET},
    "robust": {
        "type": ["object", "null"],
        "properties": {"objective": _STRING},
        "required": ["objective"],
        "description": "Further keys are the regrets over what the objective looks at.",
    },
    "region": {
        **_closed(
            {
                "tolerance": _NUMBER,
                "loss": _MAYBE,
                "ranges": {"type": "object", "additionalProperties": {"type": "array", "items": _NUMBER}},
                "equal_thirds_inside": {"type": "boolean"},
                "vertices": {"type": "array", "items": {"type": "object", "additionalProperties": _MAYBE}},
            }
        ),
        "type": ["object", "null"],
    },
    "reasons": {"type": "array", "items": _STRING},
    "assumptions": {"type": "array", "items": _STRING},
    "baselines": {"type": "object", "additionalProperties": {"$ref": "#/$defs/baseline"}},
    "provenance": {"type": "object", "additionalProperties": _STRING},
}
"""Keys of a study by their whole range, from `Study.to_dict`."""
BY_KEY: dict[str, dict[str, Any]] = {
    "diagnostics": {"type": "object", "description": "Differs by form."},
    "exact": {"type": ["object", "null"], "additionalProperties": _MAYBE},
    "overrides": {"type": "object"},
    "value": {},
}
"""Keys whose contents no sample exhausts."""
_CELL = {"type": ["number", "string", "boolean", "null"]}
_ALLOCATED = {"params", "tokens", "flop", "share"}
_STUDIED = "budgetplan/study/1"


def corrected(forms: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The drafts with allocations, studies and warnings as they are known to be, and the definitions that they refer to."""
    studies = [form["properties"] for form in forms if form.get("properties", {}).get("schema") == {"const": _STUDIED}]
    defs: dict[str, Any] = {}
    if studies:
        defs["study"] = _walk(_study(studies[0]), defs)
        defs["baseline"] = BASELINE
    out = [{"$ref": "#/$defs/study"} if form.get("properties") in studies else _walk(form, defs) for form in forms]
    return out, defs


def _study(properties: dict[str, Any]) -> dict[str, Any]:
    schedule = {**properties["schedule"], "type": ["object", "null"]}
    return _closed({**properties, "schedule": schedule, **STUDY}, ("architecture",))


def _walk(node: Any, defs: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_walk(item, defs) for item in node]
    if not isinstance(node, dict):
        return node
    properties = node.get("properties", {})
    if node.get("type") == "object" and set(properties) >= _ALLOCATED and "queries" in properties:
        defs["allocation"] = ALLOCATION
        return {"$ref": "#/$defs/allocation"}
    if properties.get("schema") == {"const": _STUDIED} and "study" in defs:
        return {"$ref": "#/$defs/study"}
    out = {key: _walk(value, defs) for key, value in node.items()}
    if "#/$defs/allocation" in str(out):
        defs["allocation"] = ALLOCATION
    if any("=" in name for name in properties) or {"status", "equal_thirds_loss"} <= set(properties):
        return _rows_of_a_grid(out)
    for name in set(out.get("properties", {})) & set(BY_KEY):
        if name != "value" or "overrode" in properties:
            out["properties"][name] = BY_KEY[name]
    for name, item in out.get("properties", {}).items():
        if name == "holdout" and item == {"type": "null"}:
            item["type"] = ["object", "null"]
        if name == "warnings" and item.get("type") == "array" and item.get("items") != _STRING:
            item["items"] = CAUTION
        if name == "failed" and item.get("items") == {}:
            item["items"] = _closed({"law": _STRING, "message": _STRING})
    return out


def _rows_of_a_grid(node: dict[str, Any]) -> dict[str, Any]:
    """Rows that carry the keys that the user named beside their own: a cell without an answer has null."""
    kept = {name: item for name, item in node["properties"].items() if name in node["required"]}
    kept = {name: {"type": ["number", "null"]} if item == _NUMBER else item for name, item in kept.items()}
    return {"type": "object", "properties": kept, "required": list(kept), "additionalProperties": _CELL}
