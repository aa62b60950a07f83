"""Draft a JSON Schema per command from collected answers; the drafts are read and corrected by hand before they ship.

python -m scripts.draft_schemas.draft ANSWERS.jsonl OUT_FOLDER [COMMAND ...]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.draft_schemas.corrections import corrected

MAPS = (
    "baselines", "shadow_prices", "links", "intervals", "coefficients", "standard_errors", "change", "values", "overrides",
    "ranges", "box", "unknown", "details", "fixed", "options", "at", "units",
)  # fmt: skip
"""Keys whose value maps names to things of one kind."""
OPEN = ("warnings", "runner_up", "robust")
"""Keys below which an object may carry further keys: numbers behind a sentence, the form of an objective."""
UNKNOWN = ("loss", "success", "task_loss", "pretraining_loss", "usd", "lower_bound", "relative", "price_usd_per_h", "gpu_hours")
"""Numbers that are null where the law or a table does not state them."""
ANY = ("value", "absolute")
"""`value` of an explained field, `absolute` change: null or of any kind."""


def draft(values: Sequence[Any], path: tuple[str, ...] = ()) -> dict[str, Any]:
    """A schema that holds for all values at one place."""
    key = path[-1] if path else ""
    kinds = dict.fromkeys(_kind(value) for value in values)
    if key in UNKNOWN and "number" in kinds:
        kinds["null"] = None
    out: dict[str, Any] = {"type": list(kinds) if len(kinds) > 1 else next(iter(kinds), "null")}
    objects = [value for value in values if isinstance(value, dict)]
    lists = [value for value in values if isinstance(value, list)]
    if key == "schema" and len(set(values)) == 1:
        return {"const": values[0]}
    if objects:
        out |= _object(objects, path, key)
    if lists:
        items = [item for value in lists for item in value]
        out["items"] = draft(items, (*path, key + "[]")) if items else {}
    return out


def _object(objects: list[dict[str, Any]], path: tuple[str, ...], key: str) -> dict[str, Any]:
    if key in MAPS:
        inner = [item for value in objects for item in value.values()]
        return {"additionalProperties": draft(inner, (*path, "*")) if inner else {}}
    names = dict.fromkeys(name for value in objects for name in value)
    rows = any(part in OPEN for part in path) or any(part.removesuffix("[]") in OPEN for part in path)
    return {
        "properties": {name: draft([value[name] for value in objects if name in value], (*path, name)) for name in names},
        "required": [name for name in names if all(name in value for value in objects)],
        "additionalProperties": rows,
    }


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((type(None), "null"), ((int, float), "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):  # type: ignore[arg-type]
            return name
    return "object"


def variants(answers: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Answers by their form: what `schema` says, a list, or a record."""
    found: dict[str, list[Any]] = {}
    for item in answers:
        data = item["data"]
        form = data.get("schema", "record") if isinstance(data, dict) else "list"
        if form == "budgetplan/config/1":
            continue
        found.setdefault(form, []).append(data)
    return found


def main(source: Path, out: Path, wanted: Sequence[str]) -> None:
    """Write one draft per command."""
    answers = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    done = [item for item in answers if item["status"] == 0 and item["data"] is not None and "--get" not in item["words"]]
    for command in dict.fromkeys(item["words"][0] for item in done):
        if wanted and command not in wanted:
            continue
        forms = variants([item for item in done if item["words"][0] == command])
        _write(out, command, [draft(values) for values in forms.values()])


def _write(out: Path, name: str, forms: list[dict[str, Any]]) -> None:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"budgetplan {name}",
        "description": f"What `budgetplan {name} --format json` writes.",
    }
    forms, defs = corrected(forms)
    body = forms[0] if len(forms) == 1 else {"anyOf": forms}
    body |= {"$defs": defs} if defs else {}
    (out / f"{name}.json").write_text(json.dumps(head | body, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
