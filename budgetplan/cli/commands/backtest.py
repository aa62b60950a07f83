"""`budgetplan backtest`: public models against a law, their compute counted twice, and the demand that their size reveals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from budgetplan.cli import figures
from budgetplan.cli.layout import Grid, Lines, Page, labelled
from budgetplan.cli.options import reports
from budgetplan.cli.result import Result

EXAMPLES = (
    "budgetplan backtest",
    "budgetplan backtest --model llama-3.1-405b --model deepseek-v3",
    "budgetplan backtest --model llama-3.1-8b --law hoffmann-2022",
    "budgetplan backtest --law default --format csv",
)
DETAILS = (
    "Revealed demand is the served tokens at which a model's size is the cheapest way to its own loss. Sources that disagree are "
    "kept side by side: name one model, or use --format json."
)

_Law = Annotated[str, typer.Option("--law", metavar="ID_OR_FILE", help="Law that plans the same compute.")]
_Model = Annotated[list[str] | None, typer.Option("--model", metavar="NAME", help="Repeatable. Default: all.", show_default=False)]
_Decoding = Annotated[
    str | None,
    typer.Option("--decode-utilisation", metavar="RATIO", help="Of decoding, relative to training: 25%.", show_default=False),
]
_Count = Annotated[
    str, typer.Option("--count", metavar="training-equivalent|operations", help="What a FLOP is.", show_default=False)
]
_HEAD = ("model", "N", "D/N", "6ND", "said", "chips", "MFU", "best N", "waste", "serve")
_COLUMNS = (
    "N active params, D pre-training tokens; over 6ND: compute as said, and chips x hours x peak x stated MFU; MFU: 6ND over hours "
    "at bf16 peak; by the law: best N for the same compute, compute that the model wastes, tokens to serve per token of D so that "
    "its N is right; ? no source; - none"
)


@reports
def run(
    context: typer.Context,
    law: _Law = "besiroglu-2024",
    model: _Model = None,
    decode_utilisation: _Decoding = None,
    count: _Count = "training-equivalent",
) -> Result:
    """Hold public models against a law."""
    from budgetplan.units import parse_quantity
    from budgetplan.workflow.questions.backtest import backtest

    share = None
    if decode_utilisation is not None:
        share = parse_quantity(decode_utilisation, "ratio", "decode_utilisation", positive=True)
    command = str(context.obj)
    found = backtest(law, model, share, count, command)  # type: ignore[arg-type]  # the scenario refuses any other word
    warnings = tuple(caution.message for caution in found.warnings)
    one = found.rows[0] if len(found.rows) == 1 else None
    first: Grid | Lines = Lines(_about(one)) if one else Grid(_HEAD, tuple(_cells(row) for row in found.rows))
    lines = [
        *([] if one else [("columns", _COLUMNS)]),
        *labelled("assumed", found.assumptions),
        *labelled("beware", warnings),
    ]
    page = Page(found.finding, f"law {found.law['id']}", (first, Lines(tuple(lines), command)))
    return Result(found.to_dict(), [_flat(row) for row in found.rows], page, found.finding, warnings)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without nesting, for CSV."""
    lists: dict[str, Sequence[str]] = {
        "remarks": row["remarks"],
        "unknown": [f"{name}: {why}" for name, why in row["unknown"].items()],
        "sources": [f"{name}: {source}" for name, source in row["sources"].items()],
    }
    return {name: " | ".join(lists[name]) if name in lists else value for name, value in row.items()}


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    none = "?" if row["operations_flop"] is None else "-"
    return (
        row["model"],
        _amount(row["params"]),
        _ratio(row["tokens_per_param"]),
        "?" if row["operations_flop"] is None else figures.flop(row["operations_flop"]),
        _ratio(row["published_over_operations"]),
        _ratio(row["hardware_over_operations"]),
        _share(row["implied_mfu"], "?"),
        _amount(row["optimal_params"]),
        _share(row["wasted_compute"], none),
        _ratio(row["revealed_over_pretraining"], none),
    )


