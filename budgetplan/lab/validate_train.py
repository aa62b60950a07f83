"""One piece of the closed loop: pre-train a shape on D tokens exactly, continue by RL, measure; each cell is a whole file.

Candidates that share a shape, tokens and seed share their pre-training, as the plan and the plan without its RL do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from budgetplan.lab.cells import Materials, materials
from budgetplan.lab.evaluate import evaluate
from budgetplan.lab.grpo import GrpoSettings, train_grpo
from budgetplan.lab.model import Shape, Transformer
from budgetplan.lab.pretrain import DECAY, Pretraining, text_loss, whole_steps
from budgetplan.lab.price import answer_cost
from budgetplan.lab.rollout import Spent
from budgetplan.lab.saved import advance, load, resume, save
from budgetplan.lab.shapes import recipe_of, rl_rate
from budgetplan.lab.store import write_json
from budgetplan.lab.success_of_k import exact_success, sampled_success
from budgetplan.lab.validate_plan import Candidate


@dataclass(frozen=True)
class Measuring:
    """How candidates are trained and measured: as the grid was.

    Attributes
    ----------
    problems, training_problems, samples, windows : int
        Held-out problems, those of RL, samples of each held-out one, and windows of held-out text.
    prompts, group : int
        Of RL.
    reference : float
        Weight of the reference in RL [1/nat].
    """

    problems: int
    training_problems: int
    samples: int
    windows: int
    prompts: int
    group: int
    reference: float


def cell_path(folder: Path, candidate: Candidate, seed: int) -> Path:
    """Where a finished cell is."""
    return folder / "cells" / f"{candidate.budget}-{candidate.name}-{seed}.json"


def train_together(folder: Path, chosen: Sequence[Candidate], seed: int, how: Measuring) -> None:
    """Train candidates that share their pre-training, and write their cells.

    Parameters
    ----------
    folder : Path
        Of the closed loop.
    chosen : sequence of Candidate
        Of one shape and one amount of pre-training tokens.
    seed : int
    how : Measuring
    """
    shared = materials(how.problems, how.training_problems)
    first = chosen[0]
    base = pretrained(folder / "models", first.shape, first.pretraining_tokens, seed, shared)
    for candidate in chosen:
        path = cell_path(folder, candidate, seed)
        if not path.exists():
            write_json(path, _cell(candidate, _copy(base), seed, how, shared))


def weights_path(folder: Path, shape: Shape, tokens: int, seed: int) -> Path:
    """Where `pretrained` leaves the weights."""
    return folder / f"{shape.width}x{shape.layers}-{tokens}-{seed}.pt"


def pretrained(folder: Path, shape: Shape, tokens: int, seed: int, shared: Materials) -> Transformer:
    """Return a model after so many tokens, read from the folder where it is, and else trained, going on where it was killed.

    Parameters
    ----------
    folder : Path
        Of weights.
    shape : Shape
    tokens : int
        Whole steps; the rate is constant, then falls over the last fifth. [token]
    seed : int
    shared : Materials

    Returns
    -------
    Transformer
    """
    whole = weights_path(folder, shape, tokens, seed)
    part = whole.with_suffix(".part.pt")
    if whole.exists():
        return load(whole, shape)
    run = Pretraining(shape, shared.text, recipe_of(shape), seed)
    fork = whole_steps(round((1.0 - DECAY) * tokens))
    resume(run, part, fork)
    advance(run, fork, part)
    run.advance_to(whole_steps(tokens), decay=True)
    save(whole, run.model.state_dict())
    part.unlink(missing_ok=True)
    return run.model


def _cell(candidate: Candidate, model: Transformer, seed: int, how: Measuring, shared: Materials) -> dict[str, Any]:
    """Train by RL, measure, and say what was spent."""
    shape, before = candidate.shape, text_loss(model, shared.held_out, how.windows)
    spent = Spent()
    if candidate.rl_tokens:
        settings = GrpoSettings(rl_rate(shape), how.prompts, how.group, reference=how.reference)
        for step in train_grpo(model, shared.training, settings, seed):
            spent = step.spent
            if spent.tokens >= candidate.rl_tokens:
                break
    found = evaluate(model, shared.test, how.samples, seed)
    k = candidate.samples_per_query
    return {
        **{name: value for name, value in asdict(candidate).items() if name not in ("shape", "flop")},
        "budget_flop": candidate.flop,
        "shape": asdict(shape),
        "params": shape.params,
        "seed": seed,
        "measured": -float(np.log(max(exact_success(found.probability, k), 1e-300))),
        "measured_sampled": _task_loss(sampled_success(found.correct, found.samples, k)),
        "samples": found.samples,
        "pretraining_loss": before,
        "text_loss": text_loss(model, shared.held_out, how.windows),
        "rl_tokens_spent": spent.tokens,
        "tokens_per_sample": found.tokens_per_sample,
        "flop_pretraining": candidate.pretraining_tokens * shape.flop_per_token(),
        "flop_rl": float(spent.flop),
        "flop_inference": candidate.queries * k * answer_cost(shape, found.tokens_per_sample),
        "epochs": candidate.pretraining_tokens / len(shared.text),
        "fingerprint": shared.corpus.fingerprint,
    }


def _task_loss(success: float) -> float | None:
    """-ln success; none where no answer was right."""
    return -float(np.log(success)) if success > 0.0 else None


def _copy(model: Transformer) -> Transformer:
    fresh = Transformer(model.shape, torch.Generator())
    fresh.load_state_dict(model.state_dict())
    return fresh
