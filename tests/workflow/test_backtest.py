"""Backtest: counts recomputed from the file, plans against closed forms, and demand that planning with it reproduces."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy.optimize import brentq, minimize_scalar

import budgetplan as bp
from budgetplan.datafiles import data_path
from budgetplan.errors import BudgetPlanError, ScenarioError, UnknownNameError
from budgetplan.workflow.questions.backtest import backtest

LAW = "besiroglu-2024"
PEAKS = {"A100-40GB": 3.12e14, "A100-80GB": 3.12e14, "H100": 9.894e14, "H800": 9.89e14}
MEASURED = ("loss", "wasted_compute", "optimal_params", "revealed_served_tokens")


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    return {row["model"]: row for row in backtest().rows}


@pytest.fixture(scope="module")
def file() -> dict[str, dict[str, Any]]:
    models = YAML(typ="safe", pure=True).load(data_path("models.yaml").read_text(encoding="utf-8"))["models"]
    return {model["id"]: model for model in models}


@pytest.fixture(scope="module")
def terms() -> dict[str, float]:
    return dict(bp.load_law(LAW).record.values)


def first(model: dict[str, Any], quantity: str) -> float | None:
    return model[quantity][0]["value"] if model.get(quantity) else None


def test_the_answer_is_json_with_rows(rows: dict[str, dict[str, Any]]) -> None:
    answer = json.loads(json.dumps(backtest().to_dict(), allow_nan=False))
    assert answer["schema"] == "budgetplan/backtest/1"
    assert [row["model"] for row in answer["rows"]] == list(rows)
    assert len({tuple(row) for row in rows.values()}) == 1  # every row has the same columns


def test_counts_are_the_files_arithmetic(rows: dict[str, dict[str, Any]], file: dict[str, dict[str, Any]]) -> None:
    counted = 0
    for name, row in rows.items():
        model = {**(file["deepseek-v3"] if file[name].get("base") else {}), **file[name]}
        n, d, hours, mfu = (first(model, key) for key in ("params", "pretraining_tokens", "accelerator_hours", "mfu"))
        peak = first(model, "peak_flop_per_s") or PEAKS.get(model["accelerator"])
        if n and d:
            assert row["operations_flop"] == pytest.approx(6 * n * d, rel=1e-12)
            assert row["tokens_per_param"] == pytest.approx(d / n, rel=1e-12)
        if hours and peak:
            counted += 1
            assert row["peak_flop"] == pytest.approx(hours * 3600 * peak, rel=1e-12), name
            assert (row["implied_mfu"] is None) == (d is None)
            if d:
                assert row["implied_mfu"] == pytest.approx(6 * n * d / (hours * 3600 * peak), rel=1e-12)
                assert 0.1 < row["implied_mfu"] < 0.6, name
            if mfu:
                assert row["hardware_flop"] == pytest.approx(hours * 3600 * peak * mfu, rel=1e-12)
                assert 0.9 < row["hardware_over_operations"] < 1.6, name
    assert counted >= 15


def test_whatever_is_missing_says_why_and_nothing_else_does(rows: dict[str, dict[str, Any]]) -> None:
    may_be_absent = {"base", "accelerator", "total_params", "published_kind"}
    for row in rows.values():
        empty = {name for name, value in row.items() if value is None} - may_be_absent
        assert empty == set(row["unknown"]), row["model"]
        assert all(row["unknown"].values())
    assert "pre-training tokens" in rows["mistral-7b"]["unknown"]["optimal_params"]
    assert "no demand makes optimal" in rows["gpt-3-175b"]["unknown"]["revealed_served_tokens"]


@pytest.mark.parametrize(
    ("name", "flop", "mfu"),
    [
        ("chinchilla-70b", 5.88e23, None),
        ("llama-3-8b", 7.2e23, 0.16),
        ("llama-3-70b", 6.3e24, 0.28),
        ("llama-3.1-405b", 3.79e25, 0.35),
        ("deepseek-v3", 3.29e24, 0.35),  # of the 2.664M hours of pre-training; 33 % of all 2.788M
    ],
)
def test_known_rows(name: str, flop: float, mfu: float | None, rows: dict[str, dict[str, Any]]) -> None:
    assert rows[name]["operations_flop"] == pytest.approx(flop, rel=2e-3)
    assert rows[name]["implied_mfu"] == (mfu if mfu is None else pytest.approx(mfu, abs=6e-3))


def test_llama_405b_hardware(rows: dict[str, dict[str, Any]], file: dict[str, dict[str, Any]]) -> None:
    """Worked case A16: 400 TFLOP/s are 41 % as printed, and 3.8e25 FLOP take 16,384 of them 67.1 days."""
    row = rows["llama-3.1-405b"]
    assert row["stated_mfu"] == pytest.approx(400e12 / PEAKS["H100"], abs=0.01)
    count = first(file["llama-3.1-405b"], "accelerators")
    assert row["published_flop"] / (count * 400e12) / 86400 == pytest.approx(67.1, abs=0.05)
    assert row["published_over_operations"] == pytest.approx(1.0, abs=5e-3)


def test_r1_rl(rows: dict[str, dict[str, Any]], file: dict[str, dict[str, Any]]) -> None:
    """Worked case B16: 10,400 x 512 responses; 147k of 2,788k hours are 5.3 %."""
    row = rows["deepseek-r1"]
    assert first(file["deepseek-r1"], "rl_responses") == pytest.approx(10_400 * 512, rel=1e-12)
    assert first(file["deepseek-r1"], "rl_accelerator_hours") == pytest.approx(512 * (198 + 80) + 5_000, rel=3e-3)
    assert row["rl_hours_over_training"] == pytest.approx(0.053, abs=5e-4)
    assert row["rl_peak_flop"] == pytest.approx(147e3 * 3600 * 9.89e14, rel=1e-12)
    assert any("6.1e+23 FLOP" in remark and "more than the stated hours" in remark for remark in row["remarks"])
    assert row["rl_flop"] < row["rl_peak_flop"]


def test_printed_hoffmann_losses() -> None:
    """Worked case A14: L(70B, 1.4T) = 1.937 and L(280B, 300B) = 1.993."""
    rows = backtest("hoffmann-2022-printed", ["chinchilla", "gopher"]).rows
    assert [row["loss"] for row in rows] == pytest.approx([1.93665, 1.99326], abs=1e-5)


def test_plans_are_the_closed_form(rows: dict[str, dict[str, Any]], terms: dict[str, float]) -> None:
    """Hoffmann et al., Eq. 4; worked case A4 at Gopher's compute lies beside the Chinchilla row."""
    A, B, alpha, beta = (terms[name] for name in ("A", "B", "alpha", "beta"))
    G = (alpha * A / (beta * B)) ** (1 / (alpha + beta))
    for row in rows.values():
        if row["optimal_params"] is None:
            continue
        best = G * (row["operations_flop"] / 6) ** (beta / (alpha + beta))
        assert row["optimal_params"] == pytest.approx(best, rel=1e-6)
        assert row["optimal_tokens"] == pytest.approx(row["operations_flop"] / 6 / best, rel=1e-6)
        assert row["params_over_optimal"] == pytest.approx(row["params"] / best, rel=1e-6)
    assert rows["chinchilla-70b"]["params_over_optimal"] == pytest.approx(1.0, abs=0.05)


