"""A function gives what its command writes: the same path, without parsing and printing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import budgetplan as bp
from budgetplan.cli import main

LAW = "besiroglu-2024"


def _plain(value: Any) -> Any:
    """Through JSON, as the command line writes it, without the words of the command."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items() if key not in ("command", "again")}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value


ANSWERS: dict[str, Callable[[], Any]] = {
    "plan --budget 1e24": lambda: bp.plan(budget=1e24).to_dict(),
    "plan --budget 1e23 --law besiroglu-2024,hoffmann-2022": lambda: bp.compare_laws(
        budget=1e23, laws=[LAW, "hoffmann-2022"]
    ).to_dict(),
    "what-if --budget 1e24 --case verifier=oracle": lambda: bp.what_if(budget=1e24, cases=[{"verifier": "oracle"}]).to_dict(),
    "score --budget 1e24 --share pretraining=60%,rl=20%,inference=20%": lambda: bp.score(
        budget="1e24", share={"pretraining": 0.6, "rl": "20%", "inference": 0.2}
    ).to_dict(),
    "sensitivity --budget 1e24 --law additive": lambda: bp.sensitivity(budget=1e24, law="additive").to_dict(),
    "thirds --budget 1e24 --law additive": lambda: bp.thirds_condition(budget=1e24, law="additive").to_dict(),
    "trades --budget 1e24 --at equal-thirds": lambda: bp.trades(budget=1e24, at="equal-thirds").to_dict(),
    "crossover --law besiroglu-2024 --when 'params>70B' --from 1e22 --to 1e26": lambda: bp.crossover(
        law=LAW, when="params>70B", span=("1e22", 1e26)
    ).to_dict(),
    "checkpoints --budget 1e23 --law besiroglu-2024 --model llama-3-8b": lambda: bp.checkpoints(
        budget=1e23, law=LAW, models=["llama-3-8b"]
    ).to_dict(),
    "break-even 8B 70B --law besiroglu-2024 --target-loss 2.02": lambda: bp.break_even(
        params=("8B", 70e9), law=LAW, target_loss=2.02
    ).to_dict(),
    "max-params --price-per-million 0.5usd --gpu H100": lambda: bp.max_params(price_per_million="0.5usd", gpu="H100").to_dict(),
    "epochs --budget 1e24 --unique-tokens 1T --law muennighoff-2023": lambda: bp.epochs(
        budget=1e24, unique_tokens="1T", law="muennighoff-2023"
    ).to_dict(),
    "rl-run --budget 1e24 --task-sets 1,30": lambda: bp.rl_run(budget=1e24, task_sets=[1, 30]).to_dict(),
    "pilot --budget 1e24 --pilot 1e21 --law besiroglu-2024 --runs 2 --draws 40": lambda: bp.pilot(
        budget=1e24, pilot=1e21, law=LAW, runs=2, draws=40
    ).to_dict(),
    "backtest --model llama-3.1-8b --decode-utilisation 30%": lambda: bp.backtest(
        models=["llama-3.1-8b"], decode_utilisation="30%"
    ).to_dict(),
    "signal": lambda: bp.training_signal().to_dict(),
    "signal --method grpo --method sft --success 5% --count operations --pretraining-loss 1.9 --params 8B": lambda: (
        bp.training_signal(methods=["grpo", "sft"], success="5%", count="operations", pretraining_loss=1.9, params="8B").to_dict()
    ),
    "laws": lambda: bp.list_laws().to_dict("records"),
    "laws besiroglu-2024": lambda: bp.describe_law(LAW),
    "hardware": lambda: bp.list_hardware().replace({float("nan"): None}).to_dict("records"),
    "hardware H100": lambda: bp.describe_hardware("H100"),
    "methods": lambda: bp.list_methods().to_dict("records"),
    "methods ppo --decode-utilisation 50%": lambda: bp.describe_method("ppo", "50%"),
    "datasets chinchilla-epoch": lambda: bp.describe_dataset("chinchilla-epoch"),
    "architecture deepseek-v3 --context 128k": lambda: bp.describe_architecture("deepseek-v3", "128k"),
    "schema plan": lambda: bp.load_schema("plan"),
}


@pytest.mark.parametrize("line", ANSWERS)
def test_the_function_gives_what_the_command_writes(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*shlex.split(line), "--format", "json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert _plain(written) == json.loads(json.dumps(_plain(ANSWERS[line]())))


def test_scenarios_are_compared_as_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, budget in (("one.yaml", "1e22"), ("two.yaml", "1e24")):
        Path(name).write_text(f"budget: {budget}\n", encoding="utf-8")
    assert main(["compare", "one.yaml", "two.yaml", "--law", LAW, "--format", "json"]) == 0
    written = _plain(json.loads(capsys.readouterr().out))
    assert written == json.loads(
        json.dumps(_plain(bp.compare_scenarios({"one.yaml": "one.yaml", "two.yaml": Path("two.yaml")}, law=LAW).to_dict()))
    )
    fields = bp.compare_scenarios({"one.yaml": {"budget": 1e22}, "two.yaml": bp.load_scenario("two.yaml")}, law=LAW)
    assert fields.studies["two.yaml"].plan == bp.plan(budget=1e24, law=LAW).plan


def test_a_report_is_the_commands(tmp_path: Path) -> None:
    assert main(["report", "--budget", "1e23", "--law", LAW, "--title", "A plan", "-o", str(tmp_path / "command.md")]) == 0
    written = bp.write_report(tmp_path / "function.md", budget=1e23, law=LAW, title="A plan")
    told = [path.read_text(encoding="utf-8").splitlines() for path in (tmp_path / "command.md", written)]
    differing = [pair for pair in zip(*told, strict=True) if pair[0] != pair[1]]
    assert all("budgetplan " in line for line, _ in differing), differing


def test_a_template_is_the_commands(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "scenario.yaml")]) == 0
    assert (tmp_path / "scenario.yaml").read_text(encoding="utf-8") == bp.scenario_template()


def test_architectures_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["architecture", "--context", "8k", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == bp.list_architectures("8k").to_dict("records")


def test_what_is_malformed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(bp.errors.ScenarioError, match="`problems` is 0"):
        bp.pilot(budget=1e24, pilot=1e21, problems=0)
    with pytest.raises(bp.errors.ScenarioError, match="from a small budget to a large one"):
        bp.crossover(when="params>70B", span=(1e24, 1e22))
    with pytest.raises(bp.errors.OutputError, match="names no format of a report"):
        bp.write_report(tmp_path / "report.pdf", budget=1e24)
    with pytest.raises(bp.errors.OutputError, match="cannot be written"):
        bp.write_report(tmp_path / "nowhere" / "report.md", budget=1e22, law=LAW)
    with pytest.raises(bp.errors.UnknownNameError, match=r"no schema `plam`.*`plan`"):
        bp.load_schema("plam")
