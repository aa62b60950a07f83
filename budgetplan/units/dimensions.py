"""What a quantity can be: one row per dimension, with its SI unit, its examples and its default range.

A dimension here is what the planner's user means, not what a physicist would say: params, tokens and queries are all
plain counts, yet `8B tokens` given as a number of params is a mistake that deserves a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

from budgetplan.errors import UnitError, suggest


@dataclass(frozen=True)
class Dimension:
    """One kind of quantity.

    Attributes
    ----------
    name : str
        The name that `parse_quantity` takes.
    unit : str
        The unit of the plain number.
    noun : str
        How a sentence calls it.
    examples : str
        Ways of writing it, for hints.
    units : str
        The units that can be written, for hints.
    positive : bool
        Whether zero is refused unless the caller allows it.
    maximum : float or None
        Largest value unless the caller says otherwise. [`unit`]
    bare_text : bool
        Whether text without a unit is read as the SI unit. A bare `21` as a duration is far more often days than
        seconds, so it is refused there.
    """

    name: str
    unit: str
    noun: str
    examples: str
    units: str
    positive: bool = True
    maximum: float | None = None
    bare_text: bool = True


_ROWS = (
    Dimension(
        "compute",
        "FLOP",
        "an amount of compute",
        "1e25, 3.8e25 FLOP or 1e5 PFLOP-day",
        "FLOP, kFLOP ... EFLOP, ZFLOP, YFLOP, PFLOP-day, PFLOP-hour",
    ),
    Dimension("params", "param", "a number of params", "8B, 70e9 or 1.5 trillion", "k, M, B, T, each with or without `params`"),
    Dimension(
        "tokens",
        "token",
        "a number of tokens",
        "15T, 300B tokens or 1.5e13",
        "k, M, B, T, each with or without `tokens`",
    ),
    Dimension(
        "count",
        "1",
        "a plain number",
        "1e9, 290M or 1B queries",
        "k, M, B, T, each with or without `queries` or `samples`",
    ),
    Dimension("duration", "s", "a duration", "21d, 3w, 36h, 1h30m or 21-00:00:00", "s, min, h, d, w, y", bare_text=False),
    Dimension("money", "usd", "an amount of money", "2Musd, 500kusd or '$2M'", "usd, kusd, Musd, Busd"),
    Dimension("price", "usd/h", "a price per device-hour", "2.5usd/h or '$2.5/h'", "usd/h, usd/day"),
    Dimension("ratio", "1", "a share between 0 and 1", "40% or 0.4", "%", positive=False, maximum=1.0),
    Dimension(
        "rate",
        "1/s",
        "a rate",
        "1B/day or 1e9 queries/day",
        "/s, /min, /h, /day, /week, /year, after k, M, B, T",
        bare_text=False,
    ),
    Dimension("throughput", "FLOP/s", "a speed of computing", "989 TFLOP/s", "FLOP/s, TFLOP/s, PFLOP/s"),
    Dimension("loss", "nat/token", "a loss", "1.93 or 0.13 nat", "nat, nat/token", positive=False),
)

DIMENSIONS: dict[str, Dimension] = {row.name: row for row in _ROWS}
"""Every dimension that text can be parsed into. `devices` (`256xH100`) is a count with a name: see `parse_devices`."""


def dimension(name: str) -> Dimension:
    """Return the row of one dimension.

    Parameters
    ----------
    name : str
        Such as `compute`.

    Returns
    -------
    Dimension

    Raises
    ------
    UnitError
        Where no dimension has that name.
    """
    row = DIMENSIONS.get(name)
    if row is None:
        if name == "devices":
            raise UnitError("Devices are a count with a name, not one number.", "Read them with `parse_devices`.")
        close = suggest(name, DIMENSIONS)
        hint = f"Did you mean {close}?" if close else f"Known: {', '.join(DIMENSIONS)}."
        raise UnitError(f"There is no dimension `{name}`.", hint)
    return row
