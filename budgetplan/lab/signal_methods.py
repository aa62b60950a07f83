"""Every method as the same thing: a model that is trained step by step, with what each step has spent so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from budgetplan.errors import UnknownNameError
from budgetplan.lab.distil import train_distil
from budgetplan.lab.grpo import GrpoSettings, train_grpo
from budgetplan.lab.model import SIZES, Transformer
from budgetplan.lab.ppo import PpoSettings, train_ppo
from budgetplan.lab.rollout import Spent
from budgetplan.lab.sft import SftSettings, train_sft
from budgetplan.lab.signal_chosen import ChosenSettings, train_chosen
from budgetplan.lab.signal_study import METHODS, Rates, Study
from budgetplan.lab.signal_teacher import TeacherSettings, train_on_right_answers
from budgetplan.lab.task import Problems


class Step(Protocol):
    """What a step of any method says."""

    @property
    def spent(self) -> Spent:
        """In all so far."""


def begin(
    method: str, model: Transformer, teacher: Transformer, problems: Problems, study: Study, rates: Rates, seed: int
) -> Iterator[Step]:
    """Train a model in place by a method; the caller stops when enough FLOP are spent.

    RL has no reference model here: how far a method moves a model is what is measured. PPO's answers share prompts as GRPO's do,
    so that both generate alike.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    model, teacher : Transformer
    problems : Problems
        To train on.
    study : Study
    rates : Rates
        They fall with one over the width.
    seed : int

    Raises
    ------
    UnknownNameError
        Where there is no such method.
    """
    narrowing = SIZES["30k"].width / model.shape.width
    rate, critic_rate = rates.model * narrowing, rates.critic * narrowing
    if method == "sft":
        return train_sft(model, problems, SftSettings(rate, study.answers), seed)
    if method == "sft-teacher":
        return train_on_right_answers(model, teacher, problems, TeacherSettings(rate, study.answers), seed)
    if method == "distil":
        return train_distil(model, teacher, problems, SftSettings(rate, study.answers), seed)
    if method == "grpo":
        return train_grpo(model, problems, GrpoSettings(rate, study.prompts, study.group), seed)
    if method == "ppo":
        return train_ppo(model, problems, PpoSettings(rate, critic_rate, prompts=study.prompts, group=study.group), seed)
    if method == "chosen":
        return train_chosen(model, problems, ChosenSettings(rate, study.prompts, study.group), seed)
    raise UnknownNameError("method", method, METHODS)


def samples_per_step(method: str, study: Study) -> int:
    """Answers that a step learns from or judges; a teacher's tries count as answers that are judged.

    Parameters
    ----------
    method : str
    study : Study
    """
    if method in ("sft", "distil"):
        return study.answers
    if method == "sft-teacher":
        return study.answers * TeacherSettings(0.0).tries
    chosen = ChosenSettings(0.0)
    return study.prompts * (study.group + (chosen.pool * chosen.tries if method == "chosen" else 0))
