"""Reserve and goodput: what the final run gets of a project, and what failures take off the bought hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.costs import Budget, money_sentence, resolve_budget
from budgetplan.errors import ScenarioError, UnitError

PEAK = 9.894e14  # FLOP/s, H100 dense bf16
EXACT = 1e-12
MFUS, PRICES = st.floats(0.01, 1.0), st.floats(0.01, 100.0)
RESERVES, GOODPUTS = st.floats(0.0, 0.99), st.floats(0.05, 1.0)


def test_a_cluster_for_three_weeks_by_hand() -> None:
    """256 H100 for 21 days are 129,024 hours; 90 % of them make progress at 40 %; the final run gets 70 % of all."""
    found = resolve_budget(gpus="256xH100", duration="21d", mfu="40%", price="2.5usd/h", reserve="30%", goodput="90%")
    assert found.project.gpu_hours == 129_024.0
    assert found.project.usd == pytest.approx(322_560.0, rel=EXACT)
    assert found.project.flop == pytest.approx(129_024 * 3600 * PEAK * 0.4 * 0.9, rel=EXACT)
    assert found.flop == pytest.approx(0.7 * found.project.flop, rel=EXACT)
    assert found.gpu_hours == pytest.approx(0.7 * 129_024, rel=EXACT)
    assert found.usd == pytest.approx(0.7 * 322_560, rel=EXACT)
    assert (found.gpus, found.duration) == (256.0, 21 * 86400.0)


def test_goodput_leaves_compute_as_it_is_and_raises_hours_and_money() -> None:
    plain, failing = (resolve_budget(budget=1e25, goodput=share) for share in (None, 0.5))
    assert failing.flop == plain.flop == 1e25
    assert failing.gpu_hours == pytest.approx(2 * plain.gpu_hours, rel=EXACT)
    assert plain.usd is not None
    assert failing.usd == pytest.approx(2 * plain.usd, rel=EXACT)


def test_without_a_reserve_the_final_run_is_the_project() -> None:
    found = resolve_budget(budget="1e25")
    assert found.final_run == found.project
    assert (found.reserve, found.goodput) == (0.0, 1.0)


@given(st.floats(1e18, 1e28), MFUS, PRICES, RESERVES, GOODPUTS)
def test_compute_hours_and_money_go_round(flop: float, mfu: float, price: float, reserve: float, goodput: float) -> None:
    rest = {"gpu": "H100", "mfu": mfu, "price": price, "reserve": reserve, "goodput": goodput}
    from_flop = resolve_budget(budget=flop, **rest)  # type: ignore[arg-type]
    from_money = resolve_budget(usd=from_flop.project.usd, **rest)  # type: ignore[arg-type]
    hours = from_money.project.gpu_hours
    rest.pop("gpu")
    from_hours = resolve_budget(gpus="8xH100", duration=hours / 8 * 3600, **rest)  # type: ignore[arg-type]
    for found in (from_money, from_hours):
        assert _all(found) == pytest.approx(_all(from_flop), rel=EXACT)
    assert from_hours.project.flop == pytest.approx(flop, rel=EXACT)
    assert from_flop.flop_per_gpu_hour == pytest.approx(PEAK * 3600 * mfu * goodput, rel=EXACT)


@given(st.integers(1, 10**5), st.floats(3600.0, 1e8), MFUS, GOODPUTS)
def test_three_of_four_give_the_fourth_at_any_goodput(count: int, duration: float, mfu: float, goodput: float) -> None:
    gpus = f"{count}xH100"
    base = resolve_budget(gpus=gpus, duration=duration, mfu=mfu, goodput=goodput)
    derived = resolve_budget(gpus=gpus, duration=duration, budget=base.project.flop * (1 - 1e-12), goodput=goodput)
    assert derived.mfu == pytest.approx(mfu, rel=1e-9)
    timed = resolve_budget(gpus=gpus, budget=base.project.flop, mfu=mfu, goodput=goodput)
    assert timed.duration == pytest.approx(duration, rel=EXACT)


def _all(found: Budget) -> tuple[float | None, ...]:
    return (*vars(found.final_run).values(), *vars(found.project).values())


def test_a_needed_utilisation_counts_the_failures() -> None:
    run = {"gpus": "256xH100", "duration": "21d", "budget": 3e23}
    assert resolve_budget(**run, goodput="80%").mfu == pytest.approx(resolve_budget(**run).mfu / 0.8, rel=EXACT)  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match=r"need an MFU of 130\.6 %.* and a goodput of 50 %"):
        resolve_budget(**run, goodput="50%")  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match=r"at an MFU of 40 % and a goodput of 50 % give 9\.191e\+22 FLOP"):
        resolve_budget(**run, goodput="50%", mfu="40%")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"reserve": "100%"}, ScenarioError, "leaves the final run nothing"),
        ({"reserve": "30"}, UnitError, "reserve: "),
        ({"reserve": -0.1}, UnitError, "reserve: "),
        ({"goodput": 0}, UnitError, "goodput: "),
        ({"goodput": "110%"}, UnitError, "goodput: "),
    ],
)
def test_shares_out_of_range_are_refused(fields: dict[str, str | float], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        resolve_budget(budget=1e25, **fields)  # type: ignore[arg-type]


def test_the_money_says_what_it_includes_and_when_its_price_is_from() -> None:
    dated = money_sentence(resolve_budget(budget="1e25", gpu="H100", mfu="40%"))
    assert dated is not None
    for part in ("final run", "failures and restarts left out", "experiments left out", "of 2024 (arXiv:2401.00448"):
        assert part in dated
    whole = money_sentence(resolve_budget(usd="2Musd", price="2.5usd/h", gpu="H100", reserve="25%", goodput="90%"))
    assert whole is not None
    for part in ("$1.5M for the final run", "$2M with the experiments", "reserve 25 %", "goodput 90 %", "as given"):
        assert part in whole
