"""What a plan advises, as yes-or-no questions: each is a margin that is positive for yes, at any problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from budgetplan.numerics.arrays import Array
from budgetplan.planning.baselines import baseline_problem, stages_of
from budgetplan.planning.problem import Problem
from budgetplan.uncertainty.active_face import SINGLE
from budgetplan.uncertainty.together import Optima, optima

Margin = Callable[[Sequence[Problem], Optima | None], Array]
"""From problems of one instance and their optima to a number each, positive for yes, nan where there is no answer."""


@dataclass(frozen=True)
class Advice:
    """A yes-or-no question about a plan.

    Attributes
    ----------
    name : str
        Short and stable.
    question : str
        In words.
    margin : callable
        Positive for yes.
    of_plan : bool
        Whether the margin is read off the optima; otherwise it makes solves of its own and gets None.
    """

    name: str
    question: str
    margin: Margin
    of_plan: bool = True

    def margins(self, problems: Sequence[Problem], best: Optima | None = None) -> Array:
        """The margin at each problem, shape (problem,).

        Parameters
        ----------
        problems : sequence of Problem
            Of one instance each.
        best : Optima, optional
            Theirs, where they are known.
        """
        if not self.of_plan:
            return self.margin(problems, None)
        return self.margin(problems, optima(problems) if best is None else best)


def advices_for(problem: Problem, tolerance: float) -> tuple[Advice, ...]:
    """The questions that a plan answers: which stage gets more than an equal share, RL at all, several samples, thirds.

    Parameters
    ----------
    problem : Problem
        Of one instance.
    tolerance : float
        Compute that equal thirds may waste and still be called as good. [1]
    """
    stages = stages_of(problem)
    if len(stages) < 2:
        return ()
    words = {"pretraining": "pre-training", "rl": "RL", "inference": "inference"}
    out = [
        Advice(f"more-{stage}", f"more {words[stage]} than an equal share?", _share_margin(row, 1.0 / len(stages)))
        for row, stage in enumerate(words)
        if stage in stages
    ]
    if problem.has_rl:
        out.append(Advice("any-rl", "any RL at all?", _rl_margin))
    if problem.has_samples:
        out.append(Advice("several-samples", "more than one sample per query?", _samples_margin))
    question = f"are equal shares within {100 * tolerance:g} % of the optimum?"
    return (*out, Advice("equal-thirds", question, thirds_margin(tolerance), of_plan=False))


def _share_margin(row: int, equal: float) -> Margin:
    def margin(problems: Sequence[Problem], best: Optima | None) -> Array:
        assert best is not None
        cost = np.array([item.cost(best.y[:, [at]])[:, 0] for at, item in enumerate(problems)])
        return np.asarray(np.where(np.isfinite(best.loss), cost[:, row] / cost.sum(axis=1) - equal, np.nan))

    return margin


def _rl_margin(problems: Sequence[Problem], best: Optima | None) -> Array:
    assert best is not None
    return np.where(np.isfinite(best.loss), np.where(np.isfinite(best.y[2]), 1.0, -1.0), np.nan)


def _samples_margin(problems: Sequence[Problem], best: Optima | None) -> Array:
    assert best is not None
    log_k = np.array([item.log_samples(best.y[3, [at]])[0][0] for at, item in enumerate(problems)])
    return np.where(np.isfinite(best.loss), np.where(log_k > SINGLE, 1.0, -1.0), np.nan)


def thirds_margin(tolerance: float, rule: str = "equal-thirds") -> Margin:
    """ln of the loss that (1 - tolerance) of the budget reaches over the loss of the rule: positive where the rule wastes less.

    Parameters
    ----------
    tolerance : float
        [1]
    rule : {"equal-thirds", "equal-tokens"}
    """

    def margin(problems: Sequence[Problem], _: Optima | None = None) -> Array:
        less = optima([item.rescaled(item.budget * (1.0 - tolerance)) for item in problems])
        even = optima([baseline_problem(item, rule) for item in problems], 2)
        with np.errstate(divide="ignore", invalid="ignore"):  # infeasible: inf, and inf - inf: nan, no answer
            return np.asarray(np.log(less.loss) - np.log(even.loss))

    return margin


def better_than(name: str, question: str, exchanged: Callable[[Problem], Problem]) -> Advice:
    """Whether the plan's optimum has a lower loss than that of a rival problem: this method or that one.

    Parameters
    ----------
    name, question : str
    exchanged : callable
        From a problem of one instance to its rival.
    """

    def margin(problems: Sequence[Problem], best: Optima | None) -> Array:
        assert best is not None
        with np.errstate(invalid="ignore"):  # neither is feasible: inf - inf: nan, no answer
            return np.asarray(np.log(optima([exchanged(item) for item in problems]).loss) - np.log(best.loss))

    return Advice(name, question, margin)
