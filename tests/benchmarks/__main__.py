"""Measure all ratios in one run and print them: `python -m tests.benchmarks`.

`--check` compares them with the baseline in `docs/benchmarks.csv`, measures again what seems to have lost more than a fifth, and
ends with 1 where it has. `--accept` writes the baseline. Words choose rows: `python -m tests.benchmarks fit draws`. A peer that is
not installed is left out and named.
"""

from __future__ import annotations

import os
import sys

from tests.benchmarks.one_core import alone


def main(words: list[str]) -> int:
    """Measure, print, and compare or accept."""
    from tests.benchmarks import baseline
    from tests.benchmarks.interleaved import TURNS, measured
    from tests.benchmarks.measures import MEASURES

    chosen = [word for word in words if not word.startswith("-")]
    before = baseline.read() if baseline.BASELINE.exists() else {}
    load = os.getloadavg()[0]
    print(f"load {load:.1f} on {os.cpu_count()} processors; seconds of one core, medians of {TURNS} turns\n")
    print(f"{'':<34}{'beside':<34}{'ours':>10}{'peer':>10}{'ratio':>10}{'spread':>8}{'baseline':>10}")
    found, slower = [], []
    for measure in MEASURES:
        if chosen and not any(word in measure.name or word in measure.peer for word in chosen):
            continue
        try:
            item = measured(measure)
            if "--check" in words and baseline.lost(item, before):
                item = measured(measure, 3 * TURNS)
        except ModuleNotFoundError as error:
            print(f"{measure.name:<34}{measure.peer:<34}{error.name} is not installed")
            continue
        found.append(item)
        held = before.get((item.name, item.peer))
        mark = "  slower" if "--check" in words and baseline.lost(item, before) else ""
        slower += [item] if mark else []
        shown = f"{held:>10.4g}" if held else f"{'new':>10}"
        print(
            f"{item.name:<34}{item.peer:<34}{item.ours:>10.3g}{item.theirs:>10.3g}{item.ratio:>10.4g}{item.spread:>8.0%}{shown}{mark}",
            flush=True,
        )
    if "--accept" in words:
        known = {(item.name, item.peer) for item in found}
        missing = [key for key in before if key not in known]
        if missing:
            print(f"\nnot accepted: {len(missing)} rows of the baseline were not measured, the first is {missing[0]}")
            return 1
        baseline.write(found)
        print(f"\nwritten to {baseline.BASELINE}")
    return 1 if slower else 0


if __name__ == "__main__":
    alone()
    sys.exit(main(sys.argv[1:]))
