"""Whatever a reader is given, it answers or refuses in words; and what it printed or wrote it reads again as the same."""

from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgetplan.fitting.runs.read_runs import read_runs
from budgetplan.laws.catalogue import load_law
from budgetplan.scenario import load_scenario, scenario_from_fields, to_yaml
from budgetplan.units import DIMENSIONS, format_quantity, parse_quantity
from tests.fuzz.mutated import law_texts, near, run_tables, scenario_texts
from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS, refused, written

SLOW = ("scenario", "law", "runs")
"""Targets that read files: tens of milliseconds each."""


def examples(name: str) -> int:
    return 30 if name in SLOW else 80


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed(name: str) -> None:
    found = seeds(name)
    assert found
    told = [refused(TARGETS[name], data) for data in found]
    assert any(message is None for message in told), "a seed that is accepted shows that the target reads at all"


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes(name: str) -> None:
    @settings(max_examples=examples(name))
    @given(st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
    def check(data: bytes) -> None:
        refused(TARGETS[name], data)

    check()


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_nearly_right(name: str) -> None:
    @settings(max_examples=3 * examples(name))
    @given(near(name))
    def check(data: bytes) -> None:
        refused(TARGETS[name], data)

    check()


@settings(max_examples=150)
@given(scenario_texts())
def test_scenarios_of_any_values(data: bytes) -> None:
    refused(TARGETS["scenario"], data)


@settings(max_examples=120)
@given(law_texts())
def test_laws_of_any_values(data: bytes) -> None:
    refused(TARGETS["law"], data)


@settings(max_examples=200)
@given(run_tables())
def test_tables_of_any_cells(data: bytes) -> None:
    refused(TARGETS["runs"], data)


@settings(max_examples=400)
@given(st.sampled_from(sorted(DIMENSIONS)), st.floats(1e-30, 1e30), st.integers(2, 17))
def test_a_quantity_is_read_as_printed(name: str, number: float, digits: int) -> None:
    largest = DIMENSIONS[name].maximum
    number = number if largest is None else number % largest or largest
    printed = format_quantity(number, name, digits)
    again = parse_quantity(printed, name, maximum=math.inf)  # 0.9999 in two digits is 1
    assert math.isclose(again, number, rel_tol=0.51 * 10.0 ** (1 - digits) + 1e-15), printed


AMOUNTS = st.floats(1e-3, 1e30)
SHARES = st.floats(1e-6, 1.0)
FIELDS = st.fixed_dictionaries(
    {"budget": AMOUNTS},
    optional={
        "mfu": SHARES,
        "gpu": st.sampled_from(["H100", "no", "1e5", "RTX 4090", "null", "a: b", "#", "{x}", "\u00e9", "- a", "'", '"']),
        "law": st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12),
        "deadline": st.floats(1e-3, 1e12),
        "min": st.dictionaries(st.sampled_from(["pretraining_tokens", "rl_tokens"]), AMOUNTS, max_size=2),
        "max": st.dictionaries(st.sampled_from(["inference_tokens", "rl_share", "pretraining_share"]), SHARES, max_size=2),
        "checkpoint": st.tuples(AMOUNTS, AMOUNTS) | st.sampled_from(["llama-3.1-8b", "true", "5"]),
        "verifier": st.sampled_from(["none", "oracle"]) | SHARES,
        "queries": AMOUNTS,
        "draws": st.integers(0, 10**18),
        "certify": st.booleans(),
        "target_loss": st.none(),
    },
)


@settings(max_examples=150)
@given(FIELDS)
def test_a_scenario_is_read_as_written(fields: dict[str, object]) -> None:
    asked = scenario_from_fields(fields)
    assert load_scenario(written("again.yaml", to_yaml(asked).encode("utf-8"))) == asked


@settings(max_examples=40)
@given(st.lists(st.floats(1e-12, 1e12), min_size=5, max_size=5))
def test_the_coefficients_of_a_law_are_those_of_its_file(values: list[float]) -> None:
    names = ("E", "A", "B", "alpha", "beta")
    lines = "".join(f"  {name}: {value!r}\n" for name, value in zip(names, values, strict=True))
    place = written("law.yaml", f"id: x\nlink: pretraining\nform: chinchilla\ncoefficients:\n{lines}".encode())
    assert load_law(str(place)).record.values == dict(zip(names, values, strict=True))


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.floats(1e-6, 1e30)] * 3), min_size=1, max_size=5))
def test_runs_are_those_of_the_table(rows: list[tuple[float, float, float]]) -> None:
    table = pd.DataFrame(rows, columns=["params", "tokens", "loss"])
    text = io.StringIO()
    table.to_csv(text, index=False)
    found = read_runs(written("runs.csv", text.getvalue().encode()))
    for name in table:
        np.testing.assert_allclose(found[name], table[name], rtol=1e-15)  # the quick reader of pandas rounds the last digit
