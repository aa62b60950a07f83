"""The installed wheel answers from an empty folder, where the source tree cannot be seen."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from budgetplan.version import VERSION

ROOT = Path(__file__).resolve().parents[2]


def _plan_of_the_source_tree() -> dict:
    words = [sys.executable, "-m", "budgetplan", "plan", "--budget", "1e25", "--format", "json"]
    return json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, check=True, timeout=120).stdout)


def test_it_is_the_installed_package_that_answers(installed, tmp_path: Path) -> None:
    code = "import budgetplan, budgetplan.datafiles as files; print(budgetplan.__file__, files.data_path(), budgetplan.__version__)"
    done = installed.execute(code, tmp_path)
    package = installed.packages / "budgetplan"
    assert done.stdout.split() == [str(package / "__init__.py"), str(package / "_data"), VERSION]


def test_a_plan_is_the_one_of_the_source_tree(answers) -> None:
    found, expected = json.loads(answers("plan", "--budget", "1e25", "--format", "json")), _plan_of_the_source_tree()
    assert found["plan"] == expected["plan"]
    assert found["law"] == expected["law"]
    assert found["provenance"]["version"] == VERSION


def test_every_shipped_law_is_listed_and_shown(answers) -> None:
    listed = {row["id"] for row in json.loads(answers("laws", "--format", "json"))}
    assert listed == {row["id"] for row in _rows_of_the_source_tree("laws")}
    assert "besiroglu-2024" in answers("laws", "besiroglu-2024")


def _rows_of_the_source_tree(command: str) -> list[dict]:
    words = [sys.executable, "-m", "budgetplan", command, "--format", "json"]
    return json.loads(subprocess.run(words, cwd=ROOT, capture_output=True, check=True, timeout=120).stdout)


def test_a_figure_and_a_report_are_written(answers, tmp_path: Path) -> None:
    answers("plot", "split", "--budget", "1e25", "-o", "split.svg")
    answers("report", "--budget", "1e25", "-o", "report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "split.svg", "split.svg.csv"]
    assert "</svg>" in (tmp_path / "split.svg").read_text(encoding="utf-8")
    assert "</html>" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_written_scenario_plans(answers, tmp_path: Path) -> None:
    answers("init", "scenario.yaml")
    assert "proof" in answers("plan", "scenario.yaml")


def test_runs_are_fitted_and_the_law_plans(answers, tmp_path: Path) -> None:
    sizes, amounts = [1e7, 1e8, 1e9], [1e9, 1e10, 1e11]
    with (tmp_path / "runs.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["params", "tokens", "loss"])
        table.writerows([n, d, 1.8 + 480 / n**0.35 + 2100 / d**0.37] for n in sizes for d in amounts)
    answers("fit", "runs.csv", "--form", "chinchilla", "--bootstrap", "0", "-o", "mine.yaml")
    assert "proof" in answers("plan", "--budget", "1e23", "--law", "mine.yaml")


@pytest.mark.parametrize("command", ["hardware", "methods", "datasets", "architecture", "schema", "signal", "backtest"])
def test_shipped_tables_are_there(answers, command: str) -> None:
    assert json.loads(answers(command, "--format", "json"))


def test_python_answers_too(installed, tmp_path: Path) -> None:
    code = """
import budgetplan as bp
assert set(bp.__all__) <= set(dir(bp))
for name in bp.__all__:
    getattr(bp, name)
print(bp.plan(budget="1e25").certificate.status, bp.load_law("besiroglu-2024").pretraining_loss(70e9, 1.4e12) > 0)
"""
    done = installed.execute(code, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "optimal True\n", "")


def test_the_module_is_the_program(installed, tmp_path: Path) -> None:
    done = installed.execute(
        "import runpy, sys; sys.argv[1:] = ['--version']; runpy.run_module('budgetplan', run_name='__main__')", tmp_path
    )
    assert (done.returncode, done.stdout) == (0, f"budgetplan {VERSION}\n")


def test_answering_writes_nothing_into_the_package(installed, answers) -> None:
    before = {path for path in installed.packages.glob("budgetplan/**/*") if "__pycache__" not in path.parts}
    answers("plan", "--budget", "1e24", "--draws", "20")
    assert {path for path in installed.packages.glob("budgetplan/**/*") if "__pycache__" not in path.parts} == before


def test_the_wheel_of_the_source_archive_answers(installed_from_source, tmp_path: Path) -> None:
    done = installed_from_source.run("plan", "--budget", "1e25", "--format", "json", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["plan"] == _plan_of_the_source_tree()["plan"]
    where = installed_from_source.execute("import budgetplan; print(budgetplan.__file__)", tmp_path).stdout
    assert Path(where.strip()) == installed_from_source.packages / "budgetplan" / "__init__.py"
