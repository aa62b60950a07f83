"""SFT on a larger model's right answers: it tries every problem several times, and one right answer to each it solves is kept.

Unfiltered answers of a model that is right one time in ten teach its mistakes too. Measured once with a 100k teacher (success
.096), within 1e11 FLOP at rate 1e-3: they took a 30k model from .062 to .055, its right answers to .108, the text's own answers
to .070. A right answer is the text's own here, since answers are judged by exact match: what the teacher adds is which problems
are learned from. Its tries count in FLOP.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from budgetplan.lab.decode import sample
from budgetplan.lab.model import Transformer
from budgetplan.lab.pretrain import adamw, descend
from budgetplan.lab.rewards import exact_match
from budgetplan.lab.rollout import Spent, answer_flop, answer_log_probs, problem_batch, prompt_tensor
from budgetplan.lab.sft import SftStep
from budgetplan.lab.task import Problems


@dataclass(frozen=True)
class TeacherSettings:
    """Settings.

    Attributes
    ----------
    rate : float
        Learning rate of AdamW.
    prompts : int
        Problems that the teacher tries per step.
    tries : int
        Its answers to each.
    """

    rate: float
    prompts: int = 64
    tries: int = 8


def train_on_right_answers(
    model: Transformer, teacher: Transformer, problems: Problems, settings: TeacherSettings, seed: int
) -> Iterator[SftStep]:
    """Train a model in place, one step per item; the caller stops when enough is spent.

    Parameters
    ----------
    model, teacher : Transformer
        The teacher stays as it is.
    problems : Problems
    settings : TeacherSettings
    seed : int
        Of problems and the teacher's answers.

    Yields
    ------
    SftStep
        Its loss is nan where the teacher solved nothing, and nothing was learned. Its tokens are those of the kept answers.
    """
    device = str(model.embedding.device)
    generator = torch.Generator().manual_seed(1_000_003 * seed + 8)
    optimiser, spent = adamw(model, settings.rate), Spent()
    step = 0
    while True:
        tried = problem_batch(problems, step, settings.prompts, seed)
        drawn = sample(teacher, prompt_tensor(tried, device), settings.tries, generator)
        spent.flop += drawn.flop
        right = exact_match(drawn, tried).view(-1, settings.tries)
        solved = torch.nonzero(right.any(1))[:, 0]
        loss = torch.tensor(float("nan"))
        if len(solved):
            rows = solved * settings.tries + right[solved].argmax(1)
            lengths = drawn.lengths[rows]
            tokens = drawn.tokens[rows, : int(lengths.max())]
            prompts = prompt_tensor(tried.take(solved.cpu().numpy().astype(np.int64)), device)
            mask = torch.arange(tokens.shape[1], device=device) < lengths[:, None]
            model.train()
            log_probs = answer_log_probs(model, prompts, tokens, lengths)
            loss = -torch.where(mask, log_probs, 0.0).sum() / mask.sum()
            descend(model, optimiser, loss)
            spent.tokens += int(lengths.sum())
            spent.flop += 3 * answer_flop(model.shape, len(solved), lengths)
            spent.steps += 1
        yield SftStep(float(loss.detach()), spent)
        step += 1
