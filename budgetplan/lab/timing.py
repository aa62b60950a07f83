"""How long pieces of the lab take, to show the time left and to lay out presets.

Core seconds of `full`, two seeds together: trunks and branches 2,890 (9.34 M tokens each: 0.8 of the longest and a fifth of all
five); RL 7,060 (40 branches of 810,000 tokens); evaluations 2,460 (240 of 64,000 samples): 12,400, or 1 h 45 min on two cores.
`tiny` is laid out for 2,160, or 18 min on two cores; `smoke` for 39 on one.
"""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.lab.grid import Grid
from budgetplan.lab.pretrain import DECAY

TRAINING: Mapping[str, float] = {"30k": 116_000, "100k": 59_000, "300k": 28_000, "1M": 10_700}
"""Tokens of pre-training per second on one core. measured: AMD EPYC with AVX-512, torch 2.13.0, one thread"""
RL: Mapping[str, float] = {"30k": 14_000, "100k": 10_000, "300k": 5_000, "1M": 2_000}
"""Tokens of RL per second on one core. measured on the same machine while others used it: 19,000, 8,000, 4,300 and 1,900"""
SAMPLING: Mapping[str, float] = {"30k": 20_000, "100k": 11_000, "300k": 6_000, "1M": 3_000}
"""Samples of evaluation per second on one core. measured on the same machine"""


def trunk_seconds(grid: Grid, size: str) -> float:
    """Seconds of one core for a trunk and its branches. [s]"""
    tokens = max(grid.pretraining_tokens) * (1.0 - DECAY) + DECAY * sum(grid.pretraining_tokens)
    return tokens / TRAINING[size]


def cell_seconds(grid: Grid, size: str) -> float:
    """Seconds of one core for the RL of a branch and its evaluations. [s]"""
    samples = grid.problems * grid.samples * len(grid.rl_tokens)
    return grid.rl_tokens[-1] / RL[size] + samples / SAMPLING[size]
