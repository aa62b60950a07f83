"""The joint fit: coefficients recovered, the form of RL found, a law that the planner uses, honest about what it cannot see."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.joint.candidate import centre_of
from budgetplan.fitting.joint.chain import Chain
from budgetplan.fitting.joint.covariance import leave_out
from budgetplan.fitting.joint.fit_joint import fit_joint
from budgetplan.fitting.joint.noise import residuals
from budgetplan.fitting.joint.solve import solve
from budgetplan.fitting.joint.table import read_joint, table_of
from budgetplan.fitting.result import LawFit
from budgetplan.fitting.rl.options import CurveOptions

Maker = Callable[..., dict[str, np.ndarray]]
Law = Literal["chain", "additive", "multiplicative"]
FITTED: dict[str, Law] = {"log": "chain", "saturating": "chain", "additive": "additive", "multiplicative": "multiplicative"}


@pytest.fixture(scope="module")
def fit(joint_table: Maker) -> LawFit:
    return fit_joint(joint_table("log"), CurveOptions(bootstrap=40, seed=3))


@pytest.mark.parametrize("name", list(FITTED))
def test_coefficients_lie_in_their_intervals(name: str, joint_table: Maker, truths: dict[str, dict[str, float]]) -> None:
    """Over 12 tables and all coefficients, nine of ten 90 % intervals hold the truth, within what 12 tables can show."""
    held = []
    for seed in range(12):
        found = fit_joint(joint_table(name, 100 + seed), law=FITTED[name], gain="saturating" if name == "saturating" else "log")
        assert set(found.coefficients) == set(truths[name])
        held += [found.intervals[key][0] <= value <= found.intervals[key][1] for key, value in truths[name].items()]
    assert 0.80 <= np.mean(held) <= 0.99


def test_form_of_the_rl_link_is_found(joint_table: Maker) -> None:
    for name in ("log", "saturating"):
        found = fit_joint(joint_table(name))
        assert found.diagnostics["rl"] == name
        assert found.diagnostics["rl_forecast_rms"][name] == min(found.diagnostics["rl_forecast_rms"].values())
        assert set(found.diagnostics["rl_forecast_rms"]) == {"log", "saturating"}


@pytest.mark.parametrize(
    ("name", "variant"), [("approach", "approach"), ("drifting", "approach, drifting tail"), ("log-log", "approach, log-log task")]
)
def test_richer_links_are_found_where_the_runs_ask_for_them(
    name: str, variant: str, joint_table: Maker, truths: dict[str, dict[str, float]]
) -> None:
    found = fit_joint(joint_table(name))
    assert min(found.diagnostics["rl_forecast_rms"].items(), key=lambda pair: pair[1])[0] == variant
    assert set(found.coefficients) == set(truths[name])
    for key, value in truths[name].items():
        error = found.standard_errors[key]
        assert error is not None
        assert abs(found.coefficients[key] - value) < 4 * error, key
    assert not any("ask for" in said for said in found.warnings)


def test_no_other_start_finds_a_lower_sum_of_squares(joint_table: Maker, truths: dict[str, dict[str, float]]) -> None:
    """SciPy's trust region from the truth and from ten places around it ends no lower, noise held the same."""
    table = table_of(read_joint(joint_table("saturating", 5)))
    chain = Chain(centre_of(table), "saturating")
    found = solve(chain, table)
    of = residuals(chain, table, found.noise, found.around)
    lower, upper = chain.bounds(table)
    draw = np.random.default_rng(0)
    ends = []
    for _ in range(10):
        start = np.clip(found.u + draw.normal(0, 0.5, found.u.size), lower + 1e-3, upper - 1e-3)
        ends.append(least_squares(lambda u: of(u)[0], start, jac=lambda u: of(u)[1], bounds=(lower, upper), x_scale="jac").cost)
    assert found.value <= min(ends) * (1 + 1e-6)


