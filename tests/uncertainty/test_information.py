"""The value of information has a closed form where one term of a two-term law is uncertain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from budgetplan.errors import ScenarioError
from budgetplan.laws.catalogue import assemble, load_law
from budgetplan.laws.law import Law
from budgetplan.planning.problem import problem
from budgetplan.planning.solver import solve
from budgetplan.uncertainty.information import value_of_information
from budgetplan.uncertainty.spread import Q90

KAPPA = (6.0, 14.0, 8.0)


def plain(law: Law) -> Law:
    return law


def only_b(spread: float) -> Law:
    """A law A/N^a + B/D^a of which only B is uncertain, by a factor e^spread (90 %)."""
    law = load_law("besiroglu-2024")
    values = {"E": 1e-9, "A": 400.0, "alpha": 0.35, "B": 2000.0, "beta": 0.35}
    bare = {"low": None, "high": None, "standard_error": None, "interval": ""}
    coefficients = {name: replace(law.record.coefficients[name], value=value, **bare) for name, value in values.items()}
    high, low = (float(values["B"] * np.exp(sign * spread)) for sign in (1, -1))
    coefficients["B"] = replace(coefficients["B"], low=low, high=high, interval="90 %")
    record = replace(law.record, coefficients=coefficients, drawn=(), data="")
    return assemble(record, {record.link: record})


def test_one_uncertain_term_matches_its_closed_form() -> None:
    r"""With equal exponents a and no floor, a size planned for B wastes 1 - sech(z s/2)^(2/a) where the truth is B e^(z s).

    At the optimum both terms are T. Held there, the truth makes l = T (1 + b), b = e^(z s); its own optimum at C' is
    2 T sqrt(b) (C/C')^(a/2); equal where C'/C = (2 sqrt(b)/(1 + b))^(2/a).
    """
    spread, a, count = 1.2, 0.35, 4000
    law = only_b(spread)
    one = problem(law.model, 1e23, KAPPA)
    found = value_of_information(law, one, solve(one).y[:, 0], plain, count, 0)
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    expected = float(np.sum(weights * (1 - np.cosh(nodes * spread / Q90 / 2) ** (-2 / a))) / np.sqrt(2 * np.pi))
    (worth, whole) = found.rows
    assert (worth.group, worth.coefficients) == ("B, beta", ("B",))
    assert worth.value == pytest.approx(expected, abs=3 * worth.standard_error)
    assert worth.value == pytest.approx(expected, rel=0.1)
    assert whole.value == pytest.approx(worth.value, rel=1e-6)
    # the standard error is that of the closed form's own spread
    second = float(np.sum(weights * (1 - np.cosh(nodes * spread / Q90 / 2) ** (-2 / a)) ** 2) / np.sqrt(2 * np.pi))
    assert worth.standard_error == pytest.approx(np.sqrt((second - expected**2) / count), rel=0.1)


def test_groups_are_worth_no_more_than_all_and_the_seed_decides() -> None:
    law = load_law("additive")
    one = problem(law.model, 1e24, KAPPA, 5e11)
    y = solve(one).y[:, 0]
    found = value_of_information(law, one, y, plain, 400, 3)
    *groups, whole = found.rows
    assert whole.group == "all"
    assert [row.value for row in groups] == sorted((row.value for row in groups), reverse=True)
    for row in groups:
        assert row.value <= whole.value + 3 * (row.standard_error + whole.standard_error)
    assert groups[0].group == "H, delta"
    assert next(row for row in groups if row.group == "E").value == pytest.approx(0.0, abs=1e-9)
    assert value_of_information(law, one, y, plain, 400, 3).to_dict() == found.to_dict()


def test_links_are_the_groups_of_a_joint_law() -> None:
    law = load_law("default")
    one = problem(law.with_options("none").model, 1e25, KAPPA, 5e11)
    found = value_of_information(law, one, solve(one, 8).y[:, 0], lambda item: item.with_options("none"), 60, 0)
    assert {row.group for row in found.rows} == {"pretraining", "task", "rl", "inference", "all"}
    assert found.draws == 60


def test_a_law_without_spread_is_refused() -> None:
    law = load_law("shen-2026-chess")
    if any(item.low is not None or item.standard_error is not None for item in law.record.coefficients.values()):
        pytest.skip("the chess law states a spread")
    one = problem(law.model, 1e21, KAPPA)
    with pytest.raises(ScenarioError, match="no spread"):
        value_of_information(law, one, solve(one).y[:, 0], plain, 10, 0)
