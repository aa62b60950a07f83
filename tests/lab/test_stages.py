"""RL, fine-tuning and distillation: they raise what they aim at, and learn nothing where there is nothing to learn."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from budgetplan.lab.corpus import VOCABULARY, encode
from budgetplan.lab.decode import Samples, sample
from budgetplan.lab.distil import train_distil
from budgetplan.lab.evaluate import evaluate, right_probability
from budgetplan.lab.grpo import GrpoSettings, train_grpo
from budgetplan.lab.model import Shape, Transformer
from budgetplan.lab.ppo import PpoSettings, critic_of, token_advantages, train_ppo
from budgetplan.lab.rollout import answer_log_probs, answer_outputs, problem_batch, prompt_tensor
from budgetplan.lab.sft import SftSettings, right_answers, train_sft
from budgetplan.lab.signal_teacher import TeacherSettings, train_on_right_answers
from budgetplan.lab.task import MOST, PROMPT, Problems
from tests.lab.constant_reward import always

SHAPE = Shape(width=32, layers=1, heads=2)


def _model(seed: int = 0) -> Transformer:
    return Transformer(SHAPE, torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def problems() -> Problems:
    """Prompts of noise with three answers, told by the last character."""
    generator = np.random.default_rng(0)
    prompts = generator.integers(0, VOCABULARY, (192, PROMPT), dtype=np.uint8)
    words = ["ok", "nil", "value"]
    which = generator.integers(0, 3, 192)
    prompts[:, -1] = encode("xyz")[which]
    answers = np.stack([encode(words[i].ljust(MOST, "(")) for i in which])
    return Problems(prompts, answers, np.array([len(words[i]) for i in which]))


def _taught(problems: Problems, steps: int, seed: int = 0) -> Transformer:
    model = _model(seed)
    for step in train_sft(model, problems, SftSettings(rate=1e-2), seed):
        if step.spent.steps == steps:
            return model
    raise AssertionError


def _mean(model: Transformer, problems: Problems) -> float:
    return float(right_probability(model, problems).mean())


def _same(one: Transformer, other: Transformer) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize("value", [0.0, 1.0])
@pytest.mark.parametrize("reference", [0.0, 0.1])
def test_grpo_learns_nothing_from_a_reward_that_never_differs(problems: Problems, value: float, reference: float) -> None:
    model = _taught(problems, 5)
    before = copy.deepcopy(model)
    steps = train_grpo(
        model, problems, GrpoSettings(rate=1e-2, prompts=8, group=4, passes=2, reference=reference), 0, always(value)
    )
    seen = [next(steps) for _ in range(3)]
    assert _same(model, before)
    assert [(step.reward, step.informative, step.gradient) for step in seen] == [(value, 0.0, 0.0)] * 3


def test_grpo_raises_success(problems: Problems) -> None:
    model = _taught(problems, 22)
    before = _mean(model, problems)
    for step in train_grpo(model, problems, GrpoSettings(rate=3e-3, prompts=16, group=16), 0):
        if step.spent.steps == 40:
            break
    assert 0.02 < before < 0.6
    assert _mean(model, problems) > before + 0.2


def test_ppo_raises_success(problems: Problems) -> None:
    model = _taught(problems, 22)
    before = _mean(model, problems)
    for step in train_ppo(model, problems, PpoSettings(rate=3e-3, prompts=96), 0):
        if step.spent.steps == 40:
            break
    assert _mean(model, problems) > before + 0.2


def test_a_reference_holds_the_policy_back(problems: Problems) -> None:
    def distance(reference: float) -> float:
        model = _taught(problems, 22)
        before = copy.deepcopy(model)
        for step in train_grpo(model, problems, GrpoSettings(rate=3e-3, prompts=16, group=16, reference=reference), 0):
            if step.spent.steps == 25:
                break
        prompts, answers = prompt_tensor(problems), torch.from_numpy(problems.answers).long()
        lengths = torch.from_numpy(problems.lengths) + 1
        with torch.no_grad():
            outputs = [torch.log_softmax(answer_outputs(m, prompts, answers, lengths)[:, 0], -1) for m in (before, model)]
        return float((outputs[1].exp() * (outputs[1] - outputs[0])).sum(1).mean())

    assert distance(1.0) < 0.5 * distance(0.0)


def test_tokens_of_rl_are_those_the_policy_generated_and_flop_grow_with_every_part(problems: Problems) -> None:
    def first(settings: GrpoSettings) -> tuple[int, float]:
        step = next(train_grpo(_taught(problems, 5), problems, settings, 3))
        return step.spent.tokens, step.spent.flop

    tokens, flop = first(GrpoSettings(rate=1e-3, prompts=8, group=4))
    batch = prompt_tensor(problem_batch(problems, 0, 8, 3))
    drawn = sample(_taught(problems, 5), batch, 4, torch.Generator().manual_seed(1_000_003 * 3 + 2))
    assert tokens == int(drawn.mask.sum()) == drawn.generated
    reading = (flop - drawn.flop) / 3
    assert first(GrpoSettings(rate=1e-3, prompts=8, group=4, reference=0.1)) == (tokens, pytest.approx(flop + reading))
    assert first(GrpoSettings(rate=1e-3, prompts=8, group=4, passes=2)) == (tokens, pytest.approx(flop + 3 * reading))


def test_token_advantages_are_the_sums_they_stand_for() -> None:
    generator = torch.Generator().manual_seed(1)
    values, rewards, lengths = (
        torch.rand(5, 6, generator=generator),
        torch.rand(5, generator=generator),
        torch.tensor([1, 2, 6, 4, 3]),
    )
    for decay in (0.0, 0.7, 1.0):
        found = token_advantages(values, rewards, lengths, decay)
        for row in range(5):
            n = int(lengths[row])
            after = [*values[row, 1:n].tolist(), float(rewards[row])]
            surprise = [after[t] - float(values[row, t]) for t in range(n)]
            wanted = [sum(decay ** (s - t) * surprise[s] for s in range(t, n)) for t in range(n)]
            assert found[row].tolist() == pytest.approx(wanted + [0.0] * (6 - n), abs=1e-6)


def test_a_critic_begins_as_the_policy_and_values_everything_at_zero(problems: Problems) -> None:
    policy = _taught(problems, 3)
    critic = critic_of(policy)
    assert torch.equal(critic.blocks[0].qkv, policy.blocks[0].qkv)
    values, _ = critic(prompt_tensor(problems))
    assert values.shape == (192, PROMPT, 1)
    assert not values.any()


def test_fine_tuning_and_distillation_raise_success(problems: Problems) -> None:
    teacher = _taught(problems, 60)
    assert _mean(teacher, problems) > 0.8
    pupils: list[Callable[[Transformer], object]] = [
        lambda model: train_distil(model, teacher, problems, SftSettings(rate=1e-2), 1),
        lambda model: train_on_right_answers(model, teacher, problems, TeacherSettings(rate=1e-2), 1),
    ]
    for train in pupils:
        model = _model(7)
        before = _mean(model, problems)
        for step in train(model):  # type: ignore[attr-defined]
            if step.spent.steps == 40:
                break
        assert before < 0.01
        assert _mean(model, problems) > 0.4
        assert step.spent.tokens > 40 * 64 * 2


def test_a_pupil_that_is_its_teacher_has_nothing_to_learn(problems: Problems) -> None:
    teacher = _taught(problems, 10)
    step = next(train_distil(copy.deepcopy(teacher), teacher, problems, SftSettings(rate=1e-3), 1))
    assert step.loss == pytest.approx(0.0, abs=1e-6)


def test_the_loss_of_fine_tuning_is_the_cross_entropy_of_the_answers(problems: Problems) -> None:
    model = _model()
    batch = problem_batch(problems, 0, 64, 0)
    answers = right_answers(batch, prompt_tensor(batch))
    with torch.no_grad():
        log_probs = answer_log_probs(model, prompt_tensor(batch), answers.tokens, answers.lengths)
    wanted = -sum(float(row[: int(n)].sum()) for row, n in zip(log_probs, answers.lengths, strict=True)) / float(
        answers.lengths.sum()
    )
    assert next(train_sft(model, problems, SftSettings(rate=1e-3), 0)).loss == pytest.approx(wanted, rel=1e-5)


def test_sampled_success_agrees_with_the_probability_computed_from_the_model(problems: Problems) -> None:
    model = _taught(problems, 25)
    result = evaluate(model, problems, samples=64, seed=0)
    spread = np.sqrt((result.probability * (1 - result.probability)).sum() / 64) / len(problems)
    assert 0.02 < result.probability.mean() < 0.9
    assert abs(result.correct.mean() / 64 - result.probability.mean()) < 4 * spread
    scores = (result.correct - 64 * result.probability) / np.sqrt(64 * result.probability * (1 - result.probability) + 1e-9)
    assert np.abs(scores[result.probability > 0.05]).max() < 5


def test_every_problem_comes_once_before_any_comes_again(problems: Problems) -> None:
    rows = np.concatenate([problem_batch(problems, step, 64, 0).prompts for step in range(6)])
    for epoch in (rows[:192], rows[192:]):
        assert np.array_equal(np.unique(epoch, axis=0), np.unique(problems.prompts, axis=0))
    assert not np.array_equal(rows[:192], rows[192:])


def test_tokens_of_a_sample_do_not_count_what_follows_its_end() -> None:
    drawn = Samples(torch.zeros(2, MOST, dtype=torch.int64), torch.tensor([3, 16]), torch.zeros(2, MOST), 0)
    wanted: Tensor = torch.tensor([3, 16])
    assert drawn.generated == 19
    assert torch.equal(drawn.mask.sum(1), wanted)
