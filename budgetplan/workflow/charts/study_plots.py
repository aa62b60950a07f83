"""`study.plot.KIND()`: the figures of a study's scenario, drawn where they are asked for.

Workflow and plots stand side by side and know each other only through names of kinds and data of charts. So the drawing side is
looked up by name when a figure is drawn, as pandas looks up its plotting backend; until then neither it nor matplotlib is loaded.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from budgetplan.workflow.plans.study import Study

Axes: TypeAlias = Any
"""matplotlib.axes.Axes, which only the drawing side may name."""
DRAWING = "budgetplan.plots"
"""Where a figure is drawn: a module with `KINDS`, by name of the kind."""


@dataclass(frozen=True, repr=False)
class StudyPlots:
    """Figures of a study; each takes axes to draw on, or makes its own, and returns them.

    Attributes
    ----------
    study : Study
    """

    study: Study

    def __repr__(self) -> str:
        return f"Figures of a study: {', '.join(name for name in dir(self) if name not in ('study',) and name[0] != '_')}"

    def split(self, ax: Axes | None = None) -> Axes:
        """The plan beside the rules of thumb, stage by stage."""
        return self._draw("split", self.study, ax)

    def ternary(self, ax: Axes | None = None) -> Axes:
        """Wasted compute over all splits between three stages."""
        return self._of_scenario("ternary", ax)

    def regret(self, ax: Axes | None = None) -> Axes:
        """What the rules of thumb waste against budget."""
        return self._of_scenario("regret", ax)

    def shares(self, ax: Axes | None = None) -> Axes:
        """Best shares against budget."""
        return self._of_scenario("shares", ax)

    def tornado(self, ax: Axes | None = None) -> Axes:
        """What the plan wastes at the ends of each range."""
        return self._of_scenario("tornado", ax)

    def waterfall(self, ax: Axes | None = None) -> Axes:
        """The way from equal thirds to the plan."""
        return self._of_scenario("waterfall", ax)

    def region(self, ax: Axes | None = None) -> Axes:
        """Splits that are as good."""
        return self._of_scenario("region", ax)

    def marginal(self, ax: Axes | None = None) -> Axes:
        """What the next FLOP earns in each stage."""
        return self._of_scenario("marginal", ax)

    def frontier(self, ax: Axes | None = None) -> Axes:
        """Best loss against the cost of serving."""
        return self._of_scenario("frontier", ax)

    def thirds(self, ax: Axes | None = None) -> Axes:
        """Budgets and coefficients at which equal thirds are right."""
        return self._of_scenario("thirds", ax)

    def backtest(self, ax: Axes | None = None) -> Axes:
        """Public models against the law's plans."""
        return self._of_scenario("backtest", ax)

    def fit(self, ax: Axes | None = None) -> Axes:
        """Coefficients of the law with their intervals."""
        return self._of_law("fit", ax)

    def isoflop(self, ax: Axes | None = None) -> Axes:
        """Loss against params at several budgets."""
        return self._of_law("isoflop", ax)

    def contours(self, ax: Axes | None = None) -> Axes:
        """Pre-training loss over params and tokens."""
        return self._of_law("contours", ax)

    def rl_curve(self, ax: Axes | None = None) -> Axes:
        """Success against RL tokens."""
        return self._of_law("rl-curve", ax)

    def _of_scenario(self, kind: str, ax: Axes | None) -> Axes:
        from budgetplan.workflow.charts.figure_kinds import figure_data

        return self._draw(kind, figure_data(kind, self.study.scenario, str(self.study.provenance["command"])), ax)

    def _of_law(self, kind: str, ax: Axes | None) -> Axes:
        from budgetplan.workflow.charts.fit_figures import figure_of_law
        from budgetplan.workflow.resolve.question import resolve

        return self._draw(kind, figure_of_law(kind, resolve(self.study.scenario).law), ax)

    def _draw(self, kind: str, data: Any, ax: Axes | None) -> Axes:
        return importlib.import_module(DRAWING).KINDS[kind](data, ax)
