"""Scenario files: every problem with its line, a sentence for every way of going wrong, and a lossless way back."""

from __future__ import annotations

import os
import re
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgetplan.errors import ScenarioError
from budgetplan.scenario import LIMITS, LINKS, Scenario, load_scenario, scenario_from_fields, template, to_yaml


def write(folder: Path, text: str | bytes, name: str = "s.yaml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(path: Path) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert caught.value.exit_code == 2
    return caught.value


def test_a_file_says_what_fields_say(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "schema: budgetplan/scenario/1\nbudget: 1e24  # plain\nqueries: 1_000\nduration: '21d'\nmfu: .5\n"
        "max: {rl_share: 5%}\nmin:\n  params: 8B\ncertify: true\ngpu:\ncheckpoint:\n  params: 8B\n  tokens: 15T\n",
    )
    assert load_scenario(path) == scenario_from_fields(
        {
            "budget": 1e24,
            "queries": 1000,
            "duration": 1814400,
            "mfu": 0.5,
            "max": {"rl_share": 0.05},
            "min": {"params": 8e9},
            "certify": True,
            "checkpoint": (8e9, 15e12),
        }
    )


def test_three_mistakes_are_told_on_three_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "buget: 1e25\nlaw: default\nmax:\n  rl_share: 20\nmfu: 140%\n")
    problems = refused(path).problems
    assert [problem.split(": ")[0] for problem in problems] == [f"{path}:1", f"{path}:4", f"{path}:5"]
    assert [problem.split(": ")[1] for problem in problems] == ["buget", "max.rl_share", "mfu"]
    assert str(refused(path)).count("\n") == 2


def test_conflicts_and_duplicates_have_lines_too(tmp_path: Path) -> None:
    path = write(tmp_path, "budget: 1e25\n\nusd: 2Musd\nbudget: 2e25\nfix:\n  rl_share: 60%\n  inference_share: 60%\n")
    problems = refused(path).problems
    assert problems[0].startswith(f"{path}:3: usd: the budget is given twice")
    assert problems[1] == f"{path}:4: budget: is given twice, first on line 1. Keep one."
    assert problems[2].startswith(f"{path}:7: fix.inference_share: the fixed shares sum to 1.2")


@pytest.mark.parametrize(
    ("text", "line", "fragment"),
    [
        ("budget: 1e25\n\tlaw: default\n", 2, "a tab indents this line"),
        ("budget: [1e25\nlaw: x\n", 2, "this is not YAML"),
        ("budget: 1e25: 3\n", 1, "this is not YAML"),
        ("law: 'default\n", 2, "this is not YAML"),
        ("law: a\nlink: \x01\n", 2, "control character"),
        ("a: &x [1]\nb: *x\n", 1, "anchor or alias"),
        ("a: 1\nb: *x\n", 2, "anchor or alias"),
        ("law: !!python/object:os.system x\n", 1, "is a tag"),
        ("budget: 1e25\n---\nbudget: 2e25\n", 2, "second document"),
        ("- budget\n- 1e25\n", 1, "holds a list"),
        ("1e25\n", 1, "holds one value"),
        ("? [1, 2]\n: 3\n", 1, "a key is not text"),
        ("a: " + "[" * 500 + "]" * 500, 1, "nested deeper"),
        ("budget: [1e25]\n", 1, "is a list"),
        ("budget: {flop: 1e25}\n", 1, "is a mapping"),
        ("law: [a]\n", 1, "is not text"),
        ("fix: 3\n", 1, "not of the form KEY=VALUE"),
        ("duration: 21\n", 1, "no unit of time"),
        ("budget: .inf\n", 1, "not a finite number"),
        ("certify: 1\n", 1, "neither true nor false"),
    ],
)
def test_each_malformed_file_has_its_sentence(tmp_path: Path, text: str, line: int, fragment: str) -> None:
    error = refused(write(tmp_path, text))
    assert fragment in error.problems[0]
    assert error.problems[0].startswith(f"{tmp_path / 's.yaml'}:{line}: ")


def test_an_expanding_file_is_refused_before_it_expands(tmp_path: Path) -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    assert "anchor or alias" in str(refused(write(tmp_path, "a0: &a0 x\n" + "\n".join(levels))))


@pytest.mark.parametrize("text", ["", "\n# only a comment\n", "null\n", "---\n", "{}\n"])
def test_an_empty_file_is_told(tmp_path: Path, text: str) -> None:
    assert "the file is empty" in str(refused(write(tmp_path, text)))


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load_scenario(write(tmp_path, b"\xef\xbb\xbfbudget: 1e25\r\nlaw: default\r\n")).budget == 1e25


