"""What training did to a model: how far weights and answers moved, what it forgot, and whether it knows when it is right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from scipy.stats import rankdata

from budgetplan.lab.corpus import Tokens
from budgetplan.lab.decode import sample
from budgetplan.lab.evaluate import right_probability
from budgetplan.lab.model import CONTEXT, Transformer
from budgetplan.lab.pretrain import text_loss
from budgetplan.lab.rewards import exact_match, mixed
from budgetplan.lab.rollout import answer_outputs, prompt_tensor
from budgetplan.lab.task import Problems
from budgetplan.signal.bits import label_bits, outcome_bits
from budgetplan.signal.groups import informative_bits, informative_share

MOVED = 1e-3
"""Relative change from which a weight counts as moved [1]."""
TRIES = 4
"""Answers per problem for the divergence on answers and for AUROC."""
_TOGETHER = 100
_SEED = 31


def measure(model: Transformer, base: Transformer, problems: Problems, text: Tokens, windows: int) -> dict[str, float]:
    """All measures of a model against the base it came from.

    Parameters
    ----------
    model, base : Transformer
    problems : Problems
        Held out.
    text : ndarray of shape (token,)
        Held out.
    windows : int
        Of the text.

    Returns
    -------
    dict of str to float
        `success` of one sample, computed and not sampled [1]; `text_loss` [nat/token]; `weights_l2`, relative [1];
        `weights_moved`, share of weights moved by more than `MOVED` of themselves [1]; `kl_task`, KL(model || base) on the
        model's own answers [nat/answer]; `kl_text`, the same on held-out text [nat/token]; `auroc` of the sequence's
        log-probability against being right [1].
    """
    far, moved = weight_change(model, base)
    kl_task, auroc = on_answers(model, base, problems)
    return {
        "success": float(right_probability(model, problems).mean()),
        "text_loss": text_loss(model, text, windows),
        "weights_l2": far,
        "weights_moved": moved,
        "kl_task": kl_task,
        "kl_text": text_divergence(model, base, text, windows),
        "auroc": auroc,
    }


@torch.no_grad()
def weight_change(model: Transformer, base: Transformer) -> tuple[float, float]:
    """Relative L2 change of all weights, and the share of weights that moved by more than `MOVED` of themselves."""
    new, old = (torch.cat([weight.double().flatten() for weight in one.parameters()]) for one in (model, base))
    change = (new - old).abs()
    return float(change.norm() / old.norm()), float((change > MOVED * old.abs()).double().mean())


@torch.no_grad()
def on_answers(model: Transformer, base: Transformer, problems: Problems, count: int = TRIES) -> tuple[float, float]:
    """KL(model || base) per answer on the model's own answers, summed over the vocabulary at each token, and AUROC."""
    generator = torch.Generator().manual_seed(_SEED)
    total, right, scores = 0.0, [], []
    for first in range(0, len(problems), _TOGETHER):
        some = problems.take(np.arange(first, min(first + _TOGETHER, len(problems))))
        prompts = prompt_tensor(some)
        drawn = sample(model, prompts, count, generator)
        ours, theirs = (
            torch.log_softmax(answer_outputs(one, prompts, drawn.tokens, drawn.lengths).double(), -1) for one in (model, base)
        )
        total += float(torch.where(drawn.mask, (ours.exp() * (ours - theirs)).sum(-1), 0.0).sum())
        right.append(exact_match(drawn, some).numpy() > 0.5)
        scores.append(torch.where(drawn.mask, drawn.log_probs, 0.0).sum(1).double().numpy())
    return total / (len(problems) * count), area_under_roc(np.concatenate(scores), np.concatenate(right))


@torch.no_grad()
def text_divergence(model: Transformer, base: Transformer, text: Tokens, windows: int) -> float:
    """KL(model || base) per token of text. [nat/token]"""
    model.eval()
    starts, total = np.linspace(0, len(text) - CONTEXT - 1, windows).astype(np.int64), 0.0
    for some in np.array_split(starts, max(1, windows // 64)):
        part = torch.from_numpy(text[some[:, None] + np.arange(CONTEXT)].astype(np.int64))
        ours, theirs = (torch.log_softmax(one(part)[0].double(), -1) for one in (model, base))
        total += float((ours.exp() * (ours - theirs)).sum())
    return total / (windows * CONTEXT)


def area_under_roc(scores: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """Probability that a right answer has a higher score than a wrong one, ties counting half.

    Parameters
    ----------
    scores : ndarray of shape (answer,)
    right : ndarray of bool of shape (answer,)

    Returns
    -------
    float
        nan where all are right or all are wrong.

    Examples
    --------
    >>> area_under_roc(np.array([1.0, 2.0, 3.0, 2.0]), np.array([False, True, True, False]))
    0.875
    """
    good = int(right.sum())
    bad = len(right) - good
    if good == 0 or bad == 0:
        return float("nan")
    return float((rankdata(scores)[right].sum() - good * (good + 1) / 2) / (good * bad))


@torch.no_grad()
def group_outcomes(model: Transformer, problems: Problems, group: int) -> dict[str, float]:
    """What verdicts and labels carry for a model, measured and by the formulas, over the problems' own success.

    Parameters
    ----------
    model : Transformer
    problems : Problems
    group : int
        Answers per problem.

    Returns
    -------
    dict of str to float
        `success`; `informative`, the share of groups sampled neither all right nor all wrong; `informative_expected`, the mean
        of 1 - p^G - (1 - p)^G; `informative_at_mean`, the same of the mean success; `label_bits`, mean of -log2 p;
        `outcome_bits`, mean entropy of a verdict; `informative_bits`, mean bits of a group per answer.
    """
    generator = torch.Generator().manual_seed(_SEED + 1)
    both = []
    for first in range(0, len(problems), _TOGETHER):
        some = problems.take(np.arange(first, min(first + _TOGETHER, len(problems))))
        rewards = exact_match(sample(model, prompt_tensor(some), group, generator), some)
        both.append(mixed(rewards, group).numpy())
    p = right_probability(model, problems)
    return {
        "success": float(p.mean()),
        "informative": float(np.concatenate(both).mean()),
        "informative_expected": float(informative_share(p, group).mean()),
        "informative_at_mean": float(informative_share(p.mean(), group)),
        "label_bits": float(label_bits(np.maximum(p, 1e-300)).mean()),
        "outcome_bits": float(outcome_bits(p).mean()),
        "informative_bits": float(informative_bits(p, group).mean() / group),
    }
