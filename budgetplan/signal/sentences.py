"""The accounting in words: its finding, and a labelled sentence per thing that a planner should know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from budgetplan.signal.equal_tokens import EqualTokens
from budgetplan.signal.figures import FigureTable
from budgetplan.signal.question import Question
from budgetplan.signal.success_window import SuccessWindow, group_size_for
from budgetplan.units import format_quantity

_KEPT = 0.9
"""Share of groups with gradient that a group size is named for."""


def one_part_in(ratio: float) -> str:
    """How much smaller something is, as a part.

    Parameters
    ----------
    ratio : float
        By how much the other is larger. [1]

    Returns
    -------
    str

    Examples
    --------
    >>> one_part_in(13234.0), one_part_in(3.31), one_part_in(0.25)
    ('1/13,000', '1/3.3', '4 times')
    """
    if ratio < 1.0:
        return f"{_short(1.0 / ratio)} times"
    return f"1/{_short(ratio)}"


def finding(question: Question, rows: Sequence[Mapping[str, Any]]) -> str:
    """The finding in a sentence: what a verdict on one answer carries, beside as many tokens of text.

    Parameters
    ----------
    question : Question
    rows : sequence of mapping
        From `signal_rows`; the best of the methods that learn from a verdict counts, else the best of all methods.

    Returns
    -------
    str
    """
    verdicts = [row for row in rows if row["outcome_bits_per_sample"] is not None] or rows[1:] or rows
    best = max(verdicts, key=lambda row: row["bits_per_sample"])
    bits = best["bits_per_sample"]
    unit = "bit" if bits <= 1.0 else "bits"
    part = one_part_in(best["pretraining_tokens_per_token"])
    length = f"{question.tokens_per_sample:,.0f} token{'' if question.tokens_per_sample == 1.0 else 's'}"
    return f"One answer of {length} carries at most {_bits(bits)} {unit}: {part} of what as many pre-training tokens carry."


def learnable(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """How much of the bits of texts can be learnt at all.

    Parameters
    ----------
    rows : sequence of mapping
        From `signal_rows`.

    Returns
    -------
    list of (str, str)
        Label and sentence.
    """
    named = {"text": "text (above the irreducible loss)", "teacher": "a teacher's text (its divergence from the student)"}
    parts = [
        f"{_bits(row['reducible_bits_per_sample'])} of the {_bits(row['bits_per_sample'])} bits of {named[row['signal']]}"
        for row in rows
        if row["signal"] in named
    ]
    return [("learnable", "; ".join(parts))] if parts else []


def group_sentences(question: Question, rows: Sequence[Mapping[str, Any]], window: SuccessWindow) -> list[tuple[str, str]]:
    """What holds for the methods that compare answers within a group; nothing where there is none.

    Parameters
    ----------
    question : Question
    rows : sequence of mapping
        From `signal_rows`.
    window : SuccessWindow
        Of the group size.

    Returns
    -------
    list of (str, str)
        Label and sentence.
    """
    row = next((row for row in rows if row["bits_per_group"] is not None), None)
    if row is None:
        return []
    needed = group_size_for(question.success, _KEPT)
    size = "no group of a million" if needed is None else f"groups of {needed:,}"
    spread = row["spread_informative_share"]
    low, high, accepted = (_percent(value, 2) for value in (window.low, window.high, row["best_accepted_success"]))
    return [
        (
            "groups",
            f"{_percent(row['informative_share'])} of groups of {question.group_size} carry gradient "
            f"({size} would reach {_percent(_KEPT)}), but {_percent(spread, 2)} where problems differ "
            f"(Beta, concentration {question.concentration:.3g}); mean |advantage| {row['expected_abs_advantage']:.2g}; the count "
            f"of right answers tells at most {_bits(row['count_bits_per_group'])} bits about how hard the problem is",
        ),
        (
            "dynamic sampling",
            f"{_times(row['dynamic_groups_per_kept'])} groups generated per group kept, {_times(1.0 / spread)} where problems "
            "differ; it saves the training on the others, no more",
        ),
        (
            "best success",
            f"{_percent(window.best)} teaches most per FLOP, {low} to {high} keeps nine tenths; "
            f"{accepted} where only right answers are trained on",
        ),
    ]


def other_sentences(question: Question, rows: Sequence[Mapping[str, Any]], argument: EqualTokens) -> list[tuple[str, str]]:
    """What holds for a critic, for the rest of the model, and for the argument of equal tokens.

    Parameters
    ----------
    question : Question
    rows : sequence of mapping
        From `signal_rows`.
    argument : EqualTokens
        From `equal_tokens`.

    Returns
    -------
    list of (str, str)
        Label and sentence.
    """
    told = []
    critic = next((row for row in rows if row["signal"] == "critic"), None)
    if critic is not None:
        share = _percent(critic["critic_share"], 2)
        told.append(("critic", f"{share} of PPO's compute is its critic, which spreads the same bits over tokens and adds none"))
    ways = dict.fromkeys(("group", "verdict", "critic"), "at least {:.3g} by RL")
    ways |= {"label": "{:.3g} at convergence on own right answers alone", "teacher": "{:.3g} in a teacher's wording"}
    costs = {ways[row["signal"]]: row["kl_to_target"] for row in rows if row["signal"] in ways}
    if costs:
        listed = "; ".join(way.format(value) for way, value in sorted(costs.items(), key=lambda item: item[1]))
        told.append(
            (
                "moves the model",
                f"nat of KL per answer, from success {_percent(question.success)} to {_percent(question.target_success)}: "
                f"{listed}. Forgetting follows KL on the new task",
            )
        )
    told.append(
        (
            "equal tokens",
            f"a heuristic about cost, not signal: equal spend buys {argument.rl_ratio_low:.1f} to {argument.rl_ratio_high:.1f} "
            f"pre-training tokens per RL token, {argument.inference_ratio:.1f} per served token; Pope's "
            f"{_amount(argument.stated_tokens)} served are {argument.overtrained:.0f} times the {_amount(argument.optimal_tokens)} "
            "that are compute-optimal",
        )
    )
    return told


def assumptions(
    question: Question, rows: Sequence[Mapping[str, Any]], table: FigureTable, given: Sequence[str], more: Sequence[str]
) -> list[str]:
    """What was assumed for these rows: fields that nobody gave, with the range of those that stand in the table of figures.

    Parameters
    ----------
    question : Question
    rows : sequence of mapping
        From `signal_rows`.
    table : FigureTable
    given : sequence of str
        Fields that the user gave.
    more : sequence of str
        Sentences of the caller, such as where the losses come from.

    Returns
    -------
    list of str
    """
    signals = {row["signal"] for row in rows}
    shown = {
        "success": f"success {_percent(question.success)}",
        "tokens_per_sample": f"{question.tokens_per_sample:,.0f} tokens per answer",
        "params": f"{_amount(question.params)} params",
        "target_success": f"target {_percent(question.target_success)}",
    }
    if "group" in signals:
        shown["group_size"] = f"groups of {question.group_size}"
        shown["concentration"] = f"concentration {question.concentration:.3g}"
    if "teacher" in signals:
        shown["teacher_entropy"] = f"teacher's entropy {question.teacher_entropy:.3g} nat/token"
        shown["teacher_kl"] = f"teacher's KL from the student {question.teacher_kl:.3g} nat/token"
    told = []
    for name, text in shown.items():
        if name not in given:
            figure = table.figures.get(name)
            told.append(text if figure is None else f"{text} ({figure.low:.3g} to {figure.high:.3g})")
    return [*(["; ".join(told)] if told else []), *more]


BEWARE = (
    "Bits are an upper bound on what is learnt. Verdicts on one problem are functions of its label: together they tell no more.",
    "Most bits of a text cannot be predicted by any model, and what can be learnt need not help on a task.",
)
"""What the figures must not be read as."""


def _bits(value: float) -> str:
    """Bits to three digits, with separators where there are many."""
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}".replace("e-0", "e-")


def _short(value: float) -> str:
    """A number to two digits."""
    rounded = float(f"{value:.1e}")
    if rounded >= 1e6:
        return f"{rounded:.2g}".replace("e+0", "e").replace("e+", "e")
    return f"{rounded:,.0f}" if rounded >= 10.0 else f"{rounded:.2g}"


def _times(value: float) -> str:
    return f"{value:.2f}" if value < 10.0 else _short(value)


def _percent(value: float, digits: int = 3) -> str:
    return format_quantity(value, "ratio", digits)


def _amount(value: float) -> str:
    return format_quantity(value, "tokens")
