"""Public models: every figure has a source, names however written, figures agree with the public tables, bad tables are refused."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from budgetplan.costs.hardware import load_hardware
from budgetplan.costs.model_figures import KINDS, STATUSES, UNITS
from budgetplan.costs.models import PublicModel, find_model, load_models
from budgetplan.datafiles import data_path
from budgetplan.errors import DataError, UnknownNameError

MODELS = load_models()
CITED = re.compile(
    r"arXiv:\d{4}\.\d{5}|huggingface\.co|Epoch AI|Nature \d+|[a-z]+\.(ai|com|org|io)/|model card|product sheet|metaseq|Playbook"
)
by_id = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)


def test_there_are_enough_models_of_many_developers() -> None:
    assert len(MODELS) >= 15
    assert len({model.organisation for model in MODELS}) >= 10
    assert sum(model.value("accelerator_hours") is not None for model in MODELS) >= 15
    assert sum("rl_accelerator_hours" in model.figures for model in MODELS) >= 2
    assert sum("total_params" in model.figures for model in MODELS) >= 5


@by_id
def test_every_figure_says_where_it_is_from(model: PublicModel) -> None:
    assert "params" in model.figures
    for quantity, stated in model.figures.items():
        for figure in stated:
            assert figure.unit == UNITS[quantity]
            assert figure.kind in KINDS
            assert figure.status in STATUSES
            assert CITED.search(figure.source) or figure.source.endswith("responses as below"), figure.source


@by_id
def test_sizes_make_sense(model: PublicModel) -> None:
    values = {quantity: model.value(quantity) for quantity in UNITS}
    assert 1e8 < values["params"] < 1e12
    if values["total_params"] is not None:
        assert values["total_params"] > values["params"]
    if values["pretraining_tokens"] is not None:
        assert 1e11 < values["pretraining_tokens"] < 1e14
    if values["training_flop"] is not None and values["pretraining_tokens"] is not None:
        operations = 6 * values["params"] * values["pretraining_tokens"]
        assert 0.9 < values["training_flop"] / operations < 1.75
    if values["all_stages_hours"] is not None:
        assert values["all_stages_hours"] >= values["accelerator_hours"]
    assert re.fullmatch(r"20[12]\d-[01]\d-[0-3]\d", model.date)


@by_id
def test_statements_that_disagree_are_different(model: PublicModel) -> None:
    for quantity, stated in model.figures.items():
        values = [figure.value for figure in stated]
        assert len(set(values)) == len(values), quantity


def test_every_name_leads_to_its_model() -> None:
    for model in MODELS:
        for name in (model.id, *model.aliases):
            assert find_model(name.upper()) is model
            assert find_model(name.lower().replace("-", " ")) is model


@pytest.mark.parametrize(("name", "hint"), [("lama-3.1-8b", "`llama-3.1-8b`"), ("abacus", "Known: gpt-3-175b, ")])
def test_an_unknown_name(name: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=hint) as caught:
        find_model(name)
    assert f"There is no model `{name}`." in str(caught.value)


def test_a_checkpoint() -> None:
    assert find_model("llama-3.1-8b").checkpoint == (8e9, 15e12)
    with pytest.raises(DataError, match=r"No source states the pre-training tokens of `mixtral-8x7b`.*--checkpoint 12\.9B,TOKENS"):
        _ = find_model("mixtral").checkpoint


def test_a_model_trained_further_has_its_bases_figures() -> None:
    base, further = find_model("deepseek-v3"), find_model("deepseek-r1")
    assert further.base == base.id
    assert further.checkpoint == base.checkpoint
    assert further.figures["accelerator_hours"] == base.figures["accelerator_hours"]
    assert "rl_accelerator_hours" not in base.figures


def test_peaks_are_the_hardware_tables() -> None:
    peaks = {chip.id: chip.peak_flop_per_s["bf16"] for chip in load_hardware()}
    assert find_model("llama-3.1-8b").peak_flop_per_s == peaks["H100"]
    assert find_model("gpt-3").peak_flop_per_s == 1.25e14  # not in the hardware table: stated beside the model
    assert find_model("chinchilla").peak_flop_per_s is None
    for model in MODELS:
        assert not ("peak_flop_per_s" in model.figures and model.accelerator in peaks), model.id


def test_epochs_statements_are_epochs(shared_data: Callable[[str], Path]) -> None:
    names = {
        "gpt-3-175b": "GPT-3 175B (davinci)",
        "gopher-280b": "Gopher (280B)",
        "palm-540b": "PaLM (540B)",
        "chinchilla-70b": "Chinchilla",
        "opt-175b": "OPT-175B",
        "bloom-176b": "BLOOM-176B",
        "glm-130b": "GLM-130B",
        "llama-65b": "LLaMA-65B",
        "falcon-40b": "Falcon-40B",
        "falcon-180b": "Falcon-180B",
        "llama-2-70b": "Llama 2-70B",
        "dbrx-132b": "DBRX",
        "llama-3-70b": "Llama 3-70B",
        "nemotron-4-340b": "Nemotron-4 340B",
        "llama-3.1-405b": "Llama 3.1-405B",
        "qwen2.5-72b": "Qwen2.5-72B",
        "deepseek-v3": "DeepSeek-V3",
        "deepseek-r1": "DeepSeek-R1",
    }
    with (shared_data("models-epoch") / "notable_ai_models_2025-02-24.csv").open(encoding="utf-8") as lines:
        rows = {row["Model"]: row for row in csv.DictReader(lines)}
    for name, title in names.items():
        model, row = find_model(name), rows[title]
        stated = [figure.value for figure in model.figures["training_flop"]]
        assert any(value == pytest.approx(float(row["Training compute (FLOP)"]), rel=2e-3) for value in stated), name
        sizes = [figure.value for kind in ("params", "total_params") for figure in model.figures.get(kind, ())]
        # the table rounds 174.6B to 175B
        assert any(size == pytest.approx(float(row["Parameters"]), rel=3e-3) for size in sizes), name
        assert model.date[:7] == row["Publication date"][:7], name


def test_sizes_and_tokens_agree_with_the_observational_table(shared_data: Callable[[str], Path]) -> None:
    with (shared_data("models-obsscaling") / "base_llm_benchmark_eval.csv").open(encoding="utf-8") as lines:
        rows = {row["Model"].casefold(): row for row in csv.DictReader(lines)}
    compared = 0
    for model in MODELS:
        row = next((rows[name.casefold()] for name in model.aliases if name.casefold() in rows), None)
        if row is None or not row["Pretraining Data Size (T)"] or model.id == "mixtral-8x7b":
            continue
        compared += 1
        assert model.value("params") == pytest.approx(1e9 * float(row["Model Size (B)"]), rel=0.01), model.id
        tokens = [figure.value for figure in model.figures["pretraining_tokens"]]
        assert any(value == pytest.approx(1e12 * float(row["Pretraining Data Size (T)"]), rel=0.01) for value in tokens), model.id
    assert compared >= 12


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("        unit: param\n", "        unit: token\n", r"gpt-3-175b: params: `unit` is `token`, and param is due"),
        (
            "        kind: published\n",
            "        kind: rumour\n",
            r"`kind` is `rumour`, and published or estimated or computed is due",
        ),
        ("        status: secondary\n", "", r"gpt-3-175b: params: `status` is missing"),
        ("value: 1.746e+11", "value: 175B", r"`value` is '175B'.*\[param\]"),
        ("    open_weights: false\n", "    open_weights: 'no'\n", r"`open_weights` is 'no', and true or false is due"),
        ("    accelerator: V100\n", "    accelerator: V1OO\n    chips: 3\n", r"gpt-3-175b: `chips` is no field of a model"),
        ("    accelerator: H100\n", "    accelerator: H1OO\n", r"`accelerator` is `H1OO`, which the hardware table lacks"),
        ("      - gopher\n", "      - davinci\n", r"gopher-280b: the name `davinci` also belongs to gpt-3-175b"),
        ("    base: deepseek-v3\n", "    base: deepseek-v9\n", r"`base` is `deepseek-v9`, and a model above is due"),
        ("value: 0.462", "value: 46.2", r"palm-540b: mfu: `value` is 46\.2 1, and has to be above 0 and at most 1"),
        ("\nmodels:", "\nrows:", r"`models` is missing"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = data_path("models.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "models.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if old.endswith("accelerator: H100\n"):  # the first H100 model states no hours, for which no peak is needed
        path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_models(path)
