"""Prompts: a forward pass at the utilisation of prefill, with a default that has a range and a source."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetplan.costs import prefill_kappa, stage_kappas
from budgetplan.costs.serving import load_serving
from budgetplan.errors import DataError, UnitError


def test_a_prompt_token_costs_a_forward_pass_at_its_own_utilisation() -> None:
    found = load_serving("prefill_utilisation")
    assert prefill_kappa() == pytest.approx(2.0 / found.value)
    assert prefill_kappa(0.8) == pytest.approx(2.5)
    assert prefill_kappa(0.8, "operations") == 2.0
    assert prefill_kappa() < stage_kappas("grpo")[2]  # reading is cheaper than decoding


def test_the_default_is_assumed_within_a_range_with_a_source() -> None:
    found = load_serving("prefill_utilisation")
    assert found.kind == "assumed"
    assert 0 < found.low <= found.value <= found.high <= 1
    assert "scaling book" in found.source


@pytest.mark.parametrize("bad", [0, -0.1, 1.5, "80 FLOP"])
def test_a_utilisation_out_of_range_is_refused(bad: float | str) -> None:
    with pytest.raises(UnitError, match="prefill_utilisation"):
        prefill_kappa(bad)  # type: ignore[arg-type]


def test_a_table_without_a_value_is_told(tmp_path: Path) -> None:
    path = tmp_path / "serving.yaml"
    path.write_text("prefill_utilisation: {low: 0.5, high: 1.0}\n", encoding="utf-8")
    with pytest.raises(DataError, match="`value` is missing"):
        load_serving("prefill_utilisation", path)
