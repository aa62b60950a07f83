"""Thirty fixed questions and their answers as numbers: run as a program, it prints them for a process with another numpy."""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd

import budgetplan as bp
from budgetplan.laws.catalogue import load_law
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solution import Solution
from budgetplan.planning.solver import solve
from tests.edges.certified import KAPPA
from tests.oracles.random_problems import random_problem

BUDGETS = np.geomspace(1e18, 1e30, 5)
RANDOM = range(12)
"""Random joint problems, every other one under limits."""


def answers() -> dict[str, list[float]]:
    """Loss and allocation of every question, by what it is."""
    out: dict[str, list[float]] = {}
    for name in ("additive", "besiroglu-2024", "default", "lab"):
        law = load_law(name)
        model = law.model if name in ("additive", "besiroglu-2024") else law.with_options("none").model
        many = problem(model, BUDGETS, KAPPA, 0.0 if name == "besiroglu-2024" else 0.01 * np.sqrt(BUDGETS))
        answer = solve(many, 8)
        for index, budget in enumerate(BUDGETS):
            out[f"{name} at {budget:.0e}"] = _numbers(many, answer, index)
    for seed in RANDOM:
        one = random_problem(seed)
        answer = solve(one, 8)
        if np.isfinite(answer.loss[0]):
            out[f"random problem {seed}"] = _numbers(one, answer, 0)
    study = bp.plan(budget=1e25, draws=64, seed=1)
    for name, interval in study.intervals.items():
        out[f"draws, {name}"] = [interval] if isinstance(interval, float) else list(interval.values())
    out["regret of draws"] = [value for item in study.regret.values() for value in item.values()]
    fitted = bp.fit_law(_runs(), form="chinchilla").to_dict()
    out["a fit"] = [fitted["objective"], *fitted["coefficients"].values()]
    return out


def _numbers(many: Problem, answer: Solution, index: int) -> list[float]:
    """Loss, params and shares of compute."""
    cost = many.cost(answer.y)[:, index]
    return [float(answer.loss[index]), float(np.exp(answer.y[0, index])), *map(float, cost / cost.sum())]


def _runs() -> pd.DataFrame:
    """Sixty runs of a known law with noise."""
    draw = np.random.default_rng(0)
    params = np.geomspace(5e7, 5e9, 60)
    tokens = params * np.exp(draw.uniform(1, 5, 60))
    loss = (1.8 + 480 / params**0.35 + 2000 / tokens**0.37) * np.exp(0.002 * draw.standard_normal(60))
    return pd.DataFrame({"params": params, "tokens": tokens, "loss": loss})


if __name__ == "__main__":
    json.dump(answers(), sys.stdout)
