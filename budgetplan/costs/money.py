"""Compute, GPU-hours, days and money into each other: the one place where this is done.

    flop = peak x MFU x gain x goodput x GPU-seconds        GPU-seconds = gpus x duration = usd/price

Three of {GPUs, duration, MFU, budget} give the fourth. What is not given and does not follow is assumed, and each
assumption is a sentence in the result. All of these are of the whole project; the final run gets what the reserve leaves.
"""

from __future__ import annotations

import math

from budgetplan.costs.budget import Budget, Spend
from budgetplan.costs.hardware import Accelerator, Price
from budgetplan.costs.precision import find_precision
from budgetplan.costs.rate import ASSUMED_MFU, HOUR, device, gain_of, rent_of, utilisation
from budgetplan.errors import ScenarioError
from budgetplan.units import format_quantity, parse_devices, parse_quantity

__all__ = ["Budget", "resolve_budget"]

TOLERANCE = 0.01  # how far two statements of one amount may differ: users round


def resolve_budget(
    *,
    budget: str | float | None = None,
    gpus: str | None = None,
    duration: str | float | None = None,
    mfu: str | float | None = None,
    usd: str | float | None = None,
    price: str | float | None = None,
    gpu: str | None = None,
    reserve: str | float | None = None,
    goodput: str | float | None = None,
    precision: str | None = None,
) -> Budget:
    """Return a budget in every currency from any sufficient set of them.

    Parameters
    ----------
    budget : str or float, optional
        Compute of the whole project that makes progress [FLOP].
    gpus : str, optional
        How many of which accelerator, such as `256xH100`.
    duration : str or float, optional
        How long they run [s].
    mfu : str or float, optional
        Model FLOP utilisation [1], above 0, at most 1. Default: follows from the rest, else 40 % is assumed.
    usd : str or float, optional
        Money to spend [usd].
    price : str or float, optional
        Price of one accelerator [usd/h]. Default: the table's.
    gpu : str, optional
        Accelerator, where `gpus` does not name it. Default: H100 is assumed.
    reserve : str or float, optional
        Share of the project that is kept for experiments [1], below 1. Default: none, the final run gets everything.
    goodput : str or float, optional
        Share of the bought hours that make progress [1], above 0, at most 1. Default: 1, failures are not counted.
    precision : str, optional
        Of training, such as `fp8`. It changes what an hour is worth, by the speed over bf16 that whole runs gained, and no FLOP.

    Returns
    -------
    Budget

    Raises
    ------
    ScenarioError
        Where too little is given, two amounts differ by more than 1 %, an MFU above 100 % would be needed, or money
        is the budget and there is no price; where the accelerator has no peak in the precision.
    UnknownNameError
        Where there is no such accelerator or precision.
    UnitError
        Where a quantity cannot be read.

    Notes
    -----
    MFU is against the dense bf16 peak and that of a run in bf16; a lower precision makes the run so many times as fast as
    `data/precision.yaml` says, decoding included. A budget in training-equivalent FLOP already
    counts decoding by the time it takes, so one MFU, that of training, holds for all stages. A budget in FLOP is compute
    that makes progress: goodput leaves it as it is and raises the hours and the money. Goodput of large runs: about 90 %
    for Llama 3.1 405B, 59 % for OPT-175B [1]_. Final runs are 10 to 30 % of a developer's compute for research [2]_.

    References
    ----------
    .. [1] G. Lockwood, "Job reliability", from the reports of both runs (arXiv:2407.21783, arXiv:2205.01068).
    .. [2] Epoch AI, 2025, on OpenAI's compute: most of it goes to experiments, not to final training runs.

    Examples
    --------
    >>> found = resolve_budget(gpus="256xH100", duration="21d", mfu="40%", price="2.5usd/h")
    >>> f"{found.flop:.4g} FLOP, {found.gpu_hours:,.0f} GPU-hours, {found.usd:,.0f} usd"
    '1.838e+23 FLOP, 129,024 GPU-hours, 322,560 usd'
    >>> kept = resolve_budget(gpus="256xH100", duration="21d", mfu="40%", price="2.5usd/h", reserve="25%", goodput="90%")
    >>> f"{kept.flop:.4g} FLOP of {kept.project.flop:.4g}; {kept.usd:,.0f} usd of {kept.project.usd:,.0f}"
    '1.241e+23 FLOP of 1.654e+23; 241,920 usd of 322,560'
    """
    assumed: list[str] = []
    count = None if gpus is None else float(parse_devices(gpus, "gpus")[0])
    flop, seconds = _read(budget, "compute", "budget"), _read(duration, "duration", "duration")
    share = None if mfu is None else parse_quantity(mfu, "ratio", "mfu", positive=True)
    kept, good = _kept(reserve), 1.0 if goodput is None else parse_quantity(goodput, "ratio", "goodput", positive=True)
    money = _read(usd, "money", "usd")
    chip = device(gpus, gpu, assumed)
    rent = rent_of(_read(price, "price", "price"), chip, money is not None, assumed)

    gain = gain_of(precision, chip, assumed)
    peak = chip.peak_flop_per_s["bf16"] * good * gain  # of an hour that is bought
    work, origin = _work(count, seconds, money, rent, chip)
    if flop is None and work is None:
        raise ScenarioError(_lacking(count, seconds, chip), _WAYS)
    if share is None and flop is not None and work is not None:
        share = _needed_mfu(flop, work, origin, chip, good, gain)
    share = utilisation(share, chip, assumed)
    if work is None:
        assert flop is not None  # refused above
        work = flop / (peak * share)
    elif flop is None:
        flop = peak * share * work
    elif _differ(flop, peak * share * work):
        raise ScenarioError(
            f"`budget` is {flop:.4g} FLOP, and {origin} at an MFU of {100 * share:.4g} %{_lost(good, gain)} give "
            f"{peak * share * work:.4g} FLOP.",
            "Leave out one of the amounts: it follows from the others.",
        )

    if count is None and seconds is not None:
        count = work / seconds
    elif seconds is None and count is not None:
        seconds = work / count
    if money is None and rent is not None:
        money = work / HOUR * rent.usd_per_h
    final = Spend(flop, work / HOUR, money).part(1.0 - kept)
    for size in (flop, work, count, seconds, money, final.flop):
        if size is not None and not 0 < size < math.inf:
            raise ScenarioError("The budget leaves the numbers that can be worked with, about 1e-300 to 1e300.")
    return Budget(
        flop=final.flop,
        gpu=chip.id,
        gpus=count,
        duration=seconds,
        mfu=share,
        gpu_hours=final.gpu_hours,
        usd=final.usd,
        price=None if rent is None else rent.usd_per_h,
        price_date=rent.date or None if rent else None,
        price_source=rent.source or None if rent else None,
        assumed=tuple(assumed),
        project=Spend(flop, work / HOUR, money),
        reserve=kept,
        goodput=good,
        precision=None if precision is None else find_precision(precision).id,
        gain=gain,
    )


