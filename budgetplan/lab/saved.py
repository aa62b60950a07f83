"""Weights and states of training on the disk: whole files, and pre-training that goes on where it was killed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from budgetplan.lab.model import Shape, Transformer
from budgetplan.lab.pretrain import Pretraining, Tick
from budgetplan.lab.store import write_whole

_EVERY = 512
"""Steps between two saved states."""


def save(path: Path, state: Any) -> None:
    """Save weights or a state through memory, so that the file is written at once."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_whole(path, lambda file: file.write(buffer.getvalue()))


def load(path: Path, shape: Shape) -> Transformer:
    """Return a model with the weights of a file."""
    model = Transformer(shape, torch.Generator())
    model.load_state_dict(torch.load(path, weights_only=True))
    return model


def resume(run: Pretraining, path: Path, most: int) -> None:
    """Go back to the state in a file, where there is one that is no further than a step.

    Parameters
    ----------
    run : Pretraining
    path : Path
    most : int
        A state beyond this step is of no use to what leaves the run there.
    """
    if path.exists():
        state = torch.load(path, weights_only=True)
        if int(state["step"]) <= most:
            run.restore(state)


def advance(run: Pretraining, stop: int, path: Path, tick: Tick | None = None) -> None:
    """Train at the constant rate until so many steps have been made in all, and save the state on the way and there.

    Parameters
    ----------
    run : Pretraining
    stop : int
        Steps in all.
    path : Path
        Of the state.
    tick : callable, optional
        As in `Pretraining.advance_to`.
    """
    while run.step < stop:
        run.advance_to(min(stop, (run.step // _EVERY + 1) * _EVERY), tick=tick)
        save(path, run.state())
