"""A file or an expression is data: nothing that it says is run, looked up or filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetplan.cli import main
from budgetplan.fitting.runs.query_check import METHODS
from budgetplan.laws.describe import law_record
from tests.fuzz.hostile import law_file

TAGS = (
    "!!python/object/apply:os.system ['touch executed']",
    "!!python/object/new:os.system ['touch executed']",
    "!!python/object/apply:builtins.exec [\"open('executed','w')\"]",
    "!!python/object/apply:subprocess.check_output [['touch', 'executed']]",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!python/tuple [1, 2]",
    "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch executed']",
    "!exec 'touch executed'",
    "!include /etc/passwd",
    "!env HOME",
)
TEXTS = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for item in range(3) %}x{% endfor %}",
    "{0.__class__.__init__.__globals__}",
    "%(x)s %s %n",
    "${HOME} $(touch executed) `touch executed`",
    "__import__('os').system('touch executed')",
    "$x^2$ \\input{/etc/passwd}",
)
QUERIES = (
    "__import__('os').system('touch executed') == 0",
    "@__builtins__",
    "@pd.io.common.os.system('touch executed')",
    "loss.__class__.__init__.__globals__",
    "loss.to_csv('executed') == 1",
    "loss.to_pickle('executed')",
    "loss.apply('exec')",
    "loss.map(print)",
    "loss.pipe(print)",
    "loss.values.tofile('executed')",
    "loss.values.dump('executed')",
    "loss.array.tofile('executed')",
    "loss.str.__class__",
    "loss . to_csv ('executed')",
    "loss.\tto_csv('executed')",
    "`loss`.to_csv('executed')",
    "loss.abs().to_csv('executed')",
    "(loss).to_csv('executed')",
    "loss[0].to_csv('executed')",
    "open('executed', 'w')",
    "exec('1')",
    "eval('1')",
    "(lambda: 1)()",
    "[x for x in loss]",
    "loss := 3",
    "loss if 1 else 2",
    "f'{loss}' == 'x'",
    "params = loss",
    "import os",
    "loss > 1; import os",
    "loss.str.format(loss) == 'x'",
    "loss\u2024to_csv('executed')",
    "loss.to\uff3fcsv('executed')",
)
RUNS = "params,tokens,loss\n1e8,2e9,3\n2e8,4e9,2.9\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def untouched(*left: str) -> bool:
    return sorted(path.name for path in Path.cwd().iterdir()) == sorted(left)


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_makes_no_object(tag: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text(f"budget: {tag}\n", encoding="utf-8")
    assert main(["plan", "a.yaml"]) == 2
    Path("b.yaml").write_text(law_file("x").replace('id: "x"', f"id: {tag}"), encoding="utf-8")
    assert main(["laws", "./b.yaml"]) == 2
    assert capsys.readouterr().out == ""
    assert untouched("a.yaml", "b.yaml")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_what_it_is(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("law.yaml").write_text(law_file(text), encoding="utf-8")
    record = law_record("./law.yaml")
    assert (record["id"], record["title"], record["caveats"]) == (text, text, [text])
    assert main(["plan", "--budget", "1e22", "--law", "./law.yaml"]) == 0
    Path("a.yaml").write_text(f"budget: 1e22\nlaw: {to_quoted(text)}\n", encoding="utf-8")
    assert main(["plan", "a.yaml"]) == 2
    assert text[:50] in capsys.readouterr().err.replace("\n", " ")
    assert untouched("a.yaml", "law.yaml")


def to_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("option", ["--where", "--holdout"])
def test_a_query_compares_and_does_nothing_else(query: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.csv").write_text(RUNS, encoding="utf-8")
    status = main(["fit", "a.csv", "--form", "chinchilla", option, query])
    out, err = capsys.readouterr()
    assert (status, out) == (2, ""), err
    assert err.startswith("error: `")
    assert untouched("a.csv")


def test_no_method_that_is_allowed_takes_a_function_or_a_file() -> None:
    takes_more = {"apply", "map", "pipe", "agg", "transform", "eval", "query", "to_csv", "to_pickle", "format", "replace", "get"}
    assert not METHODS & takes_more
