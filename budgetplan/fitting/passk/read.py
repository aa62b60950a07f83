"""Counts of right answers per problem, or a curve of coverage in samples, from columns named after roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from budgetplan.errors import DataError, FitError
from budgetplan.fitting.runs.run_checks import refuse_rows
from budgetplan.numerics.arrays import Array, as_array


@dataclass(frozen=True)
class Counts:
    """Right answers among samples, one entry per problem.

    Attributes
    ----------
    correct, samples : ndarray of shape (problem,)
        Whole numbers, 0 <= correct <= samples, samples >= 1.
    """

    correct: Array
    samples: Array


def has_counts(runs: Mapping[str, Any]) -> bool:
    """Whether there are counts per problem."""
    return runs.get("n_samples") is not None and runs.get("n_correct") is not None


def read_counts(runs: Mapping[str, Any]) -> Counts:
    """The counts, checked.

    Raises
    ------
    DataError
        If a column is missing, unequal in length, or holds values that are no counts.
    """
    if not has_counts(runs):
        raise DataError(
            "Counts need the columns n_samples and n_correct.", "Name them: --column n_samples=NAME --column n_correct=NAME."
        )
    samples, correct = as_array(runs["n_samples"]), as_array(runs["n_correct"])
    if samples.ndim != 1 or samples.shape != correct.shape:
        raise DataError(f"`n_samples` has shape {samples.shape} and `n_correct` {correct.shape}; both hold one value per problem.")
    refuse_rows(runs, ~(np.isfinite(samples) & (samples >= 1)), "n_samples", samples, "each problem needs 1 sample or more")
    refuse_rows(runs, ~((correct >= 0) & (correct <= samples)), "n_correct", correct, "it lies between 0 and n_samples")
    refuse_rows(runs, samples != np.round(samples), "n_samples", samples, "counts are whole numbers")
    refuse_rows(runs, correct != np.round(correct), "n_correct", correct, "counts are whole numbers")
    return Counts(correct, samples)


def need_spread(counts: Counts, form: str) -> None:
    """Refuse counts that cannot determine a mean and a spread, with the bound that they do give.

    Raises
    ------
    FitError
        If nothing or everything is right, there is one problem only, or no problem was sampled twice.
    """
    right, total, size = int(counts.correct.sum()), int(counts.samples.sum()), counts.samples.size
    if size < 3:
        raise FitError(f"The form `{form}` needs counts of 3 problems or more, there are {size}.", "Add problems.")
    if right in (0, total):
        none = "No" if right == 0 else "Every"
        side = "below" if right == 0 else "above"
        bound = 1.0 - 0.05 ** (1.0 / size)
        raise FitError(
            f"{none} answer of {total} on {size} problems is right: the mean success is {side} "
            f"{bound if right == 0 else 1.0 - bound:.2g} (95 %, from the number of problems) and its spread has no estimate.",
            "Sample more, or choose problems of another difficulty.",
        )
    if counts.samples.max() < 2:
        raise FitError(
            f"No problem was sampled more than once: the mean is {right / total:.3g}, the spread between problems stays unknown.",
            "Sample each problem twice or more.",
        )
