"""The command in a study's provenance asks the question that was asked, to the digit."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

import budgetplan as bp
from budgetplan.cli import main


@pytest.mark.parametrize(
    "fields",
    [
        {"budget": 1.23456789e24, "law": "additive"},
        {"budget": 1e24, "gpus": "4096xH100", "deadline": "300d", "mfu": "38.76543%", "law": "additive"},
        {"gpus": "256xH100", "duration": "21d 7h", "law": "besiroglu-2024", "unique_tokens": 1.23456789e13},
        {"usd": 1.23456789e6, "gpu": "a100 80gb", "price": 1.2345678, "law": "besiroglu-2024", "certify": True},
        {"budget": 1e23, "checkpoint": (8.123456789e9, 1.5e13), "min": {"rl_share": 0.123456789}, "link": {"rl": "scalerl-8b"}},
        {"target_success": 0.912345678, "queries": 123456789, "verifier": 0.0123456789, "draws": 0, "seed": 3},
    ],
)
def test_the_command_asks_the_same_question(fields: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    study = bp.plan(**fields)
    command = str(study.provenance["command"])
    assert main([*shlex.split(command)[1:], "--format", "json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["provenance"]["scenario_hash"] == study.provenance["scenario_hash"], command
    assert again["plan"] == json.loads(json.dumps(study.plan.to_dict()))