def _kept(reserve: str | float | None) -> float:
    """Return the share of the project that is not the final run's."""
    kept = 0.0 if reserve is None else parse_quantity(reserve, "ratio", "reserve")
    if kept >= 1:
        raise ScenarioError(
            f"`reserve` is {format_quantity(kept, 'ratio')}, which leaves the final run nothing.", "Keep less than 100 %."
        )
    return kept


def _read(value: str | float | None, dimension: str, name: str) -> float | None:
    return None if value is None else parse_quantity(value, dimension, name)


def _work(
    count: float | None, seconds: float | None, money: float | None, rent: Price | None, chip: Accelerator
) -> tuple[float | None, str]:
    """Return GPU-seconds [s] where GPUs with a duration or money give them, and what gives them."""
    run, run_from = None, ""
    if count is not None and seconds is not None:
        run, run_from = count * seconds, f"{count:,.0f} {chip.id} for {format_quantity(seconds, 'duration')}"
    if money is None or rent is None:
        return run, run_from
    bought = money / rent.usd_per_h * HOUR
    bought_from = f"{format_quantity(money, 'money')} of {chip.id} at {format_quantity(rent.usd_per_h, 'price')}"
    if run is None:
        return bought, bought_from
    if _differ(run, bought):
        raise ScenarioError(
            f"{run_from} are {run / HOUR:,.0f} GPU-hours, and {bought_from} are {bought / HOUR:,.0f}.",
            "Leave out one of `gpus`, `duration` and `usd`: it follows from the others.",
        )
    return run, run_from


def _needed_mfu(flop: float, work: float, origin: str, chip: Accelerator, good: float, gain: float) -> float:
    """Return the MFU at which so many GPU-seconds reach so much compute."""
    peak = chip.peak_flop_per_s["bf16"]
    most = peak * good * gain * work
    if flop > most:
        raise ScenarioError(
            f"{flop:.4g} FLOP need an MFU of {100 * flop / most:.4g} %: {origin} give {most:.4g} FLOP at their peak of "
            f"{format_quantity(peak, 'throughput', 4)} each{_lost(good, gain)}.",
            f"Lower `budget`, or take {flop / most / ASSUMED_MFU:.3g} times the GPU-hours for an MFU of "
            f"{format_quantity(ASSUMED_MFU, 'ratio')}.",
        )
    return flop / most


def _lost(good: float, gain: float) -> str:
    """Say that failures are taken off, and that a lower precision is faster, where they are."""
    lost = "" if good == 1 else f" and a goodput of {format_quantity(good, 'ratio')}"
    return lost if gain == 1 else f"{lost} and {gain:g} times the speed of bf16"


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > TOLERANCE * max(one, other)


_WAYS = (
    "Give a budget in one of three ways: `budget` in FLOP (1e25), `gpus` with `duration` (256xH100 and 21d), or `usd` "
    "with `price` and `gpu` (2Musd, 2.5usd/h and H100)."
)


def _lacking(count: float | None, seconds: float | None, chip: Accelerator) -> str:
    """Say what there is, and why it is no budget."""
    if count is not None:
        return f"{count:,.0f} {chip.id} are a budget only with a `duration`, which is missing."
    if seconds is not None:
        return f"A duration of {format_quantity(seconds, 'duration')} is a budget only with `gpus`, which are missing."
    return "There is no budget."
