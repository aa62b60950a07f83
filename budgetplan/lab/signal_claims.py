"""Claims about training signals, each as one row: what is claimed, what was measured, and whether it holds.

Ratios and differences are taken seed by seed, methods are compared at the success that both reach, intervals are 90 %. A claim
holds where the interval lies on its side, does not where it lies on the other, and is undecided in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import fdtri

from budgetplan.lab.paired import FAILS, HOLDS, LEVEL, OPEN, Estimate, estimate, paired, verdict
from budgetplan.lab.signal_paths import Paths, at_success, best, log_ratio
from budgetplan.lab.validate_table import Match
from budgetplan.signal.bits import label_bits, outcome_bits
from budgetplan.signal.divergence import success_kl

AGREES = 0.02
"""Difference of shares below which a formula agrees with a measurement [1]."""
OTHERS = {"sft": "SFT on right answers", "sft-teacher": "SFT on a larger model's right answers"}
MOVES = (
    ("weights_l2", "moves the weights further (L2)"),
    ("kl_task", "moves the answers further from the base (KL on the task)"),
    ("kl_text", "moves text further from the base (KL on held-out text)"),
)


@dataclass(frozen=True)
class Row:
    """One claim.

    Attributes
    ----------
    part : str
        a to f, as listed in the documentation.
    claim, measured : str
        Sentences: what is claimed, what was measured.
    found : Estimate
        With its interval over seeds.
    unit : str
    formula : float or None
        What theory says the value is, where it says anything.
    verdict : str
    """

    part: str
    claim: str
    measured: str
    found: Estimate
    unit: str
    formula: float | None
    verdict: str


def bits_rows(paths: Paths, groups: Mapping[int, Mapping[str, float]]) -> list[Row]:
    """Part a: dense against sparse."""
    label = {seed: one["label_bits"] for seed, one in groups.items()}
    outcome = {seed: one["outcome_bits"] for seed, one in groups.items()}
    heard = {seed: one["informative_bits"] for seed, one in groups.items()}
    ratio = log_ratio(label, outcome)
    p = float(np.mean([one["success"] for one in groups.values()])) if groups else float("nan")
    formula = float(label_bits(p) / outcome_bits(p)) if groups else None
    said = "bits per sample of a given answer over those of a right/wrong verdict, mean over problems; formula at the mean success"
    rows = [_above("a", "A given answer tells more than a verdict, per sample", said, ratio, formula)]
    per_flop = {}
    for seed in set(paths.seeds("sft", "grpo")) & groups.keys():
        cost = {name: paths.marks[name, seed][-1]["flop"] / paths.marks[name, seed][-1]["samples"] for name in ("sft", "grpo")}
        per_flop[seed] = (label[seed] / cost["sft"]) / (heard[seed] / cost["grpo"])
    carried = log_ratio(per_flop, dict.fromkeys(per_flop, 1.0))
    said = "bits of a given answer per FLOP of SFT over those that a group's advantages carry per FLOP of GRPO, before training"
    rows.append(_above("a", "A given answer tells more than a verdict, per FLOP", said, carried))
    said = "at matched success, GRPO over SFT on right answers; formula: the bits per FLOP of the row above"
    expected = carried.value if carried.count else None
    rows.append(_above("a", "SFT needs fewer FLOP than GRPO", f"FLOP {said}", paths.ratio("grpo", "sft", "flop"), expected))
    said = "at matched success, GRPO over SFT on right answers; formula: bits per sample"
    bits = log_ratio(label, heard)
    found = paths.ratio("grpo", "sft", "samples")
    rows.append(_above("a", "SFT needs fewer samples than GRPO", f"answers {said}", found, bits.value if groups else None))
    said = "success after the same FLOP, distillation of the larger model's distribution over SFT on its right answers"
    found = log_ratio(paths.ends("distil", "success"), paths.ends("sft-teacher", "success"))
    rows.append(_above("a", "A teacher's whole distribution teaches the task faster than its right answers", said, found))
    return rows


def move_rows(paths: Paths) -> list[Row]:
    """Part b: what SFT and RL do to the rest of the model."""
    rows = []
    for other, name in OTHERS.items():
        for measure, words in MOVES:
            said = f"{measure} at matched success, {name} over GRPO"
            rows.append(_above("b", f"{name} {words} than GRPO", said, paths.ratio(other, "grpo", measure)))
        for measure, words, unit in (
            ("weights_moved", "moves more of the weights by 1e-3 of themselves", "1"),
            ("text_loss", "forgets more text", "nat/token"),
        ):
            found = paths.difference(other, "grpo", measure)
            said = f"{measure} at matched success, {name} minus GRPO"
            rows.append(Row("b", f"{name} {words} than GRPO", said, found, unit, None, verdict(found, 0.0)))
    goals = {seed: best(paths.marks["grpo", seed]) for seed in paths.seeds("grpo")}
    paid, least = {}, {}
    for seed, goal in goals.items():
        kl = at_success(paths.marks["grpo", seed], goal, "kl_task")
        if kl is not None and kl > 0.0:
            paid[seed], least[seed] = kl, float(success_kl(goal, paths.marks["grpo", seed][0]["success"]))
    said = "KL per answer at GRPO's best success over the least KL of such a rise in mean success; formula: the least, 1"
    rows.append(_above("b", "GRPO moves answers further than the rise in success needs", said, log_ratio(paid, least), 1.0))
    return rows


def knowledge_rows(paths: Paths) -> list[Row]:
    """Part c: whether a model's own probability tells when it is right; a proxy for the claim about introspection."""
    starts = paths.starts("grpo", "auroc")
    found = estimate(list(starts.values()))
    said = "AUROC of the sequence's log-probability against being right, before training"
    rows = [Row("c", "A model knows when it is right before any training", said, found, "1", 0.5, verdict(found, 0.5))]
    gains: dict[str, dict[int, float]] = {}
    for method, name in (("sft", "SFT"), ("ppo", "PPO"), ("grpo", "GRPO")):
        ends, begun = paths.ends(method, "auroc"), paths.starts(method, "auroc")
        gains[method] = {seed: ends[seed] - begun[seed] for seed in ends.keys() & begun.keys()}
        found = estimate(list(gains[method].values()))
        said = f"AUROC after all FLOP of {name} minus before"
        rows.append(Row("c", f"{name} makes a model know better when it is right", said, found, "1", None, verdict(found, 0.0)))
    for method, name in (("grpo", "GRPO"), ("ppo", "PPO")):
        found = paths.difference(method, "sft", "auroc")
        said = f"AUROC at matched success, {name} minus SFT on right answers"
        rows.append(Row("c", f"{name} leaves more self-knowledge than SFT", said, found, "1", None, verdict(found, 0.0)))
    return rows


