"""Distillation: a small model learns a larger one's whole distribution at every token of the larger one's answers.

A given answer says one token per place; a distribution says how likely every token is, which is the densest signal of all.

References
----------
.. [1] Hinton et al., "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from budgetplan.lab.decode import sample
from budgetplan.lab.model import Transformer
from budgetplan.lab.pretrain import adamw, descend
from budgetplan.lab.rollout import Spent, answer_flop, answer_outputs, problem_batch, prompt_tensor
from budgetplan.lab.sft import SftSettings, SftStep
from budgetplan.lab.task import Problems


def train_distil(
    model: Transformer, teacher: Transformer, problems: Problems, settings: SftSettings, seed: int
) -> Iterator[SftStep]:
    """Train a model in place, one step per item; the caller stops when enough tokens are spent.

    Parameters
    ----------
    model, teacher : Transformer
        The teacher stays as it is.
    problems : Problems
    settings : SftSettings
    seed : int
        Of problems and the teacher's answers.

    Yields
    ------
    SftStep
        Its loss is the divergence KL(teacher || model) per token; its tokens are those that the teacher generated.
    """
    device = str(model.embedding.device)
    generator = torch.Generator().manual_seed(1_000_003 * seed + 6)
    optimiser, spent = adamw(model, settings.rate), Spent()
    step = 0
    while True:
        chosen = problem_batch(problems, step, settings.prompts, seed)
        prompts = prompt_tensor(chosen, device)
        drawn = sample(teacher, prompts, 1, generator)
        longest = int(drawn.lengths.max())
        answers, mask = drawn.tokens[:, :longest], drawn.mask[:, :longest]
        with torch.no_grad():
            wanted = torch.log_softmax(answer_outputs(teacher, prompts, answers, drawn.lengths), -1)
        log_probs = torch.log_softmax(answer_outputs(model, prompts, answers, drawn.lengths), -1)
        apart = (wanted.exp() * (wanted - log_probs)).sum(-1)
        loss = torch.where(mask, apart, 0.0).sum() / mask.sum()
        descend(model, optimiser, loss)
        spent.tokens += drawn.generated
        read = [answer_flop(of.shape, len(chosen), drawn.lengths) for of in (teacher, model)]
        spent.flop += drawn.flop + read[0] + 3 * read[1]
        spent.steps += 1
        yield SftStep(float(loss.detach()), spent)
        step += 1
