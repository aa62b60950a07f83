"""`study.plot.KIND()` draws what the command draws, and loads matplotlib only then."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib.axes import Axes

import budgetplan as bp
from budgetplan.plots import KINDS
from budgetplan.workflow.charts.study_plots import StudyPlots
from budgetplan.workflow.plans.study import Study

OF_PLANS = set(KINDS) - {"pass-at-k"}  # no plan is made with a law of samples alone
SLOW = {"thirds"}  # a search over every coefficient; drawn from an additive law below


@pytest.fixture(scope="module")
def study() -> Study:
    return bp.plan(budget="1e25")


def test_every_kind_is_there() -> None:
    assert {name for name in dir(StudyPlots) if name[0] != "_" and name != "study"} == {kind.replace("-", "_") for kind in OF_PLANS}


@pytest.mark.parametrize("kind", sorted(OF_PLANS - SLOW))
def test_each_draws(study: bp.Study, kind: str) -> None:  # type: ignore[name-defined]
    ax = getattr(study.plot, kind.replace("-", "_"))()
    assert isinstance(ax, Axes)
    assert ax.get_title()


def test_the_split_is_the_studys_own(study: Study) -> None:
    ax = study.plot.split()
    assert [bar.get_width() for bar in ax.patches[:3]] == [study.plan.flop[stage] for stage in ("pretraining", "rl", "inference")]
    assert "split" in repr(study.plot)


def test_axes_of_the_users_own(study: Study) -> None:
    from matplotlib.figure import Figure

    ax = Figure(figsize=(6, 4)).add_subplot()
    assert study.plot.split(ax) is ax


def test_thirds_of_an_additive_law() -> None:
    assert bp.plan(budget="1e24", law="additive").plot.thirds().get_xlabel() == "Budget (FLOP)"


def test_matplotlib_waits_for_the_call() -> None:
    code = (
        "import sys, budgetplan as bp; study = bp.plan(budget='1e24', law='additive')\n"
        "study.plot, repr(study.plot), study._repr_html_()\n"
        "assert 'matplotlib' not in sys.modules and 'budgetplan.plots' not in sys.modules\n"
        "study.plot.split()\nassert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
