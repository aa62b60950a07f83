"""Whether an answer obeys a shipped schema, with what does not in the failure."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from budgetplan.datafiles import data_path


def problems(name: str, data: Any) -> list[str]:
    """The first three places that do not obey."""
    schema = json.loads(data_path("schemas", f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    found = sorted(Draft202012Validator(schema).iter_errors(data), key=lambda error: list(map(str, error.absolute_path)))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in found[:3]]


def obeys(name: str, data: Any) -> bool:
    """True, or a failure that says where not."""
    assert problems(name, data) == []
    return True
