"""A transformer grown in its proportions: itself at its own size, conventions there and back, attention that falls with size."""

from __future__ import annotations

import numpy as np
import pytest

from budgetplan.costs.architecture import Architecture
from budgetplan.costs.architecture_family import attended_ratio, family_attention, family_params, growth
from budgetplan.costs.architecture_flop import flop_per_token
from budgetplan.costs.architecture_params import CONVENTIONS, SCOPES, count_params
from budgetplan.costs.architecture_table import find_architecture, load_architectures
from budgetplan.costs.attention import attention_flop
from budgetplan.costs.cost_size import CostSize
from budgetplan.errors import UnitError, UnknownNameError

ARCHITECTURES = load_architectures()


@pytest.mark.parametrize("item", ARCHITECTURES, ids=lambda item: item.id)
def test_the_family_has_the_named_transformer(item: Architecture) -> None:
    for convention in CONVENTIONS:
        own = float(count_params(item, convention))
        assert growth(item, own, convention) == pytest.approx(1.0, abs=1e-14)
        for target in CONVENTIONS:
            for scope in SCOPES:
                assert family_params(item, own, convention, target, scope) == pytest.approx(
                    count_params(item, target, scope), rel=1e-13
                )
        assert family_attention(item, own, 8192, convention) == pytest.approx(attention_flop(item, 8192), rel=1e-13)
    own = float(count_params(item, "matmul"))  # 6 N of all that multiplies, and attention: the pure count
    assert 6.0 * own * attended_ratio(item, own, 8192, "matmul") == pytest.approx(flop_per_token(item, 8192).total, rel=1e-13)


@pytest.mark.parametrize("item", ARCHITECTURES, ids=lambda item: item.id)
@pytest.mark.parametrize("params", [1e6, 1e9, 7e10, 3e13])
def test_conventions_convert_there_and_back(item: Architecture, params: float) -> None:
    for source in CONVENTIONS:
        for target in CONVENTIONS:
            there = family_params(item, params, source, target)
            assert family_params(item, there, target, source) == pytest.approx(params, rel=1e-12)
        assert family_params(item, params, source, source) == params
    blocks, matmul, everything = (family_params(item, params, "all", convention) for convention in ("blocks", "matmul", "all"))
    assert blocks < matmul <= everything * (1 + 1e-12)


def test_only_what_grows_with_width_alone_is_left_behind() -> None:
    item = find_architecture("llama-3.1-8b")
    parts = [1 - family_params(item, size, "all", "blocks") / size for size in (1e8, 1e9, 1e10, 1e11)]
    assert parts == sorted(parts, reverse=True)  # embedding and head lose weight
    big = [attended_ratio(item, size, 8192) - 1 for size in (1e11, 1e14)]
    assert big[0] / big[1] == pytest.approx(10.0, rel=0.06)  # attention per param as N^-1/3, nearly, once they hardly weigh
    item = find_architecture("deepseek-v3")
    assert family_params(item, 3.7e10, scope="total") / 3.7e10 > 15


def test_sizes_that_are_none_are_refused() -> None:
    item = find_architecture("llama-3.1-8b")
    with pytest.raises(UnitError, match="`params` is 0"):
        growth(item, 0.0)
    with pytest.raises(UnknownNameError, match="params convention `some`"):
        growth(item, 1e9, "some")
    with pytest.raises(UnknownNameError, match="params convention"):
        family_params(item, 1e9, "all", "some")
    with pytest.raises(UnknownNameError, match="scope"):
        family_params(item, 1e9, "all", "all", "some")
    with pytest.raises(UnitError, match="`context` is 0"):
        attended_ratio(item, 1e9, 0.0)


@pytest.mark.parametrize("item", ARCHITECTURES, ids=lambda item: item.id)
@pytest.mark.parametrize("context", [2048.0, 131072.0])
def test_the_cost_size_is_what_a_model_costs_beside_another(item: Architecture, context: float) -> None:
    base, words = 3e10, float(count_params(item) - count_params(item, "blocks"))
    there = attended_ratio(item, base, context)
    sizes = CostSize(float(count_params(item, "blocks")), words, growth(item, base), 1.0 - 1.0 / there)
    assert float(sizes.log_size(np.log(base))) == pytest.approx(np.log(base), abs=1e-13)
    for params in (1e7, 2e9, 3e10, 4e11, 1e15):
        m = float(sizes.log_size(np.log(params)))
        assert np.exp(m) == pytest.approx(params * attended_ratio(item, params, context) / there, rel=1e-12)
        n, slope = sizes.log_params(m)
        assert float(n) == pytest.approx(np.log(params), abs=1e-13)
        step = 1e-5
        ends = [float(sizes.log_params(m + side)[0]) for side in (-step, step)]
        assert float(slope) == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-8)
        # attention grows as t^2, params as t where the vocabulary is most of them and as t^3 where the blocks are
        assert (1.0 if params == 1e15 else 0.5) <= float(slope) <= 1.5


def test_without_attention_the_cost_size_is_params() -> None:
    sizes = CostSize(7e9, 1e9, 1.0, 0.0)
    m = np.log([[1e6, 8e9], [3e11, 1e20]])
    n, slope = sizes.log_params(m)
    assert n == pytest.approx(m, abs=1e-13)
    assert slope == pytest.approx(np.ones((2, 2)), abs=1e-13)
