"""What is believed about a law before the pilot: a normal distribution over its coefficients, in coordinates that decorrelate them.

    t = ln c (positive), logit c (between 0 and 1 by meaning), c (either sign);     t = mean + axes z,   z standard normal

Mean and covariance are those of the law's joint draws. Directions in which the draws do not vary are left out, so that coefficients
that are known only together, such as A with alpha, stay together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.law import Law
from budgetplan.numerics.arrays import Array
from budgetplan.uncertainty.changed_law import changed_law
from budgetplan.uncertainty.draws import Draws
from budgetplan.uncertainty.spread import FRACTIONS, SIGNED

SMALLEST = 1e-6
"""Variance of a direction, relative to that of a standardised coefficient, below which it is left out."""
FURTHEST = 600.0
"""Largest ln or logit of a coefficient, so that a step too far is refused and not an overflow."""


@dataclass(frozen=True)
class Prior:
    """A law whose coefficients are normal in t.

    Attributes
    ----------
    law : Law
        At its published values, with verifier and unique tokens.
    names : tuple of str
        Coefficients that vary, `link.name` where the law has links.
    scales : tuple of str
        Of each: log, logit or plain.
    mean : ndarray of shape (coefficient,)
        Of t.
    axes : ndarray of shape (coefficient, direction)
        Column by column the change of t with one standard deviation in a direction.
    options : tuple
        Verifier and unique tokens.
    """

    law: Law
    names: tuple[str, ...]
    scales: tuple[str, ...]
    mean: Array
    axes: Array
    options: tuple[str | float | None, float | None] = (None, None)

    @property
    def size(self) -> int:
        """Number of directions."""
        return int(self.axes.shape[1])

    def coefficients(self, z: Array) -> dict[str, Array]:
        """Coefficients at z of shape (direction, ...), by name, shape (...)."""
        t = np.tensordot(self.axes, z, axes=1) + self.mean.reshape(-1, *(1,) * (z.ndim - 1))
        return {name: _back(scale, row) for name, scale, row in zip(self.names, self.scales, t, strict=True)}

    def law_at(self, z: Array) -> Law:
        """The law with coefficients of shape (...) at z of shape (direction, ...)."""
        return law_with(self.law, self.coefficients(z), *self.options)


def law_with(law: Law, values: Mapping[str, Array], verifier: str | float | None = None, unique_tokens: float | None = None) -> Law:
    """The law with some coefficients replaced by arrays, and what the question does to it.

    Parameters
    ----------
    law : Law
    values : mapping of str to ndarray
        `link.name` where the law has links, `name` where it has none.
    verifier, unique_tokens
        As in `Law.with_options`.
    """
    return changed_law(law, values).with_options(verifier, unique_tokens)


def prior_from(law: Law, drawn: Draws, verifier: str | float | None = None, unique_tokens: float | None = None) -> Prior:
    """The normal distribution with the mean and covariance of a law's joint draws.

    Parameters
    ----------
    law : Law
    drawn : Draws
        Of that law.
    verifier, unique_tokens
        As in `Law.with_options`.

    Raises
    ------
    ScenarioError
        If a coefficient that must be positive is drawn negative.
    """
    names = tuple(drawn.values)
    scales = tuple(_scale(name, drawn.values[name]) for name in names)
    t = np.stack([_forth(scale, drawn.values[name]) for name, scale in zip(names, scales, strict=True)])
    if not np.all(np.isfinite(t)):
        bad = [name for name, row in zip(names, t, strict=True) if not np.all(np.isfinite(row))]
        raise ScenarioError(f"`{law.id}`: draws of `{bad[0]}` lie outside its range.", "Fit the law again with --bootstrap.")
    mean, spread = t.mean(axis=1), t.std(axis=1)
    values, vectors = np.linalg.eigh(np.corrcoef(t) if len(names) > 1 else np.ones((1, 1)))
    used = values > SMALLEST
    axes = spread[:, None] * vectors[:, used] * np.sqrt(values[used])
    return Prior(law, names, scales, mean, axes[:, ::-1], (verifier, unique_tokens))


def _scale(name: str, values: Array) -> str:
    plain = name.rsplit(".", 1)[-1]
    if plain in FRACTIONS and np.all((values > 0) & (values < 1)):
        return "logit"
    return "log" if plain not in SIGNED and np.all(values > 0) else "plain"


def _forth(scale: str, values: Array) -> Array:
    if scale == "plain":
        return values
    with np.errstate(divide="ignore", invalid="ignore"):  # outside the range: not finite, and refused by name
        return np.asarray(np.log(values) - (np.log1p(-values) if scale == "logit" else 0.0))


def _back(scale: str, t: Array) -> Array:
    if scale == "plain":
        return t
    size = np.exp(np.clip(t, -FURTHEST, FURTHEST))
    return np.asarray(size if scale == "log" else 1.0 / (1.0 + 1.0 / size))
