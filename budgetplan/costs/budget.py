"""A budget in all its currencies, with every assumption that was made on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """One amount of compute, as FLOP, GPU-hours, time and money.

    Attributes
    ----------
    flop : float
        Training-equivalent compute [FLOP].
    gpu : str
        Accelerator that the other figures are for.
    gpus : float or None
        How many [1]; not a whole number where it follows from the rest; None where it is left open.
    duration : float or None
        How long they run [s]; None where it is left open.
    mfu : float
        Model FLOP utilisation: share of the dense bf16 peak that training reaches [1].
    gpu_hours : float
        flop/(peak mfu) [h].
    usd : float or None
        gpu_hours x price [usd]; None without a price.
    price : float or None
        Price of one accelerator [usd/h].
    price_date, price_source : str or None
        Of a price from the table; None where the user gave it or there is none.
    assumed : tuple of str
        One sentence for each thing that the user did not give.
    """

    flop: float
    gpu: str
    gpus: float | None
    duration: float | None
    mfu: float
    gpu_hours: float
    usd: float | None
    price: float | None
    price_date: str | None
    price_source: str | None
    assumed: tuple[str, ...]