def test_fit_is_the_planners_law(fit: LawFit, joint_table: Maker, planner_law: Callable[..., Any]) -> None:
    """The law of the fitted coefficients misses the table by what the fit says."""
    table = joint_table("log")
    with np.errstate(divide="ignore"):
        x = np.log(np.stack([table[name] for name in ("params", "tokens", "rl_tokens", "k")]))
    said = planner_law(fit.coefficients).evaluate(x)
    inner = (table["success"] > 0) & (table["success"] < 1)
    miss = np.log(said.loss[inner] / -np.log(table["success"][inner]))
    assert np.sqrt(np.mean(miss**2)) == pytest.approx(fit.diagnostics["rms"], rel=1e-9)
    assert np.sqrt(np.mean((said.success - table["success"]) ** 2)) == pytest.approx(fit.diagnostics["rms_success"], rel=1e-9)


def test_draws_depend_on_the_seed_only_and_spread_as_the_errors_say(fit: LawFit, joint_table: Maker) -> None:
    again = fit_joint(joint_table("log"), CurveOptions(bootstrap=40, seed=3, workers=2))
    assert fit.draws is not None
    np.testing.assert_array_equal(fit.draws, again.draws)
    more = fit_joint(joint_table("log"), CurveOptions(bootstrap=50, seed=3))
    np.testing.assert_array_equal(fit.draws, np.asarray(more.draws)[:40])
    plain = fit_joint(joint_table("log"))
    assert plain.draws is None
    for name, error in plain.standard_errors.items():
        spread = fit.standard_errors[name]
        assert error is not None
        assert spread is not None
        assert 0.5 < spread / error < 1.6, name


def test_speed(joint_table: Maker) -> None:
    table = joint_table("log")
    begun = time.process_time()
    fit_joint(table)
    single = time.process_time() - begun
    fit_joint(table, CurveOptions(bootstrap=200), gain="log")
    assert single < 2.0
    assert time.process_time() - begun - single < 60.0


def test_covariance_leaves_out_each_curve(joint_table: Maker) -> None:
    """The move by leaving a curve out is that of a refit without it, where the residuals are linear."""
    draw = np.random.default_rng(1)
    slopes, z, cluster = draw.standard_normal((40, 3)), draw.standard_normal(40), np.repeat(np.arange(8), 5)
    moves = leave_out(z, slopes, cluster)
    whole = np.linalg.lstsq(slopes, -z, rcond=None)[0]
    at_optimum = z + slopes @ whole
    moves = leave_out(at_optimum, slopes, cluster)
    for group in range(8):
        kept = cluster != group
        assert moves[group] == pytest.approx(np.linalg.lstsq(slopes[kept], -z[kept], rcond=None)[0] - whole, abs=1e-10)


def test_without_pretraining_loss_logits_stand_for_it(joint_table: Maker, truths: dict[str, dict[str, float]]) -> None:
    table = joint_table("log")
    del table["loss"]
    found = fit_joint(table, gain="log")
    assert (found.coefficients["E"], found.coefficients["slope"]) == (0.0, 1.0)
    assert found.standard_errors["slope"] is None
    assert any("logits" in said for said in found.warnings)
    truth = truths["log"]
    for name, expected in (
        ("A", truth["slope"] * truth["A"]),
        ("beta", truth["beta"]),
        ("gain", truth["gain"]),
        ("tail", truth["tail"]),
    ):
        low, high = found.intervals[name]
        assert low * 0.9 <= expected <= high * 1.1


def test_every_answer_right_or_wrong_is_used(joint_table: Maker, truths: dict[str, dict[str, float]]) -> None:
    """Success 0 and 1 bound the task loss; they neither break the fit nor bend it."""
    table = joint_table("log", 2, slope=9.0, midpoint=1.6)
    ends = (table["success"] == 0) | (table["success"] == 1)
    assert ends.mean() > 0.02
    found = fit_joint(table, gain="log")
    for name, value in {**truths["log"], "slope": 9.0, "midpoint": 1.6}.items():
        error = found.standard_errors[name]
        assert error is not None
        assert abs(found.coefficients[name] - value) < 4 * error, name


def test_counts_stand_for_success_at_one_sample(joint_table: Maker) -> None:
    table = joint_table("log")
    counted = {**table, "n_samples": np.full(1200, 1000.0), "n_correct": np.round(1000 * table["success"])}
    counted["success"] = np.where(table["k"] == 1, 0.5, table["success"])  # not read where there are counts
    assert fit_joint(counted, gain="log").coefficients == fit_joint(table, gain="log").coefficients


