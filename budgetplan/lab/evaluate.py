"""What a model can do: right answers among many samples of each held-out problem, and the loss on held-out text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from budgetplan.lab.decode import sample
from budgetplan.lab.model import Transformer
from budgetplan.lab.pretrain import Tick
from budgetplan.lab.rewards import exact_match
from budgetplan.lab.rollout import answer_outputs, prompt_tensor
from budgetplan.lab.task import ENDS, Problems

_TOGETHER = 50
"""Prompts per batch: with 64 samples each, the caches of the largest model take 0.1 GB."""


@dataclass(frozen=True)
class Evaluation:
    """What was measured on the task.

    Attributes
    ----------
    correct : ndarray of shape (problem,)
        Right answers among the samples of each problem.
    samples : int
        Per problem.
    probability : ndarray of shape (problem,)
        Of a right answer, computed from the model instead of sampled: the mean of `correct / samples` [1].
    tokens_per_sample : float
        Generated, with the token that ends the answer. [token]
    flop_per_sample : float
        With a prompt for every sample, as serving a query of one sample costs. [FLOP]
    """

    correct: npt.NDArray[np.int64]
    samples: int
    probability: npt.NDArray[np.float64]
    tokens_per_sample: float
    flop_per_sample: float


def evaluate(
    model: Transformer, problems: Problems, samples: int, seed: int, device: str = "cpu", tick: Tick | None = None
) -> Evaluation:
    """Sample every problem at temperature one.

    Parameters
    ----------
    model : Transformer
    problems : Problems
        Held out.
    samples : int
        Per problem.
    seed : int
    device : str
    tick : callable, optional
        Told after each batch of problems how many samples it was.

    Returns
    -------
    Evaluation
    """
    generator = torch.Generator().manual_seed(1_000_003 * seed + 3)
    correct, probability, tokens, flop = [], [], 0, 0.0
    for first in range(0, len(problems), _TOGETHER):
        some = problems.take(np.arange(first, min(first + _TOGETHER, len(problems))))
        prompts = prompt_tensor(some, device)
        drawn = sample(model, prompts, samples, generator)
        correct.append(exact_match(drawn, some).view(-1, samples).sum(1).round().long().cpu().numpy())
        probability.append(right_probability(model, some, device))
        tokens += drawn.generated
        flop += drawn.flop + (samples - 1) * len(some) * model.shape.forward_flop(prompts.shape[1])
        if tick is not None:
            tick(len(some) * samples)
    number = len(problems) * samples
    return Evaluation(np.concatenate(correct), samples, np.concatenate(probability), tokens / number, flop / number)


@torch.no_grad()
def right_probability(model: Transformer, problems: Problems, device: str = "cpu") -> npt.NDArray[np.float64]:
    """Probability that one sample is right, of shape (problem,): of the answer's tokens and then of any token that ends it.

    An answer is right by exact match, so its probability can be computed and need not be estimated. It says whether sampling
    is right, and it carries no noise of sampling.
    """
    answers = torch.from_numpy(problems.answers.astype(np.int64)).to(device)
    lengths = torch.from_numpy(problems.lengths).to(device)[:, None]
    log_probs = torch.log_softmax(answer_outputs(model, prompt_tensor(problems, device), answers, lengths[:, 0] + 1).double(), -1)
    each = log_probs.gather(2, answers[:, :, None])[:, :, 0]
    ends = torch.logsumexp(log_probs[:, :, torch.from_numpy(ENDS).to(device)], -1)
    place = torch.arange(answers.shape[1], device=device)
    total = torch.where(place < lengths, each, 0.0).sum(1) + ends.gather(1, lengths)[:, 0]
    result: npt.NDArray[np.float64] = total.exp().cpu().numpy()
    return result
