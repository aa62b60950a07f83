"""PPO: the same clipped steps as GRPO, with a critic that says after every token how good the answer has become so far.

The critic is a second model as large as the policy that begins as its copy [1]_. Where GRPO gives all tokens of an answer one
advantage, the critic's differences say which token made the answer right or wrong; they cost a forward and a backward pass more.

References
----------
.. [1] Schulman et al., "Proximal Policy Optimization Algorithms", 2017, arXiv:1707.06347.
.. [2] Schulman et al., "High-Dimensional Continuous Control Using Generalized Advantage Estimation", 2016, arXiv:1506.02438.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from budgetplan.lab.decode import sample
from budgetplan.lab.grpo import RlStep, clipped_objective, reference_divergence
from budgetplan.lab.model import Transformer
from budgetplan.lab.pretrain import adamw, descend
from budgetplan.lab.rewards import Reward, exact_match, mixed
from budgetplan.lab.rollout import Spent, answer_flop, answer_log_probs, answer_outputs, problem_batch, prompt_tensor
from budgetplan.lab.task import Problems


@dataclass(frozen=True)
class PpoSettings:
    """Settings of PPO.

    Attributes
    ----------
    rate, critic_rate : float
        Learning rates of AdamW.
    prompts, group : int
        Prompts per step and answers per prompt; answers are not judged against each other, so one per prompt is enough.
    passes : int
        Steps of the optimisers per batch of answers.
    clip : float
        Of the ratio [1].
    decay : float
        lambda of the advantages: 0 trusts the critic alone, 1 the reward alone [1].
    reference : float
        Weight of the divergence from the model at the beginning [1/nat].
    """

    rate: float
    critic_rate: float = 3e-3
    prompts: int = 512
    group: int = 1
    passes: int = 1
    clip: float = 0.2
    decay: float = 0.95
    reference: float = 0.0


def critic_of(policy: Transformer) -> Transformer:
    """Return a critic that begins as a copy of the policy and values everything at zero."""
    device, dtype = policy.embedding.device, policy.embedding.dtype
    critic = Transformer(policy.shape, torch.Generator().manual_seed(0), outputs=1).to(device, dtype)
    critic.load_state_dict(policy.state_dict(), strict=False)
    return critic


def token_advantages(values: Tensor, rewards: Tensor, lengths: Tensor, decay: float) -> Tensor:
    """Generalised advantages of each generated token, undiscounted.

    Parameters
    ----------
    values : Tensor of shape (sequence, token)
        Expected reward before each token.
    rewards : Tensor of shape (sequence,)
        Given with the last token.
    lengths : Tensor of shape (sequence,)
        Tokens generated.
    decay : float
        lambda [1].

    Returns
    -------
    Tensor of shape (sequence, token)
        Zero after the end.

    Examples
    --------
    >>> values = torch.tensor([[0.25, 0.75, 9.0]])
    >>> token_advantages(values, torch.tensor([1.0]), torch.tensor([2]), 0.0).tolist()
    [[0.5, 0.25, 0.0]]
    """
    result = torch.zeros_like(values)
    running, following = torch.zeros_like(rewards), torch.zeros_like(rewards)
    for place in range(values.shape[1] - 1, -1, -1):
        inside, last = lengths > place, lengths.eq(place + 1)
        surprise = torch.where(last, rewards, following) - values[:, place]
        running = torch.where(inside, surprise + decay * running, 0.0)
        following = values[:, place]
        result[:, place] = running
    return result


def train_ppo(
    model: Transformer, problems: Problems, settings: PpoSettings, seed: int, reward: Reward = exact_match
) -> Iterator[RlStep]:
    """Train a model in place, one step per item; the caller stops when enough tokens are spent.

    Parameters
    ----------
    model : Transformer
        The policy.
    problems : Problems
    settings : PpoSettings
    seed : int
        Of problems and samples.
    reward : callable

    Yields
    ------
    RlStep
    """
    device = str(model.embedding.device)
    generator = torch.Generator().manual_seed(1_000_003 * seed + 4)
    critic, reference = critic_of(model), copy.deepcopy(model).requires_grad_(False) if settings.reference else None
    optimiser, critic_optimiser, spent = adamw(model, settings.rate), adamw(critic, settings.critic_rate), Spent()
    step = 0
    while True:
        chosen = problem_batch(problems, step, settings.prompts, seed)
        prompts = prompt_tensor(chosen, device)
        samples = sample(model, prompts, settings.group, generator)
        rewards = reward(samples, chosen)
        longest = int(samples.lengths.max())
        answers, old, mask = samples.tokens[:, :longest], samples.log_probs[:, :longest], samples.mask[:, :longest]
        with torch.no_grad():
            values = answer_outputs(critic, prompts, answers, samples.lengths)[:, :, 0]
            beside = None if reference is None else answer_log_probs(reference, prompts, answers, samples.lengths)
        advantages = token_advantages(values, rewards, samples.lengths, settings.decay)
        targets = advantages + values
        forward = answer_flop(model.shape, len(chosen), samples.lengths)
        spent.tokens += samples.generated
        # The policy and the critic forward and backward, the critic once before, the reference once.
        spent.flop += samples.flop + (6 * settings.passes + 1 + (reference is not None)) * forward
        spread = advantages[mask].std(correction=0) + 1e-6
        for _ in range(settings.passes):
            log_probs = answer_log_probs(model, prompts, answers, samples.lengths)
            loss = -clipped_objective(log_probs, old, advantages / spread, mask, settings.clip)
            if beside is not None:
                loss = loss + settings.reference * reference_divergence(log_probs, beside, mask)
            norm = descend(model, optimiser, loss)
            missed = answer_outputs(critic, prompts, answers, samples.lengths)[:, :, 0] - targets
            descend(critic, critic_optimiser, torch.where(mask, missed.square(), 0.0).sum() / mask.sum())
            spent.steps += 1
        yield RlStep(float(rewards.mean()), float(mixed(rewards, settings.group).float().mean()), norm, spent)
        step += 1
