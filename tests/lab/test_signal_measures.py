"""What `lab signal` is made of: intervals over seeds, and measures of a trained model against hand counts."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from budgetplan.lab.cells import materials
from budgetplan.lab.decode import sample
from budgetplan.lab.grpo import GrpoSettings, train_grpo
from budgetplan.lab.model import Shape, Transformer
from budgetplan.lab.paired import estimate, paired
from budgetplan.lab.rollout import answer_flop, problem_batch, prompt_tensor
from budgetplan.lab.sft import SftSettings, train_sft
from budgetplan.lab.signal_chosen import ChosenSettings, train_chosen
from budgetplan.lab.signal_claims import (
    spread_ratio,
)
from budgetplan.lab.signal_measure import area_under_roc, group_outcomes, on_answers, text_divergence, weight_change
from budgetplan.lab.signal_teacher import TeacherSettings, train_on_right_answers
from tests.lab.constant_reward import always


def _model(seed: int = 0) -> Transformer:
    return Transformer(Shape(32, 1, 2), torch.Generator().manual_seed(seed))


def test_a_t_interval_covers_nine_tenths() -> None:
    draws = np.random.default_rng(0).standard_normal((4000, 4))
    found = [estimate(row) for row in draws]
    assert np.mean([one.low < 0 < one.high for one in found]) == pytest.approx(0.9, abs=0.015)
    assert estimate([1.0]).low == -np.inf
    assert estimate([]).count == 0


def test_pairing_takes_what_seeds_share_out_of_the_interval() -> None:
    first, second = {1: 5.0, 2: 1.1, 3: 9.2}, {1: 4.0, 2: 0.0, 3: 8.0, 4: 99.0}
    found = paired(first, second)
    assert found.value == pytest.approx(1.1)
    assert (found.count, found.low > 0.9, found.high < 1.3) == (3, True, True)


def test_the_interval_of_a_ratio_of_spreads_covers_nine_tenths() -> None:
    draws = np.random.default_rng(1).standard_normal((3000, 2, 5))
    found = [spread_ratio(3.0 * one, other) for one, other in draws]
    assert np.mean([one.low < 3 < one.high for one in found]) == pytest.approx(0.9, abs=0.02)
    assert not np.isfinite(spread_ratio([0.0, 0.0], [1.0, 2.0]).value)


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    draw = np.random.default_rng(0)
    scores, right = np.round(draw.standard_normal(60), 1), draw.random(60) < 0.3
    pairs = [(a > b) + 0.5 * (a == b) for a in scores[right] for b in scores[~right]]
    assert area_under_roc(scores, right) == pytest.approx(np.mean(pairs))
    assert np.isnan(area_under_roc(scores, np.zeros(60, dtype=bool)))


def test_weight_change_of_known_changes() -> None:
    base = _model()
    model = copy.deepcopy(base)
    with torch.no_grad():
        for weight in model.parameters():
            weight *= 1.01
        model.embedding[0] /= 1.01 * (1 + 5e-4)
    l2, moved = weight_change(model, base)
    count = sum(weight.numel() for weight in base.parameters())
    zero = sum(int((weight == 0).sum()) for weight in base.parameters())
    assert moved == pytest.approx((count - 32 - zero) / count, abs=1e-9)
    assert l2 == pytest.approx(0.01, rel=0.02)
    assert weight_change(base, base) == (0.0, 0.0)


def test_divergences_are_zero_at_the_base_and_agree_with_sampled_log_ratios() -> None:
    shared = materials(40, 300)
    base, model = _model(0), _model(0)
    with torch.no_grad():
        model.embedding += 0.05 * torch.randn(model.embedding.shape, generator=torch.Generator().manual_seed(5))
    assert on_answers(base, base, shared.test)[0] == 0.0
    assert text_divergence(base, base, shared.held_out, 4) == 0.0
    kl, _ = on_answers(model, base, shared.test, 64)
    # the mean log ratio of sampled answers estimates the same divergence
    from budgetplan.lab.rollout import answer_log_probs

    drawn = sample(model, prompt_tensor(shared.test), 64, torch.Generator().manual_seed(9))
    with torch.no_grad():
        other = answer_log_probs(base, prompt_tensor(shared.test), drawn.tokens, drawn.lengths)
    ratio = torch.where(drawn.mask, drawn.log_probs - other, 0.0).sum(1)
    assert kl > 0.01
    assert kl == pytest.approx(float(ratio.mean()), abs=5 * float(ratio.std()) / len(ratio) ** 0.5)


def test_informative_groups_follow_the_formula_over_the_problems() -> None:
    shared = materials(40, 300)
    found = group_outcomes(_model(), shared.test, 8)
    assert 0 <= found["informative"] <= 1
    assert found["informative_bits"] <= found["outcome_bits"] + 1e-12
    assert found["label_bits"] >= -np.log2(found["success"])  # Jensen


def test_self_training_pays_for_its_tries_and_learns_nothing_from_equal_rewards() -> None:
    problems, model, settings = materials(40, 300).training, _model(), ChosenSettings(1e-2, prompts=4, group=4, pool=3, tries=2)
    before = copy.deepcopy(model)
    step = next(train_chosen(model, problems, settings, 1, always(0.0)))
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True))
    generator = torch.Generator().manual_seed(1_000_003 + 7)
    pool = problem_batch(problems, 0, 12, 1)
    tried = sample(before, prompt_tensor(pool), 2, generator)
    drawn = sample(before, prompt_tensor(pool.take(np.arange(4))), 4, generator)
    assert step.spent.tokens == tried.generated + drawn.generated
    assert step.spent.flop == tried.flop + drawn.flop + 3 * answer_flop(before.shape, 4, drawn.lengths)


def test_only_right_answers_of_a_teacher_are_learned_from() -> None:
    problems, teacher, pupil = materials(40, 300).training, _model(), _model(1)
    before = copy.deepcopy(pupil)
    step = next(train_on_right_answers(pupil, teacher, problems, TeacherSettings(1e-2, 4, 2), 1))
    drawn = sample(teacher, prompt_tensor(problem_batch(problems, 0, 4, 1)), 2, torch.Generator().manual_seed(1_000_003 + 8))
    # an untrained teacher solves nothing: its tries are paid for, and nothing is learned
    assert np.isnan(step.loss)
    assert (step.spent.flop, step.spent.tokens) == (drawn.flop, 0)
    assert all(torch.equal(a, b) for a, b in zip(pupil.parameters(), before.parameters(), strict=True))


def test_a_kept_answer_is_the_text_s_own() -> None:
    # every training problem has the same short answer, which a teacher taught on it gives nearly always
    drawn = materials(40, 300).training
    one = drawn.take(np.zeros(64, dtype=np.int64))
    teacher, pupil = _model(), _model(1)
    for step in train_sft(teacher, one, SftSettings(1e-2), 0):
        if step.loss < 0.002:
            break
    first = next(train_on_right_answers(pupil, teacher, one, TeacherSettings(1e-2, 8, 2), 1))
    assert first.spent.tokens == 8 * (int(one.lengths[0]) + 1)
    expected = next(train_sft(_model(1), one, SftSettings(1e-2, 8), 1)).loss
    assert first.loss == pytest.approx(expected, rel=0.2)  # but for the token that ends the answer, which any may


def test_self_training_costs_more_per_step_than_uniform_problems() -> None:
    problems = materials(40, 300).training
    chosen = next(train_chosen(_model(), problems, ChosenSettings(1e-3, 4, 4), 1)).spent
    uniform = next(train_grpo(_model(), problems, GrpoSettings(1e-3, 4, 4), 1)).spent
    assert chosen.flop > 1.5 * uniform.flop
