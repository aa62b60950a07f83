"""What is said of an allocation outside a law's measured box: how far, in words that suit the distance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from budgetplan.laws.box import extrapolations
from budgetplan.laws.law_files import shipped_record

RECORD = replace(shipped_record("besiroglu-2024"), box={"params": (1e8, 1e10)})


@pytest.mark.parametrize(
    ("params", "told", "grade"),
    [
        (9.99e7, "down to 1e+08 params: this plan lies just below (9.99e+07)", "slight"),
        (9.6e7, "down to 1e+08 params: this plan lies 4 % below (9.6e+07)", "slight"),
        (1.3e10, "up to 1e+10 params: this plan lies 30 % above (1.3e+10)", "slight"),
        (2e10, "up to 1e+10 params: this plan lies 0.3 decades above (2e+10)", "slight"),
        (3.2e11, "up to 1e+10 params: this plan lies 1.5 decades above (3.2e+11)", "moderate"),
        (1e14, "up to 1e+10 params: this plan lies 4.0 decades above (1e+14)", "far"),
    ],
)
def test_the_distance_is_told(params: float, told: str, grade: str) -> None:
    (found,) = extrapolations({"pretraining": RECORD}, {"params": params})
    assert found.sentence == f"`besiroglu-2024` was measured {told}."
    assert found.grade == grade


def test_nothing_is_said_inside() -> None:
    assert extrapolations({"pretraining": RECORD}, {"params": 1e9, "rl_tokens": 1e30}) == []
