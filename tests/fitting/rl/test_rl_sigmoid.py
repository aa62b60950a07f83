"""RL curves: published curves recovered, real curves fitted, plateaus that were not seen said to be open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import least_squares

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law

COLUMNS = {"success": "accuracy", "rl_tokens": "rollouts_cum", "group": "model"}


@pytest.fixture
def curves(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("rl-qwen3-gsm8k") / "rl_curves.csv"


def scalerl(seed: int, until: float = 16000.0) -> pd.DataFrame:
    """The 8B curve of Khatri et al. with the noise that they state, and its start."""
    x = np.concatenate([[0.0] * 3, np.geomspace(200, until, 57)])
    with np.errstate(divide="ignore"):
        exact = 0.3 + 0.31 / (1 + (2542 / x) ** 1.92)
    return pd.DataFrame({"rl_tokens": x, "success": exact + 0.004 * np.random.default_rng(seed).standard_normal(x.size)})


def test_published_curve_is_recovered() -> None:
    """Worked case B9, with the tolerances given there."""
    found = fit_law(scalerl(0), "rl-sigmoid").coefficients
    assert found["ceiling"] == pytest.approx(0.61, abs=0.02)
    assert found["midpoint"] == pytest.approx(2542, rel=0.15)
    assert found["steepness"] == pytest.approx(1.92, abs=0.25)


def test_no_other_start_finds_a_lower_sum_of_squares(curves: Path) -> None:
    """Fifty random starts of SciPy per size end no lower."""
    table = pd.read_csv(curves)
    fits = fit_law(table, "rl-sigmoid", COLUMNS).groups
    draw = np.random.default_rng(0)
    for size, rows in table.groupby("model"):
        x, seen = rows["rollouts_cum"].to_numpy(float), rows["accuracy"].to_numpy()

        def miss(q: np.ndarray, x: np.ndarray = x, seen: np.ndarray = seen) -> np.ndarray:
            with np.errstate(divide="ignore"):
                return q[0] + (q[1] - q[0]) / (1 + (np.exp(q[2]) / x) ** np.exp(q[3])) - seen

        ends = []
        for _ in range(50):
            start = [draw.uniform(0, 0.8), draw.uniform(0.5, 1), draw.uniform(6, 13), draw.uniform(-1, 2)]
            ends.append(least_squares(miss, start, bounds=([0, 0, 0, -2], [1, 1, 16, 4])).cost)
        assert fits[str(size)].objective <= 2 * min(ends) * (1 + 1e-9)


def test_each_size_is_one_sigmoid(curves: Path) -> None:
    fits = fit_law(curves, "rl-sigmoid", COLUMNS).groups
    assert len(fits) == 5
    assert max(fit.diagnostics["rms"] for fit in fits.values()) <= 0.016


def test_plateaus_that_were_not_seen_are_said_to_be_open(curves: Path) -> None:
    fit = fit_law(curves, "rl-sigmoid", COLUMNS)
    assert fit.groups["14b"].intervals["ceiling"][1] == 1.0
    assert fit.groups["14b"].standard_errors["ceiling"] is None
    assert any("`ceiling` of 14b is anywhere in" in said for said in fit.warnings)
    width = {size: part.intervals["ceiling"][1] - part.intervals["ceiling"][0] for size, part in fit.groups.items()}
    assert width["4b"] > 5 * width["8b"]  # 8b reached its plateau, 4b did not


def test_a_plateau_next_to_one_that_was_seen_is_not_said_to_be_open() -> None:
    x = np.geomspace(1e6, 1e12, 40)
    noise = 0.004 * np.random.default_rng(0).standard_normal(40)
    fit = fit_law(
        pd.DataFrame({"rl_tokens": x, "success": np.clip(0.2 + 0.8 / (1 + (1e8 / x) ** 1.5) + noise, 0, 1)}), "rl-sigmoid"
    )
    assert fit.diagnostics["rise_seen"] > 0.99
    assert fit.intervals["ceiling"][0] > 0.98
    assert not fit.warnings


def test_intervals_widen_where_the_curve_ends_early() -> None:
    whole, half = fit_law(scalerl(1), "rl-sigmoid"), fit_law(scalerl(1, until=2542), "rl-sigmoid")
    spread = [fit.intervals["ceiling"][1] - fit.intervals["ceiling"][0] for fit in (whole, half)]
    assert spread[1] > 4 * spread[0]


def test_first_half_forecasts_the_second(curves: Path) -> None:
    """Of all points of the second halves at least 85 % lie inside the 90 % interval."""
    fits = fit_law(curves, "rl-sigmoid", COLUMNS, holdout="step > 26").groups
    held = [fit.holdout for fit in fits.values()]
    assert all(one is not None and one.n >= 7 for one in held)
    inside = sum(one.coverage * one.n for one in held if one)
    assert inside / sum(one.n for one in held if one) >= 0.85


def test_bootstrap_is_seeded_per_replicate() -> None:
    few, many = (fit_law(scalerl(2), "rl-sigmoid", bootstrap=count, seed=4).draws for count in (20, 50))
    assert few is not None
    assert many is not None
    assert np.array_equal(few, many[:20])


def test_law_file_is_a_link(tmp_path: Path) -> None:
    table = scalerl(3).assign(rl_tokens=lambda t: 4e6 * t["rl_tokens"])
    fit = fit_law(table, "rl-sigmoid", bootstrap=50)
    path = write_law(fit, tmp_path / "mine.yaml")
    law = load_law(str(path))
    assert law.link == "rl"
    floor, ceiling, midpoint, _ = fit.coefficients.values()
    assert float(law.success(rl_tokens=midpoint)) == pytest.approx((floor + ceiling) / 2, rel=1e-9)
    assert law.record.draws is not None
    assert law.record.draws.shape == (50, 5)
    joint = load_law("default", {"rl": str(path)})
    assert float(joint.success(params=1e9, pretraining_tokens=1e12, rl_tokens=1e12)) > float(
        joint.success(params=1e9, pretraining_tokens=1e12)
    )


def test_curve_in_compute_is_no_law(tmp_path: Path) -> None:
    fit = fit_law(scalerl(3).rename(columns={"rl_tokens": "rl_compute"}), "rl-sigmoid")
    with pytest.raises(DataError, match="a plan counts RL in tokens"):
        write_law(fit, tmp_path / "mine.yaml")
    assert not list(tmp_path.iterdir())


def test_compute_beside_tokens_is_to_be_left_out(tmp_path: Path) -> None:
    """Where a table has both, compute is the axis: naming the tokens does not help, and the hint does not stop there."""
    fit = fit_law(scalerl(3).assign(rl_compute=lambda t: 1e10 * t["rl_tokens"]), "rl-sigmoid")
    with pytest.raises(DataError) as caught:
        write_law(fit, tmp_path / "mine.yaml")
    assert caught.value.hint.endswith("--column rl_tokens=NAME, and without RL compute.")


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({"rl_tokens": [1e8, 1e9, 1e10], "success": [0.1, 0.2, 0.3]}, "3"),
        ({"rl_tokens": np.geomspace(1e8, 1e10, 8), "success": np.full(8, 0.4)}, "no rise to fit"),
        ({"rl_tokens": np.geomspace(1e8, 1e10, 8), "success": np.linspace(0.6, 0.2, 8)}, "does not rise"),
    ],
)
def test_refused(table: dict[str, object], what: str) -> None:
    with pytest.raises(FitError, match=what):
        fit_law(pd.DataFrame(table), "rl-sigmoid")


def test_success_in_per_cent_is_refused() -> None:
    with pytest.raises(DataError, match="success"):
        fit_law(pd.DataFrame({"rl_tokens": np.geomspace(1e8, 1e10, 8), "success": np.linspace(20, 60, 8)}), "rl-sigmoid")
