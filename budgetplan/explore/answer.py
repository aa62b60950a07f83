"""The answer as pieces of HTML for the page: the split beside equal thirds, why, what it assumes. Every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from budgetplan.errors import BudgetPlanError
from budgetplan.planning.allocation import STAGES, Allocation
from budgetplan.report.html import named
from budgetplan.report.numerals import exact, percent, quantity
from budgetplan.scenario import Scenario, to_yaml
from budgetplan.workflow.plans.study import Study
from budgetplan.workflow.stage_names import WRITTEN

THIRDS = "equal-thirds"
STYLE = """<style>
.bp { font-variant-numeric: tabular-nums; line-height: 1.5; }
.bp h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .3rem; font-weight: 600; }
.bp h2 { font-size: 1rem; margin: .8rem 0 .2rem; font-weight: 600; }
.bp .aside { opacity: .75; font-size: .9rem; margin: 0 0 .6rem; }
.bp table { border-collapse: collapse; font-size: .95rem; margin: 0; width: auto; }
.bp th, .bp td { text-align: left; padding: .2rem 1.2rem .2rem 0; border: 0; border-bottom: 1px solid #8886; font-weight: 400; }
.bp thead th { font-weight: 600; }
.bp ul { margin: 0; padding-left: 1.2rem; list-style: disc; }
.bp .warn { border-left: 3px solid #d55e00; padding-left: .8rem; }
.bp img { background: #fff; padding: .4rem; border-radius: 4px; width: 34rem; max-width: 100%; height: auto; }
.bp a { text-decoration: underline; }
.bp pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; margin: .2rem 0; }
</style>"""
"""Colours are inherited, so that the page's light and dark themes hold; figures stand on white paper in both."""


def finding(study: Study) -> str:
    """Headline, and the split as a table beside equal thirds.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        HTML; every number has its full value in `data-value`, named by `data-field` as in the study's JSON.
    """
    plan, thirds = study.plan, study.baselines.get(THIRDS)
    shown = {"plan": plan} if thirds is None else {"plan": plan, f"baselines.{THIRDS}": thirds}
    rows = [
        ("model", [_cell(f"{at}.params", item.params, f"{quantity(item.params, 'params')} params") for at, item in shown.items()])
    ]
    rows += [(WRITTEN[stage], [_stage(at, item, stage) for at, item in shown.items()]) for stage in STAGES]
    names = {"samples per query": "samples_per_query", "tokens per param": "tokens_per_param"}
    names |= {"success": "success", "loss [nat]": "loss"}
    for title, field in names.items():
        values = {at: getattr(item, field) for at, item in shown.items()}
        if any(value is not None for value in values.values()):
            rows.append((title, [_cell(f"{at}.{field}", value, _said(field, value)) for at, value in values.items()]))
    if thirds is not None and thirds.regret is not None:
        lost = thirds.regret.wasted_compute
        own = "<td>0 %</td>"
        if plan.regret is not None:  # it is best over draws or laws, and not under the law as it stands
            own = _cell("plan.regret.wasted_compute", plan.regret.wasted_compute, percent(plan.regret.wasted_compute))
        rows.append(("compute wasted", [own, _cell(f"baselines.{THIRDS}.regret.wasted_compute", lost, percent(lost))]))
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("", "optimum", "equal thirds")[: len(shown) + 1])
    body = "".join(f'<tr><th scope="row">{escape(title)}</th>{"".join(cells)}</tr>' for title, cells in rows)
    aside = f"{quantity(study.budget.flop, 'compute')}, law {study.law.id}, certificate: {study.certificate.status}"
    budget = f'data-field="budget.flop" data-value="{study.budget.flop!r}"'
    return (
        f'{STYLE}<div class="bp"><h1>{named(study.headline)}</h1><p class="aside" {budget}>{escape(aside)}</p>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def explanation(study: Study) -> str:
    """Why, beware, and what is assumed.

    Parameters
    ----------
    study : Study
    """
    warnings = tuple(item.message for item in study.warnings)
    parts = {"Why": study.reasons, "Beware": warnings, "Assumed": (*study.assumptions, *study.budget.assumed)}
    return f'{STYLE}<div class="bp">{"".join(_list(title, lines) for title, lines in parts.items() if lines)}</div>'


def refusal(error: BudgetPlanError) -> str:
    """Why there is no answer, and what to do.

    Parameters
    ----------
    error : BudgetPlanError
    """
    lines = "".join(f"<p>{named(line)}</p>" for line in (*error.message.splitlines(), error.hint) if line)
    return f'{STYLE}<div class="bp warn" data-field="error"><h1>No plan for this.</h1>{lines}</div>'


def note(sentence: str) -> str:
    """A sentence with names in backticks.

    Parameters
    ----------
    sentence : str
    """
    return f'{STYLE}<div class="bp" data-field="note">{named(sentence)}</div>'


def asked(scenario: Scenario) -> str:
    """The scenario as its file will have it, with what no control shows.

    Parameters
    ----------
    scenario : Scenario
    """
    text = escape(to_yaml(scenario))
    return f'{STYLE}<div class="bp"><details><summary>The scenario file</summary><pre>{text}</pre></details></div>'


def row(figures: str, old: bool = False) -> str:
    """Figures side by side.

    Parameters
    ----------
    figures : str
        HTML.
    old : bool
        Whether they belong to the scenario before: they are dimmed then.
    """
    return (
        f'<div style="display: flex; flex-wrap: wrap; gap: 1rem{"; opacity: 0.35" if old else ""}" data-old="{old}">{figures}</div>'
    )


def attributes(values: Mapping[str, str]) -> str:
    """Attributes of a tag, escaped.

    Examples
    --------
    >>> attributes({"alt": 'a "b" <c>'})
    'alt="a &quot;b&quot; &lt;c&gt;"'
    """
    return " ".join(f'{key}="{escape(value)}"' for key, value in values.items())


def _cell(field: str, value: float | None, said: str) -> str:
    return f"<td {attributes({'data-field': field, 'data-value': repr(value)})}>{escape(said)}</td>"


def _stage(at: str, item: Allocation, stage: str) -> str:
    said = f"{percent(item.share[stage])}: {quantity(item.tokens[stage], 'tokens')} tokens, {quantity(item.flop[stage], 'compute')}"
    return _cell(f"{at}.share.{stage}", item.share[stage], said)


def _said(field: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.2f} %" if field == "success" else exact(value) if field == "loss" else f"{value:.3g}"


def _list(title: str, lines: Iterable[str]) -> str:
    points = "".join(f"<li>{named(line[:1].upper() + line[1:])}</li>" for line in dict.fromkeys(lines))
    return f"{_heading(title)}<ul>{points}</ul>"


def _heading(title: str) -> str:
    return f"<h2>{escape(title)}</h2>"
