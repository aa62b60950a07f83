"""The task of the lab: finish the identifier at the end of a prompt of code. Right or wrong, by exact match.

It resembles what RL is used for: the answer is a few tokens, it can be checked, and the text does not always determine it, so
that several samples help.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from budgetplan.errors import DataError
from budgetplan.lab.corpus import ALPHABET, Tokens, encode

PROMPT = 80
"""Tokens of a prompt: all are equally long, so that batches need no padding."""
MOST = 16
"""Tokens that an answer may have, with the one that ends it."""

_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 14
"""Characters of an identifier, at most; at least 4."""
_AFTER = frozenset(".(,)=:[]")
"""What follows an identifier of the task at once: words of prose in comments seldom have it."""
_ALIKE = 200
"""One in so many problems may have the same identifier and stand, or not stand, in its prompt: `self` alone would be a third of all
places."""
_ENOUGH = 50
"""Places of a kind per problem, after which no further file is read."""
_Place = tuple[str, str, str]
"""Identifier, prompt, and answer with the character after it."""
_PART = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
ENDS = np.array([*(character not in _PART for character in ALPHABET), True])
"""Whether a token cannot be part of an identifier, and so ends an answer; of shape (vocabulary,)."""


@dataclass(frozen=True)
class Problems:
    """Prompts and their answers.

    Attributes
    ----------
    prompts : ndarray of shape (problem, PROMPT)
        Tokens up to and with the given characters of the identifier.
    answers : ndarray of shape (problem, MOST)
        Tokens of the rest of the identifier; after it one token that ends it (the one in the text), then filled up with it.
    lengths : ndarray of shape (problem,)
        Tokens of the rest of the identifier, without the one that ends it: 2 to 13.
    """

    prompts: Tokens
    answers: Tokens
    lengths: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """How many problems there are."""
        return len(self.lengths)

    def take(self, which: npt.NDArray[np.int64]) -> Problems:
        """Some of the problems, of shape (which,)."""
        return Problems(self.prompts[which], self.answers[which], self.lengths[which])


def cut_problems(texts: Sequence[str], count: int, seed: int, seen_share: float = 0.5) -> Problems:
    """Draw problems from files, without using one place twice.

    No identifier is asked for by more than 0.5 % of the problems where its prompt holds it, and by as many where it does not.

    Parameters
    ----------
    texts : sequence of str
        Files.
    count : int
        How many problems to draw.
    seed : int
        Of the draw.
    seen_share : float
        Share of problems whose identifier stands whole in the prompt, so that it could be copied; the others must be
        known or guessed [1]. Half was chosen for a success near 0.1 at 30k params and 4M tokens.

    Returns
    -------
    Problems
        In random order.

    Raises
    ------
    DataError
        Where the files do not have enough places.
    """
    generator = np.random.default_rng([seed, 20])
    seen: list[_Place] = []
    unseen: list[_Place] = []
    for file in generator.permutation(len(texts)):
        for place, known in _places(texts[file], generator):
            (seen if known else unseen).append(place)
        if min(len(seen), len(unseen)) >= _ENOUGH * count:
            break
    wanted, most = round(seen_share * count), max(1, count // _ALIKE)
    chosen = _draw(seen, wanted, most, generator) + _draw(unseen, count - wanted, most, generator)
    chosen = [chosen[i] for i in generator.permutation(count)]
    prompts = np.stack([encode(prompt) for _, prompt, _ in chosen])
    answers = np.stack([encode(answer + answer[-1] * (MOST - len(answer))) for _, _, answer in chosen])
    return Problems(prompts, answers, np.array([len(answer) - 1 for _, _, answer in chosen], dtype=np.int64))


def _places(text: str, generator: np.random.Generator) -> Iterator[tuple[_Place, bool]]:
    """Give every place of a file, and whether its identifier stands whole in the prompt."""
    words = list(_WORD.finditer(text))
    last: dict[str, int] = {}
    for word, given in zip(words, generator.integers(1, 3, len(words)), strict=True):
        name, start = word.group(), word.start()
        cut = start + int(given)
        if 4 <= len(name) <= _LONGEST and cut >= PROMPT and text[word.end() : word.end() + 1] in _AFTER:
            yield (name, text[cut - PROMPT : cut], text[cut : word.end() + 1]), last.get(name, -1) >= cut - PROMPT
        last[name] = start


def _draw(found: Sequence[_Place], wanted: int, most: int, generator: np.random.Generator) -> list[_Place]:
    """Return places in random order, with no identifier more often than `most` times."""
    chosen: list[_Place] = []
    times: Counter[str] = Counter()
    for i in generator.permutation(len(found)):
        if len(chosen) == wanted:
            break
        if times[found[i][0]] < most:
            times[found[i][0]] += 1
            chosen.append(found[i])
    if len(chosen) < wanted:
        raise DataError(
            f"The files hold {len(chosen)} places of one kind, no identifier more than {most} times; {wanted} are wanted.",
            "Ask for fewer problems.",
        )
    return chosen
