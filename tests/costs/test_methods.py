"""Methods: the factors of the sources, the rule behind them, and what a bad table says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.costs import find_method, load_methods, rl_kappa, stage_kappas
from budgetplan.costs.methods import Method, load_method_table
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, ScenarioError, UnitError, UnknownNameError

UTILISATIONS = st.floats(0.01, 1.0)
METHODS = st.sampled_from(load_methods())


@pytest.mark.parametrize(
    ("name", "decoding", "training"),
    [
        ("grpo", 2, 6),
        ("grpo-reference", 2, 8),
        ("reinforce", 2, 6),
        ("ppo", 2, 18),
        ("sft", 0, 6),
        ("distillation", 2, 6),
        ("self-generated", 2.2, 6),
    ],
)
def test_factors_are_those_of_the_sources(name: str, decoding: float, training: float) -> None:
    for u in (0.1, 0.25, 0.35, 1.0):
        assert rl_kappa(find_method(name), u) == pytest.approx(decoding / u + training, rel=1e-14)
    assert rl_kappa(find_method(name), count="operations") == pytest.approx(decoding + training, rel=1e-14)


def test_stages_of_grpo() -> None:
    assert stage_kappas(find_method("grpo")) == (6.0, 14.0, 8.0)
    assert stage_kappas("grpo", 0.25) == (6.0, 14.0, 8.0)
    assert stage_kappas("grpo", count="operations") == (6.0, 8.0, 2.0)
    assert stage_kappas("grpo", 0.1, count="operations") == (6.0, 8.0, 2.0)


def _pope(train: float) -> Method:
    pope = find_method("pope")
    low, high = pope.ranges["train"]
    assert low <= train <= high
    return replace(pope, parts={**pope.parts, "train": train})


def test_b4_token_ratios_that_pope_names() -> None:
    """Case B4: inference against pre-training (2/6)/0.3; RL against pre-training (2 to 6)/6/0.3."""
    pretraining, _, inference = stage_kappas("pope")
    assert inference / pretraining == pytest.approx(1.11, abs=0.005)
    assert rl_kappa(_pope(0.0)) / pretraining == pytest.approx(1.11, abs=0.005)
    assert rl_kappa(_pope(4.0)) / pretraining == pytest.approx(3.33, abs=0.005)


@pytest.mark.parametrize(
    ("method", "u", "shares"),
    [
        (_pope(0.0), None, (0.31, 0.34, 0.34)),
        (_pope(4.0), None, (0.18, 0.61, 0.20)),
        (find_method("grpo"), 0.3, (0.24, 0.50, 0.26)),
    ],
    ids=["generation only", "all at decode utilisation", "trained at training utilisation"],
)
def test_equal_tokens_are_not_equal_cost(method: Method, u: float | None, shares: tuple[float, ...]) -> None:
    kappas = stage_kappas(method, u)
    assert [kappa / sum(kappas) for kappa in kappas] == pytest.approx(shares, abs=0.0055)


def test_whose_utilisation_counts() -> None:
    assert stage_kappas("pope")[2] == pytest.approx(2 / 0.3)
    assert stage_kappas("pope", 0.5)[2] == 4.0
    assert stage_kappas("grpo")[2] == 2 / load_method_table().decode_utilisation.value


@given(METHODS, UTILISATIONS, UTILISATIONS)
def test_slower_decoding_never_costs_less(method: Method, one: float, other: float) -> None:
    slow, fast = sorted((one, other))
    assert all(a >= b for a, b in zip(stage_kappas(method, slow), stage_kappas(method, fast), strict=True))


@given(METHODS)
def test_full_utilisation_is_the_count_of_operations(method: Method) -> None:
    assert stage_kappas(method, 1.0) == stage_kappas(method, count="operations")


def test_refusals() -> None:
    with pytest.raises(UnknownNameError, match=r"`grppo`.*Did you mean `grpo`"):
        find_method("grppo")
    assert find_method(" GRPO ").id == "grpo"
    for u in (0.0, 1.5, -0.25, float("nan")):
        with pytest.raises(UnitError, match="decode_utilisation"):
            stage_kappas("grpo", u)
    with pytest.raises(ScenarioError, match="`flops`"):
        stage_kappas("grpo", count="flops")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("train: 6.0", "train: -6.0", r"grpo: kappa: `train` is -6 FLOP/param/token"),
        ("      - generate\n", "      - generates\n", r"grpo: each part of `kappa`"),
        ("  - id: reinforce", "  - id: grpo", r"`id` grpo is given twice"),
        ("value: 0.25", "value: 2.5", r"decode_utilisation: `value` is 2.5 1, and has to be above 0 and at most 1"),
        ("title: GRPO without a reference model", "title: 3", r"grpo: `title` is 3, and text is due"),
        ("        low: 0.0\n        high: 50.0", "        low: 60\n        high: 50.0", r"`high` is 50 .* above 60"),
        ("    decode_utilisation: 0.3", "    decode_utilization: 0.3", r"pope: `decode_utilization` is no field of a method"),
        ("unit: FLOP", "unit: [FLOP", r"cannot be read as YAML"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = data_path("methods.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "methods.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_method_table(path)
