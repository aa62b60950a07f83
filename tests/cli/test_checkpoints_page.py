"""The table of checkpoints as a person reads it on a narrow terminal."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("budget", ["1e21", "1e24", "1e27"])
def test_it_fits_eighty_columns_with_numbers_beside_their_units(call, monkeypatch, budget: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = call(f"budgetplan checkpoints --budget {budget} --model qwen2.5-72b --model llama-3.1-405b --model olmo-2-32b").out
    assert max(map(len, out.splitlines())) <= 80
    assert "72.7 B" in out
    assert "15.6 T" in out
