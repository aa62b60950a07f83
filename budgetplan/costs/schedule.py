"""Hours and days of every stage of a plan on its devices, each stage at its own utilisation, and what meets a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from budgetplan.costs.budget import Budget
from budgetplan.costs.methods import Count, Method, decode_utilisation_of

_HOUR = 3600.0  # s
STAGES = {
    "experiments": "experiments",
    "pretraining": "pre-training",
    "rl_rollouts": "RL rollouts",
    "rl_training": "RL updates",
    "prefill": "prompts",
    "inference": "inference",
}
"""Stages of a schedule in the order in which they run, as they are written in sentences."""
SERVING = ("prefill", "inference")
"""Stages that go on after the model is trained."""
NOTHING = 1e-12
"""Share of the final run's compute below which a stage takes no time. [1]"""


@dataclass(frozen=True)
class Stretch:
    """One stage of a project, on all devices, after the one before it.

    Attributes
    ----------
    stage : str
        One of `STAGES`.
    flop : float
        Training-equivalent compute [FLOP].
    utilisation : float or None
        Share of the dense bf16 peak that its plain arithmetic reaches while it makes progress [1]; None for experiments.
    gpu_hours : float
        Accelerator-hours that are bought for it [h].
    duration : float or None
        How long it takes [s]; None where the number of devices is left open.
    end : float or None
        When it is done, from the project's start [s].
    fits : bool or None
        Whether it is done by the deadline; None without a deadline.
    """

    stage: str
    flop: float
    utilisation: float | None
    gpu_hours: float
    duration: float | None
    end: float | None
    fits: bool | None

    @property
    def title(self) -> str:
        """The stage as it is written in a sentence."""
        return STAGES[self.stage]

    @property
    def trains(self) -> bool:
        """Whether the model is not ready before it is done."""
        return self.stage not in SERVING

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary with units in the keys."""
        return {
            "stage": self.stage,
            "flop": self.flop,
            "utilisation": self.utilisation,
            "gpu_hours": self.gpu_hours,
            "duration_s": self.duration,
            "end_s": self.end,
            "fits": self.fits,
        }


@dataclass(frozen=True)
class Schedule:
    """A plan in time.

    Attributes
    ----------
    gpu : str
        Accelerator.
    gpus : float or None
        How many [1].
    deadline : float or None
        From the project's start [s].
    stretches : tuple of Stretch
        In the order in which they run.
    """

    gpu: str
    gpus: float | None
    deadline: float | None
    stretches: tuple[Stretch, ...]

    @property
    def ready(self) -> float | None:
        """When the model is trained: the end of the last stage before inference. [s]"""
        ends = [item.end for item in self.stretches if item.trains]
        return ends[-1] if ends else 0.0

    @property
    def meets_deadline(self) -> bool | None:
        """Whether the model is trained by the deadline; None without one. Serving goes on after it."""
        if self.deadline is None:
            return None
        return all(item.fits for item in self.stretches if item.trains)

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary with units in the keys."""
        return {
            "gpu": self.gpu,
            "gpus": self.gpus,
            "deadline_s": self.deadline,
            "ready_s": self.ready,
            "meets_deadline": self.meets_deadline,
            "stages": [item.to_dict() for item in self.stretches],
        }


def schedule(
    budget: Budget,
    flop: Mapping[str, float],
    method: Method,
    decode_utilisation: float | None = None,
    count: Count = "training-equivalent",
    deadline: float | None = None,
    prefill: tuple[float, float] = (0.0, 1.0),
) -> Schedule:
    r"""Return what every stage of a plan takes, one after the other on all devices.

    Parameters
    ----------
    budget : Budget
        That the plan spends.
    flop : mapping of str to float
        Training-equivalent compute of `pretraining`, `rl` and `inference` [FLOP].
    method : Method
        Of RL: its parts say how much of it is decoding.
    decode_utilisation : float, optional
        u of decoding relative to training [1].
    count : {"training-equivalent", "operations"}
        How `flop` is counted; with `operations` every stage runs at full utilisation.
    deadline : float, optional
        Time for the whole project [s].
    prefill : tuple of float
        Training-equivalent compute of prompts, a part of inference [FLOP], and its utilisation relative to training [1].

    Returns
    -------
    Schedule
        Experiments of the reserve come first, then pre-training, rollouts and updates of RL, prompts, inference. Stages without
        compute are left out.

    Notes
    -----
    A stage of training-equivalent compute c takes :math:`c/(\text{peak} \cdot \text{MFU} \cdot \text{goodput})`
    accelerator-seconds, fewer by the gain of a lower precision: utilisation of decoding is in c already. RL alternates
    rollouts and updates; their times are told apart, and their sum is what RL takes on the same devices. Idle time within a
    rollout batch is part of u.
    Inference is told as if it ran on the same devices after training, at once; served over the model's life it needs
    fewer of them.

    References
    ----------
    .. [1] Sheng et al., "HybridFlow", 2024, arXiv:2409.19256 (rollouts and updates of RL take turns on the devices).
    """
    u = decode_utilisation_of(method, decode_utilisation, count)
    decoding = sum(size / u for part, size in method.parts.items() if part in method.decode_parts)
    whole = decoding + sum(size for part, size in method.parts.items() if part not in method.decode_parts)
    rollouts = decoding / whole if whole > 0 else 0.0
    reached = budget.mfu * budget.gain  # of the bf16 peak, above which a lower precision can lie
    rows = [
        ("experiments", budget.project.flop - budget.flop if budget.reserve > 0 else 0.0, None),
        ("pretraining", flop["pretraining"], reached),
        ("rl_rollouts", rollouts * flop["rl"], u * reached),
        ("rl_training", (1.0 - rollouts) * flop["rl"], reached),
        ("prefill", prefill[0], prefill[1] * reached),
        ("inference", flop["inference"] - prefill[0], u * reached),
    ]
    found, end = [], 0.0
    for stage, amount, utilisation in rows:
        if amount <= NOTHING * budget.flop:
            continue
        hours = amount / budget.flop_per_gpu_hour
        if budget.gpus is None:
            found.append(Stretch(stage, amount, utilisation, hours, None, None, None))
            continue
        lasts = hours * _HOUR / budget.gpus
        end += lasts
        fits = None if deadline is None else end <= deadline * (1 + 1e-9)
        found.append(Stretch(stage, amount, utilisation, hours, lasts, end, fits))
    return Schedule(budget.gpu, budget.gpus, deadline, tuple(found))
