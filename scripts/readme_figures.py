"""Draw the README's three figures: the split, regret against budget with its intervals, and the triangle of splits.

Run `python scripts/readme_figures.py` from the repository after a change of the default law or of the figures. PNG at 300 dots per
inch is 1,003 pixels wide, which a README shows at full width, and has its fonts inside.
"""

from __future__ import annotations

from pathlib import Path

from budgetplan.plots import save
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow import figure_data

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "figures"
BUDGET = "1e25"
DRAWS = {"split": None, "regret": 200, "ternary": None}  # of the law, by kind: they make the band


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind, draws in DRAWS.items():
        scenario = scenario_from_fields({"budget": BUDGET, "draws": draws})
        drawn, table = save(kind, figure_data(kind, scenario), FOLDER / f"{kind}.png")
        table.unlink()  # the figures stand for themselves there
        print(f"{drawn.name}: {drawn.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
