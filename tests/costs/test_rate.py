"""The rate of a device: the same money per FLOP as a budget has, the same assumptions, and settings that lie in their ranges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from budgetplan.costs.methods import load_method_table
from budgetplan.costs.money import resolve_budget
from budgetplan.costs.rate import resolve_rate
from budgetplan.costs.serving import load_serving
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, ScenarioError


@pytest.mark.parametrize(
    "fields",
    [{}, {"gpu": "A100", "mfu": "35%"}, {"price": 3.0, "goodput": "80%"}, {"gpu": "H100", "precision": "fp8", "goodput": 0.9}],
)
def test_a_flop_costs_what_it_costs_in_a_budget(fields: dict[str, Any]) -> None:
    rate, budget = resolve_rate(**fields), resolve_budget(budget=1e24, **fields)
    assert budget.usd == pytest.approx(1e24 * (rate.usd_per_flop or 0.0), rel=1e-12)
    assert budget.flop_per_gpu_hour == pytest.approx(rate.flop_per_hour, rel=1e-12)
    assert sorted(rate.assumed) == sorted(budget.assumed)


def test_devices_name_the_accelerator_and_two_names_are_refused() -> None:
    assert resolve_rate(gpus="64xB200").chip.id == "B200"
    assert resolve_rate(gpus="64xB200").usd_per_flop is None
    with pytest.raises(ScenarioError, match="`gpus` are B200, and `gpu` is H100"):
        resolve_rate(gpus="64xB200", gpu="H100")


@pytest.mark.parametrize("table", ["methods.yaml", "serving.yaml"])
def test_a_setting_outside_of_its_range_is_refused(tmp_path: Path, table: str) -> None:
    path, text = tmp_path / table, data_path(table).read_text(encoding="utf-8")
    old, new = ("value: 0.25", "value: 0.5") if table == "methods.yaml" else ("value: 0.7", "value: 0.95")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=r"`high` is 0\.\d 1, and has to be at least 0\.\d"):
        load_method_table(path) if table == "methods.yaml" else load_serving("bandwidth_reached", path)
