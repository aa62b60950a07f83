"""What a joint fit has to say about itself: coefficients left open, forms that cannot be told apart, what the law lacks."""

from __future__ import annotations

from collections.abc import Mapping

from budgetplan.fitting.joint.chain import Chain
from budgetplan.fitting.joint.intervals import Uncertainty
from budgetplan.fitting.joint.solve import Solved
from budgetplan.fitting.rl.options import CurveOptions
from budgetplan.numerics.arrays import Array

STRONG = 4.0
"""Standard errors from zero at which the law is said to lack something; six are looked at."""


def left_open(solved: Solved, known: Uncertainty, values: Array, options: CurveOptions) -> tuple[str, ...]:
    """A sentence per coefficient to which the runs set no end on some side."""
    sentences = []
    for i, name in enumerate(solved.candidate.names):
        if not (known.open_low[i] or known.open_high[i]):
            continue
        span = f"anywhere up to {known.high[i]:.3g}" if known.open_low[i] else f"anywhere from {known.low[i]:.3g} on"
        span = "anywhere" if known.open_low[i] and known.open_high[i] else span
        sentences.append(f"{options.of(name)} is {span}: the runs do not determine it; the fit has {values[i]:.3g}.")
    return tuple(sentences)


def undecided(tried: Mapping[str, float], close: float) -> tuple[str, ...]:
    """A sentence where another form of the chain forecasts as well as the best: of its RL link, or of other links too."""
    near = {name: error for name, error in tried.items() if error <= close * min(tried.values())}
    if len(near) < 2:
        return ()
    both = " and ".join(f"{name} {error:.3g}" for name, error in near.items())
    return (f"The runs hardly tell forms of the chain apart: forecast errors of ln task loss are {both}.",)


def latent(solved: Solved) -> tuple[str, ...]:
    """A sentence where no pre-training loss was measured."""
    if not isinstance(solved.candidate, Chain) or solved.candidate.measured:
        return ()
    return ("No pre-training loss was given: `E` is held at 0 and `slope` at 1, and the loss is counted in logits of ability.",)


def lacking(found: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    """Sentences about what the law lacks.

    Parameters
    ----------
    found : mapping of str to (float, float)
        From `asks`.
    """
    far = strong(found)
    said = [f"`{name}` {value:.3g} ({value / error:+.1f} s.e.)" for name, (value, error) in found.items() if name in far]
    if not said:
        return ()
    return (f"The runs ask for more than the chain has: {', '.join(said)}; see `diagnostics`.",)


def strong(found: Mapping[str, tuple[float, float]]) -> set[str]:
    """Names of what is asked for so clearly that chance does not explain it.

    Parameters
    ----------
    found : mapping of str to (float, float)
        From `asks`.

    Examples
    --------
    >>> strong({"curved_task": (0.3, 0.1), "tail_by_success": (0.6, 0.1)})
    {'tail_by_success'}
    """
    return {name for name, (value, error) in found.items() if abs(value) > STRONG * error}
