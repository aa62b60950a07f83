"""`backtest`: the finding first, every format, one model in full, mistakes with a sentence."""

from __future__ import annotations

import csv
import io

import pytest

from budgetplan.cli.commands import backtest
from budgetplan.costs.models import load_models


def test_json_has_a_row_per_model(call) -> None:
    done = call("budgetplan backtest --format json")
    assert done.status == 0
    assert [row["model"] for row in done.data["rows"]] == [model.id for model in load_models()]
    assert done.data["rows"][0]["operations_flop"] == pytest.approx(6 * 1.746e11 * 3e11)


def test_csv_is_flat_and_complete(call) -> None:
    rows = list(csv.DictReader(io.StringIO(call("budgetplan backtest --format csv").out)))
    assert len(rows) == len(load_models())
    row = next(row for row in rows if row["model"] == "llama-3.1-8b")
    assert float(row["params"]) == 8e9
    assert "arXiv" in rows[0]["sources"]
    assert "no source states" in rows[0]["unknown"]


def test_the_table_begins_with_the_finding_and_fits_eighty_columns(call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = call("budgetplan backtest")
    data = call("budgetplan backtest --format json").data
    assert " ".join(done.out.split()).startswith(data["finding"])
    assert [line for line in done.out.splitlines() if len(line) > 80] == []
    assert all(any(line.startswith(model.id) for line in done.out.splitlines()) for model in load_models())
    assert done.out.rstrip().endswith("budgetplan backtest")


def test_one_model_in_full(call) -> None:
    text = " ".join(call("budgetplan backtest --model deepseek-r1").out.split())
    assert "37 B params active of 671 B, 14.8 T tokens, 400 per param" in text
    assert "5.3 % of the hours of all training before it" in text
    assert "is more than the stated hours at bf16 peak" in text
    data = call("budgetplan backtest --model deepseek-r1 --format json").data
    for source in data["rows"][0]["sources"].values():
        assert " ".join(source.split()) in text


def test_one_value(call) -> None:
    assert float(call("budgetplan backtest --model chinchilla --get rows.0.tokens_per_param -q").out) == 20.0


def test_quiet_is_the_finding(call) -> None:
    done = call("budgetplan backtest --model llama-3.1-8b -q")
    assert done.out == call("budgetplan backtest --model llama-3.1-8b --get finding -q").out
    assert done.err == ""


def test_warnings_go_to_stderr_where_the_format_has_no_place(call) -> None:
    done = call("budgetplan backtest --format csv")
    assert "warning: Sparse models count by their active params" in done.err


@pytest.mark.parametrize("line", backtest.EXAMPLES)
def test_examples_run(line: str, call) -> None:
    assert call(line).status == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--model gpt5", "There is no model `gpt5`."),
        ("--law nosuch", "nosuch"),
        ("--law additive", "no pre-training link"),
        ("--count flops", "training-equivalent"),
        ("--decode-utilisation 300%", "decode_utilisation"),
        ("--decode-utilisation 0", "decode_utilisation"),
    ],
)
def test_mistakes(options: str, message: str, call) -> None:
    done = call(f"budgetplan backtest {options} --format json")
    assert done.status == 2
    assert done.out == ""
    assert message in done.error["message"]
