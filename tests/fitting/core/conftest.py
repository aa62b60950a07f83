"""Public runs that the fits are tried on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def epoch(shared_data: Callable[[str], Path]) -> dict[str, Any]:
    """Return what `fit_law` wants for the 240 digitised runs: the five highest losses of 245 are left out."""
    path = shared_data("chinchilla-epoch") / "svg_extracted_data.csv"
    loss = pd.read_csv(path)["loss"]
    cut = float(np.sort(loss)[-5])
    return {
        "source": path,
        "form": "chinchilla",
        "columns": {"params": "Model Size", "flop": "Training FLOP"},
        "where": f"loss < {cut!r}",
    }
