"""One law of coverage over params, tokens and samples, on 81 Pythia checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from budgetplan.errors import DataError
from budgetplan.fitting.passk.joint import fit_passk_joint
from budgetplan.fitting.passk.surface import NAMES, UPPER, Grid, surface


def test_derivatives_equal_differences() -> None:
    u = np.array([-2.0, -2.0, -0.5, 1.9, -1.4, -0.9, 0.2, -1.5, -0.7])
    draw = np.random.default_rng(0)
    grid = Grid(np.exp(draw.uniform(17, 23, 40)), np.exp(draw.uniform(20, 26, 40)), np.exp(draw.uniform(0, 7, 40)))
    slopes = surface(u, grid)[1]
    for which in range(len(NAMES)):
        step = np.zeros(len(NAMES))
        step[which] = 1e-6
        difference = (surface(u + step, grid)[0] - surface(u - step, grid)[0]) / 2e-6
        assert slopes[:, which] == pytest.approx(difference, rel=1e-5, abs=1e-9)


def test_pythia(shared_data: Callable[[str], Path]) -> None:
    """One law, rms at most .05 in coverage over complete k."""
    table = pd.read_csv(shared_data("passk-pythia-gsm8k") / "coverage.csv").query("complete")
    runs = {
        role: table[name].to_numpy(float)
        for role, name in {"params": "params", "tokens": "tokens", "k": "k", "success": "coverage"}.items()
    }
    fit = fit_passk_joint(runs)
    assert fit.diagnostics["checkpoints"] == 81
    assert fit.diagnostics["rms"] <= 0.05
    assert not fit.warnings


def _simulated(tail_slope: float) -> dict[str, np.ndarray]:
    axes = np.geomspace(1e8, 1e10, 4), np.geomspace(1e10, 1e12, 5), 2.0 ** np.arange(6)
    n, d, k = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    u = np.array([-2.0, -0.7, -0.7, 1.0, -0.9, -0.9, tail_slope, -3.0, -0.4])
    noise = 0.003 * np.random.default_rng(0).standard_normal(n.size)
    return {"params": n, "tokens": d, "k": k, "success": np.clip(surface(u, Grid(n, d, k))[0] + noise, 0, 1)}


def test_a_coefficient_at_its_end_is_said_to_be_there() -> None:
    """The search stops a last digit inside its ends."""
    fit = fit_passk_joint(_simulated(1.6))
    assert fit.standard_errors["tail_slope"] is None
    assert fit.intervals["tail_slope"][1] == UPPER[NAMES.index("tail_slope")]
    assert any(said.startswith("`tail_slope` is at its end 0.9") for said in fit.warnings)
    assert not fit_passk_joint(_simulated(0.2)).warnings


def test_less_than_one_sample_is_refused_as_such() -> None:
    runs = _simulated(0.2)
    runs["k"][7] = 0.5
    with pytest.raises(DataError, match=r"`k` is 0\.5 in run 8; it is at least 1"):
        fit_passk_joint(runs)