def test_huber_shrugs_off_wild_rows(joint_table: Maker, truths: dict[str, dict[str, float]]) -> None:
    table = joint_table("log", 4)
    wild = np.random.default_rng(0).choice(1200, 24, replace=False)
    table["success"][wild] = 1.0 - table["success"][wild]
    squares = fit_joint(table, gain="log").coefficients
    robust = fit_joint(table, CurveOptions(objective="huber", delta=0.3), gain="log").coefficients
    far = {name: abs(np.log(value / truths["log"][name])) for name, value in squares.items()}
    near = {name: abs(np.log(value / truths["log"][name])) for name, value in robust.items()}
    assert sum(near.values()) < 0.7 * sum(far.values())


def test_from_a_frame_with_a_holdout(joint_table: Maker) -> None:
    frame = pd.DataFrame(joint_table("log")).rename(columns={"tokens": "pretraining_tokens", "cluster": "seed", "loss": "text"})
    columns = {"tokens": "pretraining_tokens", "cluster": "seed", "loss": "text"}
    found = fit_law(frame, "joint", columns, holdout="params > 9e5")
    assert found.holdout is not None
    assert (found.holdout.n, found.diagnostics["curves"]) == (300, 30)
    assert found.provenance["delta"] == 1.345, "in standard deviations, not the 1e-3 of ln loss"
    assert found.holdout.coverage > 0.8
    assert found.holdout.rms < 0.15
    assert set(found.holdout.rows[0]) == {"params", "tokens", "rl_tokens", "k", "observed", "forecast", "low", "high"}
    assert found.box["rl_tokens"] == (0.0, 1.28e6)
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_floor_that_is_not_seen_is_said_to_be_open(joint_table: Maker) -> None:
    """A floor a hundredth of the task loss: most tables set no lower end, and say so; the upper end holds."""
    found = [fit_joint(joint_table("additive", seed, E=0.01), law="additive") for seed in range(4)]
    opened = [fit for fit in found if fit.intervals["E"][0] == 0.0]
    assert len(opened) >= 2
    for fit in opened:
        assert fit.standard_errors["E"] is None
        assert 0.01 < fit.intervals["E"][1] < 0.5
        assert any("`E` is anywhere up to" in said for said in fit.warnings)


def test_curves_are_the_units(joint_table: Maker) -> None:
    """Few labels are seeds of a checkpoint, many are curves, none leaves the checkpoints."""
    table = joint_table("log")
    bare = {name: column for name, column in table.items() if name != "cluster"}
    curve = np.unique(np.stack([table["params"], table["tokens"]]), axis=1, return_inverse=True)[1].ravel() // 2
    for labels, curves in ((table["cluster"], 40), (None, 20), (curve, 10), (np.char.add("run", curve.astype(str)), 10)):
        given = bare if labels is None else {**bare, "cluster": labels}
        expected = 20 if labels is not None and len(np.unique(labels)) <= 10 and curves == 10 else curves
        assert table_of(read_joint(given)).clusters == expected


def test_without_rl_tokens_it_is_the_law_of_coverage(joint_table: Maker) -> None:
    table = joint_table("log")
    rows = table["rl_tokens"] == 0
    plain = {name: column[rows] for name, column in table.items() if name in ("params", "tokens", "k", "success")}
    assert "overuse" in fit_joint(plain).coefficients


@pytest.mark.parametrize(
    ("change", "problem", "words"),
    [
        ({"k": None}, DataError, "needs the columns k"),
        ({"success": 1.2}, DataError, "between 0 and 1"),
        ({"rl_tokens": -1.0}, DataError, "`rl_tokens` is -1"),
        ({"loss": 0.0}, DataError, "`loss` is 0"),
        ({"k": 1.0}, FitError, "1 of `k` (at least 2)"),
        ({"params": 1e5}, FitError, "1 of `params` (at least 2)"),
    ],
)
def test_refusals_name_the_value(change: dict[str, Any], problem: type[Exception], words: str, joint_table: Maker) -> None:
    table: dict[str, Any] = joint_table("log")
    for name, value in change.items():
        table[name] = None if value is None else np.full(1200, value)
    with pytest.raises(problem) as caught:
        fit_joint(table)
    assert words in str(caught.value)


def test_an_unknown_law_is_refused(joint_table: Maker) -> None:
    with pytest.raises(DataError, match="no joint law `sum`"):
        fit_joint(joint_table("log"), law="sum")  # type: ignore[arg-type]
