"""Accelerators: names however written, suggestions, and what a bad table says."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetplan.costs import find_accelerator, load_hardware
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnknownNameError


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("H100", "H100"),
        ("h100", "H100"),
        ("h100 sxm", "H100"),
        ("A100", "A100-80GB"),
        ("tpu v5p", "TPU-v5p"),
        ("Trillium", "TPU-v6e"),
    ],
)
def test_names(name: str, found: str) -> None:
    assert find_accelerator(name).id == found


def test_every_name_leads_to_its_row() -> None:
    for item in load_hardware():
        for name in (item.id, *item.aliases):
            assert find_accelerator(name.upper()) is item
            assert find_accelerator(name.lower().replace("-", " ")) is item


def test_the_h100_is_the_dense_one() -> None:
    chip = find_accelerator("H100")
    assert chip.peak_flop_per_s == {"bf16": 9.894e14, "fp8": 1.9789e15}
    assert chip.price is not None
    assert (chip.price.usd_per_h, chip.price.date) == (2.0, "2024")


@pytest.mark.parametrize(("name", "hint"), [("H10O", "`H100`"), ("Ironwod", "`Ironwood`"), ("abacus", "Known: A100-40GB, ")])
def test_an_unknown_name(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=hint) as caught:
        find_accelerator(name)
    assert f"There is no GPU `{name}`." in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("bf16: 3.12e+14", "fp16: 3.12e+14", r"A100-40GB: peak_flop_per_s: `bf16` is missing"),
        ("memory_bytes: 4.0e+10", "memory_bytes: 40GB", r"A100-40GB: `memory_bytes` is '40GB'.*\[byte\]"),
        ("- A100-40\n", "- a100 80gb\n", r"A100-80GB: the name `A100-80GB` also belongs to A100-40GB"),
        ("value: 1.1", "value: 0.0", r"A100-40GB: price_usd_per_h: `value` is 0 usd/h, and has to be above 0"),
        ("price_usd_per_h:", "price:", r"A100-40GB: `price` is no field of an accelerator"),
        ("chips:", "rows:", r"`chips` is missing"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = data_path("hardware.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "hardware.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_hardware(path)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_hardware(tmp_path / "hardware.yaml")
