"""What every test shares: no display, repeatable Hypothesis runs, and the folder of public data sets."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports matplotlib: figures are drawn without a display, here and in processes that tests start.
os.environ["MPLBACKEND"] = "Agg"

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("ci")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return a finder of one public data set's folder, in `$BUDGETPLAN_DATA` or beside the repository.

    A data set that is absent skips the test that asks for it, and the reason names the folder that was looked for.
    """
    named = os.environ.get("BUDGETPLAN_DATA")
    base = Path(named) if named else ROOT.parent / "shared" / "data"

    def find(name: str) -> Path:
        folder = base / name
        if not folder.is_dir():
            pytest.skip(f"public data set `{name}` is not at {folder}; BUDGETPLAN_DATA names the folder that holds it")
        return folder

    return find
