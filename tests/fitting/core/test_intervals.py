"""Bootstrap, curvature and profile intervals; what is refused and what is warned of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from budgetplan.errors import DataError, FitError, UnknownNameError
from budgetplan.fitting.fit import command, fit_law


def runs(count: int = 80, seed: int = 0, noise: float = 0.004, **truth: float) -> pd.DataFrame:
    law = {"E": 1.8, "A": 480.0, "B": 2000.0, "alpha": 0.347, "beta": 0.366} | truth
    draw = np.random.default_rng([3, seed])
    params = np.exp(draw.uniform(np.log(5e7), np.log(1e10), count))
    tokens = params * np.exp(draw.uniform(np.log(2), np.log(300), count))
    exact = law["E"] + law["A"] / params ** law["alpha"] + law["B"] / tokens ** law["beta"]
    return pd.DataFrame({"params": params, "tokens": tokens, "loss": exact * np.exp(noise * draw.standard_normal(count))})


def test_draws_do_not_depend_on_workers() -> None:
    one, two = (fit_law(runs(), "chinchilla", bootstrap=300, seed=5, workers=workers) for workers in (1, 2))
    assert one.draws is not None
    assert two.draws is not None
    assert np.array_equal(one.draws, two.draws)
    other = fit_law(runs(), "chinchilla", bootstrap=300, seed=6)
    assert other.draws is not None
    assert not np.array_equal(one.draws, other.draws)


def test_more_replicates_keep_the_first_ones() -> None:
    few, many = (fit_law(runs(), "chinchilla", bootstrap=count).draws for count in (128, 256))
    assert few is not None
    assert many is not None
    assert np.array_equal(few, many[:128])


def test_bootstrap_and_curvature_agree_on_clean_noise() -> None:
    drawn = fit_law(runs(240), "chinchilla", objective="least-squares", bootstrap=1000)
    curved = fit_law(runs(240), "chinchilla", objective="least-squares")
    for name, error in drawn.standard_errors.items():
        assert error == pytest.approx(curved.standard_errors[name], rel=0.25), name


def test_curvature_of_the_digitised_runs_is_as_wide_as_the_bootstrap(epoch: dict[str, Any]) -> None:
    curved, drawn = fit_law(**epoch), fit_law(**epoch, bootstrap=1000)
    for name in ("E", "alpha", "A"):
        assert curved.standard_errors[name] == pytest.approx(drawn.standard_errors[name], rel=0.35), name


def test_clusters_widen_the_intervals() -> None:
    """Checkpoints of one training curve share an error: drawn one by one they look like more runs than they are."""
    base = runs(30, noise=0.0)
    draw = np.random.default_rng(8)
    shared = 0.006 * draw.standard_normal(30)
    parts = [base.assign(tokens=base["tokens"] * factor, curve=np.arange(30)) for factor in (1.0, 1.1, 1.2, 1.3, 1.4, 1.5)]
    table = pd.concat(parts, ignore_index=True)
    exact = 1.8 + 480 / table["params"] ** 0.347 + 2000 / table["tokens"] ** 0.366
    table["loss"] = exact * np.exp(shared[table["curve"]] + 0.0005 * draw.standard_normal(len(table)))
    apart = fit_law(table, "chinchilla", objective="least-squares", bootstrap=300)
    joined = fit_law(table, "chinchilla", {"cluster": "curve"}, objective="least-squares", bootstrap=300)
    curved = fit_law(table, "chinchilla", {"cluster": "curve"}, objective="least-squares")
    for name in ("alpha", "beta"):
        assert joined.standard_errors[name] > 1.6 * apart.standard_errors[name]
        assert curved.standard_errors[name] == pytest.approx(joined.standard_errors[name], rel=0.4)


def test_an_undetermined_coefficient_is_said_to_be_one() -> None:
    """With losses far above E, E can be anything from nothing to a bound."""
    table = runs(40, noise=0.02, E=0.05, A=60.0, alpha=0.15, B=200.0, beta=0.2)
    fit = fit_law(table, "chinchilla", objective="least-squares")
    assert fit.standard_errors["E"] is None
    low, high = fit.intervals["E"]
    assert low == 0.0
    assert 0.05 < high < table["loss"].min()
    assert any(warning.startswith("The data do not determine `E`: anywhere in 0-") for warning in fit.warnings)


@pytest.mark.parametrize("seed", [0, 2])
def test_an_exponent_along_which_loss_does_not_fall_has_an_interval_around_it(seed: int) -> None:
    """Loss rises with params here: the best exponent is below 0, and the profile is walked on that side too."""
    table = runs(60, seed, noise=0.0)
    exact = 1.8 + 0.2 * table["params"] ** 0.02 + 2000 / table["tokens"] ** 0.366
    table["loss"] = exact * np.exp(0.01 * np.random.default_rng(seed).standard_normal(60))
    fit = fit_law(table, "chinchilla", objective="least-squares")
    alpha, (low, high) = fit.coefficients["alpha"], fit.intervals["alpha"]
    assert alpha < 0
    assert low < alpha < high
    assert f"`alpha` is {alpha:.3g}: along its axis the loss does not fall in these runs." in fit.warnings


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (runs(5), "5 runs cannot determine the 5 coefficients"),
        (runs(20).assign(tokens=lambda t: 20 * t["params"]), "20 tokens per param"),
        (runs(20).assign(tokens=lambda t: 1e20 / (6 * t["params"])), "one budget, about 1e\\+20 FLOP"),
    ],
)
def test_refusals_say_why(table: pd.DataFrame, reason: str) -> None:
    with pytest.raises(FitError, match=reason):
        fit_law(table, "chinchilla")


def test_wrong_requests() -> None:
    with pytest.raises(UnknownNameError, match="chinchila"):
        fit_law(runs(), "chinchila")
    with pytest.raises(DataError, match="`data-constrained` needs `unique_tokens`"):
        fit_law(runs(), "data-constrained")
    with pytest.raises(DataError, match="no objective `ols`"):
        fit_law(runs(), "chinchilla", objective="ols")
    with pytest.raises(DataError, match="`level` must lie between 0 and 1"):
        fit_law(runs(), "chinchilla", level=90)
    with pytest.raises(DataError, match="holds out every row"):
        fit_law(runs(), "chinchilla", holdout="params > 0")


def test_few_runs_and_a_strong_run_are_warned_of() -> None:
    table = runs(12)
    table.loc[3, "loss"] *= 1.5
    fit = fit_law(table, "chinchilla", objective="least-squares")
    assert any("12 runs for 5 coefficients" in warning for warning in fit.warnings)
    assert fit.diagnostics["influence"][0]["row"] == 4


def test_too_few_runs_for_a_bootstrap_fall_back() -> None:
    fit = fit_law(runs(6), "chinchilla", objective="least-squares", bootstrap=50)
    assert fit.draws is None
    assert any("bootstrap replicates could not be fitted" in warning for warning in fit.warnings)


def test_groups_are_fitted_one_by_one() -> None:
    table = pd.concat([runs(30, 1).assign(set="a"), runs(30, 2, E=2.0).assign(set="b"), runs(4, 3).assign(set="c")])
    fit = fit_law(table, "chinchilla", {"group": "set"}, holdout="params > 8e9")
    assert list(fit.groups) == ["a", "b"]
    assert any(warning.startswith("Group `c` is not fitted.") for warning in fit.warnings)
    assert fit.groups["b"].coefficients["E"] == pytest.approx(2.0, abs=0.1)
    groups = fit.to_dict()["groups"]
    assert [group["group"] for group in groups] == ["a", "b"]


def test_a_group_that_is_held_out_whole_is_named() -> None:
    table = pd.concat([runs(30, 1).assign(set="a"), runs(30, 2).assign(set="b")])
    fit = fit_law(table, "chinchilla", {"group": "set"}, holdout="set == 'b'")
    assert list(fit.groups) == ["a"]
    assert "Group `b` is held out whole: no fit of it forecasts its runs." in fit.warnings


def test_the_command_repeats_the_fit() -> None:
    """Ties and fixed coefficients are part of it, and a law that is kept is named without its folder."""
    fit = fit_law(runs(), "chinchilla", tied=True, fixed={"E": 1.75}, level=0.8)
    assert fit.provenance["command"] == "budgetplan fit RUNS.csv --form chinchilla --level 0.8 --tied --fixed E=1.75"
    kept = command("runs.csv", "data-constrained", None, None, None, 1e-3, 0, 0, None, 0.9, fixed="somewhere/base.yaml")
    assert kept == "budgetplan fit runs.csv --form data-constrained --fixed base.yaml"


def test_a_notebook_states_the_level_of_held_out_intervals() -> None:
    shown = fit_law(runs(60), "chinchilla", level=0.5, holdout="params > 5e9")._repr_html_()
    assert "inside their 50 % interval" in shown
    assert "90 %" not in shown


def test_held_out_runs_of_a_true_law_are_covered() -> None:
    table = pd.concat([runs(60, 1), runs(200, 2)], ignore_index=True)
    fit = fit_law(table, "chinchilla", holdout="index > 60", bootstrap=300)
    assert fit.holdout is not None
    assert fit.n_runs == 60
    assert fit.holdout.n == 200
    assert 0.84 <= fit.holdout.coverage <= 0.96
    assert fit.holdout.rms == pytest.approx(0.004, rel=0.25)
    assert fit.holdout.rows[0]["row"] == 61