def test_what_is_no_readable_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, "budget: 1e25\n", "plan.yaml")
    assert "`plan.yaml`" in str(refused(tmp_path))
    assert "Did you mean `plan.yaml`" in str(refused(tmp_path / "plann.yaml"))
    assert "budgetplan init" in str(refused(tmp_path / "missing" / "zzz.yaml"))
    assert ":2: byte 13 is not UTF-8" in str(refused(write(tmp_path, b"budget: 1e25\n\xff\n")))
    assert "more than 1 MB" in str(refused(write(tmp_path, b"#" * 1_000_001)))
    assert "cannot be read" in str(refused(Path("a\0b")))
    assert "cannot be read: Not a directory" in str(refused(tmp_path / "plan.yaml" / "inside"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "budget: 1e25\n")
    path.chmod(0)
    assert "cannot be read" in str(refused(path))


def test_the_template_runs_as_it_is_and_has_every_field(tmp_path: Path) -> None:
    text = template()
    scenario = load_scenario(write(tmp_path, text))
    assert scenario == scenario_from_fields({"budget": 1e25, "law": "default"})
    assert scenario.require_question() == "budget"
    names = re.findall(r"^#?([a-z_]+):", text, re.MULTILINE)
    assert sorted(names) == sorted({*Scenario.model_fields, "schema"} - {"schema_version"})
    assert max(map(len, text.splitlines())) <= 120


def test_each_field_of_the_template_works_once_uncommented(tmp_path: Path) -> None:
    commented = re.findall(r"^#[a-z_]+:.*\n(?:#  .*\n)*", template(), re.MULTILINE)
    assert len(commented) == len(Scenario.model_fields) - 3
    for block in commented:
        scenario = load_scenario(write(tmp_path, re.sub(r"^#", "", block, flags=re.MULTILINE)))
        assert len(scenario.model_fields_set) == 1


_names = st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() and text.strip() == text)
_sizes = st.floats(1e-3, 1e30)
_parts = st.floats(0.0, 1.0)
_shares = st.floats(1e-6, 1.0)
_limit_values = {key: _parts if key.endswith("share") else st.floats(1.0, 1e20) for key in LIMITS}
_fields = st.fixed_dictionaries(
    {},
    optional={
        "budget": _sizes,
        "gpus": st.integers(1, 10**6).map(lambda count: f"{count}xH100"),
        "duration": _sizes,
        "mfu": _shares,
        "price": _sizes,
        "reserve": st.floats(0.0, 0.999),
        "goodput": _shares,
        "prompt_tokens": st.floats(0, 1e20),
        "prefill_utilisation": _shares,
        "deadline": _sizes,
        "precision": _names,
        "architecture": _names,
        "context": st.floats(1, 1e12),
        "decode_context": st.floats(1, 1e12),
        "gpu": _names,
        "law": _names,
        "link": st.dictionaries(st.sampled_from(LINKS), _names),
        "min": st.fixed_dictionaries({}, optional=_limit_values),
        "queries": st.floats(0, 1e20),
        "verifier": st.one_of(st.sampled_from(["none", "oracle"]), _parts),
        "checkpoint": st.one_of(st.tuples(_sizes, _sizes), _names.filter(lambda name: "," not in name)),
        "count": st.sampled_from(["training-equivalent", "operations"]),
        "objective": st.sampled_from(["law", "expected", "cvar10", "minimax-law"]),
        "draws": st.integers(0, 10**9),
        "seed": st.integers(0, 2**63),
        "certify": st.booleans(),
        "tolerance": _shares,
        "share": st.permutations([0.5, 0.25, 0.25]).map(
            lambda parts: dict(zip(("pretraining", "rl", "inference"), parts, strict=True))
        ),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=_fields)
def test_writing_and_loading_gives_the_same_scenario(tmp_path: Path, fields: dict[str, object]) -> None:
    scenario = scenario_from_fields(fields)
    assert load_scenario(write(tmp_path, to_yaml(scenario))) == scenario


_yaml_like = st.text(st.sampled_from("abudget: \n-[]{},&*!|>'\"%@`#?~1e25.\t\r\u2028\x85\\"), max_size=80)


@given(text=st.one_of(st.text(max_size=200), _yaml_like, st.text(max_size=20).map(lambda text: f"budget: {text}")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_scenario_or_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    problems: tuple[str, ...] = ()
    try:
        load_scenario(path)
    except ScenarioError as error:
        problems = error.problems
    assert all(problem.startswith(str(path)) for problem in problems)


def test_a_scenario_may_come_through_a_pipe(tmp_path: Path) -> None:
    """As from `plan <(...)`: what is written while the reader waits arrives whole, beyond what a pipe holds at once."""
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)

    def write_late() -> None:
        time.sleep(0.1)
        pipe.write_text("# a comment\n" * 8_000 + "budget: 1e25\n", encoding="utf-8")

    writer = threading.Thread(target=write_late)
    writer.start()
    assert load_scenario(pipe).budget == 1e25
    writer.join()
