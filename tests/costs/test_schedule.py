"""Stages in time: each at its own utilisation, the sum is what the budget bought, and a deadline parts what fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.costs import find_method, load_methods, resolve_budget, schedule

PEAK = 9.894e14  # FLOP/s, H100 dense bf16
DAY = 86400.0
THIRDS = {"pretraining": 2e24, "rl": 2e24, "inference": 2e24}
BUDGET = {"budget": 6e24, "gpus": "4096xH100", "mfu": "40%", "price": "2usd/h"}


def test_each_stage_takes_what_its_arithmetic_takes_at_its_utilisation() -> None:
    """GRPO at u = 0.25: 2 FLOP per param and token decode at a quarter of the MFU, 6 train at it; 8 to 6 in time."""
    told = schedule(resolve_budget(**BUDGET), THIRDS, find_method("grpo"), 0.25)  # type: ignore[arg-type]
    days = {item.stage: (item.duration or 0) / DAY for item in told.stretches}
    third = 2e24 / (4096 * PEAK * 0.4) / DAY
    assert days == pytest.approx(
        {"pretraining": third, "rl_rollouts": third * 8 / 14, "rl_training": third * 6 / 14, "inference": third}, rel=1e-12
    )
    assert {item.stage: item.utilisation for item in told.stretches} == pytest.approx(
        {"pretraining": 0.4, "rl_rollouts": 0.1, "rl_training": 0.4, "inference": 0.1}
    )
    # the same from plain arithmetic: rollouts are 2/14 of the training-equivalent amount in operations at u = 1
    operations = {item.stage: item.gpu_hours * 3600 * PEAK * (item.utilisation or 0) for item in told.stretches}
    assert operations["rl_rollouts"] / operations["rl_training"] == pytest.approx(2 / 6)
    assert operations["inference"] == pytest.approx(0.25 * 2e24)


@given(
    st.floats(0.0, 1.0), st.floats(0.05, 1.0), st.floats(0.0, 0.9), st.floats(0.1, 1.0),
    st.sampled_from([item.id for item in load_methods()]),
)  # fmt: skip
def test_the_stages_sum_to_what_was_bought(rl: float, u: float, reserve: float, goodput: float, method: str) -> None:
    money = resolve_budget(**BUDGET, reserve=reserve, goodput=goodput)  # type: ignore[arg-type]
    flop = {"pretraining": money.flop * (1 - rl), "rl": money.flop * rl, "inference": 0.0}
    told = schedule(money, flop, find_method(method), u)
    assert sum(item.gpu_hours for item in told.stretches) == pytest.approx(money.project.gpu_hours, rel=1e-9)
    assert told.stretches[-1].end == pytest.approx(money.duration, rel=1e-9)
    assert told.ready == told.stretches[-1].end
    assert "inference" not in {item.stage for item in told.stretches}


def test_a_deadline_parts_what_fits_from_what_does_not() -> None:
    money = resolve_budget(**BUDGET, reserve=0.4)  # type: ignore[arg-type]
    flop = dict.fromkeys(THIRDS, money.flop / 3)
    ends = [item.end or 0 for item in schedule(money, flop, find_method("grpo")).stretches]
    assert schedule(money, flop, find_method("grpo")).stretches[0].stage == "experiments"
    for late, meets in ((0, False), (2, False), (3, True), (4, True)):
        told = schedule(money, flop, find_method("grpo"), deadline=ends[late])
        assert [item.fits for item in told.stretches] == [True] * (late + 1) + [False] * (4 - late)
        assert told.meets_deadline is meets
    assert schedule(money, flop, find_method("grpo")).meets_deadline is None


def test_without_a_number_of_devices_there_are_hours_and_no_days() -> None:
    told = schedule(resolve_budget(budget=6e24), THIRDS, find_method("grpo"))
    assert all(item.duration is None and item.end is None and item.gpu_hours > 0 for item in told.stretches)
    assert (told.gpus, told.ready, told.meets_deadline) == (None, None, None)


def test_operations_run_every_stage_at_full_utilisation() -> None:
    told = schedule(resolve_budget(**BUDGET), THIRDS, find_method("grpo"), count="operations")  # type: ignore[arg-type]
    assert {item.utilisation for item in told.stretches} == {0.4}
