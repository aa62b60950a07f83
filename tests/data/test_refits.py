"""Coefficients of kind `fitted` come out again when the fit is repeated on the data that they name."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import least_squares

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Coefficients = Callable[[str], dict[str, float]]


@pytest.mark.parametrize(
    ("law", "dataset"),
    [("gadre-2024-c4", "c4_original"), ("gadre-2024-redpajama", "rpj"), ("gadre-2024-refinedweb", "rw_original")],
)
def test_gadre_refit(law: str, dataset: str, coefficients: Coefficients, shared_data: Callable[[str], Path]) -> None:
    with (shared_data("overtrain-gadre") / "models_losses.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["dataset"] == dataset]
    runs = np.array(
        [
            (float(row["params"]), float(row["tokens"]), float(row["loss_c4_val"]))
            for row in rows
            if (float(row["chinchilla_multiplier"]) == 1 and float(row["params"]) < 5e8)
            or (float(row["chinchilla_multiplier"]) == 16 and float(row["params"]) < 2e7)
        ]
    )
    assert runs.shape == (5, 3)
    params, tokens, loss = runs.T
    flop, ratio = 6 * params * tokens, tokens / params

    def residual(theta: Vector) -> Vector:
        floor, log_a, log_b, eta = theta
        predicted: Vector = floor + (np.exp(log_a) * ratio**eta + np.exp(log_b) * ratio**-eta) * flop**-eta
        difference: Vector = predicted - loss
        return difference

    fits = [
        least_squares(residual, [1.5, log_a, 5.0, eta], xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=5000)
        for log_a in (4.0, 6.0)
        for eta in (0.1, 0.15)
    ]
    floor, log_a, log_b, eta = min(fits, key=lambda fit: fit.cost).x
    shipped = coefficients(law)
    assert [floor, np.exp(log_a), np.exp(log_b), eta] == pytest.approx([shipped[name] for name in ("E", "a", "b", "eta")], rel=1e-5)


def test_approach_1_line(coefficients: Coefficients) -> None:
    # arXiv:2203.15556, Table 3: params, FLOP
    params = [4e8, 1e9, 1e10, 6.7e10, 1.75e11, 2.8e11, 5.2e11, 1e12, 1e13]
    flop = [1.92e19, 1.21e20, 1.23e22, 5.76e23, 3.85e24, 9.90e24, 3.43e25, 1.27e26, 1.30e28]
    slope, intercept = np.polyfit(np.log(flop), np.log(params), 1)
    law = coefficients("hoffmann-2022-approach1")
    assert [law["N_exponent"], law["N_coefficient"]] == pytest.approx([slope, np.exp(intercept)], rel=1e-9)
    assert 0.488 <= slope <= 0.502  # the paper's own 10th to 90th percentile, Table 2


def test_box_of_the_digitised_runs(shared_data: Callable[[str], Path], shipped: Callable[[str], Any]) -> None:
    with (shared_data("chinchilla-epoch") / "svg_extracted_data.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    loss, params, flop = (np.array([float(row[name]) for row in rows]) for name in ("loss", "Model Size", "Training FLOP"))
    kept = loss < np.sort(loss)[-5]
    assert kept.sum() == 240
    params, flop = params[kept], flop[kept]
    tokens = flop / (6 * params)
    box = shipped("laws/besiroglu-2024.yaml")["box"]
    axes = {"params": params, "pretraining_tokens": tokens, "training_flop": flop, "tokens_per_param": tokens / params}
    for axis, values in axes.items():
        assert box[axis] == pytest.approx([values.min(), values.max()], rel=0.01), axis
