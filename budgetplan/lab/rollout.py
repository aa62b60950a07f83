"""What every stage after pre-training shares: problems in turn, log-probabilities of answers, and what was spent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from budgetplan.lab.model import Shape, Shared, Transformer
from budgetplan.lab.task import PROMPT, Problems


@dataclass
class Spent:
    """What a stage has used so far.

    Attributes
    ----------
    tokens : int
        Of answers that were learned from: in RL those that the policy generated. [token]
    flop : float
        Counted from the shapes: prompts, answers, forward and backward, and all models that took part. [FLOP]
    steps : int
        Of the optimiser.
    """

    tokens: int = 0
    flop: float = 0.0
    steps: int = 0


def problem_batch(problems: Problems, step: int, size: int, seed: int) -> Problems:
    """Return the problems of a step: each once in random order, then again in another; a function of its arguments alone."""
    per_epoch = len(problems) // size
    epoch, place = divmod(step, per_epoch)
    order = np.random.default_rng([seed, epoch, 30]).permutation(len(problems))
    return problems.take(order[place * size : (place + 1) * size])


def prompt_tensor(problems: Problems, device: str = "cpu") -> Tensor:
    """Prompts of shape (problem, PROMPT)."""
    return torch.from_numpy(problems.prompts.astype(np.int64)).to(device)


def answer_outputs(model: Transformer, prompts: Tensor, answers: Tensor, lengths: Tensor) -> Tensor:
    """What the model says at each token of the answers, before it sees the token.

    Parameters
    ----------
    model : Transformer
    prompts : Tensor of shape (prompt, PROMPT)
        Each read once, also for the gradient.
    answers : Tensor of shape (sequence, token)
        Equally many per prompt, next to each other.
    lengths : Tensor of shape (sequence,)
        Tokens of each answer. What lies beyond is not computed.

    Returns
    -------
    Tensor of shape (sequence, token, output)
        Zero beyond an answer's end, up to the width that it was computed in.
    """
    count = answers.shape[0] // prompts.shape[0]
    first, past = model(prompts)
    outputs = torch.zeros(*answers.shape, first.shape[2], dtype=first.dtype, device=first.device)
    outputs[:, 0] = first[:, -1].repeat_interleave(count, 0)
    for rows, width in _by_length(lengths):
        rest, _ = model(answers[rows, : width - 1], Shared.of(past, rows // count))
        outputs[rows, 1:width] = rest
    return outputs


def answer_log_probs(model: Transformer, prompts: Tensor, answers: Tensor, lengths: Tensor) -> Tensor:
    """Log-probability of each token of the answers, of shape (sequence, token); meaningless beyond their ends. [nat]"""
    log_probs = torch.log_softmax(answer_outputs(model, prompts, answers, lengths), -1)
    return log_probs.gather(2, answers[:, :, None])[:, :, 0]


def answer_flop(shape: Shape, prompts: int, lengths: Tensor) -> float:
    """FLOP of one forward pass over prompts and answers, as `answer_outputs` computes it. [FLOP]"""
    answers = sum(len(rows) * shape.forward_flop(width - 1, PROMPT) for rows, width in _by_length(lengths))
    return prompts * shape.forward_flop(PROMPT) + answers


def _by_length(lengths: Tensor) -> list[tuple[Tensor, int]]:
    """Rows of answers of similar length and the width that holds them: most answers are far shorter than the longest.

    Answers of one token are left out: the prompt alone says what the model expects there.
    """
    found = []
    low, longest = 1, int(lengths.max())
    for high in (3, 5, 8, longest):
        rows = torch.nonzero((lengths > low) & (lengths <= high))[:, 0]
        if len(rows):
            found.append((rows, min(high, longest)))
        low = max(low, high)
    return found
