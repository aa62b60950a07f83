"""The law that the lab measured: its table gives it, it forecasts what was left out, and its plans have two basins."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import budgetplan as bp
from budgetplan.datafiles import data_path
from budgetplan.fitting.joint.fit_joint import fit_joint
from budgetplan.fitting.joint.folds import largest
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.lab.fit import ROLES
from budgetplan.laws.catalogue import load_law

NAMED = {("task", "pivot"): "pivot", ("rl", "midpoint"): "rl_midpoint", ("inference", "tail"): "tail"}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(data_path("lab", "runs.csv"))


def columns(table: pd.DataFrame) -> dict[str, object]:
    return {role: table[name].to_numpy(dtype=float) for role, name in ROLES.items()}


def test_the_table_is_the_whole_grid(table: pd.DataFrame) -> None:
    axes = table[["params", "pretraining_tokens", "rl_tokens_nominal", "seed", "k"]]
    assert axes.nunique().to_dict() == {"params": 4, "pretraining_tokens": 5, "rl_tokens_nominal": 6, "seed": 2, "k": 6}
    assert len(axes.drop_duplicates()) == len(table) == 1440
    assert (table["n_problems"] >= 1000).all()


def test_the_law_is_the_fit_of_the_table(table: pd.DataFrame) -> None:
    fit = fit_joint(columns(table), problems=1000.0)
    law = load_law("lab")
    for link, part in law.parts.items():
        for name, coefficient in part.coefficients.items():
            if coefficient.kind == "fitted":
                found = fit.coefficients[NAMED.get((link, name), name)]
                assert coefficient.value == pytest.approx(found, rel=1e-6), (link, name)


def test_the_largest_params_and_tokens_are_forecast(table: pd.DataFrame) -> None:
    """Trained on the rest, the law misses them by less than a tenth, and its 90 % intervals hold more than 85 %."""
    runs = columns(table)
    away = largest(runs, ["params", "tokens"])
    unseen = {role: column[away] for role, column in runs.items()}
    fit = fit_joint({role: column[~away] for role, column in runs.items()}, CurveOptions(holdout=unseen), problems=1000.0)
    assert fit.holdout is not None
    assert fit.holdout.rms <= 0.10
    assert fit.holdout.coverage >= 0.85


def test_the_shipped_comparison_says_which_law_won() -> None:
    rows = json.loads(data_path("lab", "comparison.json").read_text(encoding="utf-8"))["rows"]
    best = min(rows, key=lambda row: row["forecast_rms"])
    assert (best["law"], best["gain"]) == ("chain", "approach, log-log task")
    assert all(fold["rms"] <= 0.10 for fold in best["folds"].values())
    assert all(best["folds"][name]["coverage"] >= 0.85 for name in ("params", "tokens", "params+tokens"))
    others = {row["law"]: row["forecast_rms"] for row in rows if row["law"] != "chain"}
    assert best["forecast_rms"] < 0.7 * min(others.values())


def test_rl_and_samples_replace_each_other() -> None:
    """One basin trains by RL and draws few samples, the other draws many without RL; which is best turns with the queries."""
    many = bp.plan(budget=1e13, law="lab", queries=300_000, tokens_per_sample=10, verifier="oracle")
    other = many.certificate.runner_up
    assert other is not None
    assert many.plan.share["rl"] > 0.1
    assert other["share"]["rl"] == 0
    assert other["samples_per_query"] > 3 * many.plan.samples_per_query
    assert other["loss"] > many.plan.loss
    few = bp.plan(budget=1e13, law="lab", queries=20_000, tokens_per_sample=10, verifier="oracle")
    assert few.plan.share["rl"] == 0


def test_the_loop_closed() -> None:
    """At each budget the plan's runs fell into the predicted interval, and no rule of thumb had a lower mean task loss."""
    runs = pd.read_csv(data_path("lab", "validation.csv"))
    assert (runs.groupby(["budget", "candidate"])["seed"].nunique() == 3).all()
    assert runs["budget"].nunique() == 3
    inside = runs["measured"].between(runs["low"], runs["high"])
    assert inside[runs["candidate"] == "plan"].all()
    mean = runs.pivot_table(index="budget", columns="candidate", values="measured")
    assert (mean.idxmin(axis=1) == "plan").all()
    grid = pd.read_csv(data_path("lab", "runs.csv"))
    beyond = runs[(runs["budget"] == "beyond") & (runs["candidate"] == "plan")]
    assert (beyond["pretraining_tokens"] > grid["pretraining_tokens"].max()).all()
