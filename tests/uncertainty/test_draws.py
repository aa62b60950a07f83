"""Coefficients drawn together: ranges reproduced, partners kept together, fits' own draws used row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from budgetplan.errors import ScenarioError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law
from budgetplan.laws.forms import FORMS
from budgetplan.laws.law_files import law_ids, shipped_record
from budgetplan.laws.model import taken
from budgetplan.laws.record import Coefficient
from budgetplan.uncertainty.draws import draw_law, draw_record
from budgetplan.uncertainty.spread import Q90, drawn_values, has_spread

Q95 = 1.959963984540054


@pytest.mark.parametrize(
    ("name", "low", "value", "high"),
    [("tail", 0.3, 0.45, 0.9), ("selection_efficiency", 0.2, 0.27, 0.4), ("narrowing", -0.5, 1.75, 2.5), ("x", -3.0, -1.0, 4.0)],
)
@pytest.mark.parametrize(
    ("interval", "z"),
    [
        ("90 %: something", Q90),
        ("95 % bootstrap", Q95),
        ("50%", 0.6744897501960817),
        ("97.5%", 2.241402727604947),
        ("5 to 95 % of the 27 tails", Q90),
        ("from 95 runs", Q90),
        ("bootstrap of 4,000, 95 %", Q95),
        ("+- 20 %", Q90),
        ("10 % either way", Q90),
        ("40%", 0.5244005127080407),
    ],
)
def test_ends_of_a_range_are_its_quantiles(name: str, low: float, value: float, high: float, interval: str, z: float) -> None:
    item = Coefficient(value, "1", "fitted", "here", low, high, interval)
    assert drawn_values(name, item, np.array([-z, 0.0, z])) == pytest.approx([low, value, high], rel=1e-12)


def test_positive_coefficients_stay_positive_and_fractions_between_0_and_1() -> None:
    z = np.linspace(-8, 8, 101)
    assert np.all(drawn_values("tail", Coefficient(0.4, "1", "fitted", "", 0.1, 2.0), z) > 0)
    part = drawn_values("selection_efficiency", Coefficient(0.27, "1", "assumed", "", 0.2, 0.9), z)
    assert np.all((part > 0) & (part < 1))
    assert np.all(drawn_values("alpha", Coefficient(0.3, "1", "fitted", "", standard_error=0.2), z) > 0)


def test_terms_keep_their_value_where_they_were_measured() -> None:
    """A and alpha, B and beta, gain and reference move together: at the middle of the box the term does not change."""
    record = replace(shipped_record("besiroglu-2024"), drawn=())
    drawn, kind = draw_record(record, 500, 0)
    assert kind == "ranges"
    low, high = record.box["params"]
    middle = np.sqrt(low * high)
    assert np.ptp(drawn["alpha"]) > 0.05
    terms = drawn["A"] / middle ** drawn["alpha"]
    assert terms == pytest.approx(np.full(500, record.values["A"] / middle ** record.values["alpha"]), rel=1e-12)
    rl = shipped_record("math-log")
    gain, reference = (draw_record(rl, 500, 0)[0][name] for name in ("gain", "reference"))
    where = np.sqrt(np.prod(rl.box["rl_tokens"]))
    assert gain * np.log1p(where / reference) == pytest.approx(
        np.full(500, rl.values["gain"] * np.log1p(where / rl.values["reference"])), rel=1e-9
    )


def test_published_range_of_the_partner_follows_from_the_exponent() -> None:
    """Besiroglu's A, 285 to 744 at 95 %, is what its alpha, .317 to .373, makes of the term at the middle of the runs."""
    record = replace(shipped_record("besiroglu-2024"), drawn=())
    drawn, _ = draw_record(record, 40_000, 1)
    assert np.quantile(drawn["A"], [0.025, 0.975]) == pytest.approx([285.2, 743.6], rel=0.12)
    assert np.quantile(drawn["B"], [0.025, 0.975]) == pytest.approx([1042, 5810], rel=0.25)


def test_shipped_joint_draws_have_the_published_spread() -> None:
    """The paper's standard errors from its own 4,000 bootstraps: 124.5, 1293, .0257, .0154, .0206, within 10 %."""
    draws = shipped_record("besiroglu-2024").draws
    assert draws is not None
    assert draws.shape == (1000, 5)
    assert draws.std(axis=0, ddof=1) == pytest.approx([0.0257, 124.5, 1293.3, 0.0154, 0.0206], rel=0.11)
    assert np.corrcoef(np.log(draws[:, 1]), draws[:, 3])[0, 1] > 0.95  # A with alpha


def test_draws_of_a_fit_are_used_row_by_row(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    params = np.exp(draw.uniform(18, 23, 80))
    tokens = params * np.exp(draw.uniform(1, 5, 80))
    loss = (1.8 + 480 / params**0.35 + 2000 / tokens**0.37) * np.exp(0.003 * draw.standard_normal(80))
    fit = fit_law(pd.DataFrame({"params": params, "tokens": tokens, "loss": loss}), "chinchilla", bootstrap=300)
    law = load_law(str(write_law(fit, tmp_path / "mine.yaml")))
    found = draw_law(law, 200, 3)
    rows = np.stack([found.values[name] for name in ("E", "A", "B", "alpha", "beta")], axis=1)
    assert fit.draws is not None
    assert all(np.min(np.abs(fit.draws / row - 1).max(axis=1)) < 1e-6 for row in rows)
    assert len(np.unique(rows[:, 0])) == 200  # without replacement where there are enough
    assert found.kinds == {"pretraining": "joint"}


def test_same_seed_same_draws_and_links_apart() -> None:
    law = load_law("default")
    one, two, other = draw_law(law, 50, 1), draw_law(law, 50, 1), draw_law(law, 50, 2)
    assert all(np.array_equal(one.values[name], two.values[name]) for name in one.values)
    assert not np.array_equal(one.values["rl.gain"], other.values["rl.gain"])
    changed = draw_law(load_law("default", {"inference": "monkeys-llama3-8b-math"}), 50, 1)
    assert np.array_equal(one.values["rl.gain"], changed.values["rl.gain"])  # another link does not move it


@pytest.mark.parametrize("name", [name for name in law_ids() if shipped_record(name).link in ("pretraining", "joint")])
def test_every_law_is_drawn_or_refused_with_the_reason(name: str, every_point: Callable[[int], np.ndarray]) -> None:
    """A drawn law at (instance,) coefficients equals the law at each vector by itself."""
    law = load_law(name)
    if law.function is None:
        return
    if all(not has_spread(item) for part in law.parts.values() for item in part.coefficients.values()):
        with pytest.raises(ScenarioError, match="states no spread"):
            draw_law(law, 7, 0)
        return
    drawn = draw_law(law, 7, 0)
    x = every_point(7)
    together = drawn.law.model.evaluate(x).loss
    assert together.shape == (7,)
    for index in range(7):
        alone = taken(drawn.law.model, np.array([index])).evaluate(x[:, index : index + 1]).loss
        assert together[index] == pytest.approx(float(alone[0]), rel=1e-14)


def test_coefficients_without_spread_are_named() -> None:
    found = draw_law(load_law("default", {"rl": "scalerl-8b"}), 10, 0)
    assert "rl.midpoint" in found.still
    assert all(
        name.partition(".")[2] in FORMS[load_law("default", {"rl": "scalerl-8b"}).parts[name.partition(".")[0]].form].wants
        for name in found.still
    )


@pytest.mark.parametrize("count", [0, 2_000_000])
def test_number_of_draws(count: int) -> None:
    with pytest.raises(ScenarioError, match="between 1 and"):
        draw_law(load_law("default"), count, 0)