def credit_rows(paths: Paths, groups: Mapping[int, Mapping[str, float]]) -> list[Row]:
    """Part d: GRPO against PPO, and informative groups against their formula."""
    rows = []
    for measure, words in (("flop", "FLOP"), ("tokens", "generated tokens")):
        said = f"{words} at matched success, PPO over GRPO"
        found = paths.ratio("ppo", "grpo", measure)
        rows.append(_above("d", f"GRPO needs fewer {words} than PPO with a critic", said, found))
    rose = {}
    for method in ("ppo", "grpo"):
        ends, begun = paths.ends(method, "success"), paths.starts(method, "success")
        rose[method] = [float(np.log(ends[seed] / begun[seed])) for seed in ends]
    found = spread_ratio(rose["ppo"], rose["grpo"])
    said = "standard deviation over seeds of ln(success after/before), PPO over GRPO, with the interval of the F distribution"
    rows.append(_above("d", "PPO scatters more over seeds than GRPO", said, found))
    measured = {seed: one["informative"] for seed, one in groups.items()}
    at_mean = {seed: one["informative_at_mean"] for seed, one in groups.items()}
    own = {seed: one["informative_expected"] for seed, one in groups.items()}
    found = paired(at_mean, measured)
    said = "1 - p^G - (1 - p)^G at the mean success minus the measured share of informative groups; formula: the problems' own p"
    formula = paired(at_mean, own).value if groups else None
    claim = "The formula at the mean success promises too many informative groups"
    rows.append(Row("d", claim, said, found, "1", formula, verdict(found, 0.0)))
    found = paired(measured, own)
    said = "measured share of informative groups minus the mean of 1 - p^G - (1 - p)^G over the problems' own p"
    claim = f"The formula over the problems' own success is right within {AGREES:g}"
    rows.append(Row("d", claim, said, found, "1", 0.0, agreement(found, AGREES)))
    return rows


