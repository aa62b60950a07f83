"""What an answer earns: one bit, right or wrong."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from budgetplan.lab.decode import Samples
from budgetplan.lab.task import ENDS, Problems

Reward = Callable[[Samples, Problems], Tensor]
"""Rewards of shape (sequence,), of samples of each problem in turn."""


def exact_match(samples: Samples, problems: Problems) -> Tensor:
    """One where the answer is the identifier, up to the first token that cannot be part of one; else zero.

    Parameters
    ----------
    samples : Samples
        An equal number of each problem.
    problems : Problems

    Returns
    -------
    Tensor of shape (sequence,)
    """
    device = samples.tokens.device
    count = len(samples.lengths) // len(problems)
    lengths = torch.from_numpy(problems.lengths).to(device).repeat_interleave(count)
    answers = torch.from_numpy(problems.answers).to(device, torch.int64).repeat_interleave(count, 0)
    within = torch.arange(answers.shape[1], device=device) < lengths[:, None]
    ends = torch.from_numpy(ENDS).to(device)
    last = samples.tokens.gather(1, samples.lengths[:, None] - 1)[:, 0]
    same = ((samples.tokens == answers) | ~within).all(1)
    return (same & (samples.lengths == lengths + 1) & ends[last]).to(samples.log_probs.dtype)


def mixed(rewards: Tensor, group: int) -> Tensor:
    """Which groups hold right and wrong answers, of shape (prompt,): the others teach nothing.

    Examples
    --------
    >>> mixed(torch.tensor([1.0, 0.0, 1.0, 1.0]), 2).tolist()
    [True, False]
    """
    table = rewards.view(-1, group)
    return (table != table[:, :1]).any(1)
