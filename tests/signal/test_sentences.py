"""The sentences say what the rows hold, and only what belongs to the methods at hand."""

from __future__ import annotations

from typing import Any

import pytest

from budgetplan.signal.equal_tokens import equal_tokens
from budgetplan.signal.figures import load_figures
from budgetplan.signal.question import Question, read_question
from budgetplan.signal.rows import signal_rows
from budgetplan.signal.sentences import assumptions, finding, group_sentences, learnable, one_part_in, other_sentences
from budgetplan.signal.success_window import success_window
from budgetplan.signal.token_price import PRETRAINING, TokenPrice

PRICES = {
    "grpo": TokenPrice("grpo", 8.0, 6.0),
    "ppo": TokenPrice("ppo", 8.0, 18.0, 8.0),
    "sft": TokenPrice("sft", 0.0, 6.0),
    "distillation": TokenPrice("distillation", 8.0, 6.0),
}


def asked(**other: Any) -> Question:
    fields = {"pretraining_loss": 2.0, "irreducible_loss": 1.8, "teacher_entropy": 0.3, "teacher_kl": 0.1, "concentration": 1.5}
    return read_question(**{**fields, **other})


def rows_of(question: Question, *names: str) -> list[dict[str, Any]]:
    return signal_rows(question, [PRICES[name] for name in names], TokenPrice(PRETRAINING, 0.0, 6.0))


@pytest.mark.parametrize(
    ("names", "other", "sentence"),
    [
        # 4000 tokens x 2/ln 2 = 11,542 bits; J/G = .879, H = .881 and -log2 .3 = 1.74 bits; 4000 x .4/ln 2 = 2,308 bits
        (("grpo",), {}, "One answer of 4,000 tokens carries at most 0.88 bit: 1/13,000 of what as many pre-training tokens carry."),
        (("grpo", "distillation"), {}, "One answer of 4,000 tokens carries at most 0.88 bit: 1/13,000 of"),
        (("sft",), {}, "carries at most 1.74 bits: 1/6,600 of"),
        (("distillation",), {}, "carries at most 2,308 bits: 1/5 of"),
        (("ppo",), {"tokens_per_sample": 1, "success": 0.5}, "One answer of 1 token carries at most 1.00 bit: 1/2.9 of"),
    ],
)
def test_the_finding(names: tuple[str, ...], other: dict[str, Any], sentence: str) -> None:
    question = asked(**other)
    assert sentence in finding(question, rows_of(question, *names))


def test_parts() -> None:
    assert [one_part_in(ratio) for ratio in (1.0, 9.96, 12345.0, 5.5e8, 0.5)] == ["1/1", "1/10", "1/12,000", "1/5.5e8", "2 times"]


def test_groups_in_words() -> None:
    question = asked()
    told = dict(group_sentences(question, rows_of(question, "grpo"), success_window(16)))
    assert "99.7 % of groups of 16 carry gradient (groups of 7 would reach 90 %), but 72 % where problems differ" in told["groups"]
    assert told["dynamic sampling"].startswith("1.00 groups generated per group kept, 1.39 where problems differ")
    assert told["best success"].startswith("50 % teaches most per FLOP, 32 % to 68 % keeps nine tenths; 29 % where only right")
    assert group_sentences(question, rows_of(question, "ppo", "sft"), success_window(16)) == []


def test_each_method_brings_its_sentence() -> None:
    question, argument = asked(), equal_tokens()
    every = dict(other_sentences(question, rows_of(question, *PRICES), argument))
    assert every["critic"].startswith("31 % of PPO's compute")
    assert "from success 30 % to 65 %: at least 0.26 by RL; 1.2 at convergence" in every["moves the model"]
    assert "; 400 in a teacher's wording." in every["moves the model"]
    assert "1.1 to 3.3 pre-training tokens per RL token, 1.1 per served token" in every["equal tokens"]
    assert list(dict(other_sentences(question, rows_of(question, "sft"), argument))) == ["moves the model", "equal tokens"]


def test_only_what_nobody_gave_is_assumed() -> None:
    question, table = asked(), load_figures()
    everything = assumptions(question, rows_of(question, *PRICES), table, [], ["more"])
    assert everything[-1] == "more"
    assert "teacher's KL from the student 0.1 nat/token (0.02 to 0.5)" in everything[0]
    few = assumptions(question, rows_of(question, "sft"), table, ["success", "params"], [])
    assert few == ["4,000 tokens per answer; target 65 %"]
    named = ["success", "params", "tokens_per_sample", "target_success"]
    assert assumptions(question, rows_of(question, "sft"), table, named, []) == []


def test_what_can_be_learnt() -> None:
    """4000 x .2/ln 2 = 1,154 of 4000 x 2/ln 2 = 11,542 bits; 4000 x .1/ln 2 = 577 of 4000 x .4/ln 2 = 2,308."""
    ((label, told),) = learnable(rows_of(asked(), "distillation"))
    assert label == "learnable"
    assert told.startswith("1,154 of the 11,542 bits of text ")
    assert "; 577 of the 2,308 bits of a teacher's text" in told
