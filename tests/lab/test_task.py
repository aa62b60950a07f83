"""Problems: where they are cut, and what counts as right."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from budgetplan.errors import DataError
from budgetplan.lab.corpus import decode, encode, load_corpus
from budgetplan.lab.decode import Samples
from budgetplan.lab.rewards import exact_match
from budgetplan.lab.task import ENDS, MOST, PROMPT, Problems, cut_problems


@pytest.fixture(scope="module")
def problems() -> Problems:
    return cut_problems(load_corpus().held_out, 1000, seed=1)


def test_prompt_and_answer_stand_together_in_one_held_out_file_and_make_an_identifier(problems: Problems) -> None:
    held_out = [decode(encode(text)) for text in load_corpus().held_out]
    for i in range(0, 1000, 50):
        prompt, length = decode(problems.prompts[i]), int(problems.lengths[i])
        answer = decode(problems.answers[i, : length + 1])
        assert len(prompt) == PROMPT
        assert any(prompt + answer in text for text in held_out)
        given = re.search(r"[A-Za-z0-9_]+$", prompt)
        assert given is not None
        assert 1 <= len(given.group()) <= 2
        assert 4 <= len(given.group()) + length <= 14


def test_an_answer_ends_with_one_token_that_cannot_be_part_of_it(problems: Problems) -> None:
    place = np.arange(MOST)
    within = place < problems.lengths[:, None]
    assert not ENDS[problems.answers[within]].any()
    assert ENDS[problems.answers[~within]].all()
    assert problems.lengths.max() < MOST


def test_half_of_the_identifiers_stand_in_the_prompt_and_none_is_frequent(problems: Problems) -> None:
    seen, names = 0, []
    for prompt, answer, length in zip(problems.prompts, problems.answers, problems.lengths, strict=True):
        text = decode(prompt)
        start = re.search(r"[A-Za-z0-9_]+$", text)
        assert start is not None
        name = start.group() + decode(answer[:length])
        names.append(name)
        seen += re.search(rf"(?<![A-Za-z0-9_]){name}(?![A-Za-z0-9_])", text) is not None
    assert seen == 500
    assert max(names.count(name) for name in set(names)) <= 10  # 0.5 % of either half's draw


def test_problems_are_a_function_of_the_seed(problems: Problems) -> None:
    again, other = (cut_problems(load_corpus().held_out, 1000, seed=seed) for seed in (1, 2))
    assert np.array_equal(problems.prompts, again.prompts)
    assert not np.array_equal(problems.prompts, other.prompts)


def test_too_few_places_are_refused() -> None:
    with pytest.raises(DataError, match="Ask for fewer problems"):
        cut_problems(["value = function(value)\n" * 20], 100, seed=0)


def _judge(written: list[str], answer: str) -> list[float]:
    problems = Problems(np.zeros((1, PROMPT), np.uint8), encode(answer.ljust(MOST, "."))[None], np.array([len(answer)]))
    tokens = torch.zeros(len(written), MOST, dtype=torch.int64)
    for row, text in enumerate(written):
        tokens[row, : len(text)] = torch.from_numpy(encode(text).astype(np.int64))
    lengths = torch.tensor([len(text) for text in written])
    return exact_match(Samples(tokens, lengths, torch.zeros(tokens.shape), 0), problems).tolist()


def test_an_answer_is_right_only_if_it_is_the_whole_identifier() -> None:
    written = ["lue(", "lue\n", "lux(", "lu(", "lues(", "(", "lue" + "e" * 13]
    assert _judge(written, "lue") == [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_an_answer_cut_off_before_it_ended_is_wrong() -> None:
    assert _judge(["a" * 15 + "("], "a" * 15) == [1.0]
    assert _judge(["a" * 16], "a" * 15) == [0.0]
