"""Self-training on self-chosen problems: the model tries many, and learns from those that it sometimes solves.

Each step it draws a few answers to a pool of problems and keeps those whose share of right answers is nearest to one half; on them
it does a step of GRPO with fresh answers. What the tries cost counts in tokens and FLOP. No critic, no reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from budgetplan.lab.decode import sample
from budgetplan.lab.grpo import RlStep, clipped_objective, group_advantages
from budgetplan.lab.model import Transformer
from budgetplan.lab.pretrain import adamw, descend
from budgetplan.lab.rewards import Reward, exact_match, mixed
from budgetplan.lab.rollout import Spent, answer_flop, answer_log_probs, problem_batch, prompt_tensor
from budgetplan.lab.task import Problems


@dataclass(frozen=True)
class ChosenSettings:
    """Settings of self-training.

    Attributes
    ----------
    rate : float
        Learning rate of AdamW.
    prompts, group : int
        Problems per step that are learned from, and answers to each.
    pool : int
        Problems that are tried per problem that is kept.
    tries : int
        Answers to each problem of the pool.
    clip : float
        Of the ratio [1].
    """

    rate: float
    prompts: int = 32
    group: int = 16
    pool: int = 4
    tries: int = 4
    clip: float = 0.2


def choose(solved: torch.Tensor, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return which problems to keep, of shape (count,): those solved nearest to half of the time, the first of equals.

    Parameters
    ----------
    solved : Tensor of shape (problem,)
        Share of right answers [1].
    count : int

    Examples
    --------
    >>> choose(torch.tensor([0.0, 0.5, 1.0, 0.25]), 2).tolist()
    [1, 3]
    """
    return np.argsort(np.abs(solved.cpu().numpy() - 0.5), kind="stable")[:count]


def train_chosen(
    model: Transformer, problems: Problems, settings: ChosenSettings, seed: int, reward: Reward = exact_match
) -> Iterator[RlStep]:
    """Train a model in place, one step per item; the caller stops when enough is spent.

    Parameters
    ----------
    model : Transformer
    problems : Problems
    settings : ChosenSettings
    seed : int
        Of problems and samples.
    reward : callable

    Yields
    ------
    RlStep
    """
    device = str(model.embedding.device)
    generator = torch.Generator().manual_seed(1_000_003 * seed + 7)
    optimiser, spent = adamw(model, settings.rate), Spent()
    step = 0
    while True:
        pool = problem_batch(problems, step, settings.pool * settings.prompts, seed)
        tried = sample(model, prompt_tensor(pool, device), settings.tries, generator)
        solved = reward(tried, pool).view(-1, settings.tries).mean(1)
        chosen = pool.take(choose(solved, settings.prompts))
        prompts = prompt_tensor(chosen, device)
        samples = sample(model, prompts, settings.group, generator)
        rewards = reward(samples, chosen)
        longest = int(samples.lengths.max())
        answers, old, mask = samples.tokens[:, :longest], samples.log_probs[:, :longest], samples.mask[:, :longest]
        spent.tokens += tried.generated + samples.generated
        spent.flop += tried.flop + samples.flop + 3 * answer_flop(model.shape, len(chosen), samples.lengths)
        model.train()
        log_probs = answer_log_probs(model, prompts, answers, samples.lengths)
        advantages = group_advantages(rewards, settings.group)[:, None]
        norm = descend(model, optimiser, -clipped_objective(log_probs, old, advantages, mask, settings.clip))
        spent.steps += 1
        yield RlStep(float(rewards.mean()), float(mixed(rewards, settings.group).float().mean()), norm, spent)
        step += 1
