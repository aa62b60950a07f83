"""The options that describe a planning question, once for every command that plans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from budgetplan.cli.completion import COMPLETERS

_LIMITED = "params, *_tokens, samples_per_query, *_share (* is pretraining, rl or inference)"
_PANELS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "Budget": (
        ("budget", "--budget", "Q", "Compute over all stages: 1e25, 1e5PFLOP-day."),
        ("gpus", "--gpus", "COUNTxNAME", "Devices, with --for and --mfu instead of --budget: 256xH100."),
        ("duration", "--for", "TIME", "How long they run: 21d, 3w, 1h30m."),
        ("mfu", "--mfu", "RATIO", "Share of their peak that training reaches: 40%."),
        ("usd", "--usd", "MONEY", "Money, with --price and --gpu instead of --budget: 2Musd."),
        ("price", "--price", "PRICE", "Of one device: 2.5usd/h."),
        ("gpu", "--gpu", "NAME", "Device that money buys; `budgetplan hardware` lists them."),
        ("reserve", "--reserve", "RATIO", "Kept for experiments, the final run gets the rest: 30%."),
        ("goodput", "--goodput", "RATIO", "Share of bought hours that make progress: 90%."),
        ("deadline", "--deadline", "TIME", "Time in which --gpus have to train the model: 30d."),
        ("precision", "--precision", "bf16|fp8", "Of training: hours shrink by its measured gain, FLOP stay."),
        ("target_loss", "--target-loss", "X", "Least compute that reaches this loss, instead of a budget."),
        ("target_success", "--target-success", "X", "Least compute that reaches this success: 90%."),
        ("count", "--count", "HOW", "How compute is counted: training-equivalent, or operations at full utilisation."),
    ),
    "Model": (
        ("params", "--params", "Q", "Fixes the params active per token: 70B."),
        ("architecture", "--architecture", "NAME", "Proportions of the model; `budgetplan architecture` lists them."),
        ("context", "--context", "TOKENS", "Of a training sequence, its attention counted: 128k."),
        ("decode_context", "--decode-context", "TOKENS", "The same in RL and serving; default: as --context."),
        ("unique_tokens", "--unique-tokens", "Q", "Distinct pre-training tokens that exist: 15T."),
        ("checkpoint", "--checkpoint", "PARAMS,TOKENS", "Model whose pre-training is paid for: 8B,15T, or llama-3-8b."),
        ("method", "--method", "ID", "RL method; `budgetplan methods` lists them."),
    ),
    "Workload": (
        ("queries", "--queries", "Q", "Queries over the model's life: 1B."),
        ("tokens_per_sample", "--tokens-per-sample", "Q", "Tokens generated per sample: 2000."),
        ("prompt_tokens", "--prompt-tokens", "Q", "Tokens of a prompt, read once per query: 1000."),
        ("serve", "--serve", "TOKENS", "Served tokens that only cost: 1T."),
        (
            "verifier",
            "--verifier",
            "WHICH",
            "What picks among samples: none, oracle, or the rate of wrong answers that it accepts: 0.1.",
        ),
        ("decode_utilisation", "--decode-utilisation", "RATIO", "Of decoding, relative to training: 25%."),
        ("prefill_utilisation", "--prefill-utilisation", "RATIO", "Of reading prompts, relative to training: 80%."),
    ),
    "Law": (
        ("law", "--law", "ID_OR_FILE", "Law that predicts the loss; `budgetplan laws` lists them."),
        ("link", "--link", "LINK=ID", "Replaces a link of a joint law: rl=scalerl-8b. Repeatable."),
    ),
    "Limits": (
        ("fix", "--fix", "KEY=VALUE", f"Holds a quantity. Keys: {_LIMITED}. Repeatable."),
        ("min", "--min", "KEY=VALUE", "Least of a quantity. Repeatable."),
        ("max", "--max", "KEY=VALUE", "Most of a quantity: rl_share=20%. Repeatable."),
        ("set", "--set", "PATH=VALUE", "Any field of the scenario: max.rl_share=5%. Repeatable."),
    ),
    "Output": (
        ("objective", "--objective", "WHAT", "law, or least regret: expected|cvar10 over draws, minimax-law over --law a,b."),
        ("draws", "--draws", "N", "Draws of the coefficients, for intervals."),
        ("seed", "--seed", "N", "Seed of the draws."),
        ("tolerance", "--tolerance", "Q", "Compute that a split may waste and still be near-optimal: 1%."),
    ),
}
_FLAGS = {
    "certify": "Prove a lower bound on the loss as well.",
    "strict": "Exit with 5 where there is a warning.",
}
_REPEATABLE = ("link", "fix", "min", "max", "set")


def _declared() -> dict[str, tuple[Any, Any]]:
    """Return annotation and default of every option, in the order of the help."""
    file = typer.Argument(metavar="SCENARIO", help="Scenario file; options override what it says.", show_default=False)
    found: dict[str, tuple[Any, Any]] = {"scenario": (Annotated[str | None, file], None)}
    for panel, options in _PANELS.items():
        for name, flag, metavar, line in options:
            option = typer.Option(
                flag, metavar=metavar, help=line, rich_help_panel=panel, show_default=False, autocompletion=COMPLETERS.get(name)
            )
            kind = list[str] | None if name in _REPEATABLE else str | None
            found[name] = (Annotated[kind, option], None)
    for name, line in _FLAGS.items():
        found[name] = (Annotated[bool, typer.Option(f"--{name}", help=line, rich_help_panel="Output")], False)
    return found


SCENARIO_OPTIONS: Mapping[str, tuple[Any, Any]] = _declared()
"""Name to annotation and default. Values stay text here: the scenario reads them, with its own sentences."""


FLAGS: Mapping[str, str] = {
    **{name: flag for options in _PANELS.values() for name, flag, _, _ in options},
    **{name: f"--{name}" for name in _FLAGS},
}
"""Option as it is typed, by name."""
