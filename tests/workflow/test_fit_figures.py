"""What the figures of fits draw is what the fit, the runs and the law say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import budgetplan as bp
from budgetplan.errors import DataError, ScenarioError, UnknownNameError
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law
from budgetplan.workflow.charts.fit_figures import figure_of_both, figure_of_law, figure_of_runs
from budgetplan.workflow.charts.loss_surface import best_params
from budgetplan.workflow.charts.polygon import convex_hull, measured_polygon

Data = Callable[[str], Path]


@pytest.fixture(scope="module")
def losses() -> pd.DataFrame:
    """Runs at six budgets of a known law, seven sizes each."""
    draw = np.random.default_rng(1)
    flop = np.repeat(np.geomspace(1e18, 1e21, 6), 7)
    params = np.sqrt(flop / 6 / 20) * np.tile(np.geomspace(0.25, 4, 7), 6)
    tokens = flop / 6 / params
    loss = (1.8 + 480 / params**0.35 + 2000 / tokens**0.37) * np.exp(0.002 * draw.standard_normal(42))
    return pd.DataFrame({"params": params, "tokens": tokens, "loss": loss})


def test_fit_chart_agrees_with_the_law_file(losses: pd.DataFrame, tmp_path: Path) -> None:
    chart, fit = figure_of_runs("fit", losses, holdout="params > 2e9")
    seen = losses.query("params <= 2e9")
    assert chart.held.sum() == len(losses) - len(seen) == fit.holdout.n
    assert chart.observed[~chart.held].tolist() == seen["loss"].tolist()
    law = load_law(str(write_law(fit, tmp_path / "mine.yaml")))
    assert chart.fitted == pytest.approx(law.pretraining_loss(chart.params, chart.tokens), rel=1e-9)
    assert np.isnan(chart.low[~chart.held]).all()
    assert (chart.low < chart.fitted)[chart.held].all()
    rms = float(np.sqrt((np.log1p(chart.residual[~chart.held]) ** 2).mean()))
    assert rms == pytest.approx(fit.diagnostics["rms"])
    assert f"misses its {len(seen)} runs" in chart.headline


@pytest.mark.parametrize("form", ["overtrained", "data-constrained"])
def test_fit_chart_of_every_form_of_loss(form: str) -> None:
    draw = np.random.default_rng(4)
    params, epochs = np.exp(draw.uniform(np.log(5e7), np.log(5e9), 60)), draw.choice([0.5, 1.0, 4.0, 16.0], 60)
    tokens = params * np.exp(draw.uniform(np.log(5), np.log(100), 60))
    loss = bp.load_law("besiroglu-2024").pretraining_loss(params, tokens) * np.exp(0.003 * draw.standard_normal(60))
    table = pd.DataFrame({"params": params, "tokens": tokens, "loss": loss, "unique_tokens": tokens / epochs})
    chart, fit = figure_of_runs("fit", table, form=form)
    rms = float(np.sqrt((np.log1p(chart.residual) ** 2).mean()))
    assert rms == pytest.approx(fit.diagnostics["rms"], rel=1e-6)
    assert rms < 0.02


def test_fit_chart_of_a_law_that_was_not_fitted_marks_what_lies_beyond_its_box(losses: pd.DataFrame) -> None:
    law = load_law("besiroglu-2024")
    chart = figure_of_both("fit", losses, law)
    low, high = law.record.box["params"]
    beyond = (chart.params < low) | (chart.params > high)
    assert beyond.any()
    assert chart.held[beyond].all()
    assert not chart.held.all()
    assert chart.fitted == pytest.approx(law.pretraining_loss(chart.params, chart.tokens))
    assert sorted(chart.observed) == sorted(losses["loss"])
    assert "not fitted to these runs" in chart.caption


def test_isoflop_chart_has_the_fits_lowest_points(losses: pd.DataFrame) -> None:
    table = losses.assign(flop=6 * losses["params"] * losses["tokens"])
    chart, fit = figure_of_runs("isoflop", table)
    assert [item.best_params for item in chart.profiles] == pytest.approx([b["params"] for b in fit.diagnostics["budgets"]])
    for item in chart.profiles:
        assert item.best_loss == pytest.approx(item.curve_loss.min(), rel=1e-4)
        assert np.isin(item.loss, table["loss"]).all()
        assert item.curve_params[0] <= item.params.min()
        assert item.curve_params[-1] >= item.params.max() * (1 - 1e-9)
    n, slope = fit.coefficients["N_coefficient"], fit.coefficients["N_exponent"]
    assert chart.optimum == pytest.approx(n * chart.budget**slope)
    assert set(chart.measured) <= set(chart.budget)
    assert (chart.low < chart.high).all()
    assert (chart.low < chart.optimum * 1.001).all()
    assert sum(len(item.params) for item in chart.profiles) == (chart.to_frame()["mark"] == "run").sum() == 42


def test_isoflop_of_a_law_is_its_own_optimum() -> None:
    law = load_law("besiroglu-2024")
    chart = figure_of_law("isoflop", law)
    a, b, alpha, beta = (law.record.values[name] for name in ("A", "B", "alpha", "beta"))
    for item in chart.profiles:  # Hoffmann et al. 2022, Eq. 4
        known = (alpha * a / (beta * b)) ** (1 / (alpha + beta)) * (item.flop / 6) ** (beta / (alpha + beta))
        assert item.best_params == pytest.approx(known, rel=1e-5)
        assert item.best_loss <= item.curve_loss.min() + 1e-12
    assert chart.measured == law.record.box["training_flop"]


def test_isoflop_of_a_policy_is_the_policy(losses: pd.DataFrame, tmp_path: Path) -> None:
    law = load_law("deepseek-2024")
    chart = figure_of_law("isoflop", law)
    assert chart.profiles == ()
    assert chart.optimum == pytest.approx(law.policy.allocate(chart.budget)[0])
    fit = bp.fit_law(losses, form="isoflop", bootstrap=50)
    drawn = figure_of_law("isoflop", load_law(str(write_law(fit, tmp_path / "mine.yaml"))))
    assert np.isfinite(drawn.low).all()
    assert (drawn.low <= drawn.high).all()


def test_contours_hold_the_law_and_the_hull_holds_the_runs(losses: pd.DataFrame) -> None:
    chart, fit = figure_of_runs("contours", losses)
    e, a, b, alpha, beta = (fit.coefficients[name] for name in ("E", "A", "B", "alpha", "beta"))
    known = e + a / chart.params[None, :] ** alpha + b / chart.tokens[:, None] ** beta
    assert chart.loss == pytest.approx(known)
    assert chart.loss.min() < chart.levels[0] < chart.levels[-1] < chart.loss.max()
    ratio = (alpha * a / (beta * b)) ** (1 / (alpha + beta))
    budget = 6 * chart.path.prod(axis=1)
    assert chart.path[:, 0] == pytest.approx(ratio * (budget / 6) ** (beta / (alpha + beta)), rel=1e-5)
    corners, places = np.log(chart.hull), np.log(chart.runs)
    edges = np.roll(corners, -1, axis=0) - corners
    offsets = places[:, None, :] - corners
    assert (edges[:, 0] * offsets[..., 1] - edges[:, 1] * offsets[..., 0] > -1e-9).all()  # left of every edge
    assert {tuple(corner) for corner in np.round(corners, 6)} <= {tuple(place) for place in np.round(places, 6)}


def test_contours_of_a_law_lie_in_its_box_with_given_runs_on_top(losses: pd.DataFrame) -> None:
    law = load_law("besiroglu-2024")
    chart = figure_of_both("contours", losses, law)
    assert chart.runs.tolist() == losses[["params", "tokens"]].to_numpy().tolist()
    for axis, values in (("params", chart.hull[:, 0]), ("tokens_per_param", chart.hull[:, 1] / chart.hull[:, 0])):
        low, high = law.record.box[axis]
        assert (values >= low * (1 - 1e-6)).all()
        assert (values <= high * (1 + 1e-6)).all()
    assert chart.loss[3, 5] == pytest.approx(float(law.pretraining_loss(chart.params[5], chart.tokens[3])))
    joint = figure_of_law("contours", load_law("default"))
    assert joint.loss == pytest.approx(figure_of_law("contours", law).loss)


def test_a_polygon_is_cut_by_each_range_of_the_box() -> None:
    box = {"params": (1.0, 100.0), "pretraining_tokens": (1.0, 100.0)}
    assert len(measured_polygon(box)) == 4
    cut = measured_polygon({**box, "tokens_per_param": (0.05, 20.0), "training_flop": (18.0, 18000.0)})
    n, d = cut.T
    assert len(cut) == 8
    for value in (n, d, 100 / n, 100 / d):
        assert (value >= 1 - 1e-9).all()
    assert (d / n).min() == pytest.approx(0.05)
    assert (d / n).max() == pytest.approx(20.0)
    assert (n * d).min() == pytest.approx(3.0)
    assert (n * d).max() == pytest.approx(3000.0)
    assert measured_polygon({"params": (1.0, 2.0)}).shape == (0, 2)
    assert convex_hull(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]])).tolist() == [[0.0, 0.0], [1.0, 1.0]]


def test_a_loss_without_a_best_size_has_none() -> None:
    class Falling(type(load_law("besiroglu-2024").function)):
        def loss_and_partials(self, n, d):
            return -n, -np.ones_like(n), np.zeros_like(n)

    values = load_law("besiroglu-2024").record.values
    falling = Falling(*(values[name] for name in ("E", "A", "B", "alpha", "beta")))
    assert np.isnan(best_params(falling, np.array([1e20]))).all()


def test_coefficients_of_a_law_have_their_intervals() -> None:
    law = load_law("besiroglu-2024")
    chart = figure_of_law("fit", law)
    assert chart.names == ("E", "A", "B", "alpha", "beta")
    a = law.record.coefficients["A"]
    assert chart.ratios[1] == pytest.approx([a.low / a.value, a.high / a.value])
    assert "B least" in chart.headline
    joint = figure_of_law("fit", load_law("default"))
    assert "pretraining.A" in joint.names
    zero = joint.names.index("task.chance")
    assert np.isnan(joint.ratios[zero]).all()
    power = figure_of_law("fit", load_law("monkeys-llama3-8b-math"))
    assert "no intervals" in power.headline


@pytest.mark.parametrize(
    ("kind", "form", "error", "says"),
    [
        ("fit", "isoflop", DataError, "has none"),
        ("contours", "isoflop", DataError, "form `isoflop`"),
        ("isoflop", "chinchilla", DataError, "form `chinchilla`"),
        ("rl-curve", "chinchilla", DataError, "--form rl-sigmoid or rl-power"),
        ("pass-at-k", "chinchilla", DataError, "--form passk-beta or passk-power"),
        ("fits", None, UnknownNameError, "Did you mean `fit`"),
    ],
)
def test_a_form_that_a_figure_cannot_show_is_refused(
    losses: pd.DataFrame, kind: str, form: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        figure_of_runs(kind, losses, form=form)


def test_groups_are_drawn_by_success_only(losses: pd.DataFrame) -> None:
    table = losses.assign(half=np.arange(42) % 2)
    for kind in ("fit", "contours", "isoflop"):
        with pytest.raises(DataError, match="2 groups"):
            figure_of_runs(kind, table, columns={"group": "half"})


@pytest.mark.parametrize(
    ("kind", "law", "says"),
    [
        ("contours", "scalerl-8b", "no pre-training loss"),
        ("isoflop", "scalerl-8b", "no pre-training loss"),
        ("rl-curve", "besiroglu-2024", "no RL link"),
        ("pass-at-k", "besiroglu-2024", "no law of samples"),
    ],
)
def test_a_law_without_the_link_is_refused(kind: str, law: str, says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        figure_of_law(kind, load_law(law))


@pytest.mark.parametrize("kind", ["fit", "isoflop", "contours"])
def test_every_chart_of_losses_is_a_table_with_the_same_columns_in_each_row(losses: pd.DataFrame, kind: str) -> None:
    chart, _ = figure_of_runs(kind, losses, bootstrap=20)
    rows = chart.rows()
    assert {tuple(row) for row in rows} == {tuple(rows[0])}
    assert list(chart.to_frame().columns) == list(rows[0])


def test_public_runs_make_every_figure(shared_data: Data) -> None:
    sizes = {"params": "Model Size", "flop": "Training FLOP"}
    runs = shared_data("chinchilla-epoch") / "svg_extracted_data.csv"
    chart, _ = figure_of_runs("fit", runs, columns=sizes, where="loss < 3.44")
    assert float(np.median(np.abs(chart.residual))) == pytest.approx(0.0031, abs=5e-4)
    hull, _ = figure_of_runs("contours", runs, columns=sizes, where="loss < 3.44")
    assert hull.hull[:, 0].min() < 6e7
    isoflops = shared_data("isoflop-collection") / "isoflops.csv"
    one = "experiment.str.startswith('marin_202603__nemotron') and outlier == False"
    profiles, fit = figure_of_runs("isoflop", isoflops, columns={"flop": "budget"}, where=one)
    assert len(profiles.profiles) >= 6
    assert 0.3 < fit.coefficients["N_exponent"] < 0.7