def test_waste_is_the_compute_that_the_optimum_does_without(rows: dict[str, dict[str, Any]], terms: dict[str, float]) -> None:
    E, A, B, alpha, beta = (terms[name] for name in ("E", "A", "B", "alpha", "beta"))

    def best_loss(log_compute: float) -> float:
        def loss(n: float) -> float:
            return E + A * math.exp(-alpha * n) + B * math.exp(-beta * (log_compute - math.log(6) - n))

        return float(minimize_scalar(loss, bounds=(10, 40), method="bounded", options={"xatol": 1e-10}).fun)

    for row in rows.values():
        if row["loss"] is None:
            continue
        own = E + A / row["params"] ** alpha + B / row["pretraining_tokens"] ** beta
        assert row["loss"] == pytest.approx(own, rel=1e-12)
        log_c = math.log(row["operations_flop"])
        assert row["optimal_loss"] == pytest.approx(best_loss(log_c), rel=1e-9)
        least = brentq(lambda x, own=own: best_loss(x) - own, log_c - 12, log_c + 1e-3)
        assert row["wasted_compute"] == pytest.approx(1 - math.exp(least - log_c), abs=2e-5), row["model"]


def test_demand_is_sardanas_condition(rows: dict[str, dict[str, Any]], terms: dict[str, float]) -> None:
    """The printed first-order condition in D, solved for the effective served tokens of a decoding price of 8/2."""
    E, B, alpha, beta = (terms[name] for name in ("E", "B", "alpha", "beta"))
    for row in rows.values():
        served, d = row["revealed_served_tokens"], row["pretraining_tokens"]
        if served is None:
            continue
        effective = served * 8 / 2
        value = (beta * B / alpha + B) * d**-beta + beta * B / (3 * alpha) * effective * d ** (-beta - 1) + E - row["loss"]
        assert abs(value) < 1e-12
        assert row["revealed_over_pretraining"] == pytest.approx(served / d, rel=1e-12)


