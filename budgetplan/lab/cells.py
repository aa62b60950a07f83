"""One piece of work of the lab: a trunk with its branches, or the RL axis of one branch. Each leaves whole files behind.

A piece depends on its settings and seeds alone, so that a killed run, begun again, ends with the same bytes in every cell.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.lab.corpus import Corpus, Tokens, load_corpus
from budgetplan.lab.evaluate import Evaluation, evaluate
from budgetplan.lab.grid import RECIPES, Grid
from budgetplan.lab.grpo import train_grpo
from budgetplan.lab.model import SIZES, Transformer
from budgetplan.lab.pretrain import DECAY, Pretraining, Tick, text_loss, whole_steps
from budgetplan.lab.rollout import Spent
from budgetplan.lab.saved import advance, load, resume, save
from budgetplan.lab.store import pack, write_json
from budgetplan.lab.task import Problems, cut_problems
from budgetplan.lab.timing import RL, SAMPLING, TRAINING

Add = Callable[[float], None]
"""Told how much work was done since, in seconds of one core as estimated."""

_TEST, _TRAINING = 1, 2
"""Seeds of the draw of problems: the same problems for all cells, so that cells differ by what was trained alone."""


@dataclass(frozen=True)
class Materials:
    """What all cells of a grid share."""

    corpus: Corpus
    text: Tokens
    held_out: Tokens
    test: Problems
    training: Problems


@cache
def materials(test: int, training: int) -> Materials:
    """Read the corpus and draw so many problems of each kind."""
    corpus = load_corpus()
    drawn = cut_problems(corpus.held_out, test, _TEST), cut_problems(corpus.train, training, _TRAINING)
    return Materials(corpus, corpus.train_tokens, corpus.held_out_tokens, *drawn)


def branch_file(out: Path, size: str, tokens: int, seed: int) -> Path:
    """Where the weights after pre-training are."""
    return out / "models" / f"{size}-{tokens}-{seed}.pt"


def cell_file(out: Path, size: str, tokens: int, seed: int) -> Path:
    """Where a finished cell is."""
    return out / "cells" / f"{size}-{tokens}-{seed}.json"


def train_branches(grid: Grid, out: Path, size: str, seed: int, add: Add | None = None) -> None:
    """Train a trunk and leave the weights of every branch; goes on where it was killed.

    Parameters
    ----------
    grid : Grid
    out : Path
    size : str
    seed : int
    add : callable, optional
    """
    shared = materials(grid.problems, grid.training_problems)
    tick = _paced(add, TRAINING[size])
    trunk = Pretraining(SIZES[size], shared.text, RECIPES[size], seed)
    saved = out / "trunks" / f"{size}-{seed}.pt"
    forks = {tokens: whole_steps(round((1.0 - DECAY) * tokens)) for tokens in grid.pretraining_tokens}
    missing = {tokens: fork for tokens, fork in forks.items() if not branch_file(out, size, tokens, seed).exists()}
    # a branch that was deleted leaves the trunk before its end: a state beyond has read too much
    resume(trunk, saved, min(missing.values(), default=0))
    for tokens, fork in missing.items():
        advance(trunk, fork, saved, tick)
        branch = Pretraining(SIZES[size], shared.text, RECIPES[size], seed)
        branch.restore(copy.deepcopy(trunk.state()))
        branch.advance_to(whole_steps(tokens), decay=True, tick=tick)
        save(branch_file(out, size, tokens, seed), branch.model.state_dict())


def measure_cell(grid: Grid, out: Path, size: str, tokens: int, seed: int, add: Add | None = None) -> None:
    """Train a branch by RL, measure it at every amount of RL tokens, and write the cell.

    Parameters
    ----------
    grid : Grid
    out : Path
    size : str
    tokens : int
        Of pre-training. [token]
    seed : int
    add : callable, optional
    """
    shared = materials(grid.problems, grid.training_problems)
    model = load_branch(out, size, tokens, seed)
    sampled, generated = _paced(add, SAMPLING[size]), _paced(add, RL[size])
    points = [_point(grid, shared, model, 0, Spent(), seed, [], sampled)]
    steps = train_grpo(model, shared.training, grid.grpo(size), seed)
    for i, nominal in enumerate(grid.rl_tokens[1:], 1):
        seen, before = [], points[-1]["rl_tokens"]
        for step in steps:
            seen.append((step.reward, step.informative))
            generated(step.spent.tokens - before)
            before = step.spent.tokens
            if step.spent.tokens >= nominal:
                break
        points.append(_point(grid, shared, model, nominal, step.spent, seed * 100 + i, seen, sampled))
    content = {
        "size": size,
        "params": SIZES[size].params,
        "pretraining_tokens": tokens,
        "seed": seed,
        "flop_pretraining": tokens * SIZES[size].flop_per_token(),
        "pretraining_loss": points[0]["text_loss"],
        "fingerprint": shared.corpus.fingerprint,
        "points": points,
    }
    write_json(cell_file(out, size, tokens, seed), content)


def load_branch(out: Path, size: str, tokens: int, seed: int) -> Transformer:
    """Return a model as pre-training left it."""
    return load(branch_file(out, size, tokens, seed), SIZES[size])


def _paced(add: Add | None, rate: float) -> Tick:
    """Turn amounts into seconds at a rate per second."""
    return lambda amount: add(amount / rate) if add is not None else None


def _point(
    grid: Grid,
    shared: Materials,
    model: Transformer,
    nominal: int,
    spent: Spent,
    seed: int,
    seen: list[tuple[float, float]],
    tick: Tick,
) -> dict[str, Any]:
    """Measure a model now."""
    result: Evaluation = evaluate(model, shared.test, grid.samples, seed, tick=tick)
    recent = np.array(seen[-20:]) if seen else np.full((1, 2), np.nan)
    reward, informative = (None if np.isnan(value) else float(value) for value in recent.mean(0))
    return {
        "rl_tokens_nominal": nominal,
        "rl_tokens": spent.tokens,
        "rl_steps": spent.steps,
        "flop_rl": spent.flop,
        "text_loss": text_loss(model, shared.held_out, grid.windows),
        "training_reward": reward,
        "informative": informative,
        "tokens_per_sample": result.tokens_per_sample,
        "flop_per_sample": result.flop_per_sample,
        "samples": result.samples,
        "correct": pack(result.correct.astype(np.uint8)),
        "probability": pack(result.probability.astype(np.float32)),
    }
