"""Gradients against finite differences, in double precision, along random directions of all weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from budgetplan.lab.corpus import VOCABULARY
from budgetplan.lab.grpo import clipped_objective, group_advantages, reference_divergence
from budgetplan.lab.model import Shape, Transformer
from budgetplan.lab.rollout import answer_log_probs

GROUP = 4


@pytest.fixture
def case() -> dict[str, Tensor | Transformer]:
    generator = torch.Generator().manual_seed(5)
    model = Transformer(Shape(width=16, layers=2, heads=2), generator).double()
    with torch.no_grad():
        model.embedding.mul_(20.0)
    prompts = torch.randint(0, VOCABULARY, (3, 80), generator=generator)
    answers = torch.randint(0, VOCABULARY, (3 * GROUP, 9), generator=generator)
    lengths = torch.randint(1, 10, (3 * GROUP,), generator=generator)
    lengths[0] = 9
    mask = torch.arange(9) < lengths[:, None]
    with torch.no_grad():
        now = answer_log_probs(model, prompts, answers, lengths)
    shift = 0.3 * torch.randn(now.shape, generator=generator, dtype=torch.float64)
    rewards = torch.randint(0, 2, (3 * GROUP,), generator=generator).double()
    return {
        "model": model, "prompts": prompts, "answers": answers, "lengths": lengths, "mask": mask,
        "old": now + shift, "beside": now - 0.5 * shift, "advantages": group_advantages(rewards, GROUP)[:, None],
    }  # fmt: skip


def _check(model: Transformer, value: Callable[[], Tensor]) -> None:
    """Compare the gradient along random directions with central differences."""
    weights = list(model.parameters())
    gradients = torch.autograd.grad(value(), weights)
    generator = torch.Generator().manual_seed(6)
    for _ in range(4):
        directions = [torch.randn(weight.shape, generator=generator, dtype=torch.float64) for weight in weights]
        slope = sum(float((g * d).sum()) for g, d in zip(gradients, directions, strict=True))
        ends = []
        for size in (1e-6, -1e-6):
            with torch.no_grad():
                for weight, direction in zip(weights, directions, strict=True):
                    weight.add_(direction, alpha=size)
                ends.append(float(value()))
                for weight, direction in zip(weights, directions, strict=True):
                    weight.sub_(direction, alpha=size)
        assert abs(slope) > 1e-3
        assert slope == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-7)


def test_log_probabilities_of_answers(case: dict) -> None:
    model = case["model"]
    _check(model, lambda: answer_log_probs(model, case["prompts"], case["answers"], case["lengths"])[case["mask"]].sum())


@pytest.mark.parametrize("clip", [0.2, 10.0])
def test_clipped_objective(case: dict, clip: float) -> None:
    model = case["model"]

    def value() -> Tensor:
        log_probs = answer_log_probs(model, case["prompts"], case["answers"], case["lengths"])
        return clipped_objective(log_probs, case["old"], case["advantages"], case["mask"], clip)

    _check(model, value)


def test_objective_with_a_reference(case: dict) -> None:
    model = case["model"]

    def value() -> Tensor:
        log_probs = answer_log_probs(model, case["prompts"], case["answers"], case["lengths"])
        gain = clipped_objective(log_probs, case["old"], case["advantages"], case["mask"], 0.2)
        return gain - 0.7 * reference_divergence(log_probs, case["beside"], case["mask"])

    _check(model, value)


def test_clipping_stops_the_gradient_where_the_ratio_has_gone_far_enough() -> None:
    old = torch.zeros(4, 1, dtype=torch.float64)
    log_probs = torch.tensor([[0.5], [0.5], [-0.5], [-0.5]], dtype=torch.float64, requires_grad=True)
    advantages = torch.tensor([[1.0], [-1.0], [1.0], [-1.0]], dtype=torch.float64)
    objective = clipped_objective(log_probs, old, advantages, torch.ones(4, 1, dtype=torch.bool), 0.2)
    (gradient,) = torch.autograd.grad(objective, log_probs)
    ratio = log_probs.detach().exp()
    assert gradient.flatten().tolist() == pytest.approx([0.0, -ratio[1, 0].item() / 4, ratio[2, 0].item() / 4, 0.0])
    assert objective.item() == pytest.approx((1.2 - ratio[1, 0] + ratio[2, 0] - 0.8).item() / 4)


def test_the_estimated_divergence_is_the_true_one_on_average() -> None:
    generator = torch.Generator().manual_seed(8)
    policy, reference = torch.log_softmax(torch.randn(2, 12, generator=generator, dtype=torch.float64), -1)
    drawn = torch.multinomial(policy.exp(), 400_000, replacement=True, generator=generator)
    mask = torch.ones(len(drawn), 1, dtype=torch.bool)
    estimate = reference_divergence(policy[drawn][:, None], reference[drawn][:, None], mask)
    assert estimate.item() == pytest.approx((policy.exp() * (policy - reference)).sum().item(), rel=0.02)
