"""Pope's numbers: the worked cases B1 to B4, and what equal tokens cost."""

from __future__ import annotations

import pytest

from budgetplan.signal.equal_tokens import cost_shares, equal_tokens
from budgetplan.signal.figures import FigureTable, load_figures


def test_b1_to_b4() -> None:
    found = equal_tokens()
    assert found.served_tokens == pytest.approx(2.6e15, rel=0.02)  # B1: 5e8 tokens a second for two months
    assert found.served_tokens == pytest.approx(5e8 * 2 * 30.4 * 86400, rel=1e-12)
    assert found.family_tokens == pytest.approx(2.6e14, rel=0.02)  # B2: 5e7 tokens a second
    assert found.family_tokens == pytest.approx(found.stated_tokens, rel=0.32)  # he says about 200T
    assert found.optimal_tokens == 2e12  # B3: 20 tokens for each of 1e11 params
    assert found.overtrained == 100.0
    assert found.inference_ratio == pytest.approx((2 / 6) / 0.3, rel=1e-12)  # B4
    assert (found.rl_ratio_low, found.rl_ratio_high) == pytest.approx((2 / 6 / 0.3, 6 / 6 / 0.3), rel=1e-12)
    assert found.rl_ratio_low <= 1.5 <= found.rl_ratio_high  # what he goes on with
    assert found.trained_tokens == 1.5e14


def test_the_ratios_are_those_of_equal_cost() -> None:
    """D tokens of pre-training, D/alpha of RL and D/beta of serving cost the same."""
    found, tokens = equal_tokens(), 1e13
    spend = (6 * tokens, 6 / 0.3 * tokens / found.rl_ratio_high, 2 / 0.3 * tokens / found.inference_ratio)
    assert spend == pytest.approx((6e13,) * 3, rel=1e-12)


def test_other_numbers_go_through() -> None:
    shipped = load_figures()
    slower = {**shipped.figures, "decode_utilisation": shipped["teacher_kl"]}  # 0.1
    assert equal_tokens(FigureTable(slower, ())).inference_ratio == pytest.approx(2 / 6 / 0.1, rel=1e-12)


@pytest.mark.parametrize(
    ("kappas", "shares"),
    [
        ((6.0, 2 / 0.3, 2 / 0.3), (0.31, 0.34, 0.34)),
        ((6.0, 6 / 0.3, 2 / 0.3), (0.18, 0.61, 0.20)),
        ((6.0, 2 / 0.3 + 6, 2 / 0.3), (0.24, 0.50, 0.26)),
    ],
    ids=["generation only", "all at decode utilisation", "trained at training utilisation"],
)
def test_equal_tokens_are_not_equal_cost(kappas: tuple[float, float, float], shares: tuple[float, ...]) -> None:
    found = cost_shares(kappas)
    assert sum(found) == pytest.approx(1, abs=1e-15)
    assert found == pytest.approx(shares, abs=0.0055)
