"""The window of success rates and the size of a group, against a grid and a search over every size."""

from __future__ import annotations

import math

import numpy as np
import pytest

from budgetplan.errors import ScenarioError
from budgetplan.signal.groups import informative_bits, informative_share
from budgetplan.signal.success_window import group_size_for, success_window


@pytest.mark.parametrize("size", [2, 4, 16, 256])
@pytest.mark.parametrize("kept", [0.5, 0.9, 0.99, 1.0])
def test_the_window_on_a_grid(size: int, kept: float) -> None:
    window = success_window(size, kept)
    p = np.linspace(0.0, 1.0, 100_001)
    bits = informative_bits(p, size)
    inside = p[bits >= kept * bits.max() * (1 - 1e-13)]
    assert (window.low, window.high) == pytest.approx((inside[0], inside[-1]), abs=1.1e-5)
    assert window.best == p[np.argmax(bits)] == 0.5
    assert window.bits_per_sample == pytest.approx(math.log2(2**size - 2) * (1 - 2.0 ** (1 - size)) / size, rel=1e-12)


def test_the_ends_that_the_text_names() -> None:
    assert success_window(2).low == pytest.approx(0.341886, abs=1e-6)  # 2 p (1 - p) = 0.45
    assert success_window(100_000).low == pytest.approx(0.316019, abs=1e-5)  # H(p) = 0.9


@pytest.mark.parametrize("p", [0.5, 0.3, 0.05, 0.01, 0.93])
@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_the_smallest_group(p: float, share: float) -> None:
    sizes = np.arange(1, 3000)
    assert group_size_for(p, share) == sizes[np.argmax(informative_share(p, sizes) >= share)]


def test_no_group_is_large_enough() -> None:
    assert group_size_for(1e-9) is None
    assert group_size_for(1e-4, 0.9, most=100) is None


def test_refusals() -> None:
    with pytest.raises(ScenarioError, match="`group_size` is 1"):
        success_window(1)
    for kept in (0.0, 1.1, math.nan):
        with pytest.raises(ScenarioError, match="`kept` is"):
            success_window(16, kept)
