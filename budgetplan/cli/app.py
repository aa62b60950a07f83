"""The commands, and a typer app that imports only the one that was typed.

A command is one file in `commands` with `run`, `EXAMPLES` and, where it has more to say, `DETAILS`; and one line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Annotated

import typer

from budgetplan.version import VERSION

PROGRAM = "budgetplan"

COMMANDS = {
    "plan": "Find the split of a budget with the lowest loss, with its proof and equal thirds beside it.",
    "score": "Evaluate a split that you name, beside the optimum.",
    "what-if": "Say what changes when the question does, case by case.",
    "compare": "Plan scenario files beside each other, and say what they differ in.",
    "sweep": "Plan every cell of a grid over fields of the question.",
    "fit": "Fit a law to runs, with intervals, and write it as a law file.",
    "sensitivity": "Say what a plan rests on, over which ranges, and where its advice turns.",
    "thirds": "Say by budget whether equal thirds are right, what they waste, and what would have to be true.",
    "trades": "Say what one kind of token is worth in another, and what one more GPU-day earns in each stage.",
    "crossover": "Find the budget at which a choice becomes right.",
    "pilot": "Say which runs to do next, so that the plan of a budget wastes least.",
    "checkpoints": "Say which open model to start from, against training from nothing.",
    "break-even": "Find the demand from which a smaller, longer-trained model is the cheaper one.",
    "max-params": "Find the largest model that a price per token or a latency allows.",
    "epochs": "Say how often to repeat data, and what one more unique token is worth.",
    "rl-run": "Say what RL costs and earns as it is run: groups, dropped rollouts, self-made tasks, breadth.",
    "laws": "List the scaling laws, or show one with its sources.",
    "architecture": "Count params and FLOP per token of a transformer, and say when attention breaks 6 N.",
    "hardware": "List the accelerators, or show one with its sources.",
    "methods": "List what an RL token costs by training method, or show one with its sources.",
    "backtest": "Hold public models against a law: compute counted twice, the plan, the demand that their size reveals.",
    "datasets": "List public data sets, show one with its sources, or fetch it.",
    "signal": "Say what a token teaches by training method, in bits per sample and per FLOP, and what it costs.",
    "plot": "Draw one figure, with the drawn data beside it.",
    "lab": "Measure the joint law on tiny models, fit it, and train its advice (needs the extra `lab`).",
    "report": "Write one self-contained document on a plan.",
    "explore": "Serve a local page whose plan follows sliders and choices (needs the extra `explore`).",
    "convert": "Write a quantity in another unit.",
    "init": "Write a commented scenario file.",
    "schema": "List the JSON Schemas of what the commands write, or show one.",
}
"""Commands in the order of the help, each in a line."""

GROUPS = {
    "lab": {
        "run": "Train tiny models over a grid of sizes and tokens, and write the joint table.",
        "fit": "Fit the joint law to the table, and compare candidates by what they forecast.",
        "validate": "Train what the fitted law advises and what rules of thumb advise, and compare with the prediction.",
        "signal": "Train one model by many signals, and say which claims about them hold.",
    },
}
"""Commands that have commands of their own, each in a file `GROUP_NAME`."""

_EXAMPLES = (
    "budgetplan plan --budget 1e25",
    "budgetplan score --budget 1e25 --share pretraining=60%,rl=20%,inference=20%",
    "budgetplan laws besiroglu-2024",
)


def build_app(words: Sequence[str]) -> typer.Typer:
    """Return the app, with the whole of the command that is typed and only the names of the others.

    Parameters
    ----------
    words : sequence of str
        The command line. Importing and declaring all commands takes longer than showing the list of them.

    Returns
    -------
    typer.Typer
    """
    app = typer.Typer(
        name=PROGRAM,
        help="Split compute over model size, pre-training, RL and inference, with a proof.",
        epilog=_epilog(_EXAMPLES),
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_program)
    typed = next((word for word in words if not word.startswith("-")), "")
    for name, line in COMMANDS.items():
        if name != typed:
            app.command(name, help=line)(_not_typed)
        elif name in GROUPS:
            app.add_typer(_group(name, line), name=name)
        else:
            _add(app, name, line, name)
    return app


def _add(app: typer.Typer, name: str, line: str, file: str) -> None:
    """Add the command of a file in `commands`."""
    module = importlib.import_module(f"budgetplan.cli.commands.{file.replace('-', '_')}")
    details = getattr(module, "DETAILS", "")
    text = f"{line}\n\n{details}" if details else line
    app.command(name, help=text, short_help=line, epilog=_epilog(module.EXAMPLES))(module.run)


def _group(name: str, line: str) -> typer.Typer:
    """Return a command that has commands of its own."""
    inner = GROUPS[name]
    examples = [line for own in inner for line in importlib.import_module(f"budgetplan.cli.commands.{name}_{own}").EXAMPLES]
    group = typer.Typer(name=name, help=line, epilog=_epilog(examples), no_args_is_help=True)
    for own, told in inner.items():
        _add(group, own, told, f"{name}_{own}")
    return group


def _epilog(examples: Sequence[str]) -> str:
    """Return the examples, one per line, as they are to be typed."""
    return "\n".join(["Examples:", *(f"  {example}" for example in examples)])


def _not_typed() -> None:
    """Stand for a command in the list of commands."""
    raise AssertionError("A command that was not typed was called.")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {VERSION}")
        raise typer.Exit


def _show_completion(shell: str | None) -> None:
    if shell is not None:
        from budgetplan.cli.completion import script

        typer.echo(script(shell, PROGRAM))
        raise typer.Exit


def _program(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
    show_completion: Annotated[
        str | None,
        typer.Option(
            "--show-completion",
            metavar="bash|zsh|fish",
            callback=_show_completion,
            is_eager=True,
            help="Show the script that completes words in this shell.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Take the options before the command."""
