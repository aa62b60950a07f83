"""Records: plain, complete, and free of heavy imports."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from budgetplan.costs import (
    hardware_record,
    hardware_rows,
    load_hardware,
    load_methods,
    method_record,
    method_rows,
)
from budgetplan.errors import UnitError, UnknownNameError


def test_hardware_rows_are_plain_and_complete() -> None:
    rows = hardware_rows()
    assert [row["id"] for row in rows] == [item.id for item in load_hardware()]
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    b200 = next(row for row in rows if row["id"] == "B200")
    assert (b200["bf16_flop_per_s"], b200["price_usd_per_h"], b200["price_date"]) == (2.25e15, None, None)


def test_every_accelerator_has_its_sources() -> None:
    for item in load_hardware():
        record = hardware_record(item.id)
        assert json.loads(json.dumps(record, allow_nan=False)) == record
        assert record["sources"]
        assert record["status"]
        assert record["as_of"]
        assert (record["price_usd_per_h"] is None) == (record["price_source"] is None)


def test_an_accelerator_without_fp8_has_its_integers() -> None:
    record = hardware_record("A100")
    assert (record["fp8_flop_per_s"], record["int8_op_per_s"]) == (None, 6.24e14)


def test_method_rows_follow_the_utilisation() -> None:
    at_half = {row["id"]: row for row in method_rows(0.5)}
    assert list(at_half) == [method.id for method in load_methods()]
    assert at_half["grpo"]["training_equivalent_flop_per_param_token"] == 10.0
    assert at_half["grpo"]["operations_flop_per_param_token"] == 8.0
    own = {row["id"]: row["decode_utilisation"] for row in method_rows()}
    assert (own["pope"], own["grpo"]) == (0.3, 0.25)
    with pytest.raises(UnitError):
        method_rows(2.0)


def test_every_method_has_its_sources() -> None:
    for method in load_methods():
        record = method_record(method.id)
        assert json.loads(json.dumps(record, allow_nan=False)) == record
        assert record["sources"]
        whole = sum(part["flop_per_param_token"] for part in record["parts"])
        assert whole == pytest.approx(record["operations_flop_per_param_token"], rel=1e-14)


def test_a_record_shows_what_is_assumed() -> None:
    parts = {part["part"]: part for part in method_record("pope")["parts"]}
    assert parts["train"] == {
        "part": "train", "flop_per_param_token": 2.0, "runs_at": "decode", "low": 0.0, "high": 4.0,
    }  # fmt: skip
    assert method_record("grpo")["stages_flop_per_param_token"] == {"pretraining": 6.0, "rl": 14.0, "inference": 8.0}


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError):
        hardware_record("abacus")
    with pytest.raises(UnknownNameError):
        method_record("alchemy")


def test_costs_stay_light() -> None:
    """A plan's start-up passes through here."""
    heavy = "{'scipy', 'pandas', 'pydantic', 'matplotlib', 'typer', 'rich', 'ruamel'}"
    code = f"import sys, budgetplan.costs; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
