"""The lab's table of claims about training signals: whole, decided by its own intervals, and what the README says of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from budgetplan.signal.measured import Claim, measured_claims

README = Path(__file__).resolve().parents[2] / "README.md"
BOUND = {"A model knows when it is right before any training": 0.5}
"""Where a claim of a difference is not about its sign."""
AGREEMENT = "The formula over the problems' own success is right within 0.02"


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    return measured_claims()


def test_every_part_is_there_and_every_claim_once(claims: list[Claim]) -> None:
    assert {claim["part"] for claim in claims} == set("abcdef")
    assert len({claim["claim"] for claim in claims}) == len(claims) == 40
    assert {claim["seeds"] for claim in claims if claim["part"] != "e"} == {5}


def test_the_interval_decides_the_verdict(claims: list[Claim]) -> None:
    for claim in claims:
        low, high = claim["low"], claim["high"]
        assert isinstance(low, float)
        assert isinstance(high, float)
        bound = BOUND.get(str(claim["claim"]), 1.0 if claim["unit"] == "ratio" else 0.0)
        sides = {"holds": low > bound, "does not": high < bound, "undecided": low <= bound <= high}
        if claim["claim"] == AGREEMENT:
            sides = {"holds": low > -0.02 and high < 0.02}
        assert sides[str(claim["verdict"])], claim


def test_every_row_names_the_command_that_measures_it_again(claims: list[Claim]) -> None:
    for claim in claims:
        words = shlex.split(str(claim["command"]))
        again = ["validate", "lab"] if claim["part"] == "e" else ["signal", "lab", "--preset", "full", "--part", claim["part"]]
        assert words == ["budgetplan", "lab", *again]


SAID = (
    ("a", "A given answer tells more than a verdict, per sample", "106 times the bits", "{:.0f} times the bits"),
    ("a", "SFT needs fewer FLOP than GRPO", "a twentieth of its FLOP", "a twentieth of its FLOP"),
    ("b", "SFT on right answers moves the weights further (L2) than GRPO", "4.8 times as far", "{:.1f} times as far"),
    ("d", "GRPO needs fewer FLOP than PPO with a critic", "half the FLOP of PPO", "half the FLOP of PPO"),
    ("f", "A small self-trained model beats a larger base model on the task", "2.3 times the success", "{:.1f} times the success"),
    ("f", "It pays for that with text", ".67 nat more text loss", "{:.2f} nat more text loss"),
)  # fmt: skip


@pytest.mark.parametrize(("part", "name", "words", "form"), SAID, ids=lambda item: item if isinstance(item, str) else "")
def test_the_readme_says_what_the_table_says(claims: list[Claim], part: str, name: str, words: str, form: str) -> None:
    text = " ".join(README.read_text(encoding="utf-8").split())
    assert words in text
    (claim,) = (claim for claim in claims if claim["claim"] == name and claim["part"] == part)
    value = claim["value"]
    assert isinstance(value, float)
    assert form.format(value).removeprefix("0") == words
    if "twentieth" in words:
        assert value == pytest.approx(1 / 20, abs=0.005)
    if "half" in words:
        assert value == pytest.approx(2.0, abs=0.05)


def test_the_readme_counts_the_verdicts(claims: list[Claim]) -> None:
    text = " ".join(README.read_text(encoding="utf-8").split())
    counts = [sum(claim["verdict"] == word for claim in claims) for word in ("holds", "does not", "undecided")]
    found = re.search(r"(\d+) claims: (\d+) hold, (\d+) do not, (\d+) are undecided", text)
    assert found is not None
    assert [int(number) for number in found.groups()] == [len(claims), *counts]
