"""Pieces of `lab signal`: bases, tuning runs, and measured paths of training; each leaves a whole file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from budgetplan.lab.cells import Materials, materials
from budgetplan.lab.corpus import load_corpus
from budgetplan.lab.evaluate import right_probability
from budgetplan.lab.model import SIZES, Transformer
from budgetplan.lab.pretrain import text_loss
from budgetplan.lab.signal_measure import group_outcomes, measure
from budgetplan.lab.signal_methods import Step, begin, samples_per_step
from budgetplan.lab.signal_study import Rates, Study
from budgetplan.lab.store import write_json
from budgetplan.lab.task import Problems, cut_problems
from budgetplan.lab.validate_train import pretrained, weights_path

_TUNING = 3
"""Seed of the held-out problems on which rates are chosen."""


def base(folder: Path, study: Study, size: str, seed: int, tokens: int | None = None) -> Transformer:
    """Return a pre-trained model, read from the folder or trained.

    Parameters
    ----------
    folder : Path
        Of the study.
    study : Study
    size : str
    seed : int
    tokens : int, optional
        Default: the study's. [token]
    """
    shared = _materials(study)
    return pretrained(folder / "models", SIZES[size], tokens or study.pretraining_tokens, seed, shared)


def base_path(folder: Path, study: Study, size: str, seed: int) -> Path:
    """Where its weights are."""
    return weights_path(folder / "models", SIZES[size], study.pretraining_tokens, seed)


def prepare(folder: Path, study: Study, size: str, seed: int) -> None:
    """Pre-train a base and leave its weights."""
    base(folder, study, size, seed)


def tuning_path(folder: Path, method: str, rates: Rates) -> Path:
    """Where the success with tried rates is."""
    return folder / "tuning" / f"{method}-{rates}.json"


def tune(folder: Path, study: Study, method: str, rates: Rates, seed: int) -> None:
    """Spend the study's FLOP at these rates, and write the success on the tuning problems."""
    model, step = base(folder, study, study.small, seed), None
    for step in _steps(folder, study, method, model, rates, seed):
        if step.spent.flop >= study.flop:
            break
    assert step is not None
    success = float(right_probability(model, _tuning_problems(study.problems)).mean())
    content = {
        **_heading(method, rates, seed),
        "success": success,
        "flop": float(step.spent.flop),
    }
    write_json(tuning_path(folder, method, rates), content)


def path_file(folder: Path, method: str, seed: int) -> Path:
    """Where a measured path is."""
    return folder / "cells" / f"{method}-{seed}.json"


def follow(folder: Path, study: Study, method: str, rates: Rates, seed: int) -> None:
    """Train by a method and measure at every mark of FLOP, before the first step too."""
    shared = _materials(study)
    start, model = base(folder, study, study.small, seed), base(folder, study, study.small, seed)
    marks = [_mark(start, model, study, shared, 0.0, 0, 0)]
    steps = _steps(folder, study, method, model, rates, seed)
    done, numbers = 0.0, count(1)
    for flop in study.marks_at:
        if done >= flop:  # one step went past several marks
            continue
        for number in numbers:
            spent = next(steps).spent
            done = float(spent.flop)
            if done >= flop:
                marks.append(_mark(start, model, study, shared, done, spent.tokens, number * samples_per_step(method, study)))
                break
    content = {
        **_heading(method, rates, seed),
        "fingerprint": shared.corpus.fingerprint,
        "marks": marks,
    }
    write_json(path_file(folder, method, seed), content)


def whole_file(folder: Path, name: str, seed: int) -> Path:
    """Where the outcomes of groups, or of the larger base, are."""
    return folder / "cells" / f"{name}-{seed}.json"


def look_at_groups(folder: Path, study: Study, seed: int) -> None:
    """Measure what verdicts and labels carry before training."""
    shared = _materials(study)
    found = group_outcomes(base(folder, study, study.small, seed), shared.test, study.group)
    write_json(whole_file(folder, "groups", seed), {"seed": seed, "group": study.group, **found})


def train_larger(folder: Path, study: Study, seed: int) -> None:
    """Pre-train the large size with the FLOP that the small one and its training cost together, and measure it."""
    shared = _materials(study)
    model = base(folder, study, study.large, seed, study.larger_tokens)
    content = {
        "seed": seed,
        "size": study.large,
        "pretraining_tokens": study.larger_tokens,
        "flop": study.larger_tokens * SIZES[study.large].flop_per_token(),
        "success": float(right_probability(model, shared.test).mean()),
        "text_loss": text_loss(model, shared.held_out, study.windows),
    }
    write_json(whole_file(folder, "larger", seed), content)


def _heading(method: str, rates: Rates, seed: int) -> dict[str, Any]:
    return {"method": method, "rate": rates.model, "critic_rate": rates.critic, "seed": seed}


def _steps(folder: Path, study: Study, method: str, model: Transformer, rates: Rates, seed: int) -> Iterator[Step]:
    teacher = base(folder, study, study.large, seed)
    return begin(method, model, teacher, _materials(study).training, study, rates, seed)


def _mark(
    start: Transformer, model: Transformer, study: Study, shared: Materials, flop: float, tokens: int, samples: int
) -> dict[str, Any]:
    found = measure(model, start, shared.test, shared.held_out, study.windows)
    kept = {name: value if np.isfinite(value) else None for name, value in found.items()}
    return {"flop": flop, "tokens": tokens, "samples": samples, **kept}


def _materials(study: Study) -> Materials:
    return materials(study.problems, study.training_problems)


@cache
def _tuning_problems(number: int) -> Problems:
    return cut_problems(load_corpus().held_out, number, _TUNING)
