"""What the default law advises over five decades of budget: every stage is bought, and equal thirds is not optimal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import budgetplan as bp


@pytest.mark.parametrize("budget", [1e23, 1e24, 1e25, 1e26, 1e27])
def test_optima_are_interior(budget: float) -> None:
    """Every share above 1 %, some RL, more than one sample, and nothing but the budget binds."""
    study = bp.plan(budget=budget)
    assert min(study.plan.share[stage] for stage in ("pretraining", "rl", "inference")) > 0.01
    assert sum(study.plan.share.values()) == pytest.approx(1, abs=1e-9)
    assert study.plan.tokens["rl"] > 0
    assert study.plan.samples_per_query > 1
    assert study.certificate.status == "optimal"
    assert study.certificate.active_limits == ("budget",)


def test_equal_thirds_waste_some_compute_at_1e25() -> None:
    """Neither optimal nor absurd: a heuristic to be measured, not assumed."""
    regret = bp.plan(budget=1e25).baselines["equal-thirds"].regret
    assert regret is not None
    assert 0.01 < regret.wasted_compute < 0.25


def test_the_caveat_names_what_a_plan_asks_for(law: Callable[[str], Any]) -> None:
    """RL tokens at 1e25 FLOP and how far beyond the measured range, as `default` prints them."""
    tokens = bp.plan(budget=1e25).plan.tokens["rl"]
    text = " ".join(law("default")["caveats"])
    assert f"a plan of 1e+25 FLOP asks for some {tokens:.0e}, almost four decades beyond" in text
    assert 3.8 < np.log10(tokens / law("math-log")["box"]["rl_tokens"][1]) < 4


def test_a_steeper_rl_link_moves_compute_to_rl() -> None:
    """The end slope of the GSM8K runs buys more RL, a saturating task set less."""
    shares = [
        bp.plan(budget=1e25, link={"rl": link}).plan.share["rl"]
        for link in ("qwen3-gsm8k-saturating", "math-log", "qwen3-gsm8k-log")
    ]
    assert shares == sorted(shares)
    assert shares[1] == pytest.approx(bp.plan(budget=1e25).plan.share["rl"], rel=1e-6)
