"""Whether the lab's tests can run here."""

from __future__ import annotations

import pytest


def test_pytorch_is_there() -> None:
    """Without PyTorch the other tests of this folder are not collected; this one says so."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'budgetplan[lab]'")
    assert torch.tensor([1.0]).item() == 1.0
