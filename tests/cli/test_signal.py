"""`budgetplan signal`: the agreed shape, numbers that follow the options, and one sentence per mistake."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pytest

from budgetplan.costs import load_methods, rl_kappa
from budgetplan.laws.catalogue import load_law
from budgetplan.signal import measured
from budgetplan.signal.token_price import PRETRAINING, SIGNALS

SIGNAL = "budgetplan signal"
EXAMPLE = f"{SIGNAL} --success .3 --group 16 --tokens-per-sample 4k --params 8B --method grpo --pretraining-loss 1.9"


def test_the_agreed_shape(call) -> None:
    done = call(f"{EXAMPLE} --format json")
    assert (done.status, done.err) == (0, "")
    text, grpo = done.data["rows"]
    assert {"method", "flop_per_token", "bits_per_sample", "bits_per_flop", "informative_share"} <= set(grpo)
    assert (text["method"], grpo["method"]) == (PRETRAINING, "grpo")
    assert grpo["flop_per_token"] == pytest.approx(8e9 * (2 / 0.25 + 6), rel=1e-12)
    assert grpo["informative_share"] == pytest.approx(1 - 0.3**16 - 0.7**16, rel=1e-12)
    assert grpo["bits_per_flop"] == pytest.approx(grpo["bits_per_sample"] / 4000 / grpo["flop_per_token"], rel=1e-12)
    assert text["bits_per_sample"] == pytest.approx(4000 * 1.9 / math.log(2), rel=1e-12)
    floor = load_law("besiroglu-2024").record.values["E"]
    assert text["reducible_bits_per_sample"] == pytest.approx(4000 * (1.9 - floor) / math.log(2), rel=1e-12)


def test_every_method_has_a_row_and_a_signal(call) -> None:
    rows = {row["method"]: row for row in call(f"{SIGNAL} --format json").data["rows"]}
    methods = {method.id: method for method in load_methods()}
    assert list(rows) == [PRETRAINING, *methods]
    assert set(SIGNALS) == set(rows)
    for name, method in methods.items():
        assert rows[name]["flop_per_token"] == pytest.approx(8e9 * rl_kappa(method), rel=1e-12)


def test_the_loss_that_nobody_gave(call) -> None:
    law = load_law("besiroglu-2024")
    for options, params, tokens in (("", 8e9, 15e12), ("--params 1B --pretraining-tokens 100B", 1e9, 1e11)):
        asked = call(f"{SIGNAL} {options} --format json").data["question"]
        assert asked["pretraining_loss"] == pytest.approx(float(law.pretraining_loss(params, tokens)), rel=1e-12)
    assert "nat/token after 100 B tokens (besiroglu-2024)" in call(f"{SIGNAL} --params 1B --pretraining-tokens 100B").out
    assert "besiroglu" not in call(f"{SIGNAL} --pretraining-loss 2 --irreducible-loss 1.7").out


def test_utilisation_and_count(call) -> None:
    def costs(options: str) -> dict[str, float]:
        rows = call(f"{SIGNAL} {options} --format json").data["rows"]
        return {row["method"]: row["flop_per_token"] / 8e9 for row in rows}

    half, plain = costs("--decode-utilisation 50%"), costs("--count operations")
    assert (half["grpo"], half["ppo"], half["sft"], half["pope"]) == pytest.approx((10, 22, 6, 8))
    assert (plain["grpo"], plain["ppo"], plain["pope"]) == pytest.approx((8, 20, 4))
    told = call(SIGNAL).out
    assert "decoding at 0.25 of training utilisation (pope 0.3)" in told
    assert "FLOP are plain operations" in call(f"{SIGNAL} --count operations").out


def test_the_critic_is_the_part_that_the_table_states(call) -> None:
    (row,) = call(f"{SIGNAL} --method ppo --format json").data["rows"][1:]
    assert row["critic_share"] == pytest.approx(8 / 26)


def test_the_formats_tell_the_same(call) -> None:
    rows = call(f"{SIGNAL} --format json").data["rows"]
    table = list(csv.DictReader(io.StringIO(call(f"{SIGNAL} --format csv").out)))
    assert [row["method"] for row in table] == [row["method"] for row in rows]
    for shown, row in zip(table, rows, strict=True):
        assert list(shown) == list(row)
        assert float(shown["bits_per_flop"]) == row["bits_per_flop"]
        assert shown["bits_per_group"] == ("" if row["bits_per_group"] is None else repr(row["bits_per_group"]))
    page = [line for line in call(f"{SIGNAL} --format md").out.splitlines() if line.startswith("|")]
    assert len(page) == len(rows) + 2


def test_the_page_begins_with_the_finding_and_fits_a_screen(call) -> None:
    done = call(EXAMPLE)
    title = "One answer of 4,000 tokens carries at most 0.88 bit: 1/12,000 of what as many pre-training tokens carry."
    lines = done.out.splitlines()
    assert lines[0] == title == call(f"{EXAMPLE} -q").out.strip() == call(f"{EXAMPLE} --get finding -q").out.strip()
    assert len(call(SIGNAL).out.splitlines()) <= 42
    labels = {line.split("  ")[0] for line in lines}
    assert {
        "groups",
        "dynamic sampling",
        "best success",
        "moves the model",
        "equal tokens",
        "assumed",
        "beware",
        "sources",
    } <= labels


def test_sources_and_assumptions_are_on_the_page(call) -> None:
    data, text = call(f"{SIGNAL} --format json").data, " ".join(call(SIGNAL).out.split())
    assert len(data["sources"]) >= 6
    for sentence in (*data["sources"], *data["assumed"], *data["caveats"]):
        assert " ".join(sentence.split()) in text


def test_measured_claims_stand_beside(call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "signal.csv").write_text(
        f"{','.join(measured.COLUMNS)}\nRL forgets less,b,holds,0.4,0.1,0.7,1,0.5,5,a difference,budgetplan lab signal\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(measured, "data_path", lambda: tmp_path)
    done = call(f"{EXAMPLE} --format json")
    assert [(row["claim"], row["value"], row["seeds"]) for row in done.data["measured"]] == [("RL forgets less", 0.4, 5)]
    assert "on tiny models: 1 claims hold, 0 do not, 0 are undecided. --measured shows them" in call(EXAMPLE).out
    lines = call("budgetplan signal --measured").out.splitlines()
    assert lines[0] == "1 claims hold, 0 do not, 0 are undecided."
    assert lines[3].split() == ["b", "RL", "forgets", "less", "holds", "0.4", "(0.1", "to", "0.7)", "0.5", "5", "1"]


def test_every_shipped_claim_is_shown_beside_what_a_formula_expects(call) -> None:
    claims = call(f"{SIGNAL} --format json").data["measured"]
    assert {claim["part"] for claim in claims} == set("abcdef")
    table = list(csv.DictReader(io.StringIO(call(f"{SIGNAL} --measured --format csv").out)))
    assert [row["claim"] for row in table] == [claim["claim"] for claim in claims]
    page = call(f"{SIGNAL} --measured").out
    assert all(f"{claim['value']:.4g}" in page for claim in claims)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_page_keeps_its_width(width: int, call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for line in (SIGNAL, f"{SIGNAL} --success 1e-6 --params 700B"):
        assert [row for row in call(line).out.splitlines() if len(row) > width] == []


@pytest.mark.parametrize(
    "line", ["signal", "signal --method grpo --method ppo --success 5% --group 64", "signal --teacher-kl 0.05"]
)
def test_the_printed_command_repeats_the_answer(line: str, call) -> None:
    text = call(f"budgetplan {line}").out
    _, _, again = text.rpartition("\nagain")
    assert call(again.replace("\\\n", " ").strip()).out == text


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        ("--success 0", "quantity", "success: `0` is zero"),
        ("--success 100%", "quantity", "leaves nothing to learn"),
        ("--success 40", "quantity", "success: `40`"),
        ("--group 1", "quantity", "group_size: 1 is given"),
        ("--group 2.5", "quantity", "a whole number"),
        ("--tokens-per-sample 8Bparams", "quantity", "a number of tokens is due"),
        ("--params 3h", "quantity", "params: "),
        ("--pretraining-loss 1.5", "quantity", "below the irreducible loss of 1.8172 nat/token"),
        ("--pretraining-tokens 0", "quantity", "pretraining_tokens: `0` is zero"),
        ("--pretraining-loss ''", "quantity", "The value is empty"),
        ("--target-success 20%", "quantity", "not above the success of 0.3"),
        ("--method grop", "unknown-name", "no method `grop`"),
        ("--count flops", "scenario", "`count` is `flops`"),
        ("--decode-utilisation 0", "quantity", "decode_utilisation"),
        ("--teacher-kl -1", "quantity", "teacher_kl: "),
        ("--format xml", "unknown-name", "no format `xml`"),
        ("--sucess 3%", "usage", "--sucess"),
    ],
)
def test_a_mistake_is_one_sentence(options: str, code: str, part: str, call) -> None:
    done = call(f"{SIGNAL} {options}")
    assert (done.status, done.out) == (2, "")
    assert part in done.err
    assert "Traceback" not in done.err
    as_json = call(f"{SIGNAL} --format json {options}" if "--format" not in options else f"{SIGNAL} {options}")
    assert as_json.status == 2
    if "--format" not in options:
        assert as_json.error["code"] == code
