"""On what a report's numbers rest: coefficients, method, hardware and price, each with its source."""

from __future__ import annotations

from budgetplan.costs import money_sentence, prefill_kappa
from budgetplan.costs.methods import decode_utilisation_of, find_method, rl_kappa
from budgetplan.costs.records import hardware_record
from budgetplan.costs.stages import FORWARD
from budgetplan.laws.record import Coefficient
from budgetplan.report.document import Part, Sentences, Table
from budgetplan.report.numerals import exact, quantity
from budgetplan.report.subject import Subject


def source_parts(subject: Subject) -> list[Part]:
    """Tables of coefficients and of costs with their sources.

    Parameters
    ----------
    subject : Subject
    """
    records = subject.law.parts or {subject.law.link: subject.law.record}
    rows = tuple(
        (f"{link}.{name}", exact(item.value), "" if item.unit == "1" else item.unit, _range(item), item.kind, item.source)
        for link, record in records.items()
        for name, item in record.coefficients.items()
    )
    heads = ("coefficient", "value", "unit", "range", "kind", "source")
    out: list[Part] = [Table(heads, rows, f"Law `{subject.law.id}`, hash {subject.law.hash}.")] if rows else []
    out.append(_costs(subject))
    cited = tuple(dict.fromkeys(source for record in (subject.law.record, *records.values()) for source in record.sources))
    beware = tuple(dict.fromkeys(caveat for record in (subject.law.record, *records.values()) for caveat in record.caveats))
    out += [Sentences(tuple(f"{what}: {line}" for line in lines)) for what, lines in (("Law", cited), ("Beware", beware)) if lines]
    return out


def _costs(subject: Subject) -> Table:
    """What the stages cost by method, and how compute becomes hours and money."""
    scenario, budget = subject.study.scenario, subject.study.budget
    method = find_method(scenario.method)
    kappa = rl_kappa(method, scenario.decode_utilisation, scenario.count)
    decoding = decode_utilisation_of(method, scenario.decode_utilisation, scenario.count)
    reading = FORWARD / prefill_kappa(scenario.prefill_utilisation, scenario.count)
    chip = hardware_record(budget.gpu)
    gain = "" if budget.precision is None else f" x {budget.gain:g} for {budget.precision}"
    rows = [
        ("RL method", f"{method.title}: {exact(kappa)} FLOP per param and token, {scenario.count}", "; ".join(method.sources)),
        ("utilisation of decoding", f"{exact(decoding)} of training's", _used(subject, scenario.decode_utilisation)),
        ("utilisation of prefill", f"{exact(reading)} of training's", _read(subject)),
        ("hardware", f"{chip['title']}, {quantity(chip['bf16_flop_per_s'], 'throughput')} bf16", "; ".join(chip["sources"])),
        ("MFU", exact(budget.mfu), _said(scenario.mfu)),
        ("goodput", exact(budget.goodput), _said(scenario.goodput)),
        ("device-hours of the final run", exact(budget.gpu_hours), f"compute / (peak x MFU{gain} x goodput)"),
    ]
    if budget.reserve > 0:
        project = f"{quantity(budget.project.flop, 'compute')}, {exact(budget.project.gpu_hours)} device-hours"
        rows.append(("project with its experiments", project, f"final run / (1 - reserve of {exact(budget.reserve)})"))
    if budget.price is not None:
        dated = f" (of {budget.price_date})" if budget.price_date else ""
        rows.append(("price", f"{quantity(budget.price, 'price')}{dated}", budget.price_source or _said(scenario.price)))
        rows.append(("money", money_sentence(budget) or "", "device-hours x price"))
    return Table(("cost", "value", "source"), tuple(rows), "What compute costs.")


def _said(value: float | None) -> str:
    return "assumed" if value is None else "the scenario"


def _used(subject: Subject, value: float | None) -> str:
    """Where the speed of decoding comes from, if anything is decoded."""
    spent = subject.study.plan.flop
    return _said(value) if spent["rl"] or spent["inference"] else "no stage of this plan decodes"


def _read(subject: Subject) -> str:
    """Where the speed of reading prompts comes from, if there are any."""
    scenario = subject.study.scenario
    return _said(scenario.prefill_utilisation) if scenario.prompt_tokens else "no prompts are counted"


def _range(item: Coefficient) -> str:
    if item.low is None or item.high is None:
        return ""
    return f"{exact(item.low)} to {exact(item.high)}" + (f" ({item.interval})" if item.interval else "")
