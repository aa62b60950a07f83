"""Task link: success on a benchmark as a logistic function of pre-training loss.

``success = chance + (1 - chance) sigma(slope (midpoint - loss))`` with one midpoint per model family, because a
family's recipe (data quality, tokenizer, date) moves the curve as much as its scale does, and one slope for the
benchmark. The loss is not measured: it is the Chinchilla form at the model's size and tokens, with the coefficients
of Besiroglu et al. (arXiv:2404.10102, Table 1), so slope and midpoint belong to that law.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from estimate import Estimate
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import expit, logit

Floats = NDArray[np.float64]

BESIROGLU = {"E": 1.8172, "A": 482.01, "B": 2085.43, "alpha": 0.3478, "beta": 0.3658}
"""Coefficients of the pre-training law (arXiv:2404.10102, Table 1)."""

BENCHMARKS = {
    "task-gsm8k": ("GSM8K", 0.0),
    "task-humaneval": ("HumanEval", 0.0),
    "task-mmlu": ("MMLU", 0.25),
    "task-arc-challenge": ("ARC-C", 0.25),
    "task-hellaswag": ("HellaSwag", 0.25),
}
"""Law id -> column of the data set and chance level (one in four for the multiple-choice sets)."""

RECENT = ("Llama-3", "Llama-3.1", "Gemma", "Gemma-2", "Qwen", "Qwen1.5", "Yi-1.5", "DeepSeek-V2")
"""Families of 2023 and 2024 whose midpoints stand for a current recipe."""

ABOVE_CHANCE = 0.005
"""Rows closer to chance than this say nothing about the slope."""

CORRECTED_TOKENS = {"cerebras/btlm-3b-8k-base": 6.27e11}
"""Pre-training tokens that the data set states a thousandfold too high (627 where the unit is 1e12).

The model's card says 627B tokens (huggingface.co/cerebras/btlm-3b-8k-base). It is the only model of its family, so
no slope depends on it; the mean over all of the families and the measured range of tokens do.
"""

NORMAL_90 = 1.645
"""Half-width of a 90 % interval in standard errors."""


@dataclass(frozen=True)
class Models:
    """Rows of one benchmark: arrays of shape (model,)."""

    params: Floats
    tokens: Floats
    success: Floats
    family: NDArray[np.str_]

    @property
    def loss(self) -> Floats:
        """Pre-training loss of the Besiroglu law [nat/token], shape (model,)."""
        c = BESIROGLU
        return c["E"] + c["A"] * self.params ** -c["alpha"] + c["B"] * self.tokens ** -c["beta"]


@dataclass(frozen=True)
class TaskFit:
    """Slope, midpoints and error of one benchmark."""

    slope: Estimate
    midpoint: Estimate
    recent_families: int
    all_mean: float
    all_deviation: float
    rms: float
    models: Models


def load_models(directory: Path, benchmark: str, chance: float, margin: float = ABOVE_CHANCE) -> Models:
    """Public base models with known size, tokens and a success above chance.

    Parameters
    ----------
    directory : Path
        The data set of observational scaling laws (arXiv:2405.10938): `base_llm_benchmark_eval.csv`.
    benchmark : str
        Name of the column.
    chance, margin : float
        Rows above `chance + margin` are kept [1].

    Returns
    -------
    Models
        The rows that are kept.
    """
    columns = ("Model Size (B)", "Pretraining Data Size (T)", benchmark)
    with (directory / "base_llm_benchmark_eval.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if all(row[name] for name in columns)]
    rows = [row for row in rows if float(row[benchmark]) > chance + margin]
    size, data, success = (np.array([float(row[name]) for row in rows]) for name in columns)
    tokens = [CORRECTED_TOKENS.get(row["Model"], trillions * 1e12) for row, trillions in zip(rows, data, strict=True)]
    return Models(size * 1e9, np.array(tokens), success, np.array([row["Model Family"] for row in rows]))


def fit_logistic(
    loss: Floats, success: Floats, family: NDArray[np.str_], chance: float, start: float = 8.0
) -> tuple[float, dict[str, float], float]:
    """Least squares on success with one slope and a midpoint per family.

    Parameters
    ----------
    loss : array, shape (model,)
        Pre-training loss [nat/token].
    success : array, shape (model,)
        Fraction solved [1].
    family : array of str, shape (model,)
        Family of each model.
    chance : float
        Success of guessing [1].
    start : float
        Slope at which the search starts [logit/nat].

    Returns
    -------
    slope : float
        Common slope [logit/nat].
    midpoints : dict
        Family -> midpoint [nat/token].
    rms : float
        Root mean square error of success [1].
    """
    names, member = np.unique(family, return_inverse=True)
    ability = logit(np.clip((success - chance) / (1 - chance), 0.005, 0.995))
    counts = np.bincount(member)
    first = np.bincount(member, weights=loss + ability / start) / counts

    def residual(x: Floats) -> Floats:
        return np.asarray(chance + (1 - chance) * expit(x[0] * (x[1:][member] - loss)) - success)

    def jacobian(x: Floats) -> Floats:
        distance = x[1:][member] - loss
        odds = expit(x[0] * distance)
        weight = (1 - chance) * odds * (1 - odds)
        matrix = np.zeros((loss.size, x.size))
        matrix[:, 0] = weight * distance
        matrix[np.arange(loss.size), 1 + member] = weight * x[0]
        return matrix

    tight = {"xtol": 1e-14, "ftol": 1e-14, "gtol": 1e-14, "max_nfev": 20_000}
    found = least_squares(residual, np.concatenate([[start], first]), jacobian, method="lm", **tight)
    midpoints = dict(zip(names.tolist(), found.x[1:].tolist(), strict=True))
    return float(found.x[0]), midpoints, float(np.sqrt(np.mean(found.fun**2)))


def leave_families_out(loss: Floats, success: Floats, family: NDArray[np.str_], chance: float, slope: float) -> float:
    """Jackknife standard error of the slope over families: models of one family are not independent.

    Parameters
    ----------
    loss, success, family, chance
        As in `fit_logistic`.
    slope : float
        Slope of the fit to all of the families, where each search starts [logit/nat].

    Returns
    -------
    float
        Standard error [logit/nat].
    """
    names = np.unique(family)
    kept = [family != name for name in names]
    slopes = np.array([fit_logistic(loss[k], success[k], family[k], chance, slope)[0] for k in kept])
    return float(np.sqrt((names.size - 1) / names.size * np.sum((slopes - slopes.mean()) ** 2)))


def fit_task(models: Models, chance: float, recent: Sequence[str] = RECENT) -> TaskFit:
    """Task link of one benchmark, as shipped.

    Parameters
    ----------
    models : Models
        Rows of the benchmark.
    chance : float
        Success of guessing [1].
    recent : sequence of str
        Families whose mean midpoint stands for a current recipe; their extremes are its range.

    Returns
    -------
    TaskFit
        Slope with a 90 % interval, midpoint with the range over `recent`.
    """
    loss = models.loss
    slope, midpoints, rms = fit_logistic(loss, models.success, models.family, chance)
    error = leave_families_out(loss, models.success, models.family, chance, slope)
    current = np.array([midpoints[name] for name in recent if name in midpoints])
    everyone = np.array(list(midpoints.values()))
    return TaskFit(
        slope=Estimate(slope, slope - NORMAL_90 * error, slope + NORMAL_90 * error, error),
        midpoint=Estimate(float(current.mean()), float(current.min()), float(current.max())),
        recent_families=current.size,
        all_mean=float(everyone.mean()),
        all_deviation=float(everyone.std()),
        rms=rms,
        models=models,
    )
