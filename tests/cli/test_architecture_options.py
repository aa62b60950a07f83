"""Architecture, context and precision on the command line: what is shown and refused; every planning command takes them."""

from __future__ import annotations

import pytest

LAW = "--law besiroglu-2024"
SHAPE = "--architecture deepseek-v3 --context 32k"


def test_the_first_screen_tells_the_shape(call) -> None:
    done = call(f"budgetplan plan --budget 1e24 {LAW} --architecture deepseek-v3 --context 8192 --precision fp8")
    assert done.status == 0
    shown = " ".join(done.out.split())
    for part in (
        "shape deepseek-v3: 94.3 B active params, 1.72 T in total",
        "attention takes 17 % of pre-training (8192 tokens)",
        "at 40 % MFU of bf16 and 1.25 times its speed in fp8",
        "gain of fp8",
        "proportions of deepseek-v3, depth and width growing together; a token looks back over half a context",
        "`besiroglu-2024` was measured on dense models",
    ):
        assert part in shown
    assert "RL (" not in shown  # no stage without compute


def test_params_are_told_as_the_law_counts_them_and_as_others_do(call) -> None:
    shown = " ".join(call("budgetplan plan --budget 1e21 --law kaplan-2020 --architecture llama-3.1-8b").out.split())
    assert "active params without embedding and head" in shown
    assert "with everything" in shown
    assert "attention takes" not in shown


def test_without_an_architecture_there_is_no_shape(call) -> None:
    done = call(f"budgetplan plan --budget 1e24 {LAW}")
    assert "shape" not in done.out
    assert "architecture" not in call(f"budgetplan plan --budget 1e24 {LAW} --format json").data


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        (f"{LAW} --architecture deepsek-v3", "Did you mean `deepseek-v3`"),
        (f"{LAW} --context 8k", "no `architecture` is named"),
        (f"{LAW} --decode-context 8k", "no `architecture` is named"),
        (f"{LAW} --architecture deepseek-v3 --context 0.5", "at least 1"),
        (f"{LAW} --architecture deepseek-v3 --context 8192s", "tokens"),
        ("--law llama3-2024 --architecture deepseek-v3", "convention not stated"),
        (f"{LAW} --gpu A100 --precision fp8", "no fp8 peak of A100-80GB"),
        (f"{LAW} --precision fp9", "Did you mean `fp8`"),
    ],
)
def test_what_cannot_be_is_refused(call, options: str, fragment: str) -> None:
    done = call(f"budgetplan plan --budget 1e24 {options} --format json")
    assert done.status == 2
    assert done.out == ""
    assert fragment in f"{done.error['message']} {done.error['hint']}"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("score --budget 1e24 --law additive --share pretraining=60%,rl=20%,inference=20%", "wastes"),
        (f"what-if --budget 1e24 {LAW} --case context=128k --case precision=fp8", "context=128k"),
        (f"sweep {LAW} --over budget=1e22..1e24:2", "optimal"),
        ("trades --budget 1e24 --law additive", "priced at"),
        (f"crossover {LAW} --when params>70B --from 1e23 --to 1e25", "then from 6.55e+23 FLOP"),
        (f"break-even 8B 70B --target-loss 2.02 {LAW}", "2.3 T served tokens"),
        ("max-params --price-per-million 0.5usd --gpu H100", "19.3 B"),
        (f"checkpoints --budget 1e23 {LAW} --model llama-3-8b", "from nothing"),
        ("epochs --budget 1e24 --unique-tokens 300B --law muennighoff-2023", "sees its data"),
        ("thirds --budget 1e24 --law additive", "Equal thirds"),
        ("sensitivity --budget 1e24 --law additive", "of what a model costs"),
    ],
    ids=lambda value: value.split()[0],
)
def test_a_planning_command_takes_them(call, command: str, words: str) -> None:
    done = call(f"budgetplan {command} {SHAPE}")
    assert done.status == 0, done.err
    assert words in " ".join(done.out.split())
    without = call(f"budgetplan {command}")
    assert without.out.rpartition("again")[0] != done.out.rpartition("again")[0]
