"""Run every study on 200 data sets and write what was found: `python -m tests.fitting.coverage docs/interval_coverage.csv`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tests.fitting.coverage.simulated import STUDIES, hits

SETS = 200


def main(target: Path, chosen: tuple[str, ...] = ()) -> None:
    """Write the table, one row per study; rows of studies that are not chosen stay as they are."""
    rows = {} if not target.exists() else {row["study"]: row for row in pd.read_csv(target).to_dict("records")}
    for study in STUDIES:
        if chosen and study.form not in chosen:
            continue
        found = hits(study, range(SETS))
        each = np.nanmean(found, axis=0)
        rows[study.name] = {
            "study": study.name,
            "sets": SETS,
            "coverage": np.nanmean(found),
            "lowest": each.min(),
            "highest": each.max(),
        }
        table = pd.DataFrame(list(rows.values())).round(4)
        target.with_suffix(".part").write_text(table.to_csv(index=False), encoding="utf-8")
        target.with_suffix(".part").replace(target)
        sys.stderr.write(f"{rows[study.name]}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]))
