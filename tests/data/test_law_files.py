"""Every published law is shipped and its file is complete: keys, coefficient names, kinds, ranges, box and example."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

LAWS = Path(__file__).resolve().parents[2] / "data" / "laws"

LINKS = {
    "pretraining": (
        "hoffmann-2022 hoffmann-2022-printed besiroglu-2024 sardana-2024 muennighoff-2023 kaplan-2020 "
        "gadre-2024-c4 gadre-2024-redpajama gadre-2024-refinedweb"
    ),
    "policy": "hoffmann-2022-approach1 deepseek-2024 llama3-2024 porian-2024",
    "rl": "scalerl-8b scalerl-8b-32k scalerl-scout tan-2025-qwen-base tan-2025-qwen-instruct tan-2025-llama-instruct",
    "inference": ("monkeys-llama3-8b-math monkeys-llama3-70b-math monkeys-llama3-8b-codecontests monkeys-llama3-70b-codecontests"),
    "joint": "additive shen-2026-chess",
}
LINK_OF = {law: link for link, laws in LINKS.items() for law in laws.split()}

# required names, then names that may stand beside them
FORMS = {
    "chinchilla": ("E A B alpha beta", ""),
    "data-constrained": ("E A B alpha beta RD_star RN_star", ""),
    "overtrained": ("E a b eta", ""),
    "kaplan": ("N_c D_c alpha_N alpha_D N_coefficient N_exponent", ""),
    "power-policy": ("N_coefficient N_exponent", "D_coefficient D_exponent M_coefficient D_coefficient_printed D_exponent_printed"),
    "success-sigmoid": ("start ceiling midpoint steepness tokens_per_gpu_hour", ""),
    "error-power": ("K_max N_0 R_ref", "K_max_compute N_0_compute"),
    "passk-power": ("a b", ""),
    "shen-chess": ("f_floor f_offset f_slope g_offset g_tokens g_params pivot E A alpha B beta", ""),
    "additive": ("E A B alpha beta G gamma H delta", ""),
}
AXES = {
    "params",
    "pretraining_tokens",
    "training_flop",
    "tokens_per_param",
    "epochs",
    "rl_tokens",
    "rl_gpu_hours",
    "rl_flop",
    "samples_per_query",
    "success",
}
REQUIRED = {"id", "title", "link", "form", "convention", "coefficients", "box", "sources", "caveats", "example"}
ENTRY = {"value", "unit", "kind", "source"}
ENTRY_OPTIONAL = {"low", "high", "interval", "standard_error", "command"}
INPUTS = {"params", "pretraining_tokens", "unique_tokens", "rl_tokens", "samples_per_query", "success", "budget"}
OUTPUTS = {"loss", "pretraining_loss", "success", "params", "pretraining_tokens"}


def load(path: Path) -> dict[str, Any]:
    """Read one file as a dictionary."""
    content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


every_file = pytest.mark.parametrize("path", [LAWS / f"{law}.yaml" for law in LINK_OF], ids=lambda path: path.stem)


@every_file
def test_keys_id_and_link(path: Path) -> None:
    law = load(path)
    assert law["id"] == path.stem
    assert law.keys() >= REQUIRED
    assert law.keys() <= REQUIRED | {"warning", "draws", "data_sha256"}
    assert law["link"] == LINK_OF[law["id"]]
    assert all(law[key] for key in ("title", "sources", "caveats"))
    assert set(law["convention"]) >= {"params", "flop", "data"}
    assert all(isinstance(text, str) for text in [*law["sources"], *law["caveats"], *law["convention"].values()])


@every_file
def test_coefficients_follow_the_form(path: Path) -> None:
    law = load(path)
    required, optional = (set(names.split()) for names in FORMS[law["form"]])
    assert required <= set(law["coefficients"]) <= required | optional
    for name, entry in law["coefficients"].items():
        assert entry.keys() >= ENTRY, name
        assert entry.keys() <= ENTRY | ENTRY_OPTIONAL, name
        assert isinstance(entry["value"], float), name
        assert math.isfinite(entry["value"]), name
        assert entry["kind"] in {"published", "fitted", "assumed"}, name
        assert all(entry[key] for key in ("source", "unit")), name
        assert ("low" in entry) == ("high" in entry) == ("interval" in entry), name
        if entry["kind"] == "assumed":
            assert "low" in entry, f"{name} is assumed and needs low and high"
        assert ("command" in entry) == (entry["kind"] == "fitted"), name
        if "low" in entry:
            assert entry["low"] <= entry["value"] <= entry["high"], name
            assert entry["low"] < entry["high"], name


@every_file
def test_box_is_ordered_and_named(path: Path) -> None:
    law = load(path)
    assert set(law["box"]) <= AXES
    for axis, (low, high) in law["box"].items():
        assert {type(low), type(high)} == {float}, axis
        assert 0.0 <= low <= high < math.inf, axis


@every_file
def test_example_is_well_formed(path: Path) -> None:
    law = load(path)
    example = law["example"]
    assert set(example) >= {"inputs", "output", "value", "published", "tolerance"}
    assert set(example["inputs"]) <= INPUTS
    assert example["output"] in OUTPUTS
    assert isinstance(example["value"], float)
    assert 0.0 < example["tolerance"] <= 0.1
    if law["link"] == "policy":
        assert set(example["inputs"]) == {"budget"}
    assert re.fullmatch(r"[AB]\d+", example.get("case", "A1"))


@every_file
def test_floats_are_read_alike_by_both_yaml_versions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    scalars = re.findall(r"^\s*\w+: ([-+]?\d[-+.\deE]*)$", text, re.MULTILINE)
    pairs = re.findall(r"^\s*\w+: \[(\S+), (\S+)\]$", text, re.MULTILINE)
    numbers = scalars + [number for pair in pairs for number in pair]
    assert numbers
    # YAML 1.1 reads a number as a float only with a dot, and an exponent only with its sign
    assert not [number for number in numbers if not re.fullmatch(r"[-+]?\d+\.\d+(e[-+]\d+)?", number)]


@pytest.mark.parametrize("law", ["hoffmann-2022-printed", "gadre-2024-c4", "gadre-2024-redpajama", "gadre-2024-refinedweb"])
def test_laws_that_mislead_carry_a_warning(law: str, shipped: Callable[[str], Any]) -> None:
    assert shipped(f"laws/{law}.yaml")["warning"].endswith(".")
