"""The figure of growth: time above, memory below, both against how many, with lines that grow in proportion for comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from budgetplan.parallel.whole_file import write_all
from budgetplan.plots.log_axis import log_axis
from budgetplan.plots.style import GREY, SMALL, WIDTH, series_of, styled

_HEIGHT = 120.0  # mm


def draw(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Draw the table of growth into a PNG.

    Parameters
    ----------
    rows : sequence of mapping
        `work`, `size`, `seconds` [s], `peak_mb` [1e6 byte].
    path : Path
    """
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(WIDTH / 25.4, _HEIGHT / 25.4), facecolor="white")
        FigureCanvasAgg(figure)
        times, memory = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [3, 2]})
        names = list(dict.fromkeys(row["work"] for row in rows))
        for index, name in enumerate(names):
            look = series_of(name, index)
            mine = [row for row in rows if row["work"] == name]
            size = np.array([float(row["size"]) for row in mine])
            for ax, column in ((times, "seconds"), (memory, "peak_mb")):
                values = [float(row[column]) for row in mine]
                ax.plot(size, values, color=look.colour, marker=look.marker, markersize=3.5, label=name)
        sizes, times_seen, peaks = ([float(row[column]) for row in rows] for column in ("size", "seconds", "peak_mb"))
        log_axis(times, "x", min(sizes) / 2, max(sizes) * 2, "")
        log_axis(times, "y", min(times_seen) / 2, max(times_seen) * 2, "Time of one core (s)", most=8)
        log_axis(memory, "x", min(sizes) / 2, max(sizes) * 2, "How many")
        log_axis(memory, "y", min(peaks) / 1.5, max(peaks) * 1.5, "Peak memory (MB)")
        times.tick_params(labelbottom=False)
        for ax in (times, memory):
            ax.grid(visible=True, which="major", color="#e5e5e5", linewidth=0.4)
            ax.set_axisbelow(True)
        for start in (1e-7, 1e-5, 1e-3):
            ends = np.array([1e1, 1e6])
            times.plot(
                ends, start * ends, color=GREY, linewidth=0.5, linestyle=(0.0, (1.0, 2.0)), zorder=0, scalex=False, scaley=False
            )
        times.set_title("Time grows about in proportion (dotted)", loc="left")
        figure.legend(handles=times.lines[: len(names)], loc="lower left", ncols=2, fontsize=SMALL, frameon=False)
        figure.subplots_adjust(left=0.17, right=0.97, top=0.94, bottom=0.19, hspace=0.12)
        data = io.BytesIO()
        figure.savefig(data, format="png", metadata={"Software": None})
    write_all({path: data.getvalue()})