@pytest.mark.parametrize("law", [LAW, "hoffmann-2022", "muennighoff-2023"])
@pytest.mark.parametrize("count", ["training-equivalent", "operations"])
def test_planning_with_the_demand_gives_the_model_back(law: str, count: Any) -> None:
    names = ["llama-2-7b", "llama-3.1-8b", "llama-3.1-405b", "deepseek-v3", "qwen3-0.6b"]
    price = {"training-equivalent": 8.0, "operations": 2.0}[count]
    asked = 0
    for row in backtest(law, names, count=count).rows:
        n, d, served = row["params"], row["pretraining_tokens"], row["revealed_served_tokens"]
        if served is None:
            continue
        asked += 1
        plan = bp.plan(law=law, budget=n * (6 * d + price * served), serve=served, count=count).plan
        assert plan.params == pytest.approx(n, rel=1e-4), row["model"]
        assert plan.tokens["pretraining"] == pytest.approx(d, rel=1e-4)
        assert row["revealed_replanned_params"] == pytest.approx(n, rel=1e-4)
    assert asked >= 4


def test_no_other_size_reaches_the_loss_for_less(rows: dict[str, dict[str, Any]], terms: dict[str, float]) -> None:
    """Along the iso-loss line, the lifetime cost 6ND + 8NS is least at the model's own N."""
    E, A, B, alpha, beta = (terms[name] for name in ("E", "A", "B", "alpha", "beta"))
    for row in rows.values():
        if row["revealed_served_tokens"] is None:
            continue
        sizes = row["params"] * np.geomspace(0.7, 1.5, 801)
        left = row["loss"] - E - A / sizes**alpha
        sizes, left = sizes[left > 0], left[left > 0]
        cost = sizes * (6 * (B / left) ** (1 / beta) + 8 * row["revealed_served_tokens"])
        assert sizes[np.argmin(cost)] == pytest.approx(row["params"], rel=2e-3), row["model"]


def test_most_models_reveal_a_demand(rows: dict[str, dict[str, Any]]) -> None:
    shown = [row for row in rows.values() if row["revealed_served_tokens"] is not None]
    smaller = [row for row in rows.values() if row["optimal_params"] and row["params"] < row["optimal_params"]]
    assert len(shown) == len(smaller) >= 30


def test_cheaper_decoding_needs_more_demand() -> None:
    dear, cheap = (backtest(models=["llama-3.1-8b"], decode_utilisation=u).rows[0]["revealed_served_tokens"] for u in (0.25, 0.5))
    assert cheap == pytest.approx(2 * dear, rel=1e-12)


