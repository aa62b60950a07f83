"""One fitted coefficient with its range, rounded to the digits that the law files carry."""

from __future__ import annotations

from dataclasses import dataclass

DIGITS = 5
"""Significant digits of a shipped coefficient."""


@dataclass(frozen=True)
class Estimate:
    """A fitted coefficient.

    Parameters
    ----------
    value : float
        The estimate, in the unit of the coefficient.
    low, high : float
        Ends of its range, same unit.
    standard_error : float, optional
        Standard error, same unit, where the range is made from one.
    """

    value: float
    low: float
    high: float
    standard_error: float | None = None

    def line(self, name: str) -> str:
        """Line of YAML that a law file holds for the estimate.

        Parameters
        ----------
        name : str
            Name of the coefficient.

        Returns
        -------
        str
            YAML flow mapping of the numbers.

        Examples
        --------
        >>> Estimate(11.98064, 7.6563, 16.305, 2.62887).line("slope")
        '  slope: {value: 11.981, low: 7.6563, high: 16.305, standard_error: 2.6289}'
        """
        parts = [f"value: {shown(self.value)}", f"low: {shown(self.low)}", f"high: {shown(self.high)}"]
        if self.standard_error is not None:
            parts.append(f"standard_error: {shown(self.standard_error)}")
        return f"  {name}: {{{', '.join(parts)}}}"


def shown(number: float) -> str:
    """Write a number with the digits that are shipped.

    Parameters
    ----------
    number : float
        Any finite number.

    Returns
    -------
    str
        The number with five significant digits; large ones with an exponent YAML reads as a float.

    Examples
    --------
    >>> shown(2.050612), shown(6541424.9)
    ('2.0506', '6.5414e+06')
    """
    return f"{number:.{DIGITS}g}"
