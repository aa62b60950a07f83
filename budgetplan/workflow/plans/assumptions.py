"""What a plan takes for granted: everything that costs or earns something and that the user did not say, as sentences."""

from __future__ import annotations

from budgetplan.costs import prefill_kappa
from budgetplan.costs.money import Budget
from budgetplan.costs.stages import FORWARD
from budgetplan.workflow.resolve.question import Question


def assumptions(question: Question, money: Budget) -> tuple[str, ...]:
    """What the user did not say, as sentences.

    Parameters
    ----------
    question : Question
        As it was planned: attention is told at the size that prices it.
    money : Budget
        What is spent.
    """
    scenario = question.scenario
    said = list(question.demand.assumptions(money.flop))
    if question.demand.exists and scenario.queries is not None and scenario.tokens_per_sample is None:
        said.append(f"{question.demand.tokens_per_sample:g} tokens per sample")
    priced = (
        question.demand.exists or question.demand.served > 0 or (question.law.function is not None and question.law.model.uses[2])
    )
    if scenario.decode_utilisation is None and scenario.count == "training-equivalent" and priced:
        said.append(f"decoding at {question.decode_utilisation:.2g} of training utilisation")
    if scenario.prompt_tokens and scenario.prefill_utilisation is None and scenario.count == "training-equivalent":
        said.append(f"prompts read at {FORWARD / prefill_kappa():.2g} of training utilisation")
    if question.law.function is not None and question.law.model.uses[3] and "verifier" not in scenario.model_fields_set:
        said.append("no verifier")
    if question.shape is not None:
        said.append(question.shape.assumed(question.priced_at))
    return (*said, *money.assumed)
