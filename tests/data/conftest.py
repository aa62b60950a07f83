"""Shipped data as plain dictionaries, read without the package: an independent view of the same files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], Any]:
    """Return a reader of one shipped YAML file by its name below `data/`."""

    def read(name: str) -> Any:
        return YAML(typ="safe", pure=True).load((DATA / name).read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def coefficients(shipped: Callable[[str], Any]) -> Callable[[str], dict[str, float]]:
    """Return a reader of one law's coefficient values, by law id."""

    def read(law: str) -> dict[str, float]:
        return {name: entry["value"] for name, entry in shipped(f"laws/{law}.yaml")["coefficients"].items()}

    return read
