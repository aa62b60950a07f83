"""`budgetplan signal`: what a token teaches, by training method, beside what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from budgetplan.cli.claims_grid import PARTS, claims_grid, counted
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result
from budgetplan.signal.question import GROUP_SIZE, PARAMS, SUCCESS, TOKENS_PER_SAMPLE

LAW = "besiroglu-2024"
"""Gives the losses that nobody states."""
TOKENS = "15T"
"""Of the model whose loss nobody states, as Llama 3 8B was trained on."""

EXAMPLES = (
    "budgetplan signal",
    "budgetplan signal --success 30% --group 16 --tokens-per-sample 4k --params 8B",
    "budgetplan signal --method grpo --method ppo --success 5% --format csv",
    "budgetplan signal --pretraining-loss 1.9 --get finding -q",
)
DETAILS = (
    "Bits are upper bounds. Signals: text and teacher, loss/ln 2 for every token; label, -log2 p of a right answer that is given; "
    "verdict, H(p) of right or wrong, once an answer; critic, a verdict spread over tokens; group, a verdict against others. "
    f"Where no loss is given, {LAW} computes it for --params and --pretraining-tokens. Costs are those of budgetplan methods."
)


def _quantity(option: str, unit: str, help_text: str, default: str = "") -> Any:
    """An option whose value `units` reads."""
    shown = f"{help_text} Default: {default}." if default else help_text
    return typer.Option(option, metavar=unit, help=shown, show_default=False)


_Success = Annotated[str | None, _quantity("--success", "RATIO", "Of one answer.", f"{SUCCESS:.0%}")]
_Target = Annotated[
    str | None, _quantity("--target-success", "RATIO", "Where training is to bring it.", "half of the errors put right")
]
_Group = Annotated[str | None, _quantity("--group", "G", "Answers per problem.", str(GROUP_SIZE))]
_Length = Annotated[str | None, _quantity("--tokens-per-sample", "Q", "Length of an answer.", f"{TOKENS_PER_SAMPLE:.0f}")]
_Params = Annotated[str | None, _quantity("--params", "Q", "Active per token.", f"{PARAMS / 1e9:.0f}B")]
_Method = Annotated[list[str] | None, typer.Option("--method", metavar="ID", help="Repeatable. Default: all.", show_default=False)]
_Loss = Annotated[str | None, _quantity("--pretraining-loss", "X", "Of the model, nat/token.")]
_Floor = Annotated[str | None, _quantity("--irreducible-loss", "X", "Of a perfect model, nat/token.")]
_Tokens = Annotated[str, _quantity("--pretraining-tokens", "Q", "For the loss, where none is given.", TOKENS)]
_Entropy = Annotated[str | None, _quantity("--teacher-entropy", "X", "Of a teacher's text, nat/token.")]
_Kl = Annotated[str | None, _quantity("--teacher-kl", "X", "KL of the teacher from the student, nat/token.")]
_Spread = Annotated[str | None, _quantity("--concentration", "X", "Of the Beta spread of success over problems.")]
_Decoding = Annotated[str | None, _quantity("--decode-utilisation", "RATIO", "Of decoding, relative to training.", "the method's")]
_Count = Annotated[
    str, typer.Option("--count", metavar="training-equivalent|operations", help="What a FLOP is.", show_default=False)
]
_Measured = Annotated[bool, typer.Option("--measured", help="Show what the lab measured instead, beside the formulas.")]


@reports
def run(
    context: typer.Context,
    success: _Success = None,
    group: _Group = None,
    tokens_per_sample: _Length = None,
    params: _Params = None,
    method: _Method = None,
    pretraining_loss: _Loss = None,
    irreducible_loss: _Floor = None,
    pretraining_tokens: _Tokens = TOKENS,
    target_success: _Target = None,
    teacher_entropy: _Entropy = None,
    teacher_kl: _Kl = None,
    concentration: _Spread = None,
    decode_utilisation: _Decoding = None,
    count: _Count = "training-equivalent",
    measured: _Measured = False,
) -> Result:
    """Account for the training signal."""
    from budgetplan.api.training_signal import training_signal
    from budgetplan.signal.equal_tokens import equal_tokens
    from budgetplan.signal.sentences import BEWARE, group_sentences, learnable, other_sentences
    from budgetplan.signal.success_window import success_window

    answer = training_signal(
        methods=method,
        pretraining_loss=pretraining_loss,
        irreducible_loss=irreducible_loss,
        pretraining_tokens=pretraining_tokens,
        decode_utilisation=decode_utilisation,
        count=count,  # type: ignore[arg-type]  # `costs` refuses any other word with a sentence
        success=success,
        group_size=group,
        tokens_per_sample=tokens_per_sample,
        params=params,
        target_success=target_success,
        teacher_entropy=teacher_entropy,
        teacher_kl=teacher_kl,
        concentration=concentration,
    )
    data, rows, question, claims, title = answer.to_dict(), answer.rows, answer.question, answer.measured, answer.headline
    window, argument = success_window(question.group_size), equal_tokens()
    lines = [
        *learnable(rows),
        *group_sentences(question, rows, window),
        *other_sentences(question, rows, argument),
        *labelled("assumed", answer.assumptions),
        *labelled("beware", BEWARE),
        *labelled("measured", [f"on tiny models: {counted(claims)} --measured shows them"] if claims else []),
        ("sources", "; ".join(answer.sources)),
    ]
    if measured:
        said = counted(claims)
        said_of = (("parts", PARTS), ("from", "tiny models, trained on Python's standard library: data/lab/README.md"))
        note = Lines(said_of, str(context.obj))
        return Result(data, claims, Page(said, "", (claims_grid(claims), note)), said)
    return Result(data, rows, Page(title, "", (_grid(rows), Lines(tuple(lines), str(context.obj)))), title)


def _grid(rows: Sequence[Mapping[str, Any]]) -> Grid:
    from budgetplan.signal.sentences import one_part_in
    from budgetplan.units import format_quantity

    head = ("", "signal", "bits per answer", "FLOP per token", "bits per PFLOP", "of text, by token", "by FLOP", "gradient")
    cells = []
    for row in rows:
        compared = row is not rows[0]
        cells.append(
            (
                row["method"],
                row["signal"],
                _figure(row["bits_per_sample"]),
                f"{row['flop_per_token']:.2e}".replace("e+", "e"),
                _figure(row["bits_per_flop"] * 1e15),
                one_part_in(row["pretraining_tokens_per_token"]) if compared else "",
                one_part_in(row["pretraining_flop_per_flop"]) if compared else "",
                format_quantity(row["informative_share"], "ratio"),
            )
        )
    return Grid(head, tuple(cells))


def _figure(value: float) -> str:
    """Three digits, all of those before the point."""
    return f"{value:,.0f}" if 100.0 <= value < 1e9 else f"{value:.3g}".replace("e-0", "e-").replace("e+", "e")
