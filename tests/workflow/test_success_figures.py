"""Figures of RL curves and of pass@k draw what the fit, the runs and the law say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import budgetplan as bp
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law
from budgetplan.workflow.charts.fit_figures import figure_of_law, figure_of_runs

Data = Callable[[str], Path]


@pytest.fixture(scope="module")
def curves() -> pd.DataFrame:
    """RL curves of two models: one levels off within its runs, one does not; each has a run without RL."""
    draw = np.random.default_rng(2)
    x = np.concatenate([[0.0], np.geomspace(1e8, 1e10, 14)])
    table = []
    for model, middle in (("small", 5e8), ("large", 8e9)):
        success = 0.2 + 0.5 / (1 + (middle / np.maximum(x, 1e-9)) ** 1.6) + 0.003 * draw.standard_normal(15)
        table.append(pd.DataFrame({"rl_tokens": x, "success": success, "model": model}))
    return pd.concat(table, ignore_index=True)


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    samples = np.where(np.arange(80) < 60, 200, 400)
    return pd.DataFrame({"n_samples": samples, "n_correct": draw.binomial(samples, draw.beta(0.4, 4.0, 80))})


def test_rl_chart_has_runs_laws_and_unseen_ceilings(curves: pd.DataFrame) -> None:
    chart, fit = figure_of_runs("rl-curve", curves, columns={"group": "model"}, bootstrap=60)
    assert [curve.label for curve in chart.curves] == ["small", "large"]
    for curve in chart.curves:
        part = fit.groups[curve.label]
        floor, ceiling, midpoint, steepness = (part.coefficients[n] for n in ("floor", "ceiling", "midpoint", "steepness"))
        assert curve.success == pytest.approx(floor + (ceiling - floor) / (1 + (midpoint / curve.x) ** steepness))
        assert curve.seen_x.tolist() == curves.query(f"model == '{curve.label}'")["rl_tokens"].tolist()
        inside = curve.x <= 1e10
        assert (curve.low <= curve.success + 0.01)[inside].all()
        assert (curve.high >= curve.success - 0.01)[inside].all()
        assert curve.measured == part.box["rl_tokens"]
        assert curve.x[-1] > 1e10
    small, large = chart.curves
    assert small.limit is None
    assert large.limit == fit.groups["large"].intervals["ceiling"]
    assert "1 of 2 curves: large" in chart.headline
    assert chart.axis_label == "RL tokens (token)"


def test_rl_chart_marks_held_out_runs(curves: pd.DataFrame) -> None:
    part = curves.query("model == 'small'")
    chart, fit = figure_of_runs("rl-curve", part, holdout="rl_tokens > 2e9", bootstrap=40)
    (curve,) = chart.curves
    assert curve.seen_x[curve.held].tolist() == [row["rl_tokens"] for row in fit.holdout.rows]
    assert curve.measured[1] <= 2e9 < curve.seen_x[curve.held].min()
    assert np.isfinite(curve.seen_low[curve.held]).all()
    assert curve.x[-1] >= curve.seen_x.max()


def test_rl_power_is_drawn_too(curves: pd.DataFrame) -> None:
    chart, fit = figure_of_runs("rl-curve", curves.query("model == 'large'"), form="rl-power", bootstrap=0)
    (curve,) = chart.curves
    slope, offset = fit.coefficients["slope"], fit.coefficients["offset"]
    assert 1 - curve.success == pytest.approx(10 ** (offset - slope * np.log10(curve.x)))
    assert np.isnan(curve.low).all()


def test_rl_of_a_law_file_is_the_fit_that_wrote_it(curves: pd.DataFrame, tmp_path: Path) -> None:
    fit = bp.fit_law(curves.query("model == 'large'"), form="rl-sigmoid", bootstrap=60)
    chart = figure_of_law("rl-curve", load_law(str(write_law(fit, tmp_path / "mine.yaml"))))
    (curve,) = chart.curves
    floor, ceiling, midpoint, steepness = (fit.coefficients[n] for n in ("floor", "ceiling", "midpoint", "steepness"))
    assert curve.success == pytest.approx(floor + (ceiling - floor) / (1 + (midpoint / curve.x) ** steepness), rel=1e-6)
    assert curve.limit == pytest.approx(fit.intervals["ceiling"])
    assert (curve.low <= curve.high).all()
    assert np.ptp(curve.high[-5:] - curve.low[-5:]) < 1.0
    assert float((curve.high - curve.low)[-1]) > float((curve.high - curve.low)[len(curve.x) // 2])


@pytest.mark.parametrize("name", ["scalerl-8b", "tan-2025-qwen-base", "qwen3-gsm8k-log", "qwen3-gsm8k-saturating", "default"])
def test_rl_of_published_laws_is_what_they_give(name: str) -> None:
    law = load_law(name)
    (curve,) = figure_of_law("rl-curve", law).curves
    assert (np.diff(curve.success) > 0).all()
    assert curve.measured == law.parts.get("rl", law.record).box["rl_tokens"]
    if name == "scalerl-8b":
        assert curve.success == pytest.approx(law.success(rl_tokens=curve.x, success=0.3))
        assert curve.limit is None  # its box reaches 97 % of the rise
    if name == "tan-2025-qwen-base":
        size = float(np.sqrt(np.prod(law.record.box["params"])))
        assert curve.success == pytest.approx(law.success(rl_tokens=curve.x, success=0.5, params=size))


def test_pass_chart_is_unbiased_with_the_fitted_beta(counts: pd.DataFrame) -> None:
    chart, fit = figure_of_runs("pass-at-k", counts)
    (curve,) = chart.curves
    n, c = counts["n_samples"].to_numpy(float), counts["n_correct"].to_numpy(float)
    assert curve.seen_x.tolist() == [1, 2, 4, 8, 16, 32, 64, 128, 200]
    two = 1 - (n - c) * (n - c - 1) / (n * (n - 1))  # Chen et al. 2021, k = 2
    assert curve.seen[:2] == pytest.approx([(c / n).mean(), two.mean()])
    assert ((curve.seen_low < curve.seen) & (curve.seen < curve.seen_high)).all()
    spread = (c / n).std(ddof=1) / np.sqrt(80)
    assert curve.seen_high[0] - curve.seen_low[0] == pytest.approx(2 * 1.645 * spread, rel=0.25)
    assert curve.success[0] == pytest.approx(fit.coefficients["mean"])
    assert curve.measured == (1.0, 200.0)
    again, _ = figure_of_runs("pass-at-k", counts)
    assert again.curves[0].seen_low.tolist() == curve.seen_low.tolist()


def test_pass_chart_of_a_curve_takes_the_power_law() -> None:
    k = np.array([1.0, 3.0, 10.0, 30.0, 100.0])
    chart, fit = figure_of_runs("pass-at-k", pd.DataFrame({"k": k, "success": np.exp(-1.33 * k**-0.43)}), holdout="k > 50")
    (curve,) = chart.curves
    assert fit.form == "passk-power"
    assert curve.success == pytest.approx(np.exp(-1.33 * curve.x**-0.43))
    assert curve.seen_x[curve.held] == pytest.approx([100.0])
    assert curve.measured == (1.0, 30.0)


def test_pass_of_a_law_is_what_it_gives(counts: pd.DataFrame, tmp_path: Path) -> None:
    law = load_law("monkeys-llama3-8b-math")
    (curve,) = figure_of_law("pass-at-k", law).curves
    assert curve.success == pytest.approx(np.exp(-1.33 * curve.x**-0.43))
    for form in ("passk-beta", "passk-power"):
        fit = bp.fit_law(counts, form=form, bootstrap=40)
        law = load_law(str(write_law(fit, tmp_path / f"{form}.yaml")))
        (curve,) = figure_of_law("pass-at-k", law).curves
        drawn, _ = figure_of_runs("pass-at-k", counts, form=form, bootstrap=0)
        assert curve.success == pytest.approx(np.interp(curve.x, drawn.curves[0].x, drawn.curves[0].success), rel=0.01)
        assert (curve.low < curve.success).all()
        assert (curve.success < curve.high).all()


def test_every_chart_of_success_is_a_table_with_the_same_columns_in_each_row(curves: pd.DataFrame, counts: pd.DataFrame) -> None:
    for kind, table in (("rl-curve", curves.query("model == 'small'")), ("pass-at-k", counts)):
        chart, _ = figure_of_runs(kind, table, bootstrap=20)
        rows = chart.rows()
        assert {tuple(row) for row in rows} == {tuple(rows[0])}
        assert list(chart.to_frame().columns) == list(rows[0])


def test_public_curves_make_every_figure(shared_data: Data) -> None:
    runs = pd.read_csv(shared_data("rl-qwen3-gsm8k") / "rl_curves.csv").assign(rl_tokens=lambda t: 256.0 * t["rollouts_cum"])
    chart, _ = figure_of_runs("rl-curve", runs, columns={"success": "accuracy", "group": "model"}, bootstrap=20)
    assert [curve.label for curve in chart.curves] == ["0.6b", "1.7b", "4b", "8b", "14b"]
    for curve in chart.curves:
        said = np.interp(curve.seen_x, np.append(0.0, curve.x), np.append(curve.success[0], curve.success))
        assert float(np.sqrt(np.mean((said - curve.seen)[curve.seen_x > 0] ** 2))) <= 0.02
    counts = shared_data("passk-pythia-gsm8k") / "problem_counts.csv"
    passes, _ = figure_of_runs("pass-at-k", counts, where="model == 'Pythia_1B_300B'")
    (curve,) = passes.curves
    law = np.interp(curve.seen_x, curve.x, curve.success)
    assert ((curve.seen_low <= law) & (law <= curve.seen_high)).mean() >= 0.9
