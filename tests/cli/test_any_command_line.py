"""Whatever is typed, the answer is an answer or a sentence: no traceback, an agreed exit code, JSON that parses."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from budgetplan.cli import main
from budgetplan.cli.scenario_options import FLAGS

AGREED = {0, 2, 3, 4, 5}
COMMANDS = (
    "plan", "plan", "plan", "score", "what-if", "compare", "sweep", "thirds", "laws", "hardware", "methods", "signal", "datasets",
    "backtest", "convert", "schema", "init", "fit", "plot", "report", "sensitivity", "pilot", "plam", "",
)  # fmt: skip
QUANTITIES = (
    "1e25", "1e21", "1e25 FLOP", "1e5PFLOP-day", "1e15FLOP/s", "0", "-1", "1e-300", "1e308", "1e400", "nan", "inf", "8B", "15T",
    "40%", "0.4", "100%", "101%", "1", "1e-9", "3d", "1h30m", "2Musd", "$2M", "2.5usd/h", "256xH100", "8xH200", "0xH100",
    "1e9xA100", "", " ", "none", "oracle", "all", "null", "true", "\u0663", "1_000", "1,000", "x" * 300, "--", "\x00", "`", "🙂",
)  # fmt: skip
NAMES = (
    "default", "additive", "besiroglu-2024", "kaplan-2020", "llama3-2024", "shen-2026-chess", "beta", "scalerl-8b", "besirogul",
    "h100", "H100", "grpo", "ppo", "sft", "distillation", "q.yaml", "missing.yaml", "broken.yaml", ".", "/dev/null", "8B,15T",
    "llama-3-8b", "operations", "law", "split", "chinchilla", "expected", "deepseek-v3", "fp8", "bf16", "128k", "RTX-4090",
)  # fmt: skip
PAIRS = (
    "params", "rl_share", "inference_share", "pretraining_share", "rl_tokens", "samples_per_query", "inference_tokens", "budget",
    "rl", "task", "inference", "pretraining", "law", "queries", "seed", "max.rl_share", "share.rl", "shcema", "schema",
    "checkpoint.params",
)  # fmt: skip
OWN = (
    "--share",
    "--case",
    "--over",
    "--to",
    "--by",
    "--budgets",
    "--get",
    "--model",
    "--form",
    "-o",
    "--help",
    "--explain-config",
    "-q",
)
# a process pool, a network and a long study are no part of this; neither is writing outside the folder
VALUES = st.one_of(
    st.sampled_from(QUANTITIES),
    st.sampled_from(NAMES),
    st.builds("{}={}".format, st.sampled_from(PAIRS), st.sampled_from(QUANTITIES + NAMES)),
    st.builds("{}={},{}={}".format, *[st.sampled_from(PAIRS), st.sampled_from(QUANTITIES)] * 2),
    st.builds(
        "{}={}..{}:{}".format, st.sampled_from(PAIRS), *[st.sampled_from(QUANTITIES)] * 2, st.sampled_from(("2", "3lin", "0", "x"))
    ),
    st.floats().map(repr),
    st.text(max_size=12).filter(lambda text: "/" not in text and not text.startswith("-")),
)
OPTIONS = st.one_of(
    st.tuples(st.sampled_from([flag for name, flag in FLAGS.items() if name not in ("draws", "certify", "strict")]), VALUES),
    st.tuples(st.just("--draws"), st.sampled_from(("0", "1", "3", "-1", "1.5", "x"))),
    st.tuples(st.sampled_from(("--certify", "--strict", "--explain-config", "-q"))),
    st.tuples(st.sampled_from(OWN), VALUES),
    st.tuples(VALUES),
)
LIKELY = st.one_of(
    st.just(("--budget", "1e24", "--law", "additive")),
    st.just(("--budget", "1e23")),
    st.just(("q.yaml",)),
    st.just(("--gpus", "8xH100", "--for", "3d", "--mfu", "40%")),
    st.just(()),
)
LINES = st.builds(
    lambda command, start, options, form: [
        *filter(None, [command]),
        *start,
        *(word for option in options for word in option),
        *form,
    ],
    st.sampled_from(COMMANDS),
    LIKELY,
    st.lists(OPTIONS, max_size=3),
    st.sampled_from([("--format", "json"), ("--format", "json"), ("--format", "csv"), ("--format", "md"), ("--format", "xml"), ()]),
)
FILES = {"q.yaml": "budget: 1e24\nlaw: additive\n", "broken.yaml": "budget: [1e24\n"}


def _asks_too_much(words: list[str]) -> bool:
    """Whether a line starts minutes of work that other tests run: draws of a whole study, a report, a pilot."""
    return bool({"report", "pilot", "sensitivity"} & set(words[:1])) and "--budget" in words


def _check(words: list[str]) -> None:
    out, err = io.StringIO(), io.StringIO()
    home = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                status = main(words)
        finally:
            os.chdir(home)
    line = f"budgetplan {shlex.join(words)}"
    assert status in AGREED, line
    assert "Traceback" not in out.getvalue() + err.getvalue(), line
    if words[-2:] == ["--format", "json"] and "--" not in words and "--help" not in words:
        if status == 0 and out.getvalue():
            json.loads(out.getvalue())
        if status not in (0, 5):
            assert set(json.loads(err.getvalue())) == {"error"}, line
            assert not out.getvalue(), line
    if status not in (0, 5):
        assert err.getvalue().strip(), line


QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=60, suppress_health_check=QUIET)
@given(LINES.filter(lambda words: not _asks_too_much(words)))
@example(["plan", "--budget", "1e25", "--params", "1e308", "--format", "json"])
@example(["plan", "--budget", "\x00", "--format", "json"])
@example(["laws", "\x00"])
def test_any_command_line(words: list[str]) -> None:
    _check(words)


@pytest.mark.slow
@settings(max_examples=500, suppress_health_check=QUIET)
@given(LINES.filter(lambda words: not _asks_too_much(words)))
def test_many_command_lines(words: list[str]) -> None:
    _check(words)
