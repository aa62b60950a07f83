"""The optimum beside each rule of thumb: compute of every stage as bars from one zero, so that lengths compare.

Bars stand in groups, one group per allocation, since stacked bars would hide small stages and leave their labels no room.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from budgetplan.planning.allocation import STAGES, Allocation
from budgetplan.plots.panel import Room, axes_for
from budgetplan.plots.results import Split
from budgetplan.plots.style import GREY, TEXT, fill_of, label_of, styled
from budgetplan.plots.table import Row
from budgetplan.plots.words import percent, width_of
from budgetplan.units import format_quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 3.4  # mm per bar
_THICK = 0.8  # of a row
_PAUSE = 1.5  # rows for the heading of a group
_EXTENT = 0.62  # of the axes' width for the longest bar; the rest is for labels
_LEFT = 19.0  # mm for the names of the stages


def draw_split(study: Split, ax: Axes | None = None) -> Axes:
    """Bars of compute per stage for the optimum and each baseline, labelled with share and tokens.

    Parameters
    ----------
    study : Split
        A study.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own where absent.

    Returns
    -------
    matplotlib.axes.Axes
    """
    with styled():
        groups, stages = allocations(study), _stages(study)
        rows = len(groups) * (len(stages) + _PAUSE)
        room = Room(height=_ROW * (rows + 0.3), left=_LEFT, right=2.0, above=0.8)
        title = finding(study.headline)
        ax = axes_for(ax, room, title, study.caption)
        longest = max(item.flop[stage] for item in groups.values() for stage in stages)
        places, names = [], []
        top = 0.0
        for name, item in groups.items():
            _heading(ax, top + _PAUSE / 2 + 0.15, name, item, study)
            for row, stage in enumerate(stages):
                place = top + _PAUSE + row + 0.5
                _bar(ax, place, stage, item, longest)
                places.append(place)
                names.append(fill_of(stage).label)
            top += len(stages) + _PAUSE
        _axes(ax, longest, rows)
        ax.set_yticks(places, names)
    return ax


def split_table(study: Split) -> list[Row]:
    """The bars: one row per allocation and stage.

    Parameters
    ----------
    study : Split
        A study.
    """
    budget = study.budget
    rows: list[Row] = []
    for name, item in allocations(study).items():
        for stage in _stages(study):
            part = item.flop[stage] / budget.flop
            rows.append(
                {
                    "allocation": name,
                    "stage": stage,
                    "compute_flop": item.flop[stage],
                    "compute_share": item.share[stage],
                    "tokens": item.tokens[stage],
                    "params": item.params,
                    "gpu": budget.gpu,
                    "gpu_hours": budget.gpu_hours * part,
                    "cost_usd": None if budget.usd is None else budget.usd * part,
                    "wasted_compute": None if item.regret is None else item.regret.wasted_compute,
                }
            )
    return rows


def allocations(study: Split) -> dict[str, Allocation]:
    """The optimum and the baselines by name, as they are drawn from the top.

    Parameters
    ----------
    study : Split
        A study.
    """
    return {"optimum": study.plan, **study.baselines}


def finding(headline: str) -> str:
    """A headline short enough for a title: its first sentence, without the full stop.

    Parameters
    ----------
    headline : str
        Of a study.

    Examples
    --------
    >>> finding("Equal thirds waste 4 %: move to RL. The rest is detail.")
    'Equal thirds waste 4 %: move to RL'
    """
    return headline.partition(". ")[0].removesuffix(".")


def _stages(study: Split) -> list[str]:
    """Stages that any of the allocations spends on."""
    return [stage for stage in STAGES if any(item.flop[stage] > 0 for item in allocations(study).values())]


def _bar(ax: Axes, place: float, stage: str, item: Allocation, longest: float) -> None:
    """Draw one bar with its label behind it."""
    look = fill_of(stage)
    flop = item.flop[stage]
    ax.barh(place, flop, _THICK, color=look.colour, hatch=look.hatch, edgecolor="white", linewidth=0.0, gid=stage)
    share = format_quantity(item.share[stage], "ratio", 2)
    tokens = format_quantity(item.tokens[stage], "tokens", 2)
    ax.text(flop + 0.02 * longest, place, f"{share}, {tokens} tokens", va="center_baseline", fontsize=TEXT)


def _heading(ax: Axes, place: float, name: str, item: Allocation, study: Split) -> None:
    """Write whose bars follow: its params, and its price or what it wastes."""
    label = label_of(name)
    if name == "equal-thirds" and sum(share > 0 for share in item.share.values()) < 3:
        label = "equal shares"
    bold = f"{label[:1].upper()}{label[1:]}"
    parts = [f"{format_quantity(item.params, 'params', 3)} params"]
    budget = study.budget
    if name == "optimum":
        parts.append(f"{format_quantity(budget.gpu_hours, 'count', 2)} {budget.gpu}-hours")
        if budget.usd is not None:
            parts.append(format_quantity(budget.usd, "money", 2))
    elif item.regret is not None:
        parts.append(f"wastes {percent(item.regret.wasted_compute)}")
        if item.regret.usd is not None:
            parts.append(format_quantity(max(item.regret.usd, 0.0), "money", 2))
    offset = -(_LEFT - 2.0) / 25.4 * 72.0
    style: dict[str, Any] = {
        "xycoords": ax.get_yaxis_transform(),
        "textcoords": "offset points",
        "va": "center_baseline",
        "fontsize": TEXT,
    }
    ax.annotate(bold, (0.0, place), xytext=(offset, 0.0), fontweight="bold", annotation_clip=False, **style)
    behind = offset + width_of(f"{bold}  ", TEXT, "bold")
    ax.annotate(", ".join(parts), (0.0, place), xytext=(behind, 0.0), color=GREY, annotation_clip=False, **style)


def _axes(ax: Axes, longest: float, rows: float) -> None:
    """Scale and label the axes: FLOP in one power of ten, named in the label."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    power = math.floor(math.log10(longest))
    ax.set_xlim(0.0, longest / _EXTENT)
    ax.set_ylim(rows + 0.3, 0.0)
    ticks = MaxNLocator(4).tick_values(0.0, longest)
    ax.set_xticks([tick for tick in ticks if 0.0 <= tick <= longest / _EXTENT])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 10.0**power:.3g}"))
    ax.set_xlabel(f"Compute (1e{power} FLOP, training-equivalent)", loc="left", fontsize=TEXT)
    ax.tick_params(labelsize=TEXT)
    ax.tick_params(axis="y", length=0)
    ax.spines[["left", "top", "right"]].set_visible(False)
