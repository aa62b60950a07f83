"""Architectures: params and FLOP per token agree with what was published, bad tables are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from budgetplan.costs.architecture import Architecture, PublishedFlop
from budgetplan.costs.architecture_flop import context_of_excess, flop_per_token, ratio_to_rule
from budgetplan.costs.architecture_params import count_params
from budgetplan.costs.architecture_table import find_architecture, load_architectures
from budgetplan.costs.attention import attended_tokens, attention_flop
from budgetplan.costs.models import find_model
from budgetplan.costs.precision import find_precision, load_precisions
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnitError, UnknownNameError

ARCHITECTURES = load_architectures()
PUBLISHED = [(item, stated) for item in ARCHITECTURES for stated in item.published_flop]


@pytest.mark.parametrize(("item", "stated"), PUBLISHED, ids=lambda value: getattr(value, "id", None))
def test_flop_per_token_is_the_published_one(item: Architecture, stated: PublishedFlop) -> None:
    found = flop_per_token(item, stated.context, count=stated.count).total
    assert found == pytest.approx(stated.value, rel=0.02), (found, stated.source)


def test_dense_sparse_and_long_contexts_were_compared() -> None:
    assert len(ARCHITECTURES) >= 6
    assert {item.id for item, _ in PUBLISHED if item.sparse} >= {"deepseek-v3", "qwen3-30b-a3b", "gpt-oss-120b"}
    assert {item.id for item, _ in PUBLISHED if not item.sparse} >= {"llama-2-7b", "llama-3.1-405b"}
    assert any(stated.context > 100_000 for _, stated in PUBLISHED)
    assert all(stated.source for _, stated in PUBLISHED)
    assert all(len(item.sources) >= 2 for item in ARCHITECTURES)


@pytest.mark.parametrize("item", ARCHITECTURES, ids=lambda item: item.id)
def test_params_are_the_model_tables(item: Architecture) -> None:
    model = find_model(item.id)
    # the model table has what the names round: 6.74B to 7B, and 3.35B active to 3B
    within = {"llama-2-7b": 0.04, "qwen3-30b-a3b": 0.12}.get(item.id, 0.03)
    sizes = [figure.value for figure in model.figures["params"]]
    active = [count_params(item, convention) for convention in ("all", "matmul")]  # gpt-oss states 5.1B without its embedding
    assert any(count == pytest.approx(size, rel=within) for size in sizes for count in active), (sizes, active)
    total = model.value("total_params")
    assert (total is not None) == item.sparse
    if total is not None:
        assert count_params(item, "all", "total") == pytest.approx(total, rel=0.03)


def test_a_token_looks_at_half_a_sequence() -> None:
    for context, window in ((1, 4), (4, 4), (9, 4), (100, 7)):
        looked = [min(place, window) for place in range(1, context + 1)]
        assert attended_tokens(context, "causal", window) == pytest.approx(sum(looked) / context)
    assert attended_tokens(4096, "none") == 0
    with pytest.raises(UnitError, match="at least 1"):
        attended_tokens(0)
    with pytest.raises(UnknownNameError, match="causal"):
        attended_tokens(1, "casual")


def test_attention_equals_the_matrices_at_eight_widths() -> None:
    plain = find_architecture("llama-2-7b")
    plain = replace(plain, vocabulary=1, feed_forward=replace(plain.feed_forward, width=4 * plain.width))
    assert context_of_excess(plain, 1.0, "full") == pytest.approx(8 * plain.width, rel=1e-3)


@pytest.mark.parametrize("item", ARCHITECTURES, ids=lambda item: item.id)
def test_the_context_of_an_excess_has_it(item: Architecture) -> None:
    context = context_of_excess(item, 0.1)
    assert context is not None
    parts = flop_per_token(item, context)
    assert parts.attention / (parts.blocks + parts.head) == pytest.approx(0.1, rel=1e-4)
    assert ratio_to_rule(item, context, "matmul") == pytest.approx(1.1, rel=1e-4)
    assert flop_per_token(item, context, training=False).total == pytest.approx(parts.total / 3)


def test_windows_in_every_layer_never_break_the_rule() -> None:
    item = find_architecture("gpt-oss-120b")
    near = replace(item, attention=replace(item.attention, windowed_layers=item.layers))
    assert context_of_excess(near, 1.0) is None
    assert attention_flop(near, 1e9) == pytest.approx(attention_flop(near, 1e6), rel=1e-3)


def test_the_gain_of_a_precision_is_below_its_promise(tmp_path: Path) -> None:
    assert [item.id for item in load_precisions()] == ["bf16", "fp8"]
    low, high = find_precision("fp8").gain_range
    assert 1 < low <= find_precision("FP8").gain <= high < find_precision("fp8").peak_ratio
    path = tmp_path / "precision.yaml"
    path.write_text(
        data_path("precision.yaml").read_text(encoding="utf-8").replace("value: 1.5\n", "value: 2.5\n"), encoding="utf-8"
    )
    with pytest.raises(DataError, match=r"fp8: `gains` .* none above `peak_ratio`, 2"):
        load_precisions(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tied: true", "tied: perhaps", r"gpt-3-175b: `tied` is 'perhaps'"),
        ("layers: 96", "layers: 96.5", r"gpt-3-175b: `layers` is 96\.5, and a whole number"),
        ("- meta-llama/Llama-2-7b-hf\n", "- GPT-3 175B\n", r"llama-2-7b: the name `GPT-3 175B` also belongs to gpt-3-175b"),
        ("windowed_layers: 18", "windowed_layer: 18", r"gpt-oss-120b: attention: `windowed_layer` is no field of its attention"),
        (
            "windowed_layers: 18",
            "windowed_layers: 180",
            r"gpt-oss-120b: `window` and `windowed_layers` belong together, and at most 36",
        ),
        ("count: causal", "count: casual", r"`count` is `casual`, and causal or full or none is due"),
        ("active_experts: 2\n", "active_experts: 9\n", r"mixtral-8x7b: more experts are active"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = data_path("architectures.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "architectures.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_architectures(path)
