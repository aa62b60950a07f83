"""One law of coverage over params, tokens and samples, on 81 Pythia checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from budgetplan.fitting.passk_joint import fit_passk_joint
from budgetplan.fitting.passk_surface import NAMES, Grid, surface


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
