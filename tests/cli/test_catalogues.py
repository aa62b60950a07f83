"""Laws, hardware and methods: the lists are complete, and one entry shows its numbers with their sources."""

from __future__ import annotations

import math

import pytest

from budgetplan.costs import hardware_rows, method_rows
from budgetplan.laws.describe import law_rows

CONTRACT = [
    "hoffmann-2022",
    "hoffmann-2022-printed",
    "besiroglu-2024",
    "sardana-2024",
    "muennighoff-2023",
    "kaplan-2020",
    "gadre-2024-c4",
    "gadre-2024-redpajama",
    "gadre-2024-refinedweb",
    "hoffmann-2022-approach1",
    "deepseek-2024",
    "llama3-2024",
    "porian-2024",
    "scalerl-8b",
    "scalerl-8b-32k",
    "scalerl-scout",
    "tan-2025-qwen-base",
    "tan-2025-qwen-instruct",
    "tan-2025-llama-instruct",
    "monkeys-llama3-8b-math",
    "monkeys-llama3-70b-math",
    "monkeys-llama3-8b-codecontests",
    "monkeys-llama3-70b-codecontests",
    "beta",
    "default",
    "additive",
    "shen-2026-chess",
]


def test_the_promised_laws_are_listed(call) -> None:
    rows = call("budgetplan laws --format json").data
    assert all(set(row) == {"id", "link", "title"} for row in rows)
    assert set(CONTRACT) <= {row["id"] for row in rows}


def test_the_table_of_laws_names_each_link_once(call) -> None:
    lines = [line for line in call("budgetplan laws").out.splitlines()[1:] if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == list(dict.fromkeys(row["link"] for row in law_rows()))


@pytest.mark.parametrize("law", [row["id"] for row in law_rows()])
def test_a_law_shows_its_coefficients_sources_and_example(law: str, call) -> None:
    record = call(f"budgetplan laws {law} --format json").data
    assert {"id", "link", "formula", "coefficients", "box", "caveats", "example"} <= set(record)
    done = call(f"budgetplan laws {law}")
    assert done.status == 0
    text = " ".join(done.out.split())
    assert record["formula"].split()[0] in text
    for name, item in record["coefficients"].items():
        assert {"value", "unit", "kind", "source", "low", "high"} <= set(item)
        assert name.rpartition(".")[2] in text
        assert " ".join(item["source"].split()) in text
    for caveat in record["caveats"]:
        assert " ".join(caveat.split()) in text
    if record["example"] is not None:
        assert "computed now; published: " in text


def test_the_worked_example_is_computed_now(call) -> None:
    example = call("budgetplan laws besiroglu-2024 --format json").data["example"]
    assert math.isclose(example["computed"], 7.225e10, rel_tol=1e-3)  # worked case A4
    assert "params 7.22487e10 computed now; published: about 70B" in call("budgetplan laws besiroglu-2024").out


@pytest.mark.parametrize("row", hardware_rows(), ids=lambda row: row["id"])
def test_an_accelerator_shows_its_sources(row: dict[str, object], call) -> None:
    record = call(f"budgetplan hardware {row['id']} --format json").data
    text = " ".join(call(f"budgetplan hardware {row['id']}").out.split())
    assert record.items() >= row.items()
    assert record["sources"]
    assert all(source in text for source in record["sources"])


def test_an_alias_finds_its_accelerator(call) -> None:
    assert call("budgetplan hardware H100-SXM5 --get id -q").out == "H100\n"


@pytest.mark.parametrize("row", method_rows(), ids=lambda row: row["id"])
def test_a_method_shows_its_parts(row: dict[str, object], call) -> None:
    record = call(f"budgetplan methods {row['id']} --format json").data
    text = " ".join(call(f"budgetplan methods {row['id']}").out.split())
    assert sum(part["flop_per_param_token"] for part in record["parts"]) == pytest.approx(record["operations_flop_per_param_token"])
    assert f"{row['training_equivalent_flop_per_param_token']:.4g} training-equivalent" in text
    assert all(" ".join(source.split()) in text for source in record["sources"])


def test_a_method_follows_the_utilisation_of_decoding(call) -> None:
    path = "training_equivalent_flop_per_param_token"
    assert call(f"budgetplan methods grpo --decode-utilisation 50% --get {path} -q").out == "10.0\n"  # 2/0.5 + 6
    assert call(f"budgetplan methods grpo --get {path} -q").out == "14.0\n"  # 2/0.25 + 6


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("convert 1e25FLOP --to PFLOP-day", "115741 PFLOP-day\n"),
        ("convert 21d --to h", "504 h\n"),
        ("convert 15T --to 'B tokens'", "15000 B tokens\n"),
        ("convert 1e25FLOP --to FLOP", "1e25 FLOP\n"),
    ],
)
def test_a_quantity_is_converted(line: str, shown: str, call) -> None:
    assert call(f"budgetplan {line}").out == shown


def test_a_conversion_keeps_its_digits_in_json(call) -> None:
    done = call("budgetplan convert 1e25FLOP --to PFLOP-day --format json")
    assert done.data == {"value": pytest.approx(1e25 / 8.64e19, rel=1e-14), "unit": "PFLOP-day"}


@pytest.mark.parametrize("command", ["laws", "laws default", "hardware", "methods", "plan --budget 1e25 --law all"])
def test_tables_fit_eighty_columns(command: str, call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = call(f"budgetplan {command}").out.splitlines()
    wide = [line for line in lines if len(line) > 80 and len(line.split()) > 1]  # a single word cannot be wrapped
    assert wide == []
