"""Without PyTorch the tests of the lab are skipped, with a reason; with it they run on one thread."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

import pytest

if importlib.util.find_spec("torch") is None:

    class WithoutTorch(pytest.Module):
        """A module of tests that is not imported."""

        def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
            pytest.skip("PyTorch is not installed: pip install 'budgetplan[lab]'", allow_module_level=True)

    def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
        return WithoutTorch.from_parent(parent, path=module_path)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterable[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
