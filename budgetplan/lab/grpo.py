r"""GRPO: groups of answers to one prompt, judged against each other [1]_.

    A_i = (r_i - mean r) / (std r + eps),    J = mean over tokens of min(q A, clip(q, 1 - c, 1 + c) A) - beta KL

with q the ratio of the token's probability under the policy to that when it was sampled, and KL(policy || reference) by the
estimator exp(d) - d - 1, d = ln reference - ln policy, which is never negative. Tokens count alike, whatever the length of their
answer [2]_. A group that is all right or all wrong has no advantage and teaches nothing.

References
----------
.. [1] Shao et al., "DeepSeekMath: Pushing the Limits of Mathematical Reasoning in Open Language Models", 2024, arXiv:2402.03300.
.. [2] Yu et al., "DAPO: An Open-Source LLM Reinforcement Learning System at Scale", 2025, arXiv:2503.14476.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from budgetplan.lab.decode import sample
from budgetplan.lab.model import Transformer
from budgetplan.lab.pretrain import adamw, descend
from budgetplan.lab.rewards import Reward, exact_match, mixed
from budgetplan.lab.rollout import Spent, answer_flop, answer_log_probs, problem_batch, prompt_tensor
from budgetplan.lab.task import Problems


@dataclass(frozen=True)
class GrpoSettings:
    """Settings of GRPO.

    Attributes
    ----------
    rate : float
        Learning rate of AdamW.
    prompts, group : int
        Prompts per step and answers per prompt.
    passes : int
        Steps of the optimiser per batch of answers; only beyond the first can clipping act.
    clip : float
        c above [1].
    reference : float
        beta above; 0 keeps no reference model [1/nat].
    """

    rate: float
    prompts: int = 32
    group: int = 16
    passes: int = 1
    clip: float = 0.2
    reference: float = 0.0


@dataclass(frozen=True)
class RlStep:
    """What one step of RL saw.

    Attributes
    ----------
    reward : float
        Mean over the answers [1].
    informative : float
        Share of prompts whose answers were neither all right nor all wrong [1].
    gradient : float
        Norm before it was cut.
    spent : Spent
        In all so far.
    """

    reward: float
    informative: float
    gradient: float
    spent: Spent


def group_advantages(rewards: Tensor, group: int, eps: float = 1e-6) -> Tensor:
    """Advantage of each answer over its group, of shape (sequence,).

    Examples
    --------
    >>> group_advantages(torch.tensor([1.0, 0.0, 1.0, 1.0]), 2).round(decimals=3).tolist()
    [1.0, -1.0, 0.0, 0.0]
    """
    table = rewards.view(-1, group)
    centred = table - table.mean(1, keepdim=True)
    return (centred / (table.std(1, correction=0, keepdim=True) + eps)).flatten()


def clipped_objective(log_probs: Tensor, old: Tensor, advantages: Tensor, mask: Tensor, clip: float) -> Tensor:
    """Clipped surrogate, mean over generated tokens; to be maximised.

    Parameters
    ----------
    log_probs, old : Tensor of shape (sequence, token)
        Under the policy now and when it sampled. [nat]
    advantages : Tensor of shape (sequence, token) or (sequence, 1)
    mask : Tensor of shape (sequence, token)
        Whether a token was generated.
    clip : float

    Returns
    -------
    Tensor of shape ()
    """
    ratio = torch.exp(torch.where(mask, log_probs - old, 0.0))
    gains = torch.minimum(ratio * advantages, ratio.clamp(1.0 - clip, 1.0 + clip) * advantages)
    return torch.where(mask, gains, 0.0).sum() / mask.sum()


def reference_divergence(log_probs: Tensor, reference: Tensor, mask: Tensor) -> Tensor:
    """KL(policy || reference) per token from the policy's own samples. [nat/token]"""
    ahead = torch.where(mask, reference - log_probs, 0.0)
    return (torch.expm1(ahead) - ahead).sum() / mask.sum()


def train_grpo(
    model: Transformer, problems: Problems, settings: GrpoSettings, seed: int, reward: Reward = exact_match
) -> Iterator[RlStep]:
    """Train a model in place, one step per item; the caller stops when enough tokens are spent.

    Parameters
    ----------
    model : Transformer
        The policy, and as it is at the beginning the reference.
    problems : Problems
    settings : GrpoSettings
    seed : int
        Of problems and samples.
    reward : callable

    Yields
    ------
    RlStep
    """
    device = str(model.embedding.device)
    generator = torch.Generator().manual_seed(1_000_003 * seed + 2)
    reference = copy.deepcopy(model).requires_grad_(False) if settings.reference else None
    optimiser, spent = adamw(model, settings.rate), Spent()
    step = 0
    while True:
        chosen = problem_batch(problems, step, settings.prompts, seed)
        prompts = prompt_tensor(chosen, device)
        samples = sample(model, prompts, settings.group, generator)
        rewards = reward(samples, chosen)
        advantages = group_advantages(rewards, settings.group)[:, None]
        longest = int(samples.lengths.max())
        answers, old, mask = samples.tokens[:, :longest], samples.log_probs[:, :longest], samples.mask[:, :longest]
        forward = answer_flop(model.shape, len(chosen), samples.lengths)
        spent.tokens += samples.generated
        spent.flop += samples.flop + (3 * settings.passes + (reference is not None)) * forward
        beside = None
        if reference is not None:
            with torch.no_grad():
                beside = answer_log_probs(reference, prompts, answers, samples.lengths)
        model.train()
        for _ in range(settings.passes):
            log_probs = answer_log_probs(model, prompts, answers, samples.lengths)
            loss = -clipped_objective(log_probs, old, advantages, mask, settings.clip)
            if beside is not None:
                loss = loss + settings.reference * reference_divergence(log_probs, beside, mask)
            norm = descend(model, optimiser, loss)
            spent.steps += 1
        yield RlStep(float(rewards.mean()), float(mixed(rewards, settings.group).float().mean()), norm, spent)
        step += 1
