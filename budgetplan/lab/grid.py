"""What the lab measures: sizes x pre-training tokens x RL tokens x seeds, in three presets, and how each is trained.

Learning rates were tuned by short runs on a 2-core machine (AMD EPYC, AVX-512; see the comments beside them).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from budgetplan.errors import UnknownNameError
from budgetplan.lab.grpo import GrpoSettings
from budgetplan.lab.model import SIZES
from budgetplan.lab.pretrain import DECAY, STEP_TOKENS, Recipe

RECIPES: Mapping[str, Recipe] = {
    "30k": Recipe(rate=6e-3),  # measured at 2 M tokens: loss 1.853 at 3e-3, 1.817 at 6e-3, 1.823 at 12e-3
    "100k": Recipe(rate=3e-3),  # 1.631 at 3e-3, 1.646 at 6e-3, 1.746 at 12e-3
    "300k": Recipe(rate=2e-3),  # 1.536 at 1.5e-3, 1.537 at 3e-3
    "1M": Recipe(rate=1e-3),  # 1.450 at 1e-3, 1.468 at 2e-3
}
"""Pre-training by size."""

RL_RATES: Mapping[str, float] = {size: 6e-4 * SIZES["30k"].width / SIZES[size].width for size in SIZES}
"""Learning rate of RL by size: one over the width.

Measured after 2 M tokens of pre-training: success of one sample, and text loss, at so many RL tokens.

| size | rate | reference | before | 20k | 80k | 320k | 1.28 M |
|---|---|---|---|---|---|---|---|
| 30k | 3e-4 | 0 | .046, 1.80 | .052, 1.81 | .065, 1.83 | .100, 1.92 | .153, 2.30 |
| 30k | 6e-4 | .02 | .046, 1.80 | .056, 1.82 | .076, 1.86 | .110, 1.98 | .152, 2.18 |
| 30k | 1e-3 | .05 | .046, 1.80 | .060, 1.84 | .083, 1.89 | .112, 1.96 | |
| 30k | 1e-3 | 0 | .046, 1.80 | .061, 1.84 | .090, 1.95 | .135, 2.46 | |
| 300k | 2e-4 | .02 | .096, 1.53 | .109, 1.55 | .131, 1.59 | .165, 1.68 | |
| 300k | 5e-4 | .05 | .096, 1.53 | .113, 1.59 | .140, 1.66 | .164, 1.73 | |
| 300k | 1e-3 | .05 | .096, 1.53 | .103, 1.78 | .118, 1.90 | .139, 2.10 | |
| 1M | 1.2e-4 | .02 | .115, 1.45 | .126, 1.45 | .152, 1.50 | | |

Larger steps wreck the text before they help the task; without a reference the text is lost at the end of the axis. Groups of
32 or half the prompts gain less per token. Success still rises at the end of the axis, by less per factor in tokens.
"""

SAMPLES_AT = (1, 2, 4, 8, 16, 32)
"""Samples k at which success is measured."""

_UNIT = 320 * STEP_TOKENS
"""491,520 tokens: a whole number of steps, and so are the four fifths before the decay."""


@dataclass(frozen=True)
class Grid:
    """The cells of a run of the lab.

    Attributes
    ----------
    name : str
        Of the preset.
    sizes : tuple of str
        Names of shapes.
    pretraining_tokens : tuple of int
        Ascending. [token]
    rl_tokens : tuple of int
        Ascending, zero first. A step of RL is whole: each amount is passed by less than one step, and what was really
        generated is recorded. [token]
    seeds : int
        How many: 0, 1, ...
    problems, training_problems : int
        Held out, and for RL.
    samples : int
        Of each held-out problem.
    windows : int
        Of held-out text.
    prompts, group, passes, reference : int, int, int, float
        As in GRPO's settings.
    """

    name: str
    sizes: tuple[str, ...]
    pretraining_tokens: tuple[int, ...]
    rl_tokens: tuple[int, ...]
    seeds: int
    problems: int
    training_problems: int
    samples: int = 64
    windows: int = 1024
    prompts: int = 32
    group: int = 16
    passes: int = 1
    reference: float = 0.02

    def grpo(self, size: str) -> GrpoSettings:
        """Return how a model of this size is trained by RL."""
        return GrpoSettings(RL_RATES[size], self.prompts, self.group, self.passes, reference=self.reference)

    def to_dict(self) -> dict[str, Any]:
        """Everything that decides the results, as JSON can hold it."""
        content = asdict(self)
        content["shapes"] = {size: asdict(SIZES[size]) for size in self.sizes}
        content["recipes"] = {size: asdict(RECIPES[size]) for size in self.sizes}
        content["grpo"] = {size: asdict(self.grpo(size)) for size in self.sizes}
        content["decay"], content["step_tokens"], content["k"] = DECAY, STEP_TOKENS, list(SAMPLES_AT)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in content.items()}


PRESETS: Mapping[str, Grid] = {
    "smoke": Grid(
        "smoke",
        ("30k", "100k"),
        (_UNIT // 2, _UNIT, 3 * _UNIT // 2),
        (0, 4_000, 16_000),
        seeds=1,
        problems=200,
        training_problems=2_000,
        samples=32,
        windows=128,
    ),
    "tiny": Grid(
        "tiny",
        ("30k", "100k", "300k"),
        (_UNIT, 2 * _UNIT, 4 * _UNIT, 8 * _UNIT),
        (0, 10_000, 30_000, 90_000, 270_000),
        seeds=2,
        problems=1_000,
        training_problems=20_000,
    ),
    "full": Grid(
        "full",
        ("30k", "100k", "300k", "1M"),
        (_UNIT, 2 * _UNIT, 4 * _UNIT, 8 * _UNIT, 16 * _UNIT),
        (0, 10_000, 30_000, 90_000, 270_000, 810_000),
        seeds=2,
        problems=1_000,
        training_problems=20_000,
    ),
}
"""Grids by name."""


def find_grid(name: str) -> Grid:
    """Return a preset.

    Raises
    ------
    UnknownNameError
        Where there is none of this name.
    """
    if name not in PRESETS:
        raise UnknownNameError("preset", name, PRESETS)
    return PRESETS[name]
