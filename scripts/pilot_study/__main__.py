"""Try pilots on simulated truths of named laws: `python scripts/pilot_study docs/pilot.csv`.

One row per law, number of runs and seed. Every figure is expected regret of a 1e25 FLOP plan in wasted compute; its standard error
stands beside it, that of the difference between pilot and grid too, since both are tried on the same truths.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from assumed_spread import LENDER, borrowed

from budgetplan.scenario import Scenario
from budgetplan.uncertainty.draws import draw_law
from budgetplan.uncertainty.pilot_observe import Telling
from budgetplan.uncertainty.pilot_prior import prior_from
from budgetplan.uncertainty.pilot_runs import isoflop
from budgetplan.uncertainty.pilot_simulate import regret_after, trials
from budgetplan.workflow.questions.pilot_study import APART, PRIOR, designed
from budgetplan.workflow.resolve.question import resolve

OWN = ("besiroglu-2024", "default", "additive")
ASSUMED = ("sardana-2024", "hoffmann-2022")
BUDGET, PILOT, TRUTHS = 1e25, 1e22, 200
RUNS, SEEDS = (8, 15), (0, 1, 2)
RL = 0.3  # part of every run's training in the second grid of joint laws: a grid without RL tells nothing of it


def row(name: str, runs: int, seed: int) -> dict[str, object]:
    """One trial of a law."""
    question = resolve(Scenario(law=name, budget=BUDGET, seed=seed))
    main = question.at(np.array([BUDGET]))
    draw = borrowed if name in ASSUMED else draw_law
    prior = prior_from(question.law, draw(question.law, PRIOR, seed), "none", None)
    truths, telling = draw(question.law, TRUTHS, seed + APART), Telling()
    study = designed(question, main, prior, truths, PILOT, runs, telling)
    paired = study.after.wasted - study.after_grid.wasted
    found: dict[str, object] = {
        "law": name,
        "spread": f"assumed: that of {LENDER}" if name in ASSUMED else "its own",
        "runs": runs,
        "seed": seed,
        "truths": len(paired),
        "before": study.before.expected,
        "after_pilot": study.after.expected,
        "after_isoflop": study.after_grid.expected,
        "after_isoflop_with_rl": "",
        "difference": float(paired.mean()),
        "difference_standard_error": float(paired.std(ddof=1) / np.sqrt(len(paired))),
        "linearised_pilot": study.predicted["pilot"],
        "linearised_isoflop": study.predicted["isoflop"],
        "pilot_flop": float(study.chosen.runs.cost.sum()),
        "isoflop_flop": float(study.grid.runs.cost.sum()),
    }
    if main.has_rl:
        grid = isoflop(main, PILOT, telling.evaluated(main.model), RL)
        tried = trials(main, prior, truths)
        found["after_isoflop_with_rl"] = float(regret_after(tried, prior, telling, grid, seed).mean())
    return {key: f"{value:.4g}" if isinstance(value, float) else value for key, value in found.items()}


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    target = parser.parse_args().table
    rows = [row(name, runs, seed) for name in (*OWN, *ASSUMED) for runs in RUNS for seed in SEEDS]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows in {target}")


if __name__ == "__main__":
    main()
