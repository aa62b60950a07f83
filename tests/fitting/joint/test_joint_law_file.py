"""A fitted chain written as one file is the same four-link law, with the draws of all links row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetplan as bp
from budgetplan.errors import DataError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.joint.fit_joint import fit_joint
from budgetplan.fitting.law.law_file import write_law
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.laws.catalogue import load_law
from budgetplan.uncertainty.draws import draw_law

Maker = Callable[..., Mapping[str, np.ndarray]]


@pytest.mark.parametrize("gain", ["log", "saturating", "approach", "drifting", "log-log"])
def test_written_chain_is_the_fitted_law(joint_table: Maker, tmp_path: Path, gain: Any) -> None:
    runs = joint_table(gain, 0)
    fit = fit_joint(runs, CurveOptions(bootstrap=60), gain="best" if gain in ("drifting", "log-log") else gain)
    law = load_law(str(write_law(fit, tmp_path / "mine.yaml")))
    assert (law.link, law.links["rl"]) == ("joint", "mine:rl")
    c = fit.coefficients
    n, d, r, k = 3e5, 2e7, 1e5, 4.0
    loss = c["E"] + c["A"] / n ** c["alpha"] + c["B"] / d ** c["beta"]
    if gain == "log-log":
        ability = -np.log(np.expm1(np.exp(c["slope"] * (loss - c["pivot"]))))
    else:
        ability = c["slope"] * (c["midpoint"] - loss)
    x = r / c.get("rl_midpoint", 1.0)
    way = c["ceiling"] if gain == "saturating" else np.log1p(np.exp(c.get("reach", 0.0) - ability))
    up = c["gain"] * np.log1p(r / c["reference"]) if gain == "log" else way * x ** c["steepness"] / (1 + x ** c["steepness"])
    assert ("drift" in c) == (gain == "drifting")
    assert law.parts["inference"].form == ("beta-drift" if gain == "drifting" else "beta-spread")
    one = float(law.success(params=n, pretraining_tokens=d, rl_tokens=r))
    assert one == pytest.approx(1 / (1 + np.exp(-ability - up)), rel=1e-9)
    assert one < float(law.success(params=n, pretraining_tokens=d, rl_tokens=r, samples_per_query=k)) < 1

    drawn = draw_law(law, 60, 0)
    assert set(drawn.kinds.values()) == {"joint"}
    assert fit.draws is not None
    names = list(fit.coefficients)
    for row in range(5):  # the row of one link is the row of the others
        same = np.argmin(np.abs(fit.draws[:, names.index("alpha")] / drawn.values["pretraining.alpha"][row] - 1))
        assert drawn.values["inference.tail"][row] == pytest.approx(fit.draws[same, names.index("tail")], rel=1e-6)
        assert drawn.values["task.slope"][row] == pytest.approx(fit.draws[same, names.index("slope")], rel=1e-6)


def test_written_chain_plans_with_draws(joint_table: Maker, tmp_path: Path) -> None:
    table = pd.DataFrame(dict(joint_table("log", 1)))
    fit = fit_law(table, "joint", columns={"cluster": "cluster"} if "cluster" in table else None, bootstrap=100)
    path = write_law(fit, tmp_path / "mine.yaml")
    study = bp.plan(budget=1e16, law=str(path), queries=1e4, tokens_per_sample=10, draws=50)
    assert study.certificate.status == "optimal"
    assert study.intervals is not None
    assert study.intervals["params"]["q05"] < study.intervals["params"]["q95"]
    other = load_law(str(path), {"rl": "math-log"})
    assert other.links["rl"] == "math-log"


def test_other_joint_fits_are_no_law_files(joint_table: Maker, tmp_path: Path) -> None:
    fit = fit_joint(joint_table("additive", 0), law="additive")
    with pytest.raises(DataError, match="no law by itself"):
        write_law(fit, tmp_path / "mine.yaml")