def _amount(value: float | None) -> str:
    return "?" if value is None else figures.amount(value).replace(" ", "")


def _share(value: float | None, unknown: str) -> str:
    if value is None:
        return unknown
    return "<1%" if value < 0.005 else f"{100 * value:.0f}%"


def _ratio(value: float | None, unknown: str = "?") -> str:
    if value is None:
        return unknown
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def _about(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """One model in full."""
    told = [
        ("model", f"{row['title']}, {row['date']}, {'open' if row['open_weights'] else 'closed'} weights" + _of(row)),
        ("operations", _flop(row, "operations_flop", " = 6 N D")),
        ("stated", _flop(row, "published_flop", f", {row['published_kind']}", "published_over_operations")),
        ("hardware", _flop(row, "hardware_flop", "", "hardware_over_operations")),
        ("utilisation", _utilisation(row)),
        ("plan", _plan(row)),
        ("loss", _loss(row)),
        ("demand", _demand(row)),
        *([("RL", _rl(row))] if row["rl_flop"] is not None or row["rl_peak_flop"] is not None else []),
        *labelled("remarks", row["remarks"]),
        *labelled("sources", [f"{name.replace('_', ' ')}: {source}" for name, source in row["sources"].items()]),
    ]
    return tuple(told)


def _of(row: Mapping[str, Any]) -> str:
    size = "" if row["params"] is None else f"; {figures.amount(row['params'])} params"
    if row["total_params"] is not None:
        size += f" active of {figures.amount(row['total_params'])}"
    if row["pretraining_tokens"] is None:
        return size
    return f"{size}, {figures.amount(row['pretraining_tokens'])} tokens, {_ratio(row['tokens_per_param'])} per param"


def _flop(row: Mapping[str, Any], name: str, after: str, ratio: str = "") -> str:
    if row[name] is None:
        return str(row["unknown"][name])
    times = f", {row[ratio]:.3g} x operations" if ratio and row[ratio] is not None else ""
    return f"{figures.flop(row[name])} FLOP{after}{times}"


def _utilisation(row: Mapping[str, Any]) -> str:
    told = [f"{figures.percent(row[f'{kind}_mfu'])} {kind}" for kind in ("implied", "stated") if row[f"{kind}_mfu"] is not None]
    return ", ".join(told) if told else str(row["unknown"]["implied_mfu"])


def _plan(row: Mapping[str, Any]) -> str:
    if row["optimal_params"] is None:
        return str(row["unknown"]["optimal_params"])
    told = f"{figures.amount(row['optimal_params'])} params, {figures.amount(row['optimal_tokens'])} tokens"
    if row["optimal_rl_tokens"]:
        told += (
            f", {figures.amount(row['optimal_rl_tokens'])} RL tokens, {figures.samples(row['optimal_samples_per_query'])} samples"
        )
    return told


def _loss(row: Mapping[str, Any]) -> str:
    if row["wasted_compute"] is None:
        return str(row["unknown"]["wasted_compute"])
    wasted = figures.percent(row["wasted_compute"])
    return f"{figures.loss(row['loss'])} against {figures.loss(row['optimal_loss'])} of the plan: {wasted} of the compute wasted"


def _demand(row: Mapping[str, Any]) -> str:
    if row["revealed_served_tokens"] is None:
        return str(row["unknown"]["revealed_served_tokens"])
    return f"{figures.amount(row['revealed_served_tokens'])} served tokens, {row['revealed_over_pretraining']:.2g} x pre-training"


def _rl(row: Mapping[str, Any]) -> str:
    told = []
    if row["rl_flop"] is not None:
        told.append(f"{figures.flop(row['rl_flop'])} FLOP")
    if row["rl_peak_flop"] is not None:
        told.append(f"at most {figures.flop(row['rl_peak_flop'])} FLOP by its hours")
    if row["rl_hours_over_training"] is not None:
        told.append(f"{figures.percent(row['rl_hours_over_training'])} of the hours of all training before it")
    return ", ".join(told)
