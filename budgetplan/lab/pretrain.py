"""Pre-training: one pass over shuffled windows of text at a constant rate, with a short decay for each amount of tokens.

Runs of different length share their beginning: the rate warms up, stays constant (the *trunk*), and for each amount of tokens D
a *branch* leaves the trunk at 0.8 D and falls linearly to zero. The trunk is paid once for all D, and every branch is as good
as a run of its own [1]_. FLOP are counted per branch as if it had been trained alone.

References
----------
.. [1] Hägele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations", 2024, arXiv:2405.18392.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from budgetplan.lab.corpus import Tokens
from budgetplan.lab.model import CONTEXT, Shape, Transformer

BATCH = 16
"""Sequences per step."""
STEP_TOKENS = BATCH * CONTEXT
"""Tokens per step: amounts of tokens are whole steps."""
DECAY = 0.2
"""Share of the tokens of a branch in which the rate falls."""
WARM_UP = 40
"""Steps until the constant rate is reached."""

Tick = Callable[[int], None]
"""Told after every step how many tokens, or samples, it was."""


@dataclass(frozen=True)
class Recipe:
    """How a model is pre-trained.

    Attributes
    ----------
    rate : float
        Learning rate of the trunk [1 per step].
    weight_decay : float
        Of AdamW.
    """

    rate: float
    weight_decay: float = 0.05


class Pretraining:
    """A model, its optimiser and how far it has read; goes on from where it was saved, bit by bit.

    Parameters
    ----------
    shape : Shape
    text : ndarray of shape (token,)
        Training text. Beyond its length it is read again, in another order and cut at other places.
    recipe : Recipe
    seed : int
        Of initial weights and order.
    device : str
    """

    def __init__(self, shape: Shape, text: Tokens, recipe: Recipe, seed: int, device: str = "cpu") -> None:
        self.text, self.recipe, self.seed, self.device = text, recipe, seed, device
        self.model = Transformer(shape, torch.Generator().manual_seed(1_000_003 * seed + 1)).to(device)
        self.optimiser = adamw(self.model, recipe.rate, recipe.weight_decay)
        self.step = 0
        self._epoch, self._order = -1, np.empty(0, dtype=np.int64)

    @property
    def tokens(self) -> int:
        """Tokens read so far. [token]"""
        return self.step * STEP_TOKENS

    def advance_to(self, stop: int, decay: bool = False, tick: Tick | None = None) -> None:
        """Train until so many steps have been made in all.

        Parameters
        ----------
        stop : int
            Steps in all.
        decay : bool
            Let the rate fall from here to zero just after `stop`.
        tick : callable, optional
        """
        start = self.step
        self.model.train()
        for step in range(start, stop):
            rate = self.recipe.rate * min(1.0, (step + 1) / WARM_UP)
            if decay:
                rate *= (stop - step) / (stop - start + 1)
            self._update(self._batch(step), rate)
            self.step = step + 1
            if tick is not None:
                tick(STEP_TOKENS)

    def state(self) -> dict[str, Any]:
        """What has to be saved to go on."""
        return {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "step": self.step}

    def restore(self, state: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = int(state["step"])

    def _update(self, windows: torch.Tensor, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        logits, _ = self.model(windows[:, :-1])
        loss = functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        descend(self.model, self.optimiser, loss)

    def _batch(self, step: int) -> torch.Tensor:
        """Windows of a step, of shape (BATCH, CONTEXT + 1): a function of the seed and the step alone."""
        per_epoch = (len(self.text) - CONTEXT - 1) // STEP_TOKENS
        epoch, place = divmod(step, per_epoch)
        if epoch != self._epoch:
            generator = np.random.default_rng([self.seed, epoch, 10])
            shift = int(generator.integers(CONTEXT)) if epoch else 0
            self._epoch, self._order = epoch, generator.permutation((len(self.text) - 1 - shift) // CONTEXT) * CONTEXT + shift
        starts = self._order[place * BATCH : (place + 1) * BATCH]
        windows = self.text[starts[:, None] + np.arange(CONTEXT + 1)]
        return torch.from_numpy(windows.astype(np.int64)).to(self.device)


def adamw(model: torch.nn.Module, rate: float, weight_decay: float = 0.0) -> torch.optim.AdamW:
    """Return the optimiser of every stage; vectors (of norms) never decay."""
    matrices = [weight for weight in model.parameters() if weight.ndim > 1]
    vectors = [weight for weight in model.parameters() if weight.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)


def descend(model: torch.nn.Module, optimiser: torch.optim.Optimizer, loss: torch.Tensor, most: float = 1.0) -> float:
    """Take one step down a loss with the gradient's norm cut at `most`; return the norm."""
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]  # torch ships no annotation for it
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), most)
    optimiser.step()
    return float(norm)


def whole_steps(tokens: int) -> int:
    """Steps of an amount of tokens, rounded to the nearest.

    Examples
    --------
    >>> whole_steps(491_520)
    320
    """
    return round(tokens / STEP_TOKENS)


@torch.no_grad()
def text_loss(model: Transformer, text: Tokens, windows: int = 1024, device: str = "cpu") -> float:
    """Cross-entropy on text in windows spread evenly over it. [nat/token]

    Parameters
    ----------
    model : Transformer
    text : ndarray of shape (token,)
    windows : int
        How many windows of CONTEXT tokens.
    device : str

    Returns
    -------
    float
    """
    starts = np.linspace(0, len(text) - CONTEXT - 1, windows).astype(np.int64)
    total = 0.0
    model.eval()
    for some in np.array_split(starts, max(1, windows // 64)):
        part = torch.from_numpy(text[some[:, None] + np.arange(CONTEXT + 1)].astype(np.int64)).to(device)
        logits, _ = model(part[:, :-1])
        total += float(functional.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten(), reduction="sum"))
    return total / (windows * CONTEXT)
