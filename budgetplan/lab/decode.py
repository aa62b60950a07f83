"""Many answers to many prompts at once: each prompt is read once, each finished answer leaves the batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from budgetplan.lab.model import Past, Shared, Transformer
from budgetplan.lab.task import ENDS, MOST


@dataclass(frozen=True)
class Samples:
    """Answers, those of one prompt next to each other.

    Attributes
    ----------
    tokens : Tensor of shape (sequence, MOST)
        With the token that ends an answer; zeros after it.
    lengths : Tensor of shape (sequence,)
        Tokens generated, with the one that ends the answer.
    log_probs : Tensor of shape (sequence, MOST)
        Of each generated token, at temperature one; zeros after the end. [nat]
    flop : int
        Reading the prompts and generating, as counted from the shapes. [FLOP]
    """

    tokens: Tensor
    lengths: Tensor
    log_probs: Tensor
    flop: int

    @property
    def generated(self) -> int:
        """Tokens generated in all. [token]"""
        return int(self.lengths.sum())

    @property
    def mask(self) -> Tensor:
        """Whether a token was generated, of shape (sequence, MOST)."""
        return torch.arange(self.tokens.shape[1], device=self.tokens.device) < self.lengths[:, None]


@torch.no_grad()
def sample(model: Transformer, prompts: Tensor, count: int, generator: torch.Generator) -> Samples:
    """Draw answers at temperature one.

    Parameters
    ----------
    model : Transformer
    prompts : Tensor of shape (prompt, token)
    count : int
        Answers per prompt.
    generator : torch.Generator
        On the CPU, whatever the device of the model.

    Returns
    -------
    Samples
    """
    model.eval()
    device, number = prompts.device, prompts.shape[0] * count
    ends = torch.from_numpy(ENDS).to(device)
    tokens = torch.zeros(number, MOST, dtype=torch.int64, device=device)
    log_probs = torch.zeros(number, MOST, dtype=model.embedding.dtype, device=device)
    lengths = torch.full((number,), MOST, dtype=torch.int64, device=device)
    logits, past = model(prompts)
    flop = prompts.shape[0] * model.shape.forward_flop(prompts.shape[1])
    live = torch.arange(number, device=device)
    logits = logits[:, -1].repeat_interleave(count, 0)
    shared = Shared(past, count)
    own: Past | None = None
    for place in range(MOST):
        if place:
            kept = torch.nonzero(lengths[live] == MOST)[:, 0]
            if not len(kept):
                break
            if len(kept) < len(live):
                live = live[kept]
                own = own and [(key[kept], value[kept]) for key, value in own]
                shared = Shared.of(past, live // count)
            logits, own = model(tokens[live, place - 1][:, None], shared, own)
            logits = logits[:, 0]
            flop += len(live) * model.shape.forward_flop(1, prompts.shape[1] + place - 1)
        log_p = torch.log_softmax(logits, -1)
        drawn = torch.multinomial(log_p.exp().cpu(), 1, generator=generator).to(device)
        log_probs[live, place] = log_p.gather(1, drawn)[:, 0]
        tokens[live, place] = drawn[:, 0]
        lengths[live[ends[drawn[:, 0]]]] = place + 1
    return Samples(tokens, lengths, log_probs, flop)
