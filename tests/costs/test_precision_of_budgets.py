"""Precision of training: hours and money by the sourced gain, and nothing else."""

from __future__ import annotations

import pytest

from budgetplan.costs import budget_record, find_method, resolve_budget, schedule
from budgetplan.costs.hardware import find_accelerator, load_hardware
from budgetplan.costs.precision import find_precision, gain_on
from budgetplan.errors import ScenarioError, UnknownNameError

GAIN = find_precision("fp8").gain


def test_hours_and_money_shrink_by_the_gain_and_flop_stays() -> None:
    plain, fast = (resolve_budget(budget="1e24", gpus="512xH100", precision=name) for name in (None, "fp8"))
    assert (fast.flop, fast.mfu, fast.gpus, fast.price) == (plain.flop, plain.mfu, plain.gpus, plain.price)
    assert fast.gpu_hours == pytest.approx(plain.gpu_hours / GAIN, rel=1e-14)
    assert fast.usd == pytest.approx((plain.usd or 0.0) / GAIN, rel=1e-14)
    assert fast.duration == pytest.approx((plain.duration or 0.0) / GAIN, rel=1e-14)
    assert find_precision("fp8").peak_ratio > GAIN  # and not by what the peak promises


@pytest.mark.parametrize("given", [{"gpus": "256xH100", "duration": "21d", "mfu": "40%"}, {"usd": "2Musd", "gpu": "H100"}])
def test_bought_hours_do_more_by_the_gain(given: dict[str, str]) -> None:
    plain, fast = (resolve_budget(**given, precision=name) for name in (None, "fp8"))
    assert fast.flop == pytest.approx(GAIN * plain.flop, rel=1e-14)
    assert fast.gpu_hours == pytest.approx(plain.gpu_hours, rel=1e-14)


def test_bf16_changes_nothing() -> None:
    plain, named = (resolve_budget(budget="1e24", precision=name) for name in (None, "bf16"))
    assert (named.gpu_hours, named.usd, named.assumed) == (plain.gpu_hours, plain.usd, plain.assumed)
    assert "precision" not in budget_record(plain)
    assert budget_record(named)["precision_gain"] == 1.0


def test_the_gain_is_told_with_its_range() -> None:
    found = resolve_budget(budget="1e24", precision="FP8")
    (said,) = [line for line in found.assumed if line.startswith("Gain of fp8")]
    low, high = find_precision("fp8").gain_range
    for part in (f"{GAIN:g} times", f"{low:g} to {high:g}", "peaks promise 2", "H100"):
        assert part in said
    assert budget_record(found)["precision"] == "fp8"


def test_utilisation_of_the_bf16_peak_rises_by_the_gain() -> None:
    flop = {"pretraining": 6e23, "rl": 3e23, "inference": 1e23}
    plain, fast = (
        schedule(resolve_budget(budget="1e24", gpus="512xH100", precision=name), flop, find_method("grpo"))
        for name in (None, "fp8")
    )
    for slow, quick in zip(plain.stretches, fast.stretches, strict=True):
        assert quick.flop == slow.flop
        assert quick.utilisation == pytest.approx(GAIN * (slow.utilisation or 0.0), rel=1e-14)
        assert quick.gpu_hours == pytest.approx(slow.gpu_hours / GAIN, rel=1e-12)


def test_no_device_gains_more_than_its_peaks_and_none_without_a_peak() -> None:
    fp8 = find_precision("fp8")
    for chip in load_hardware():
        if "fp8" in chip.peak_flop_per_s:
            assert 1.0 <= gain_on(fp8, chip) <= chip.peak_flop_per_s["fp8"] / chip.peak_flop_per_s["bf16"]
        else:
            with pytest.raises(ScenarioError, match=f"no fp8 peak of {chip.id}") as caught:
                gain_on(fp8, chip)
            assert "H100" in caught.value.hint
    assert gain_on(fp8, find_accelerator("TPU-v5p")) == 1.0
    with pytest.raises(UnknownNameError, match="precision `fp9`"):
        resolve_budget(budget="1e24", precision="fp9")


def test_an_mfu_that_is_needed_counts_the_gain() -> None:
    plain, fast = (resolve_budget(budget="1e23", gpus="256xH100", duration="21d", precision=name) for name in (None, "fp8"))
    assert fast.mfu == pytest.approx(plain.mfu / GAIN, rel=1e-14)
    with pytest.raises(ScenarioError, match=r"1\.25 times the speed of bf16"):
        resolve_budget(budget="1e24", gpus="256xH100", duration="21d", precision="fp8")
