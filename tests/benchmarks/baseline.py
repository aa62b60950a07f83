"""The ratios that were measured when they were last accepted, and which of today's have lost more than a fifth."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from budgetplan.parallel.whole_file import write_all
from tests.benchmarks.interleaved import Ratio

BASELINE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.csv"
LOSS = 0.2
"""Part of a ratio whose loss is flagged."""
COLUMNS = ("name", "peer", "ours_seconds", "peer_seconds", "ratio", "spread")


def read(path: Path = BASELINE) -> dict[tuple[str, str], float]:
    """Ratio by what is done and by whom else."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["name"], row["peer"]): float(row["ratio"]) for row in csv.DictReader(file)}


def write(ratios: Iterable[Ratio], path: Path = BASELINE) -> None:
    """Accept today's ratios."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in ratios:
        figures = (f"{value:.4g}" for value in (item.ours, item.theirs, item.ratio, item.spread))
        writer.writerow((item.name, item.peer, *figures))
    write_all({path: text.getvalue().encode()})


def lost(ratio: Ratio, before: Mapping[tuple[str, str], float]) -> bool:
    """Whether a ratio has lost more than a fifth; one that is not in the baseline has lost nothing."""
    return ratio.ratio < (1.0 - LOSS) * before.get((ratio.name, ratio.peer), 0.0)
