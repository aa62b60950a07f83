"""`budgetplan plan`: the optimum, its certificate, the baselines and their regret."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from budgetplan.cli.comparison import comparison
from budgetplan.cli.first_screen import first_screen
from budgetplan.cli.idle import of_one_law
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.errors import ScenarioError

if TYPE_CHECKING:
    from budgetplan.workflow import Study

EXAMPLES = (
    "budgetplan plan --budget 1e25",
    "budgetplan plan --gpus 256xH100 --for 21d --mfu 40% --queries 1B",
    "budgetplan plan --budget 1e25 --gpus 4096xH100 --deadline 60d --reserve 20%",
    "budgetplan plan --budget 1e24 --architecture deepseek-v3 --context 32k",
    "budgetplan plan --usd 2Musd --gpu H200 --price 3usd/h --precision fp8",
    "budgetplan plan --target-success 90% --max rl_share=20% --format json",
    "budgetplan plan --budget 1e25 --law besiroglu-2024,hoffmann-2022",
)
DETAILS = "With --law all, or laws with commas between them, one row per law."


@plans
@of_one_law
def run(request: Request) -> Result:
    """Plan under one law, or under several."""
    from budgetplan.workflow import compare_laws, plan

    names = request.scenario.law
    if not names.strip(" ,"):
        raise ScenarioError(f"law: `{names}` names no law.", "Write for example --law besiroglu-2024,hoffmann-2022.")
    many = names == "all" or ("," in names and not Path(names).exists())
    if many and request.scenario.objective == "minimax-law":
        laws = tuple(name.strip() for name in names.split(",") if name.strip())
        if names == "all":
            raise ScenarioError("`minimax-law` wants the laws by name.", "Write --law besiroglu-2024,sardana-2024.")
        study = plan(request.scenario.model_copy(update={"law": laws[0]}), command=request.command, compared=laws)
        return _one(study)
    if many:
        return comparison(compare_laws(request.scenario, names, request.command), request.scenario)
    return _one(plan(request.scenario, command=request.command))


def _one(study: Study) -> Result:
    """A study as a result."""
    from budgetplan.workflow.plans.study import row_of

    rows = [{"allocation": name, **row_of(item)} for name, item in {"plan": study.plan, **study.baselines}.items()]
    warnings = tuple(item.message for item in study.warnings)
    return Result(study.to_dict(), rows, first_screen(study), study.headline, warnings)
