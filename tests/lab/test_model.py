"""The model: its counts against PyTorch's own, and reading with a past against reading all at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from budgetplan.lab.corpus import VOCABULARY
from budgetplan.lab.decode import sample
from budgetplan.lab.model import CONTEXT, SIZES, Shape, Shared, Transformer
from budgetplan.lab.rollout import answer_flop, answer_log_probs, answer_outputs
from budgetplan.lab.task import ENDS, MOST

SMALL = Shape(width=32, layers=2, heads=2)


def _model(shape: Shape = SMALL, seed: int = 0) -> Transformer:
    model = Transformer(shape, torch.Generator().manual_seed(seed))
    with torch.no_grad():
        model.embedding.mul_(20.0)  # so that the model is as decided as a trained one
    return model


def _tokens(*size: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(0, VOCABULARY, size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", SIZES)
def test_params_are_the_sizes_of_the_weights(name: str) -> None:
    assert SIZES[name].params == sum(weight.numel() for weight in _model(SIZES[name]).parameters())


@pytest.mark.parametrize("name", SIZES)
def test_flop_of_forward_and_backward_are_those_that_torch_counts(name: str) -> None:
    shape, model = SIZES[name], _model(SIZES[name])
    tokens = _tokens(2, CONTEXT)
    counter = FlopCounterMode(display=False)
    with sdpa_kernel(SDPBackend.MATH), counter:
        model(tokens)
    assert counter.get_total_flops() == 2 * shape.forward_flop(CONTEXT)
    both = FlopCounterMode(display=False)
    with sdpa_kernel(SDPBackend.MATH), both:
        model(tokens)[0].sum().backward()
    assert both.get_total_flops() == pytest.approx(2 * CONTEXT * shape.flop_per_token(), rel=1e-9)


def _counted(model: Transformer, prompts: torch.Tensor) -> tuple[int, int, float, int]:
    """FLOP of sampling and of reading the samples, by this package and by torch in turn."""
    counters = FlopCounterMode(display=False), FlopCounterMode(display=False)
    with sdpa_kernel(SDPBackend.MATH), counters[0]:
        drawn = sample(model, prompts, 4, torch.Generator().manual_seed(0))
    with sdpa_kernel(SDPBackend.MATH), counters[1], torch.no_grad():
        answer_outputs(model, prompts, drawn.tokens, drawn.lengths)
    counts = [counter.get_total_flops() for counter in counters]
    return drawn.flop, counts[0], answer_flop(model.shape, len(prompts), drawn.lengths), counts[1]


def test_flop_of_sampling_and_of_reading_answers_are_those_that_torch_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    model, prompts = _model(), _tokens(6, 80)
    sampling, counted_sampling, reading, counted_reading = _counted(model, prompts)
    # Torch counts also the places that stay empty where one prompt has more answers left than another.
    assert sampling <= counted_sampling <= 1.1 * sampling
    assert reading <= counted_reading <= 1.1 * reading
    monkeypatch.setattr("budgetplan.lab.decode.ENDS", np.zeros(VOCABULARY, dtype=bool))
    sampling, counted_sampling, reading, counted_reading = _counted(model, prompts)
    assert sampling == counted_sampling
    assert reading == counted_reading


def test_no_token_sees_a_later_one() -> None:
    model, tokens = _model(), _tokens(1, 40)
    changed = tokens.clone()
    changed[0, 25:] = (changed[0, 25:] + 1) % VOCABULARY
    before, after = model(tokens)[0], model(changed)[0]
    assert torch.allclose(before[:, :25], after[:, :25], atol=1e-6)
    assert not torch.allclose(before[:, 25:], after[:, 25:], atol=1e-3)


@pytest.mark.parametrize("cut", [(1,) * 16, (16,), (3, 1, 12)])
def test_reading_after_a_shared_prompt_is_reading_all_at_once(cut: tuple[int, ...]) -> None:
    model, prompts, answers = _model(SIZES["100k"]), _tokens(3, 80), _tokens(12, 16, seed=1)
    with torch.no_grad():
        whole, _ = model(torch.cat([prompts.repeat_interleave(4, 0), answers], 1))
        _, past = model(prompts)
        own, parts = None, []
        for piece in answers.split(cut, 1):
            logits, own = model(piece, Shared(past, 4), own)
            parts.append(logits)
    assert (torch.cat(parts, 1) - whole[:, 80:]).abs().max() < 1e-5


def test_samples_come_with_the_probabilities_of_full_decoding() -> None:
    model, prompts = _model(), _tokens(7, 80)
    drawn = sample(model, prompts, 9, torch.Generator().manual_seed(3))
    with torch.no_grad():
        logits, _ = model(torch.cat([prompts.repeat_interleave(9, 0), drawn.tokens], 1))
    full = torch.log_softmax(logits[:, 79:-1], -1).gather(2, drawn.tokens[:, :, None])[:, :, 0]
    assert ((full - drawn.log_probs)[drawn.mask]).abs().max() < 1e-5
    bucketed = answer_log_probs(model, prompts, drawn.tokens, drawn.lengths)
    assert ((full - bucketed)[drawn.mask]).abs().max() < 1e-5
    assert drawn.lengths.min() < 4 < drawn.lengths.max()  # so that sequences did leave the batch, and others stayed


def test_an_answer_ends_at_the_first_token_that_is_no_part_of_an_identifier() -> None:
    drawn = sample(_model(), _tokens(7, 80), 9, torch.Generator().manual_seed(3))
    ends = torch.from_numpy(ENDS)[drawn.tokens] & drawn.mask
    assert (ends.sum(1) == ((drawn.lengths < MOST) | ends[:, -1])).all()
    assert (ends.int().argmax(1) == drawn.lengths - 1)[ends.any(1)].all()
    assert drawn.generated == int(drawn.mask.sum())


def test_samples_are_a_function_of_the_generator() -> None:
    one, same, other = (sample(_model(), _tokens(4, 80), 5, torch.Generator().manual_seed(seed)).tokens for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
