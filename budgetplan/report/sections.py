"""Study -> sections, in the order in which a reader asks: what, why, how sure, what would change it, on what it rests."""

from __future__ import annotations

from budgetplan.planning.allocation import STAGES
from budgetplan.report.document import Command, Document, Drawing, Part, Section, Sentences, Table
from budgetplan.report.figure import split_svg
from budgetplan.report.numerals import exact, percent, quantity, span
from budgetplan.report.sources import source_parts
from budgetplan.report.subject import Subject
from budgetplan.workflow.plans.study import Study, row_of
from budgetplan.workflow.stage_names import WRITTEN

THIRDS = "equal-thirds"
_YES = {True: "yes", False: "no", None: "-"}
TOLD = 10
"""Rows of the tornado and of elasticities that are told."""


def document(subject: Subject, title: str = "", author: str = "") -> Document:
    """Lay out a subject as a document.

    Parameters
    ----------
    subject : Subject
    title : str
        In place of the finding, which then stands below it.
    author : str
        Who answers for it.

    Returns
    -------
    Document
        Of data alone; a section without anything to say is left out.
    """
    study = subject.study
    law, version = f"law {study.law.id} ({study.law.hash})", study.provenance["version"]
    aside = f"{quantity(study.budget.flop, 'compute')}; {law}; budgetplan {version}"
    parts: dict[str, list[Part]] = {
        "The split": _split(study),
        "Why": _why(subject),
        "How long": _days(study),
        "How sure": _sure(subject),
        "What would change the advice": _turns(subject),
        "Scenarios compared": _compared(subject),
        "Warnings": _sentences(tuple(item.message for item in study.warnings) or ("None.",)),
        "What it assumes": _sentences(tuple(dict.fromkeys((*study.assumptions, *study.budget.assumed)))),
        "Where the numbers come from": source_parts(subject),
        "Every number of the split": [_numbers(study)],
        "To repeat it": _again(study),
    }
    sections = tuple(Section(name, tuple(items)) for name, items in parts.items() if items)
    return Document(title or study.headline, study.headline, author, aside, sections)


def _sentences(lines: tuple[str, ...]) -> list[Part]:
    return [Sentences(lines)] if lines else []


def _split(study: Study) -> list[Part]:
    plan, thirds = study.plan, study.baselines.get(THIRDS)
    shown = [plan] if thirds is None else [plan, thirds]
    heads = ("", "this plan") if thirds is None else ("", "this plan", "equal thirds")
    rows = [("params", *(quantity(item.params, "params") for item in shown))]
    for stage, name in WRITTEN.items():
        told = (
            f"{percent(item.share[stage])}: {quantity(item.flop[stage], 'compute')}, "
            f"{quantity(item.tokens[stage], 'tokens')} tokens"
            for item in shown
        )
        rows.append((name, *told))
    rows.append(("samples per query", *(exact(item.samples_per_query) for item in shown)))
    rows.append(("tokens per param", *(f"{item.tokens_per_param:.3g}" for item in shown)))
    if plan.success is not None:
        rows.append(("success", *("-" if item.success is None else f"{100 * item.success:.2f} %" for item in shown)))
    rows.append(("loss [nat]", *(exact(item.loss) for item in shown)))
    if thirds is not None and thirds.regret is not None:
        own = plan.regret  # of a plan that is best over draws or laws, and not under the law as it stands
        rows.append(("compute wasted", percent(own.wasted_compute if own else 0.0), percent(thirds.regret.wasted_compute)))
        if thirds.regret.usd is not None:
            of = " of the final run" if study.budget.reserve > 0 else ""
            lost = 0.0 if own is None or own.usd is None else own.usd
            rows.append((f"money wasted{of}", quantity(lost, "money"), quantity(thirds.regret.usd, "money")))
    out: list[Part] = [Table(heads, tuple(rows), "Compute and tokens of each stage.")]
    if study.baselines:
        out.append(Drawing(split_svg(study), study.caption))
    else:
        out += _sentences(("No rule of thumb stands beside it: at most one stage is a choice, or none fits the limits.",))
    return out


def _why(subject: Subject) -> list[Part]:
    out = _sentences(subject.study.reasons)
    if subject.sensitivity is not None:
        ordered = sorted(subject.sensitivity.elasticities.rows, key=lambda row: -abs(row.by_log["loss"] or 0.0))[:TOLD]
        keys = ("loss", "params", *(f"{stage}_share" for stage in STAGES))
        rows = tuple((row.lever, *("-" if (by := row.by_log[key]) is None else f"{by:+.2g}" for key in keys)) for row in ordered)
        heads = ("1 % more of it", "loss [%]", "params [%]", *(f"{name} [points]" for name in WRITTEN.values()))
        out.append(Table(heads, rows, "What moves the optimum, to first order, the strongest on the loss first."))
    return out


def _days(study: Study) -> list[Part]:
    """Stages one after the other, where the number of devices is known."""
    told = study.schedule
    if told is None or told.gpus is None or not told.stretches:
        return []
    heads = ("stage", "takes", "is done after", *([] if told.deadline is None else ["in time"]))
    rows = tuple(
        (
            item.title,
            quantity(item.duration, "duration"),
            quantity(item.end, "duration"),
            *([_YES[item.fits]] if len(heads) > 3 else []),
        )
        for item in told.stretches
    )
    due = "" if told.deadline is None else f", with a deadline of {quantity(told.deadline, 'duration')}"
    return [Table(heads, rows, f"On {told.gpus:,.0f} {told.gpu}{due}.")]


