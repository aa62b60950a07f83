"""The method table gives the published cost factors; the hardware table holds dense peaks with sources."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest

Shipped = Callable[[str], Any]
PARTS = ["generate", "train", "reference", "critic_forward", "critic_train", "reward_model"]
METHODS = ["grpo", "grpo-reference", "reinforce", "ppo", "sft", "distillation", "self-generated", "pope"]
CHIPS = ["A100-80GB", "H100", "H200", "H800", "B200", "GB200", "MI300X", "TPU-v5e", "TPU-v5p", "TPU-v6e", "TPU7x"]


def factor(method: dict[str, Any], utilisation: float) -> float:
    """Training-equivalent FLOP per token per parameter at this relative utilisation of decoding."""
    utilisation = method.get("decode_utilisation", utilisation)
    decode = sum(method["kappa"][part] for part in method["at_decode_utilisation"])
    training = sum(method["kappa"][part] for part in method["at_training_utilisation"])
    return float(decode / utilisation + training)


@pytest.fixture
def methods(shipped: Shipped) -> dict[str, dict[str, Any]]:
    return {method["id"]: method for method in shipped("methods.yaml")["methods"]}


def test_every_method_is_complete(methods: dict[str, dict[str, Any]]) -> None:
    assert list(methods) == METHODS
    for name, method in methods.items():
        assert list(method["kappa"]) == PARTS, name
        assert all(isinstance(value, float) and value >= 0 for value in method["kappa"].values()), name
        split = [*method["at_decode_utilisation"], *method["at_training_utilisation"]]
        assert sorted(split) == sorted(PARTS), name
        assert all(method[key] for key in ("sources", "notes", "title")), name
        for part, span in method.get("ranges", {}).items():
            assert span["low"] <= method["kappa"][part] <= span["high"], (name, part)


@pytest.mark.parametrize(("name", "constant"), [("grpo", 6), ("reinforce", 6), ("grpo-reference", 8), ("ppo", 18)])
@pytest.mark.parametrize("utilisation", [1.0, 0.3, 0.25, 0.1])
def test_training_equivalent_factor(name: str, constant: float, utilisation: float, methods: dict[str, dict[str, Any]]) -> None:
    assert factor(methods[name], utilisation) == pytest.approx(2 / utilisation + constant, rel=1e-12)


def test_supervised_tokens_do_not_decode(methods: dict[str, dict[str, Any]]) -> None:
    assert factor(methods["sft"], 0.01) == 6.0


def test_pope_range(methods: dict[str, dict[str, Any]]) -> None:
    pope = methods["pope"]
    low, high = pope["ranges"]["train"]["low"], pope["ranges"]["train"]["high"]
    assert [pope["kappa"]["generate"] + train for train in (low, high)] == [2.0, 6.0]
    # case B4: alpha, the factor relative to the 6 of pre-training, is 1.11 to 3.33
    assert [(2.0 + train) / 6 / pope["decode_utilisation"] for train in (low, high)] == pytest.approx([1.11, 3.33], abs=5e-3)


def test_default_utilisation_is_assumed_with_a_range(shipped: Shipped) -> None:
    entry = shipped("methods.yaml")["decode_utilisation"]
    assert (entry["kind"], entry["low"], entry["value"], entry["high"]) == ("assumed", 0.1, 0.25, 0.4)


def test_every_chip_is_complete(shipped: Shipped) -> None:
    chips = {chip["id"]: chip for chip in shipped("hardware.yaml")["chips"]}
    assert set(chips) >= set(CHIPS)
    names = [name.lower() for chip in chips.values() for name in [chip["id"], *chip["aliases"]]]
    assert len(names) == len(set(names)), "an alias stands for two chips"
    for name, chip in chips.items():
        assert 1e14 < chip["peak_flop_per_s"]["bf16"] < 3e15, name
        assert 1e10 < chip["memory_bytes"] < 3e11, name
        assert 5e11 < chip["bandwidth_bytes_per_s"] < 1e13, name
        assert all(chip[key] for key in ("status", "sources")), name
        if "fp8" in chip["peak_flop_per_s"]:
            ratio = chip["peak_flop_per_s"]["fp8"] / chip["peak_flop_per_s"]["bf16"]
            # sheets round bf16 and fp8 apart, hence a part in a thousand
            assert round(ratio) in {1, 2}, name
            assert ratio == pytest.approx(round(ratio), rel=1e-3), name
        if "price_usd_per_h" in chip:
            assert {"value", "date", "source"} == set(chip["price_usd_per_h"]), name


def test_peaks_are_dense(shipped: Shipped) -> None:
    peaks = {chip["id"]: chip["peak_flop_per_s"] for chip in shipped("hardware.yaml")["chips"]}
    assert peaks["H100"] == {"bf16": 9.894e14, "fp8": 1.9789e15}
    assert peaks["H200"]["fp8"] < 3.9e15
    assert peaks["B200"]["fp8"] < 9e15
    assert peaks["MI300X"]["bf16"] < 2.6e15
    # case A16: 400 TFLOP/s on H100 is about 41 %
    assert 400e12 / peaks["H100"]["bf16"] == pytest.approx(0.41, abs=0.01)


def test_peaks_agree_with_epoch(shipped: Shipped, shared_data: Callable[[str], Any]) -> None:
    known = {
        "A100-80GB": "NVIDIA A100 SXM4 80 GB",
        "H100": "NVIDIA H100 SXM5 80GB",
        "H200": "NVIDIA H200 SXM",
        "H800": "NVIDIA H800 SXM5",
        "B200": "NVIDIA B200",
        "GB200": "NVIDIA GB200",
        "MI300X": "AMD Instinct MI300X",
        "TPU-v5e": "Google TPU v5e",
        "TPU-v5p": "Google TPU v5p",
        "TPU-v6e": "Google TPU v6e Trillium",
        "TPU7x": "Google TPU v7 Ironwood",
    }
    with (shared_data("hardware-epoch") / "ml_hardware_2026-04.csv").open(encoding="utf-8") as lines:
        rows = {row["Hardware name"]: row for row in csv.DictReader(lines)}
    chips = {chip["id"]: chip for chip in shipped("hardware.yaml")["chips"]}
    for chip, name in known.items():
        row = rows[name]
        bf16 = float(row["Tensor-FP16/BF16 performance (FLOP/s)"])
        assert chips[chip]["peak_flop_per_s"]["bf16"] == pytest.approx(bf16, rel=1e-3), chip
        assert chips[chip]["bandwidth_bytes_per_s"] == pytest.approx(float(row["Memory bandwidth (byte/s)"]), rel=5e-3), chip