def split_rows(matches: Sequence[Match]) -> list[Row]:
    """Part e: equal tokens and equal thirds against the plan, from the closed loop."""
    words = {"equal-tokens": "equal tokens", "equal-thirds": "equal thirds", "plan-without-rl": "the same plan without its RL"}
    rows = []
    for match in matches:
        if match.behind is not None:
            said = f"task loss of {words[match.candidate]} minus the plan's, budget `{match.budget}`; formula: the law's"
            claim = f"The plan beats {words[match.candidate]} ({match.budget})"
            found, formula = match.behind, match.behind_predicted
            rows.append(Row("e", claim, said, found, "nat/task", formula, verdict(found, 0.0)))
    if not rows:
        nothing = estimate([])
        rows.append(
            Row("e", "The plan beats equal tokens", "nothing yet: `lab validate` measures it", nothing, "nat/task", None, OPEN)
        )
    return rows


def self_training_rows(paths: Paths, larger: Mapping[int, Mapping[str, Any]]) -> list[Row]:
    """Part f: problems that a small model chooses for itself, and a larger base model at the same total compute."""
    ends = {name: paths.ends(name, "success") for name in ("chosen", "grpo")}
    said = "success after the same FLOP, self-chosen problems over uniform ones"
    rows = [_above("f", "Choosing one's own problems beats uniform ones", said, log_ratio(ends["chosen"], ends["grpo"]))]
    said = "FLOP at matched success, uniform problems over self-chosen ones"
    rows.append(_above("f", "Self-chosen problems need fewer FLOP", said, paths.ratio("grpo", "chosen", "flop")))
    other = {seed: float(one["success"]) for seed, one in larger.items()}
    said = "success of the small self-trained model over that of a larger base model of the same total FLOP"
    rows.append(
        _above("f", "A small self-trained model beats a larger base model on the task", said, log_ratio(ends["chosen"], other))
    )
    text = {seed: float(one["text_loss"]) for seed, one in larger.items()}
    found = paired(paths.ends("chosen", "text_loss"), text)
    said = "text loss of the small self-trained model minus that of the larger base model of the same total FLOP"
    rows.append(Row("f", "It pays for that with text", said, found, "nat/token", None, verdict(found, 0.0)))
    return rows


def spread_ratio(first: Sequence[float], second: Sequence[float], level: float = LEVEL) -> Estimate:
    """Ratio of two standard deviations, with the interval that normal values give it.

    Examples
    --------
    >>> found = spread_ratio([0.0, 2.0, 4.0], [0.0, 1.0, 2.0])
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (2.0, 0.459, 8.718)
    """
    seeds = min(len(first), len(second))
    if seeds < 2 or not (np.std(first) and np.std(second)):
        return Estimate(float("nan"), 0.0, np.inf, seeds)
    ratio = float(np.var(first, ddof=1) / np.var(second, ddof=1))
    tail, free = 0.5 - level / 2.0, (len(first) - 1, len(second) - 1)
    low, high = (ratio / float(fdtri(*free, end)) for end in (1.0 - tail, tail))
    return Estimate(ratio**0.5, low**0.5, high**0.5, seeds)


def agreement(found: Estimate, within: float) -> str:
    """Whether something is zero within a tolerance.

    Examples
    --------
    >>> agreement(Estimate(0.0, -0.01, 0.01, 5), 0.02), agreement(Estimate(0.0, -0.03, 0.03, 5), 0.02)
    ('holds', 'undecided')
    """
    if -within < found.low and found.high < within:
        return HOLDS
    return FAILS if found.low > within or found.high < -within else OPEN


def _above(part: str, claim: str, measured: str, found: Estimate, formula: float | None = None) -> Row:
    """A claim that a ratio exceeds one."""
    return Row(part, claim, measured, found, "ratio", formula, verdict(found, 1.0))
