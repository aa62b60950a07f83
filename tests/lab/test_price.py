"""Shapes of any size, and what a token costs at them: against counts by hand and against what training counts."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.errors import DataError
from budgetplan.lab.cells import materials
from budgetplan.lab.decode import sample
from budgetplan.lab.grid import RECIPES, RL_RATES
from budgetplan.lab.model import SIZES, Transformer
from budgetplan.lab.price import Prices, answer_cost, prices, training_cost
from budgetplan.lab.rollout import answer_flop, prompt_tensor
from budgetplan.lab.shapes import recipe_of, rl_rate, shape_of, shapes

LENGTH, GROUP = 6.0, 16


def _table(padding: float = 1.05) -> list[dict[str, float | None]]:
    """Rows as a run leaves them, for three sizes, with training passes that read so much padding."""
    rows = []
    for shape in (SIZES["30k"], SIZES["300k"], SIZES["100k"]):
        learnt = answer_cost(shape, LENGTH, 1 / GROUP) + padding * training_cost(shape, LENGTH, GROUP, True)
        for rl in (0.0, 3e4, 9e4):
            row = {"params": float(shape.params), "rl_tokens": rl, "k": 1.0, "tokens_per_sample": LENGTH}
            rows.append({**row, "flop_sample": answer_cost(shape, LENGTH), "flop_rl": rl / LENGTH * learnt})
    return rows


def test_shapes_of_every_size_can_be_built_and_the_named_ones_keep_their_rates() -> None:
    for params in np.geomspace(2e4, 2e6, 60):
        shape = shape_of(params)
        assert abs(np.log(shape.params / params)) < 0.17
        assert shape.width % shape.heads == 0
        assert shape.width // shape.heads % 2 == 0
    ordered = [recipe_of(shape).rate for shape in shapes()]
    assert max(np.diff(ordered)) < 1e-12
    for name, shape in SIZES.items():
        assert shape_of(shape.params) == shape
        assert (recipe_of(shape), rl_rate(shape)) == (RECIPES[name], RL_RATES[name])
    with pytest.raises(DataError, match="5,000,000 params lie outside"):
        shape_of(5e6)


def test_a_shape_between_the_named_ones_trains_and_decodes() -> None:
    import torch

    model = Transformer(shape_of(52_000), torch.Generator().manual_seed(0))
    assert sum(weight.numel() for weight in model.parameters()) == model.shape.params
    problems = materials(40, 200).test.take(np.arange(3))
    assert sample(model, prompt_tensor(problems), 2, torch.Generator().manual_seed(0)).generated >= 6


def test_prices_of_one_shape_counted_by_hand() -> None:
    shape, n = SIZES["100k"], 104_832
    kappa, length = prices(_table(), GROUP).at(n)
    matrices = 2 * 12 * 64**2 + 97 * 64

    def read(tokens: int, past: int) -> int:
        return 2 * tokens * matrices + 2 * 2 * 2 * 64 * tokens * (past + tokens)

    # five tokens are read back one by one; the sixth ends the answer
    decoding = sum(read(1, 80 + i) for i in range(5))
    learning = 4 * (read(80, 0) / 16 + read(5, 80))
    assert length == pytest.approx(6.0)
    assert kappa[0] == pytest.approx(3 * read(96, 0) / 96 / n, rel=1e-12)
    assert kappa[1] == pytest.approx((read(80, 0) / 16 + decoding + 1.05 * learning) / 6 / n, rel=1e-6)
    assert kappa[2] == pytest.approx((read(80, 0) + decoding) / 6 / n, rel=1e-6)
    assert shape.params == n


def test_training_cost_is_what_rl_counts_but_for_padding() -> None:
    import torch

    shape, lengths = SIZES["30k"], torch.full((64,), 5)
    counted = 4 * answer_flop(shape, 4, lengths)
    assert 64 * training_cost(shape, 5.0, 16, True) == pytest.approx(counted, rel=1e-12)


def test_prices_between_sizes_carry_the_measured_padding() -> None:
    n = shape_of(52_000).params
    padded, plain = (prices(_table(padding), GROUP).at(n)[0] for padding in (1.05, 1.0))
    share = 1.05 - 0.05 * answer_cost(shape_of(n), LENGTH, 1 / GROUP) / (plain[1] * LENGTH * n)
    assert padded[1] / plain[1] == pytest.approx(share, rel=1e-6)
    assert padded[[0, 2]] == pytest.approx(plain[[0, 2]])


def test_a_table_without_rl_has_no_prices() -> None:
    rows = [row for row in _table() if row["rl_tokens"] == 0]
    with pytest.raises(DataError, match="no cell with RL"):
        prices(rows, GROUP)


def test_prices_beyond_the_last_shape_are_its_own() -> None:
    flat = Prices(np.log([1e5, 1e6]), np.array([[8.0, 6.0], [20.0, 10.0], [30.0, 20.0]]), np.array([6.0, 5.0]))
    assert flat.at(1e9)[0].tolist() == [6.0, 10.0, 20.0]
    assert flat.at(10**5.5)[0] == pytest.approx([7.0, 15.0, 25.0])
