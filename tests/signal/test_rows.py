"""Rows of the accounting: every number computed again here from its definition, by other means than the package's."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy import stats

from budgetplan.errors import UnitError, UnknownNameError
from budgetplan.signal.question import Question, read_question
from budgetplan.signal.rows import signal_rows
from budgetplan.signal.token_price import PRETRAINING, SIGNALS, TokenPrice

P, G, T, N, LOSS, FLOOR, ENTROPY, KL, SPREAD, TARGET = 0.2, 8, 1500.0, 3e9, 2.1, 1.8, 0.4, 0.15, 2.0, 0.7
TEXT = TokenPrice(PRETRAINING, 0.0, 6.0)
PRICES = {
    "grpo": TokenPrice("grpo", 8.0, 6.0),
    "reinforce": TokenPrice("reinforce", 8.0, 6.0),
    "ppo": TokenPrice("ppo", 8.0, 18.0, 8.0),
    "sft": TokenPrice("sft", 0.0, 6.0),
    "distillation": TokenPrice("distillation", 8.0, 6.0),
}


def asked(**other: Any) -> Question:
    fields = {
        "success": P, "group_size": G, "tokens_per_sample": T, "params": N, "pretraining_loss": LOSS, "irreducible_loss": FLOOR,
        "teacher_entropy": ENTROPY, "teacher_kl": KL, "concentration": SPREAD, "target_success": TARGET,
    }  # fmt: skip
    return read_question(**{**fields, **other})


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    return {row["method"]: row for row in signal_rows(asked(), list(PRICES.values()), TEXT)}


def entropy(*chances: float) -> float:
    return float(stats.entropy(chances, base=2))


def test_order_and_keys(rows: dict[str, dict[str, Any]]) -> None:
    assert list(rows) == [PRETRAINING, *PRICES]
    assert len({tuple(row) for row in rows.values()}) == 1
    assert list(next(iter(rows.values())))[:2] == ["method", "signal"]
    assert {"flop_per_token", "bits_per_sample", "bits_per_flop", "informative_share"} <= set(rows["grpo"])
    for row in rows.values():
        numbers = [value for value in row.values() if isinstance(value, float)]
        assert all(math.isfinite(value) for value in numbers)
        assert all(value is None or isinstance(value, float | str) for value in row.values())


@pytest.mark.parametrize("name", [PRETRAINING, *PRICES])
def test_costs_and_ratios(name: str, rows: dict[str, dict[str, Any]]) -> None:
    row, price = rows[name], PRICES.get(name, TEXT)
    assert row["flop_per_token"] == pytest.approx(N * (price.generate + price.train), rel=1e-14)
    assert row["flop_per_sample"] == pytest.approx(N * T * (price.generate + price.train), rel=1e-14)
    assert row["bits_per_token"] == pytest.approx(row["bits_per_sample"] / T, rel=1e-14)
    assert row["bits_per_flop"] == pytest.approx(row["bits_per_sample"] / row["flop_per_sample"], rel=1e-14)
    text = LOSS / math.log(2)
    assert row["pretraining_tokens_per_token"] == pytest.approx(text * T / row["bits_per_sample"], rel=1e-13)
    per_flop = text / (6 * N)
    assert row["pretraining_flop_per_flop"] == pytest.approx(per_flop / row["bits_per_flop"], rel=1e-13)


def test_text_and_teacher(rows: dict[str, dict[str, Any]]) -> None:
    text, taught = rows[PRETRAINING], rows["distillation"]
    assert text["bits_per_sample"] == pytest.approx(T * LOSS * math.log2(math.e), rel=1e-13)
    assert text["reducible_bits_per_sample"] == pytest.approx(T * (LOSS - FLOOR) * math.log2(math.e), rel=1e-12)
    assert taught["bits_per_sample"] == pytest.approx(T * (ENTROPY + KL) * math.log2(math.e), rel=1e-13)
    assert taught["reducible_bits_per_sample"] == pytest.approx(T * KL * math.log2(math.e), rel=1e-13)
    assert taught["kl_to_target"] == pytest.approx(T * KL, rel=1e-13)
    assert text["kl_to_target"] is text["outcome_bits_per_sample"] is None


def test_label(rows: dict[str, dict[str, Any]]) -> None:
    assert rows["sft"]["bits_per_sample"] == pytest.approx(-math.log2(P), rel=1e-13)
    assert rows["sft"]["kl_to_target"] == pytest.approx(-math.log(P), rel=1e-13)
    assert rows["sft"]["bits_per_group"] is rows["sft"]["reducible_bits_per_sample"] is None


def test_verdicts_of_reinforce_and_ppo(rows: dict[str, dict[str, Any]]) -> None:
    for name in ("reinforce", "ppo"):
        assert rows[name]["bits_per_sample"] == rows[name]["outcome_bits_per_sample"]
        assert rows[name]["bits_per_sample"] == pytest.approx(entropy(P, 1 - P), rel=1e-13)
        assert rows[name]["kl_to_target"] == pytest.approx(stats.entropy([TARGET, 1 - TARGET], [P, 1 - P]), rel=1e-12)
        assert rows[name]["informative_share"] == 1.0
    assert rows["ppo"]["critic_share"] == pytest.approx(8 / 26, rel=1e-14)
    assert rows["reinforce"]["critic_share"] == 0.0
    assert rows["ppo"]["bits_per_flop"] / rows["reinforce"]["bits_per_flop"] == pytest.approx(14 / 26, rel=1e-13)


def test_group(rows: dict[str, dict[str, Any]]) -> None:
    row, count = rows["grpo"], stats.binom(G, P)
    share = float(count.cdf(G - 1) - count.pmf(0))
    assert row["informative_share"] == pytest.approx(share, rel=1e-12)
    outcomes = [P**c * (1 - P) ** (G - c) / share for c in range(1, G) for _ in range(math.comb(G, c))]
    bits = share * entropy(*outcomes)
    assert len(outcomes) == 2**G - 2
    assert row["bits_per_group"] == pytest.approx(bits, rel=1e-12)
    assert row["bits_per_sample"] == pytest.approx(bits / G, rel=1e-12)
    assert row["outcome_bits_per_sample"] == pytest.approx(entropy(P, 1 - P), rel=1e-13)
    assert row["count_bits_per_group"] == pytest.approx(entropy(*count.pmf(range(G + 1))), rel=1e-12)
    size = sum(count.pmf(c) * 2 * math.sqrt(c / G * (1 - c / G)) for c in range(G + 1))
    assert row["expected_abs_advantage"] == pytest.approx(size, rel=1e-12)
    spread = stats.betabinom(G, P * SPREAD, (1 - P) * SPREAD)
    assert row["spread_informative_share"] == pytest.approx(1 - spread.pmf(0) - spread.pmf(G), rel=1e-11)
    assert row["accepted_bits_per_sample"] == pytest.approx(-P * math.log2(P), rel=1e-13)
    best = row["best_accepted_success"]
    assert math.log(best) == pytest.approx(-1 - best * 6 / 8, rel=1e-12)


def test_dynamic_sampling(rows: dict[str, dict[str, Any]]) -> None:
    """Keep 1000 groups: generate 1000/s, train on 1000."""
    row, kept = rows["grpo"], 1000.0
    share, bits = row["informative_share"], row["bits_per_group"]
    spent = N * T * G * (8 * kept / share + 6 * kept)
    assert row["dynamic_groups_per_kept"] == pytest.approx(1 / share, rel=1e-14)
    assert row["dynamic_flop_per_token"] == pytest.approx(spent / (kept * G * T), rel=1e-13)
    assert row["dynamic_bits_per_flop"] == pytest.approx(kept * bits / share / spent, rel=1e-13)
    assert row["bits_per_flop"] < row["dynamic_bits_per_flop"] < row["bits_per_flop"] / share


def test_utilisation_counts_where_tokens_are_generated() -> None:
    slow, fast = (
        signal_rows(asked(), [TokenPrice("grpo", generate, 6.0)], TEXT)[1] for generate in (20.0, 2.0)
    )  # decoding at 0.1 and at 1
    assert slow["bits_per_flop"] / fast["bits_per_flop"] == pytest.approx(8 / 26, rel=1e-13)
    assert slow["bits_per_sample"] == fast["bits_per_sample"]


def test_defaults() -> None:
    question = read_question(pretraining_loss=2.0, irreducible_loss=1.8, teacher_entropy=0.3, teacher_kl=0.1, concentration=1.5)
    assert (question.success, question.group_size, question.tokens_per_sample, question.params) == (0.3, 16, 4000.0, 8e9)
    assert question.target_success == pytest.approx(0.65)
    text = asked(success="20%", group_size="8", tokens_per_sample="1.5k", params="3B", pretraining_loss="2.1 nat")
    assert text == asked()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("success", 0.0, "success: .* at least 1e-12"),
        ("success", 1.0, "leaves nothing to learn"),
        ("success", "40", "Write 40% or 0.4"),
        ("target_success", 0.2, "0.2 is not above the success of 0.2"),
        ("group_size", 1, "group_size: 1 is given, and a whole number from 2"),
        ("group_size", 2.5, "group_size: 2.5 is given"),
        ("group_size", "1M", "to 100,000 is due"),
        ("tokens_per_sample", "8B params", "number of params"),
        ("params", -1, "params: .* negative"),
        ("pretraining_loss", 1.7, "below the irreducible loss of 1.8 nat/token"),
        ("teacher_kl", 0.0, "teacher_kl: .* at least 1e-12"),
        ("teacher_entropy", -0.1, "teacher_entropy: .* negative"),
        ("concentration", 0.0, "concentration: .* zero"),
        ("success", float("nan"), "not a finite number"),
    ],
)
def test_refusals(field: str, value: Any, message: str) -> None:
    with pytest.raises(UnitError, match=message):
        asked(**{field: value})


@pytest.mark.parametrize("other", [{"success": 1e-12}, {"success": 1 - 1e-15}, {"params": 1e18, "tokens_per_sample": 1e12}])
def test_extremes_stay_finite(other: dict[str, float]) -> None:
    other = {**other, "target_success": 1.0}
    for row in signal_rows(asked(**other), [TokenPrice(name, 2e6, 6.0) for name in SIGNALS if name != PRETRAINING], TEXT):
        assert all(math.isfinite(value) and value >= 0 for value in row.values() if isinstance(value, float))


def test_a_method_without_a_known_signal() -> None:
    with pytest.raises(UnknownNameError, match=r"`grop`.*`grpo`"):
        signal_rows(asked(), [TokenPrice("grop", 2.0, 6.0)], TEXT)
