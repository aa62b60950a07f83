"""Plans from simulated runs: does the 90 % interval of the optimum under the fit's draws hold the optimum of the true law?

`python -m tests.uncertainty.coverage.plans docs/plan_coverage.csv` runs 200 data sets of each study.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.joint.fit_joint import fit_joint
from budgetplan.fitting.law.law_file import write_law
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.model import AbstractModel
from budgetplan.numerics.arrays import Array
from budgetplan.planning.problem import Problem, problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.draws import draw_law
from budgetplan.uncertainty.replan import replan
from tests.fitting.coverage.simulated import STUDIES
from tests.fitting.joint.conftest import TRUTHS, four_links, task_loss

SETS, DRAWS = 200, 200


@dataclass(frozen=True)
class PlanStudy:
    """A true law, how runs of it are fitted to a law file, and the question asked of both."""

    name: str
    truth: AbstractModel
    fitted: Callable[[int, Path], Path]
    ask: Callable[[AbstractModel], Problem]


def _chinchilla(seed: int, path: Path) -> Path:
    study = next(one for one in STUDIES if one.form == "chinchilla" and one.bootstrap)
    table = study.table(np.random.default_rng([11, seed]))
    return write_law(fit_law(table, "chinchilla", bootstrap=DRAWS, seed=seed), path)


def _joint(seed: int, path: Path) -> Path:
    draw = np.random.default_rng([13, seed])
    sizes, tokens, rl, k = (
        np.geomspace(3e4, 1e6, 4),
        np.geomspace(5e5, 8e6, 5),
        np.array([0, 1e4, 5e4, 2.5e5, 1e6]),
        2.0 ** np.arange(6),
    )
    n, d, r, s, seeds = (axis.ravel() for axis in np.meshgrid(sizes, tokens, rl, k, np.arange(2.0), indexing="ij"))
    exact, loss = task_loss(TRUTHS["log"], n, d, r, s)
    _, curve = np.unique(np.stack([n, d, seeds]), axis=1, return_inverse=True)
    lucky = 0.03 * draw.standard_normal(curve.max() + 1)[curve.reshape(-1)]
    success = draw.binomial(1000, np.exp(-exact * np.exp(lucky))) / 1000
    noisy = loss * np.exp(0.002 * draw.standard_normal(curve.max() + 1)[curve.reshape(-1)])
    runs: Mapping[str, Array] = {
        "params": n,
        "tokens": d,
        "rl_tokens": r,
        "k": s,
        "success": success,
        "loss": noisy,
        "cluster": seeds,
    }
    fit = fit_joint(runs, CurveOptions(bootstrap=DRAWS, seed=seed), gain="log")
    return write_law(replace(fit, provenance={**fit.provenance, "data_sha256": f"{seed:064x}"}), path)


PLAN_STUDIES = (
    PlanStudy(
        "chinchilla, 120 runs, at 1e22 FLOP",
        ChinchillaLoss(1.8, 480.0, 2000.0, 0.347, 0.366),
        _chinchilla,
        lambda model: problem(model, 1e22, (6.0, 14.0, 8.0)),
    ),
    PlanStudy(
        "four links, 1,200 rows, at 1e15 FLOP",
        four_links(TRUTHS["log"]),
        _joint,
        lambda model: problem(model, 1e15, (6.0, 20.0, 8.0), 3e6),
    ),
)


def quantities(y: Array, share: Array, stages: int) -> Array:
    """ln N and the shares of stages that are a choice, shape (quantity, draw)."""
    return np.concatenate([y[:1], share if stages > 1 else share[:0]])


def plan_hits(study: PlanStudy, seeds: range, folder: Path) -> Array:
    """Whether each interval holds the truth, shape (set, quantity)."""
    true = study.ask(study.truth)
    best = solve(true, 8)
    cost = true.cost(best.y)
    stages = 3 if true.has_rl else 1
    truth = quantities(best.y, cost / cost.sum(axis=0), stages)[:, 0]
    rows = []
    for seed in seeds:
        law = load_law(str(study.fitted(seed, folder / "law.yaml")))
        found = replan(study.ask(law.model), draw_law(law, DRAWS, seed).law.model, DRAWS, {}, waste=False)
        low, high = np.quantile(quantities(found.y, found.share, stages), [0.05, 0.95], axis=1)
        rows.append((low <= truth) & (truth <= high))
    return np.array(rows, dtype=np.float64)


def main(target: Path) -> None:
    """Write the table."""
    import tempfile

    rows = []
    for study in PLAN_STUDIES:
        with tempfile.TemporaryDirectory() as folder:
            each = plan_hits(study, range(SETS), Path(folder)).mean(axis=0)
        names = ("params", "pretraining_share", "rl_share", "inference_share")
        rows.append({"study": study.name, "sets": SETS, **dict(zip(names, each.round(4).tolist(), strict=False))})
        sys.stderr.write(f"{rows[-1]}\n")
    target.write_text(pd.DataFrame(rows).to_csv(index=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