def test_a_policy_says_a_size_and_no_loss() -> None:
    row = backtest("kaplan-2020", ["gpt-3"]).rows[0]
    assert row["optimal_params"] == pytest.approx(1.3e9 * (row["operations_flop"] / 8.64e19) ** 0.73, rel=1e-12)
    assert all(row[name] is None for name in MEASURED if name != "optimal_params")
    assert "has no loss" in row["unknown"]["wasted_compute"]


def test_the_default_law() -> None:
    found, law = backtest("default", ["llama-3.1-8b", "gopher"]), bp.load_law("default")
    for row in found.rows:
        own = law.loss(params=row["params"], pretraining_tokens=row["pretraining_tokens"], rl_tokens=0.0, samples_per_query=1.0)
        assert row["loss"] == pytest.approx(float(own), rel=1e-9)
        assert row["optimal_loss"] < row["loss"]
        assert row["optimal_rl_tokens"] > 0
        assert 0 < row["wasted_compute"] < 1
    alone = backtest(LAW, ["llama-3.1-8b"]).rows[0]
    assert found.rows[0]["revealed_served_tokens"] == pytest.approx(alone["revealed_served_tokens"], rel=1e-12)
    assert any("stopping after pre-training" in caution.message for caution in found.warnings)


def test_the_default_laws_plan_is_the_planners() -> None:
    row = backtest("default", ["llama-3.1-70b"]).rows[0]
    training = row["operations_flop"]
    pretraining = bp.plan(law=LAW, budget=training).plan
    first_sample = 0.1 * pretraining.tokens["pretraining"]
    budget = training + 8 * row["params"] * first_sample
    plan = bp.plan(law="default", budget=budget, queries=first_sample / 2000, tokens_per_sample=2000).plan
    assert plan.loss == pytest.approx(row["optimal_loss"], rel=1e-6)
    assert plan.params == pytest.approx(row["optimal_params"], rel=1e-3)
    assert plan.tokens["rl"] == pytest.approx(row["optimal_rl_tokens"], rel=1e-3)


def test_the_finding_counts_each_training_once(rows: dict[str, dict[str, Any]]) -> None:
    known = [row for row in rows.values() if row["optimal_params"] and row["base"] is None]
    smaller = [row for row in known if row["params"] < row["optimal_params"]]
    assert backtest().finding.startswith(f"{len(smaller)} of {len(known)} public models are smaller")
    times = rows["gopher-280b"]["params"] / rows["gopher-280b"]["optimal_params"]
    one = backtest(models=["gopher"])
    assert one.finding == f"Gopher 280B is {times:.2g} times larger than `besiroglu-2024` finds optimal for its compute."


def test_a_model_named_twice_is_one_row() -> None:
    assert [row["model"] for row in backtest(models=["deepseek-ai/DeepSeek-R1", "deepseek-r1"]).rows] == ["deepseek-r1"]


def test_models_without_tokens_alone() -> None:
    found = backtest(models=["mixtral", "mistral"])
    assert found.finding == "No source states both the params and the pre-training tokens of these models."
    assert all(row["optimal_params"] is None for row in found.rows)


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"models": ["gpt5"]}, UnknownNameError, "There is no model `gpt5`"),
        ({"law": "besirogul-2024"}, UnknownNameError, "besiroglu-2024"),
        ({"law": "beta"}, BudgetPlanError, "only the inference link"),
        ({"law": "additive"}, ScenarioError, "no pre-training link"),
        ({"law": "additive", "models": ["mistral"]}, ScenarioError, "no pre-training link"),
        ({"count": "flops"}, ScenarioError, "training-equivalent"),
        ({"decode_utilisation": 2.0}, BudgetPlanError, "decode_utilisation"),
    ],
)
def test_what_cannot_be_answered(fields: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        backtest(**fields)
