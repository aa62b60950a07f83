"""What `lab signal` trains and measures, in two presets.

Core seconds of `full`: bases 740 (six seeds of a 30k and a 100k model at 3.9 M tokens, five larger bases), tuning 1,330 (six
methods, five rates, PPO with three of its critic), paths 1,660 (six methods, five seeds, eleven measurements each): 3,740.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from budgetplan.errors import UnknownNameError
from budgetplan.lab.model import SIZES
from budgetplan.lab.pretrain import STEP_TOKENS, whole_steps

METHODS = ("sft", "sft-teacher", "distil", "grpo", "ppo", "chosen")
"""SFT on right answers, SFT on a larger model's right ones, distillation, GRPO, PPO with a critic, GRPO on self-chosen problems."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "a": ("sft", "sft-teacher", "distil", "grpo"),
    "b": ("sft", "sft-teacher", "grpo"),
    "c": ("sft", "ppo", "grpo"),
    "d": ("ppo", "grpo"),
    "e": (),
    "f": ("grpo", "chosen"),
}
"""Methods that the claims of each part rest on."""
FIRST_SEED = 20
"""Seeds begin here."""
TUNING_SEED = 19
"""Rates are chosen on this seed and on other held-out problems than those that are reported."""


@dataclass(frozen=True, order=True)
class Rates:
    """Learning rates of a method, at the width of the smallest size.

    Attributes
    ----------
    model : float
    critic : float
        Of PPO's critic; zero for methods that have none.
    """

    model: float
    critic: float = 0.0

    def __str__(self) -> str:
        return f"{self.model:g}" + (f"-critic-{self.critic:g}" if self.critic else "")


@dataclass(frozen=True)
class Study:
    """Settings of the comparison of training signals.

    Attributes
    ----------
    name : str
        Of the preset.
    small, large : str
        Sizes: the model that is trained, and the one that teaches it.
    pretraining_tokens : int
        Of both. [token]
    flop : float
        That each method may spend after pre-training, all models counted. [FLOP]
    rates : tuple of float
        Learning rates that are tried for every method.
    critic_rates : tuple of float
        Of PPO's critic, each tried with each of the rates.
    seeds, marks : int
        Runs per method, and measurements along each.
    problems, training_problems, windows : int
        Held out, to train on, and windows of held-out text.
    prompts, group, answers : int
        Prompts and answers per prompt in RL, problems per step in SFT.
    """

    name: str
    small: str
    large: str
    pretraining_tokens: int
    flop: float
    rates: tuple[float, ...]
    critic_rates: tuple[float, ...]
    seeds: int
    marks: int
    problems: int
    training_problems: int
    windows: int
    prompts: int = 32
    group: int = 16
    answers: int = 64

    def tried(self, method: str) -> tuple[Rates, ...]:
        """Rates that are tried for a method, in rising order."""
        critics = self.critic_rates if method == "ppo" else (0.0,)
        return tuple(Rates(rate, critic) for rate in self.rates for critic in critics)

    @property
    def marks_at(self) -> tuple[float, ...]:
        """FLOP at which a run is measured, geometric from a hundredth of all. [FLOP]"""
        return tuple(self.flop * 100.0 ** (i / (self.marks - 1) - 1.0) for i in range(self.marks))

    @property
    def larger_tokens(self) -> int:
        """Pre-training tokens of the large size that cost what the small one's and a method's FLOP cost together. [token]"""
        total = self.pretraining_tokens * SIZES[self.small].flop_per_token() + self.flop
        return max(1, whole_steps(round(total / SIZES[self.large].flop_per_token()))) * STEP_TOKENS

    def to_dict(self) -> dict[str, Any]:
        """Everything that decides the results, as JSON can hold it."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


PRESETS: Mapping[str, Study] = {
    "smoke": Study(
        "smoke",
        "30k",
        "100k",
        pretraining_tokens=48 * STEP_TOKENS,
        flop=4e9,
        rates=(3e-4, 1e-3),
        critic_rates=(3e-3,),
        seeds=2,
        marks=3,
        problems=60,
        training_problems=400,
        windows=16,
        prompts=8,
        group=8,
        answers=16,
    ),
    "full": Study(
        "full",
        "30k",
        "100k",
        pretraining_tokens=2560 * STEP_TOKENS,
        flop=3e11,
        rates=(1e-4, 3e-4, 1e-3, 3e-3, 1e-2),
        critic_rates=(1e-3, 3e-3, 1e-2),
        seeds=5,
        marks=10,
        problems=1_000,
        training_problems=20_000,
        windows=512,
    ),
}
"""Studies by name."""


def find_study(name: str) -> Study:
    """Return a preset.

    Raises
    ------
    UnknownNameError
        Where there is none of this name.
    """
    if name not in PRESETS:
        raise UnknownNameError("preset", name, PRESETS)
    return PRESETS[name]
