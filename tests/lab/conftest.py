"""The tests of the lab run on one thread."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable

import pytest


@pytest.fixture(autouse=True)
def _one_thread() -> Iterable[None]:
    if importlib.util.find_spec("torch") is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
