"""Loss against params at each budget, the lowest points, and beneath them the best size against compute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.plots.beside_axes import End, beneath, name_ends
from budgetplan.plots.charts import Chart
from budgetplan.plots.log_axis import log_axis, written
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.style import DASHED, GREY, LIGHT, map_colours, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_GAP, _LOWER = 11.0, 24.0  # mm between the panels, and of the lower one
_ROOM = Room(height=46.0, left=13.0, right=20.0, above=2.0, below=_GAP + _LOWER + 10.0)
_ALONE = Room(height=46.0, left=13.0, right=4.0)
_MARKERS = "osD^vPX"
_BEST: dict[str, Any] = {"marker": "*", "markersize": 6.5, "markerfacecolor": "white", "markeredgecolor": "black"}


class ProfileData(Protocol):
    """Runs of one budget and the curve through them."""

    @property
    def flop(self) -> float:
        """[FLOP]"""

    @property
    def params(self) -> Array:
        """Of the runs, shape (run,), perhaps empty. [param]"""

    @property
    def loss(self) -> Array:
        """Of the runs, shape (run,). [nat/token]"""

    @property
    def curve_params(self) -> Array:
        """Shape (point,). [param]"""

    @property
    def curve_loss(self) -> Array:
        """Shape (point,). [nat/token]"""

    @property
    def best_params(self) -> float:
        """Lowest point; nan where there is none. [param]"""

    @property
    def best_loss(self) -> float:
        """Loss there. [nat/token]"""

    @property
    def used(self) -> bool:
        """Whether the power law rests on it."""


class IsoflopData(Chart, Protocol):
    """Profiles by rising budget, and the optimum against compute, arrays of shape (point,)."""

    @property
    def profiles(self) -> Sequence[ProfileData]:
        """Empty for a policy."""

    @property
    def budget(self) -> Array:
        """[FLOP]"""

    @property
    def optimum(self) -> Array:
        """[param]"""

    @property
    def low(self) -> Array:
        """Lower end of its interval, nan where not known. [param]"""

    @property
    def high(self) -> Array:
        """Upper end. [param]"""

    @property
    def measured(self) -> tuple[float, float] | None:
        """Budgets that it rests on. [FLOP]"""


def draw_isoflop(chart: IsoflopData, ax: Axes | None = None) -> Axes:
    """Runs and parabola of each budget with its lowest point, and in a panel beneath the power law through these.

    Parameters
    ----------
    chart : IsoflopData
        Profiles and the optimum; without profiles, as of a policy, the optimum alone is drawn.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
        Of the profiles; the panel of the optimum is the first of its child axes.
    """
    with styled():
        room = _ROOM if chart.profiles else _ALONE
        ax = axes_for(ax, room, chart.headline, chart.caption)
        if chart.profiles:
            _profiles(ax, chart)
            _optimum(beneath(ax, _GAP, _LOWER), chart)
        else:
            _optimum(ax, chart)
    return ax


def _colours(count: int) -> list[Any]:
    return list(map_colours()(np.linspace(0.0, 1.0, max(count, 2))))


def _profiles(ax: Axes, chart: IsoflopData) -> None:
    """Runs, curves and lowest points, light for much compute and dark for little, each named at its end."""
    profiles = chart.profiles
    params = np.concatenate([part for item in profiles for part in (item.params, item.curve_params)])
    losses = np.concatenate([part for item in profiles for part in (item.loss, item.curve_loss)])
    low, high = float(params.min()), float(params.max())
    log_axis(ax, "x", low / 1.3, high * 1.3, "Model size (params)")
    least, most = float(losses.min()), float(losses.max())
    log_axis(ax, "y", least / 1.02, most * 1.02, "Loss (nat/token)")
    ends = []
    for at, (item, colour) in enumerate(zip(profiles, _colours(len(profiles)), strict=True)):
        name = written(float(f"{item.flop:.1e}"))
        line = "solid" if item.used else (0.0, (2.0, 1.5))
        ax.plot(item.curve_params, item.curve_loss, color=colour, linewidth=1.0, linestyle=line, zorder=2, gid=f"curve-{name}")
        ax.plot(
            item.params,
            item.loss,
            linestyle="none",
            marker=_MARKERS[at % len(_MARKERS)],
            markersize=3.0,
            color=colour,
            markeredgecolor=GREY,
            markeredgewidth=0.25,
            zorder=3,
            gid=f"runs-{name}",
        )
        if item.used and np.isfinite(item.best_loss):
            ax.plot([item.best_params], [item.best_loss], linestyle="none", markeredgewidth=0.7, zorder=4, gid="lowest", **_BEST)
        last = (item.curve_loss if len(item.curve_loss) else item.loss)[-1]
        marker = _MARKERS[at % len(_MARKERS)] if len(item.params) else ""
        ends.append(End(float(last), f"{name} FLOP{'' if item.used else '*'}", colour, marker))
    name_ends(ax, ends)


def _optimum(ax: Axes, chart: IsoflopData) -> None:
    """The best size against compute: dashed, and solid where budgets were measured, with its band and the lowest points."""
    used = [item for item in chart.profiles if item.used]
    places = np.array([item.best_params for item in used])
    everything = np.concatenate([chart.optimum, places, chart.low[np.isfinite(chart.low)], chart.high[np.isfinite(chart.high)]])
    log_axis(ax, "x", float(chart.budget.min()) / 1.3, float(chart.budget.max()), "Training compute (FLOP)")
    log_axis(ax, "y", float(everything.min()) / 1.5, float(everything.max()) * 1.5, "Best size (params)", most=5)
    if np.isfinite(chart.low).any():
        ax.fill_between(chart.budget, chart.low, chart.high, color=LIGHT, linewidth=0.0, zorder=1, gid="band")
    ax.plot(chart.budget, chart.optimum, color="black", linewidth=1.0, linestyle=DASHED, zorder=2, gid="optimum")
    if chart.measured is not None:
        inside = (chart.budget >= chart.measured[0]) & (chart.budget <= chart.measured[1])
        ax.plot(chart.budget[inside], chart.optimum[inside], color="black", zorder=2, gid="optimum-measured")
    if used and len(used[0].params):
        ax.plot([item.flop for item in used], places, linestyle="none", markeredgewidth=0.7, zorder=4, gid="lowest", **_BEST)
