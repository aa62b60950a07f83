"""Supervised fine-tuning: raise the probability of the right answers, token by token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from budgetplan.lab.model import Transformer
from budgetplan.lab.pretrain import adamw, descend
from budgetplan.lab.rollout import Spent, answer_flop, answer_log_probs, problem_batch, prompt_tensor
from budgetplan.lab.task import Problems


@dataclass(frozen=True)
class SftSettings:
    """Settings of supervised fine-tuning.

    Attributes
    ----------
    rate : float
        Learning rate of AdamW.
    prompts : int
        Per step.
    """

    rate: float
    prompts: int = 64


@dataclass(frozen=True)
class Answers:
    """Answers to learn from, one per problem.

    Attributes
    ----------
    tokens : Tensor of shape (sequence, MOST)
    lengths : Tensor of shape (sequence,)
        With the token that ends an answer.
    """

    tokens: Tensor
    lengths: Tensor


@dataclass(frozen=True)
class SftStep:
    """What one step saw.

    Attributes
    ----------
    loss : float
        Cross-entropy of the answers. [nat/token]
    spent : Spent
        In all so far.
    """

    loss: float
    spent: Spent


def right_answers(problems: Problems, prompts: Tensor) -> Answers:
    """The answers that stand in the text."""
    tokens = torch.from_numpy(problems.answers).to(prompts.device, torch.int64)
    return Answers(tokens, torch.from_numpy(problems.lengths).to(prompts.device) + 1)


def train_sft(model: Transformer, problems: Problems, settings: SftSettings, seed: int) -> Iterator[SftStep]:
    """Train a model in place, one step per item; the caller stops when enough tokens are spent.

    Parameters
    ----------
    model : Transformer
    problems : Problems
    settings : SftSettings
    seed : int
        Of the order of problems.

    Yields
    ------
    SftStep
    """
    device = str(model.embedding.device)
    optimiser, spent = adamw(model, settings.rate), Spent()
    step = 0
    while True:
        chosen = problem_batch(problems, step, settings.prompts, seed)
        prompts = prompt_tensor(chosen, device)
        answers = right_answers(chosen, prompts)
        longest = int(answers.lengths.max())
        tokens = answers.tokens[:, :longest]
        mask = torch.arange(longest, device=device) < answers.lengths[:, None]
        log_probs = answer_log_probs(model, prompts, tokens, answers.lengths)
        loss = -torch.where(mask, log_probs, 0.0).sum() / mask.sum()
        descend(model, optimiser, loss)
        spent.tokens += int(answers.lengths.sum())
        spent.flop += 3 * answer_flop(model.shape, len(chosen), answers.lengths)
        spent.steps += 1
        yield SftStep(float(loss.detach()), spent)
        step += 1