def _sure(subject: Subject) -> list[Part]:
    study, lines = subject.study, []
    spread = study.intervals
    if spread and "beats_equal_thirds" in spread:
        lines.append(f"This plan beats equal thirds in {percent(spread['beats_equal_thirds'])} of the draws.")
    for name, item in (study.regret or {}).items():
        own = "this plan wastes" if name == "plan" else "equal thirds waste"
        lines.append(
            f"Against each draw's own optimum, {own} {percent(item['expected'])} of compute on average, "
            f"{percent(item['worst_tenth'])} in the worst tenth of the draws."
        )
    if study.region is not None:
        ranges = ", ".join(f"{WRITTEN[stage]} {span(low, high, 'ratio')}" for stage, (low, high) in study.region.ranges.items())
        inside = "inside" if study.region.thirds_inside else "outside"
        lines.append(f"As good within {percent(study.region.tolerance)} of compute: {ranges}; equal thirds are {inside}.")
    proof = study.certificate
    lines.append(f"The optimiser's certificate: {proof.status}, KKT residual {proof.kkt_residual:.1e}.")
    if proof.lower_bound is not None:
        lines.append(f"No plan reaches a loss below {exact(proof.lower_bound)} nat (proven).")
    held = ", ".join(f"`{name}`" for name in proof.active_limits if name != "budget")
    lines.append(f"Limits that hold besides the budget: {held}." if held else "No limit holds but the budget.")
    out: list[Part] = [Sentences((*lines, *subject.gaps))]
    if spread:
        ranged = {name: item for name, item in spread.items() if isinstance(item, dict)}
        rows = tuple((_said(name), *(_shown(name, item[end]) for end in ("q05", "q50", "q95"))) for name, item in ranged.items())
        told = study.scenario.draws
        out.append(Table(("of each draw's own optimum", "5 %", "50 %", "95 %"), rows, f"{told} draws of the law's coefficients."))
    return out


def _said(name: str) -> str:
    """What an interval is of, in words."""
    own = {"wasted_compute": "wasted by equal thirds", "regret": "wasted by this plan"}
    return own.get(name, name.replace("pretraining", "pre-training").replace("rl_", "RL ").replace("_", " "))


def _shown(name: str, value: float) -> str:
    """A value of an interval, with its unit where it has one."""
    if name.endswith("_share") or name in ("wasted_compute", "regret"):
        return percent(value)
    if name == "params" or name.endswith("_tokens"):
        return quantity(value, "params" if name == "params" else "tokens")
    return f"{value:.4g}"


def _turns(subject: Subject) -> list[Part]:
    found = subject.sensitivity
    if found is None:
        return []
    lines = [found.headline]
    for flip in found.turning:
        places = " and ".join(f"{value:.4g}" for value in flip.at)
        lines.append(f"{flip.question} {'Yes' if flip.answer else 'No'}, until `{flip.lever}` (now {flip.value:.3g}) is {places}.")
    if found.unranged:
        lines.append(f"Nobody states a range of {', '.join(f'`{name}`' for name in found.unranged)}.")
    rows = []
    for swing in found.tornado[:TOLD]:
        for end in (swing.low, swing.high):
            shares = ["-"] * len(STAGES) if end.loss is None else [percent(end.share[stage]) for stage in STAGES]
            at = f"{end.said} ({end.value:.3g})" if end.said else f"{end.value:.3g}"
            rows.append((swing.lever, f"{swing.value:.3g}", at, *shares, percent(end.regret)))
    heads = ("lever", "now", "if it is", *WRITTEN.values(), "this plan wastes")
    table = Table(heads, tuple(rows), "The optimum at both ends of each range, the costliest misjudgement first.")
    return [Sentences((*lines, *found.notes)), *([table] if rows else [])]


def _compared(subject: Subject) -> list[Part]:
    if not subject.compared:
        return []
    heads = ("scenario", "budget", "law", "model", *WRITTEN.values(), "samples per query", "loss [nat]", "equal thirds waste")
    rows = []
    for name, study in {"this report": subject.study, **subject.compared}.items():
        plan, thirds = study.plan, study.baselines.get(THIRDS)
        wasted = "-" if thirds is None or thirds.regret is None else percent(thirds.regret.wasted_compute)
        shares = (percent(plan.share[stage]) for stage in STAGES)
        size, loss = quantity(plan.params, "params"), exact(plan.loss)
        budget = quantity(study.budget.flop, "compute")
        rows.append((name, budget, study.law.id, size, *shares, exact(plan.samples_per_query), loss, wasted))
    return [Table(heads, tuple(rows), "One scenario to a row.")]


def _numbers(study: Study) -> Table:
    """Plan and rules of thumb with six digits, in SI units."""
    items = {"plan": study.plan, **study.baselines}
    columns = [{**row_of(item), **{f"{key}_flop": value for key, value in item.flop.items()}} for item in items.values()]
    for column, item in zip(columns, items.values(), strict=True):
        column["task_loss"] = item.task_loss
    keys = dict.fromkeys(key for column in columns for key in column)
    rows = tuple((key, *(exact(column.get(key)) for column in columns)) for key in keys)
    return Table(("SI units", *items), rows, "Six digits; rules of thumb choose their best model size.")


def _again(study: Study) -> list[Part]:
    lines = tuple(f"{name.replace('_', ' ')}: {value}" for name, value in study.provenance.items() if name != "command")
    return [Command(str(study.provenance["command"])), Sentences(lines)]
