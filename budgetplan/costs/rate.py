"""The device of a question: which accelerator, at which rent, and what an hour of it is worth in training-equivalent FLOP.

    FLOP per bought hour = 3600 s/h x peak x MFU x gain x goodput        usd per FLOP = rent/that

Budgets (`costs.money`) and prices of single tokens rest on the same fields and on the same assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass

from budgetplan.costs.hardware import Accelerator, Price, find_accelerator
from budgetplan.costs.precision import find_precision, gain_on
from budgetplan.errors import ScenarioError
from budgetplan.units import format_quantity, parse_devices, parse_quantity

ASSUMED_GPU = "H100"
ASSUMED_MFU = 0.4  # Llama 3 405B reports 38 to 43 % on 8,192 to 16,384 H100 (Table 4, arXiv:2407.21783)
HOUR = 3600.0
"""[s/h]"""


@dataclass(frozen=True)
class Rate:
    """What a device does for its rent.

    Attributes
    ----------
    chip : Accelerator
        Named, or the assumed one.
    rent : Price or None
        Without date and source where the user gives it; None where nobody does.
    mfu, gain, goodput : float
        Share of the dense bf16 peak, speed over bf16, and share of the hours that make progress [1].
    assumed : tuple of str
        One sentence for each thing that the user did not give.
    """

    chip: Accelerator
    rent: Price | None
    mfu: float
    gain: float
    goodput: float
    assumed: tuple[str, ...]

    @property
    def flop_per_hour(self) -> float:
        """Training-equivalent compute of one bought hour. [FLOP/h]"""
        return HOUR * self.chip.peak_flop_per_s["bf16"] * self.mfu * self.gain * self.goodput

    @property
    def usd_per_flop(self) -> float | None:
        """Price of training-equivalent compute; None without a rent. [usd/FLOP]"""
        return None if self.rent is None else self.rent.usd_per_h / self.flop_per_hour

    @property
    def product(self) -> str:
        """What an hour comes to, factor by factor, as it stands in a formula."""
        factors = [f"{self.chip.peak_flop_per_s['bf16']:.4g}", f"{self.mfu:g}"]
        factors += [f"{factor:g}" for factor in (self.gain, self.goodput) if factor != 1]
        return f"{HOUR:g} s/h x {' x '.join(factors)}"


def resolve_rate(
    *,
    gpus: str | None = None,
    gpu: str | None = None,
    price: str | float | None = None,
    mfu: str | float | None = None,
    goodput: str | float | None = None,
    precision: str | None = None,
) -> Rate:
    """Return what an hour of the named device costs and does.

    Parameters
    ----------
    gpus : str, optional
        How many of which accelerator, such as `256xH100`; the number does not matter here.
    gpu : str, optional
        Accelerator, where `gpus` does not name it. Default: H100 is assumed.
    price : str or float, optional
        Of one accelerator [usd/h]. Default: the table's.
    mfu : str or float, optional
        Model FLOP utilisation of training [1]. Default: 40 % is assumed.
    goodput : str or float, optional
        Share of the bought hours that make progress [1]. Default: 1.
    precision : str, optional
        Of training, such as `fp8`, which makes hours worth more.

    Returns
    -------
    Rate

    Raises
    ------
    ScenarioError
        Where `gpus` and `gpu` name different devices, or the accelerator has no peak in the precision.
    UnknownNameError
        Where there is no such accelerator or precision.
    UnitError
        Where a quantity cannot be read.

    Examples
    --------
    >>> found = resolve_rate(gpu="H100", price=2.0, mfu="40%", goodput="90%")
    >>> found.product, f"{1e18 * found.usd_per_flop:.3g} usd per EFLOP", found.assumed
    ('3600 s/h x 9.894e+14 x 0.4 x 0.9', '1.56 usd per EFLOP', ())
    """
    assumed: list[str] = []
    chip = device(gpus, gpu, assumed)
    given = None if price is None else parse_quantity(price, "price", "price")
    rent = rent_of(given, chip, False, assumed)
    gain = gain_of(precision, chip, assumed)
    share = None if mfu is None else parse_quantity(mfu, "ratio", "mfu", positive=True)
    good = 1.0 if goodput is None else parse_quantity(goodput, "ratio", "goodput", positive=True)
    return Rate(chip, rent, utilisation(share, chip, assumed), gain, good, tuple(assumed))


def device(gpus: str | None, gpu: str | None, assumed: list[str]) -> Accelerator:
    """Return the accelerator that `gpus` or `gpu` names, else the assumed one, which is told.

    Parameters
    ----------
    gpus, gpu : str or None
        A number of them, and a name alone.
    assumed : list of str
        Sentences so far.

    Raises
    ------
    ScenarioError
        Where they name two.
    UnknownNameError
        Where there is no such accelerator.
    """
    counted = None if gpus is None else parse_devices(gpus, "gpus")[1]
    found = [find_accelerator(name) for name in (counted, gpu) if name is not None]
    if len(found) == 2 and found[0] is not found[1]:
        raise ScenarioError(f"`gpus` are {found[0].id}, and `gpu` is {found[1].id}.", "Name one kind, or leave out `gpu`.")
    if not found:
        assumed.append(f"GPU: {ASSUMED_GPU}, since none is named.")
        return find_accelerator(ASSUMED_GPU)
    return found[0]


def rent_of(given: float | None, chip: Accelerator, needed: bool, assumed: list[str]) -> Price | None:
    """Return the price that is given, else the table's, which is told.

    Parameters
    ----------
    given : float or None
        [usd/h]
    chip : Accelerator
    needed : bool
        Whether there is no answer without one.
    assumed : list of str
        Sentences so far.

    Raises
    ------
    ScenarioError
        Where one is needed and nobody states it.
    """
    if given is not None:
        return Price(given, date="", source="")
    if chip.price is not None:
        stated = format_quantity(chip.price.usd_per_h, "price")
        assumed.append(f"Price: {stated} per {chip.id}, of {chip.price.date} ({chip.price.source}).")
    elif needed:
        raise ScenarioError(
            f"Money buys {chip.id} only at a price, and the hardware table has none.", "Give `price`, such as 2.5usd/h."
        )
    else:
        assumed.append(f"Money: not counted, since the hardware table has no price of {chip.id} and none is given.")
    return chip.price


def gain_of(name: str | None, chip: Accelerator, assumed: list[str]) -> float:
    """Return the speed of training over bf16, told with its range where it is one. [1]

    Parameters
    ----------
    name : str or None
        Of a precision.
    chip : Accelerator
    assumed : list of str
        Sentences so far.

    Raises
    ------
    ScenarioError
        Where the accelerator has no peak in it.
    UnknownNameError
        Where there is no such precision.
    """
    if name is None:
        return 1.0
    precision = find_precision(name)
    gain, (low, high) = gain_on(precision, chip), precision.gain_range
    if precision.id != "bf16":
        assumed.append(
            f"Gain of {precision.id}: {gain:g} times the speed of bf16 on {chip.id}, in training and decoding ({low:g} to {high:g} "
            f"in whole training runs; peaks promise {chip.peak_flop_per_s[precision.id] / chip.peak_flop_per_s['bf16']:.3g})."
        )
    return gain


def utilisation(given: float | None, chip: Accelerator, assumed: list[str]) -> float:
    """Return the MFU that is given or follows, else the assumed one, which is told. [1]

    Parameters
    ----------
    given : float or None
        [1]
    chip : Accelerator
    assumed : list of str
        Sentences so far.
    """
    if given is None:
        assumed.append(f"MFU: {format_quantity(ASSUMED_MFU, 'ratio')} of the dense bf16 peak of {chip.id}.")
        return ASSUMED_MFU
    return given
