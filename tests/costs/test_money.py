"""Budgets: published runs, three of four in every combination, conflicts, and what is assumed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgetplan.costs import Budget, resolve_budget
from budgetplan.errors import ScenarioError, UnitError, UnknownNameError

DAY = 86400.0
PEAK = 9.894e14  # FLOP/s, H100 dense bf16
COUNTS = st.integers(1, 10**6)
DURATIONS = st.floats(60.0, 1e9)
MFUS = st.floats(0.01, 0.99)
RUN: dict[str, str | float] = {"gpus": "256xH100", "duration": "21d"}


def test_a16_llama_3() -> None:
    """Case A16: 3.8e25 FLOP on 16,384 H100 at 400 TFLOP/s each take 67.1 days at an MFU of 40.4 % (41 % printed)."""
    found = resolve_budget(budget=3.8e25, gpus="16384xH100", mfu=400e12 / PEAK)
    assert found.duration == pytest.approx(67.1 * DAY, abs=0.05 * DAY)
    back = resolve_budget(budget=3.8e25, gpus="16384xH100", duration=found.duration)
    assert back.mfu == pytest.approx(0.404, abs=5e-4)
    assert back.mfu == pytest.approx(0.41, abs=0.01)


def test_b16_r1_in_money_and_hours() -> None:
    """Case B16: 294k usd at 2 usd/h are the 147k H800 GPU-hours of R1, 5.3 % of the 2,788k of V3."""
    found = resolve_budget(usd=294e3, gpu="H800", price=2.0)
    assert found.gpu_hours == pytest.approx(147e3, rel=1e-12)
    assert found.gpu_hours / 2788e3 == pytest.approx(0.053, rel=0.01)
    assert resolve_budget(usd=294e3, gpu="H800").price_source == "DeepSeek-R1, Nature 2025: 147k H800 GPU-hours, 294k usd"


def _all_four(found: Budget) -> tuple[float | None, ...]:
    return found.flop, found.gpus, found.duration, found.mfu


@given(COUNTS, DURATIONS, MFUS)
def test_three_of_four_give_the_fourth(count: int, duration: float, mfu: float) -> None:
    gpus = f"{count}xH100"
    base = resolve_budget(gpus=gpus, duration=duration, mfu=mfu)
    assert _all_four(base) == pytest.approx((count * duration * PEAK * mfu, count, duration, mfu), rel=1e-12)
    for found in (
        resolve_budget(budget=base.flop, gpus=gpus, duration=duration),
        resolve_budget(budget=base.flop, gpus=gpus, mfu=mfu),
        resolve_budget(budget=base.flop, gpu="H100", duration=duration, mfu=mfu),
        resolve_budget(budget=base.flop, gpus=gpus, duration=duration, mfu=mfu),
    ):
        assert _all_four(found) == pytest.approx(_all_four(base), rel=1e-9)
        assert found.gpu_hours == pytest.approx(count * duration / 3600, rel=1e-9)


@given(COUNTS, DURATIONS, MFUS, st.floats(0.01, 100.0))
def test_money_round_trips(count: int, duration: float, mfu: float, price: float) -> None:
    base = resolve_budget(gpus=f"{count}xH100", duration=duration, mfu=mfu, price=price)
    assert base.usd == pytest.approx(price * base.gpu_hours, rel=1e-12)
    bought = resolve_budget(usd=base.usd, price=price, gpu="H100", mfu=mfu)
    assert (bought.flop, bought.gpu_hours) == pytest.approx((base.flop, base.gpu_hours), rel=1e-9)
    assert (bought.gpus, bought.duration) == (None, None)
    timed = resolve_budget(usd=base.usd, price=price, gpus=f"{count}xH100", mfu=mfu)
    assert timed.duration == pytest.approx(duration, rel=1e-9)


def test_a_budget_alone_names_all_that_is_assumed() -> None:
    found = resolve_budget(budget="1e25")
    assert found.gpu_hours == pytest.approx(1e25 / (PEAK * 0.4) / 3600, rel=1e-12)
    assert found.usd == pytest.approx(2.0 * found.gpu_hours, rel=1e-12)
    assert (found.gpu, found.gpus, found.duration, found.mfu) == ("H100", None, None, 0.4)
    assert (found.price, found.price_date, found.price_source) == (2.0, "2024", "arXiv:2401.00448, companion code")
    assert found.assumed == (
        "GPU: H100, since none is named.",
        "Price: $2/h per H100, of 2024 (arXiv:2401.00448, companion code).",
        "MFU: 40 % of the dense bf16 peak of H100.",
    )


def test_nothing_is_assumed_where_all_is_given() -> None:
    found = resolve_budget(gpus="256xH100", duration="21d", mfu="40%", price="2.5usd/h")
    assert found.assumed == ()
    assert (found.price, found.price_date, found.price_source) == (2.5, None, None)
    derived = resolve_budget(gpus="256xH100", duration="21d", budget=found.flop, price="2.5usd/h")
    assert derived.assumed == ()


def test_a_utilisation_is_assumed_only_where_it_does_not_follow() -> None:
    for fields in (
        {"gpus": "256xH100", "duration": "21d"},
        {"gpus": "8xH100", "budget": 1e22},
        {"usd": "2Musd", "gpu": "H100"},
    ):
        found = resolve_budget(**fields)  # type: ignore[arg-type]
        assert found.mfu == 0.4
        assert any(sentence.startswith("MFU: 40 %") for sentence in found.assumed)


def test_a_count_can_follow() -> None:
    found = resolve_budget(budget=1e25, gpu="H100", duration="60d", mfu="40%")
    assert found.gpus == pytest.approx(1e25 / (PEAK * 0.4 * 60 * DAY), rel=1e-12)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (RUN | {"budget": 2e23, "mfu": "40%"}, r"2e\+23 FLOP.* 256 H100 for 21 d .*1\.838e\+23 FLOP"),
        (RUN | {"budget": 3.8e25}, r"3\.8e\+25 FLOP need an MFU of 8269 %.*4\.596e\+23 FLOP.*989\.4 TFLOP/s"),
        (RUN | {"usd": "2Musd"}, r"129,024 GPU-hours.*1,000,000"),
        ({"usd": "2Musd", "budget": 1e25}, r"1e\+25 FLOP need an MFU of 280\.8 %: \$2M of H100 at \$2/h"),
        ({"usd": "2Musd", "gpu": "H100", "budget": 1e24, "mfu": 0.4}, r"1e\+24 FLOP.*\$2M of H100 .*1\.425e\+24 FLOP"),
        ({"gpus": "4xH100", "gpu": "A100", "duration": "2d"}, r"`gpus` are H100, and `gpu` is A100-80GB"),
        ({"usd": "2Musd", "gpu": "B200"}, r"B200 only at a price, .* Give `price`"),
        ({"gpus": "256xH100", "mfu": 0.4}, r"256 H100 are a budget only with a `duration`"),
        ({"duration": "21d"}, r"A duration of 21 d is a budget only with `gpus`"),
        ({"mfu": "40%"}, r"There is no budget\. Give a budget in one of three ways"),
        ({"usd": 1e308, "price": 1e-10}, r"numbers that can be worked with"),
        ({"budget": 5e-324}, r"numbers that can be worked with"),
    ],
)
def test_refusals(fields: dict[str, str | float], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        resolve_budget(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("off", "refused"), [(1.009, False), (0.991, False), (1.011, True), (0.989, True)])
def test_amounts_may_differ_by_one_per_cent(off: float, refused: bool) -> None:
    fields = {"budget": 256 * 21 * DAY * PEAK * 0.4 * off, "gpus": "256xH100", "duration": "21d", "mfu": 0.4}
    if refused:
        with pytest.raises(ScenarioError):
            resolve_budget(**fields)  # type: ignore[arg-type]
    else:
        assert resolve_budget(**fields).flop == fields["budget"]  # type: ignore[arg-type]


def test_a_gpu_without_a_price_leaves_the_money_out() -> None:
    found = resolve_budget(budget=1e25, gpu="B200")
    assert (found.usd, found.price) == (None, None)
    assert any("no price of B200" in sentence for sentence in found.assumed)
    assert resolve_budget(budget=1e25, gpu="B200", price=5.0).usd == pytest.approx(1e25 / (2.25e15 * 0.4) / 3600 * 5)


def test_names_and_quantities_are_checked() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean `H100`"):
        resolve_budget(budget=1e25, gpu="H10O")
    with pytest.raises(UnknownNameError):
        resolve_budget(gpus="8xabacus", duration="1d")
    with pytest.raises(UnitError, match=r"budget: .*is a rate"):
        resolve_budget(budget="1e25FLOP/s")
    with pytest.raises(UnitError, match="mfu: "):
        resolve_budget(gpus="256xH100", duration="21d", mfu="140%")
    with pytest.raises(UnitError, match="mfu: "):
        resolve_budget(gpus="256xH100", duration="21d", mfu=0)
