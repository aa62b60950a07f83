"""The compute of a public model counted twice: by its operations, and by what its hardware could do in the hours it took.

The two are independent where utilisation is stated. Where it is not, operations over what the hardware could do are the implied
utilisation. They are shown side by side and never averaged: a difference tells of recomputation, restarts, or a wrong figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from budgetplan.costs.models import PublicModel
from budgetplan.costs.stages import BACKWARD, FORWARD

PER_HOUR = 3600.0
"""Seconds in an hour. [s/h]"""


@dataclass(frozen=True)
class ComputeCounts:
    """Compute of one model, by its sources.

    Attributes
    ----------
    operations_flop : float or None
        6 N D with active params, without attention over the context. [FLOP]
    published_flop : float or None
        As stated, by whom `published_kind` says. [FLOP]
    published_kind : str or None
        published, estimated or computed.
    peak_flop : float or None
        Accelerator-hours x dense bf16 peak: an upper bound, twice as high again where training ran in fp8. [FLOP]
    hardware_flop : float or None
        `peak_flop` x stated utilisation. [FLOP]
    stated_mfu : float or None
        Utilisation that somebody states. [1]
    implied_mfu : float or None
        `operations_flop` over `peak_flop`. [1]
    published_over_operations, hardware_over_operations : float or None
        Ratios of the counts. [1]
    rl_flop : float or None
        Compute of RL, as stated. [FLOP]
    rl_peak_flop : float or None
        RL accelerator-hours x peak: an upper bound. [FLOP]
    rl_hours_over_training : float or None
        RL accelerator-hours over those of all training before it. [1]
    unknown : mapping of str to str
        Why a field is None.
    remarks : tuple of str
        Statements that contradict each other, or are more than the hardware could do.
    """

    operations_flop: float | None
    published_flop: float | None
    published_kind: str | None
    peak_flop: float | None
    hardware_flop: float | None
    stated_mfu: float | None
    implied_mfu: float | None
    published_over_operations: float | None
    hardware_over_operations: float | None
    rl_flop: float | None
    rl_peak_flop: float | None
    rl_hours_over_training: float | None
    unknown: Mapping[str, str]
    remarks: tuple[str, ...]


def compute_counts(model: PublicModel) -> ComputeCounts:
    """Count the compute of a model in every way that its figures allow.

    Parameters
    ----------
    model : PublicModel

    Returns
    -------
    ComputeCounts

    Examples
    --------
    >>> from budgetplan.costs.models import find_model
    >>> round(compute_counts(find_model("llama-3-8b")).implied_mfu, 3)
    0.155
    """
    operations = _product(FORWARD + BACKWARD, model.value("params"), model.value("pretraining_tokens"))
    stated, peak, mfu = model.value("training_flop"), _at_peak(model, "accelerator_hours"), model.value("mfu")
    hardware = _product(peak, mfu)
    rl_hours, rl_peak = model.value("rl_accelerator_hours"), _at_peak(model, "rl_accelerator_hours")
    counts = {
        "operations_flop": operations,
        "published_flop": stated,
        "peak_flop": peak,
        "hardware_flop": hardware,
        "stated_mfu": mfu,
        "implied_mfu": _ratio(operations, peak),
        "published_over_operations": _ratio(stated, operations),
        "hardware_over_operations": _ratio(hardware, operations),
        "rl_flop": model.value("rl_flop"),
        "rl_peak_flop": rl_peak,
        "rl_hours_over_training": _ratio(rl_hours, model.value("all_stages_hours")),
    }
    return ComputeCounts(
        **counts,
        published_kind=model.figures["training_flop"][0].kind if stated is not None else None,
        unknown={name: _reason(model, name) for name, value in counts.items() if value is None},
        remarks=(*_disagreements(model), *_impossible(model, "training_flop", peak), *_impossible(model, "rl_flop", rl_peak)),
    )


_NEEDS = {
    "operations_flop": ("params", "pretraining_tokens"),
    "published_flop": ("training_flop",),
    "peak_flop": ("accelerator_hours",),
    "hardware_flop": ("accelerator_hours", "mfu"),
    "stated_mfu": ("mfu",),
    "implied_mfu": ("params", "pretraining_tokens", "accelerator_hours"),
    "published_over_operations": ("params", "pretraining_tokens", "training_flop"),
    "hardware_over_operations": ("params", "pretraining_tokens", "accelerator_hours", "mfu"),
    "rl_flop": ("rl_flop",),
    "rl_peak_flop": ("rl_accelerator_hours",),
    "rl_hours_over_training": ("rl_accelerator_hours", "all_stages_hours"),
}
_NAMES = {
    "params": "params",
    "pretraining_tokens": "pre-training tokens",
    "training_flop": "training compute",
    "accelerator_hours": "accelerator-hours",
    "all_stages_hours": "accelerator-hours of all training",
    "mfu": "utilisation",
    "rl_flop": "RL compute",
    "rl_accelerator_hours": "accelerator-hours of RL",
}


def missing(model: PublicModel, *quantities: str) -> str:
    """Say which of the quantities no source states; empty where all are known."""
    unknown = [_NAMES[name] for name in quantities if model.value(name) is None]
    return f"no source states its {' or its '.join(unknown)}" if unknown else ""


def _reason(model: PublicModel, column: str) -> str:
    return missing(model, *_NEEDS[column])


def _at_peak(model: PublicModel, hours: str) -> float | None:
    return _product(model.value(hours), PER_HOUR, model.peak_flop_per_s)


def _product(*factors: float | None) -> float | None:
    out = 1.0
    for factor in factors:
        if factor is None:
            return None
        out *= factor
    return out


def _ratio(of: float | None, to: float | None) -> float | None:
    return None if of is None or to is None else of / to


def _disagreements(model: PublicModel) -> list[str]:
    """Quantities with more than one statement, each with its source."""
    told = []
    for name, stated in model.figures.items():
        if len(stated) > 1:
            each = [f"{item.value:.4g} ({item.source}{f': {item.scope}' if item.scope else ''})" for item in stated]
            told.append(f"`{name}` [{stated[0].unit}]: {'; '.join(each)}.")
    return told


def _impossible(model: PublicModel, name: str, peak: float | None) -> list[str]:
    """Statements of compute that the hardware could not have delivered in its hours."""
    if peak is None:
        return []
    return [
        f"`{name}`: {item.value:.2g} FLOP ({item.source}) is more than the stated hours at bf16 peak, {peak:.2g} FLOP."
        for item in model.figures.get(name, ())
        if item.value > peak
    ]
