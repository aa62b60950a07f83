"""A budget in all its currencies, with every assumption that was made on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spend:
    """One amount of compute in three currencies.

    Attributes
    ----------
    flop : float
        Training-equivalent compute that makes progress [FLOP].
    gpu_hours : float
        Accelerator-hours that are bought for it, those lost to failures among them [h].
    usd : float or None
        What they cost [usd]; None without a price.
    """

    flop: float
    gpu_hours: float
    usd: float | None

    def part(self, share: float) -> Spend:
        """Return a share of it.

        Parameters
        ----------
        share : float
            [1]

        Examples
        --------
        >>> Spend(1e25, 100.0, None).part(0.5)
        Spend(flop=5e+24, gpu_hours=50.0, usd=None)
        """
        return Spend(share * self.flop, share * self.gpu_hours, None if self.usd is None else share * self.usd)


@dataclass(frozen=True)
class Budget:
    """What the final run may spend, as FLOP, GPU-hours, time and money, and the project that it is a part of.

    Attributes
    ----------
    flop : float
        Training-equivalent compute of the final run [FLOP].
    gpu : str
        Accelerator that the other figures are for.
    gpus : float or None
        How many [1]; not a whole number where it follows from the rest; None where it is left open.
    duration : float or None
        How long they run for the whole project [s]; None where it is left open.
    mfu : float
        Model FLOP utilisation: share of the dense bf16 peak that training in bf16 reaches while it makes progress [1].
    gpu_hours : float
        Of the final run: flop/(peak mfu gain goodput) [h].
    usd : float or None
        gpu_hours x price [usd]; None without a price.
    price : float or None
        Price of one accelerator [usd/h].
    price_date, price_source : str or None
        Of a price from the table; None where the user gave it or there is none.
    assumed : tuple of str
        One sentence for each thing that the user did not give.
    project : Spend
        The final run with the reserve.
    reserve : float
        Share of the project that is kept for experiments [1].
    goodput : float
        Share of the bought hours that make progress; the rest goes to failures and restarts [1].
    precision : str or None
        Of training, where the user names one.
    gain : float
        Speed over bf16 that it was measured to bring: an hour makes so many times the progress [1].
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
    project: Spend
    reserve: float = 0.0
    goodput: float = 1.0
    precision: str | None = None
    gain: float = 1.0

    @property
    def final_run(self) -> Spend:
        """The final run alone."""
        return Spend(self.flop, self.gpu_hours, self.usd)

    @property
    def flop_per_gpu_hour(self) -> float:
        """Training-equivalent compute of one bought hour, failures taken off. [FLOP/h]"""
        return self.project.flop / self.project.gpu_hours
