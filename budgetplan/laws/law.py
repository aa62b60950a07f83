"""A law as users hold it: its record, its function, and calls with named quantities in SI units."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from budgetplan.errors import ScenarioError
from budgetplan.laws.chinchilla import ChinchillaLoss
from budgetplan.laws.coverage import AbstractCoverage, OneSample
from budgetplan.laws.data_constrained import DataConstrainedLoss
from budgetplan.laws.four_links import FourLinks
from budgetplan.laws.law_files import law_ids, shipped_record
from budgetplan.laws.model import AbstractModel, AbstractPretraining, Outcome
from budgetplan.laws.policy import PowerPolicy
from budgetplan.laws.record import Record
from budgetplan.laws.rl_gain import AbstractRlLink
from budgetplan.laws.selection import Selection, false_positive
from budgetplan.laws.task_link import AbstractTask
from budgetplan.numerics.arrays import Array, as_array
from budgetplan.numerics.logistic import softplus


def _limited(pretraining: AbstractPretraining, unique_tokens: float | None) -> Any:
    """A pre-training law with limited unique tokens; a Chinchilla form takes the half-life of Muennighoff et al., an assumption."""
    if unique_tokens is None:
        return pretraining
    if isinstance(pretraining, ChinchillaLoss):
        half_life = shipped_record("muennighoff-2023").values["RD_star"]
        return replace(pretraining, unique_tokens=float(unique_tokens), half_life=half_life)
    if isinstance(pretraining, DataConstrainedLoss):
        return replace(pretraining, unique_tokens=float(unique_tokens))
    return pretraining


@dataclass(frozen=True)
class Law:
    """A law with its sources.

    Attributes
    ----------
    record : Record
        The law file.
    function : AbstractModel, AbstractRlLink, AbstractCoverage, AbstractTask or None
        What it computes; None for a policy.
    policy : PowerPolicy or None
        Published allocation, where the law states one.
    parts : mapping of str to Record
        The laws of the links of a joint law, by link; a single law is its own part.
    plateau : Selection
        How samples are selected without a verifier.
    """

    record: Record
    function: AbstractModel | AbstractRlLink | AbstractCoverage | AbstractTask | None
    policy: PowerPolicy | None
    parts: Mapping[str, Record] = field(default_factory=dict)
    plateau: Selection = field(default_factory=Selection)

    @property
    def id(self) -> str:
        """Name of the law."""
        return self.record.id

    @property
    def link(self) -> str:
        """Kind of law: pretraining, task, policy, rl, inference or joint."""
        return self.record.link

    @property
    def links(self) -> dict[str, str]:
        """Law of each link."""
        return {link: part.id for link, part in self.parts.items()}

    @property
    def hash(self) -> str:
        """Hash of every number the law rests on."""
        if list(self.parts.values()) == [self.record]:
            return self.record.hash
        return hashlib.sha256("".join(part.hash for part in self.parts.values()).encode()).hexdigest()[:12]

    @property
    def model(self) -> AbstractModel:
        """The law as a function of N, D, R, k.

        Raises
        ------
        ScenarioError
            If it is a single RL, task or inference link, or a policy, which cannot be planned with.
        """
        if isinstance(self.function, AbstractModel):
            return self.function
        if self.function is None:
            raise ScenarioError(f"`{self.id}` is a policy: it states a size for a budget and has no loss.")
        name = self.id if self.id in law_ids() else "FILE.yaml"
        raise ScenarioError(
            f"`{self.id}` is only the {self.link} link of a law and cannot be planned with by itself.",
            f"Use it in a joint law: --law default --link {self.link}={name}.",
        )

    def select(self, verifier: str | float | None) -> Selection:
        """How samples are selected.

        Parameters
        ----------
        verifier : {"none", "oracle"} or float or None
            No verifier, a perfect one, or the rate at which it accepts wrong answers [1]. None is "none", or "oracle" for a
            law of samples alone, whose coverage is what was published.

        Returns
        -------
        Selection

        Raises
        ------
        ScenarioError
            If the rate is not between 0 and 1.
        """
        if verifier is None:
            verifier = "oracle" if self.link == "inference" else "none"
        if verifier == "none":
            return self.plateau
        if verifier == "oracle":
            return Selection()
        rate = float(verifier)
        if not 0 <= rate <= 1:
            raise ScenarioError(f"`verifier` must be none, oracle or a false-positive rate between 0 and 1, got {verifier}.")
        return false_positive(rate)

    def with_options(self, verifier: str | float | None = None, unique_tokens: float | None = None) -> Law:
        """The law with a verifier, and with limited unique tokens where it has a pre-training link.

        Parameters
        ----------
        verifier : {"none", "oracle"} or float or None
            As in `select`. [1]
        unique_tokens : float, optional
            Distinct pre-training tokens. [token]

        Returns
        -------
        Law
        """
        function = self.function
        if isinstance(function, FourLinks):
            pretraining = _limited(function.pretraining, unique_tokens)
            function = replace(function, pretraining=pretraining, selection=self.select(verifier))
        elif isinstance(function, (ChinchillaLoss, DataConstrainedLoss)):
            function = _limited(function, unique_tokens)
        return replace(self, function=function)

    def _outcome(
        self, params: Any, pretraining_tokens: Any, rl_tokens: Any, samples_per_query: Any, verifier: Any, unique_tokens: Any
    ) -> Outcome:
        if params is None or pretraining_tokens is None:
            raise ScenarioError(f"`{self.id}` wants `params` and `pretraining_tokens`.")
        law = self.with_options(verifier, unique_tokens)
        with np.errstate(divide="ignore"):  # no RL tokens: ln 0 = -inf is an ordinary input
            logs = [np.log(as_array(v)) for v in (params, pretraining_tokens, rl_tokens, samples_per_query)]
        return law.model.evaluate(np.stack(np.broadcast_arrays(*logs)))

    def loss(
        self,
        *,
        params: Any = None,
        pretraining_tokens: Any = None,
        rl_tokens: Any = 0.0,
        samples_per_query: Any = 1.0,
        success: Any = None,
        verifier: str | float | None = None,
        unique_tokens: float | None = None,
    ) -> Array:
        """The law's loss; arguments broadcast.

        Parameters
        ----------
        params, pretraining_tokens, rl_tokens, samples_per_query : float or ndarray
            N, D, R, k, of shapes that broadcast. [param], [token], [token], [1]
        success : float or ndarray, optional
            Success of one sample before RL, instead of params and tokens, for laws of RL or samples alone; of a shape that
            broadcasts with theirs. [1]
        verifier : {"none", "oracle"} or float, optional
            As in `select`. [1]
        unique_tokens : float, optional
            Distinct pre-training tokens. [token]

        Returns
        -------
        ndarray
            Of the shape to which the arguments broadcast: -ln success [nat/task], or pre-training loss where the law has only
            that link. [nat/token]

        Raises
        ------
        ScenarioError
            If the law needs an argument that is not given.
        """
        if isinstance(self.function, (AbstractRlLink, AbstractCoverage)):
            return self._single(params, rl_tokens, samples_per_query, success, verifier)
        if isinstance(self.function, AbstractTask):
            raise ScenarioError(f"`{self.id}` turns a pre-training loss into success.", "Call its `success(pretraining_loss=...)`.")
        return self._outcome(params, pretraining_tokens, rl_tokens, samples_per_query, verifier, unique_tokens).loss

    def success(self, *, pretraining_loss: Any = None, **quantities: Any) -> Array:
        """Probability of a right answer. [1]

        Parameters
        ----------
        pretraining_loss : float or ndarray, optional
            For a task link, instead of the arguments of `loss`; of any shape. [nat/token]
        **quantities
            As in `loss`.

        Returns
        -------
        ndarray
            Of the shape to which the arguments broadcast. [1]

        Raises
        ------
        ScenarioError
            If the law needs an argument that is not given.
        """
        if isinstance(self.function, AbstractTask):
            if pretraining_loss is None:
                raise ScenarioError(f"`{self.id}` wants `pretraining_loss`.")
            chance = self.function.chance
            return chance + (1 - chance) * np.exp(-softplus(-self.function.ability(as_array(pretraining_loss))))
        return np.exp(-self.loss(**quantities))

    def pretraining_loss(self, params: Any, pretraining_tokens: Any, unique_tokens: float | None = None) -> Array:
        """Cross-entropy on held-out text; arguments broadcast. [nat/token]

        Parameters
        ----------
        params, pretraining_tokens : float or ndarray
            N and D, of shapes that broadcast. [param], [token]
        unique_tokens : float, optional
            Distinct pre-training tokens. [token]

        Returns
        -------
        ndarray
            Of the shape to which the arguments broadcast. [nat/token]

        Raises
        ------
        ScenarioError
            If the law has no pre-training link.
        """
        loss = self._outcome(params, pretraining_tokens, 1.0, 1.0, None, unique_tokens).pretraining_loss
        if loss is None:
            raise ScenarioError(f"`{self.id}` has no pre-training link.")
        return loss

    def _repr_html_(self) -> str:
        from budgetplan.laws.law_html import law_html

        return law_html(self)

    def _single(self, params: Any, rl_tokens: Any, samples: Any, success: Any, verifier: Any) -> Array:
        """Loss of a law that is one RL or inference link."""
        values = self.record.values
        if success is None:
            if self.record.form == "passk-power":
                success = np.exp(values["a"])
            elif self.record.form == "passk-beta":
                success = values["mean"]
            elif "start" in values:
                success = values["start"]
            else:
                raise ScenarioError(f"`{self.id}` starts from the success of one sample: give `success`.")
        start = as_array(success)
        begin = np.log(start) - np.log1p(-start)
        if isinstance(self.function, AbstractRlLink):
            if params is None and self.record.form == "error-power":
                raise ScenarioError(f"`{self.id}` depends on the model's size: give `params`.")
            with np.errstate(divide="ignore"):  # no RL tokens: ln 0 = -inf is an ordinary input
                size, tokens = np.log(as_array(1.0 if params is None else params)), np.log(as_array(rl_tokens))
            arrays = np.broadcast_arrays(begin, size, tokens)
            return softplus(-self.function.ability(*(np.array(item) for item in arrays)))
        assert isinstance(self.function, AbstractCoverage)
        log_k, _ = self.select(verifier).effective(np.log(as_array(samples)))
        log_success, log_failure, log_k = (np.array(a) for a in np.broadcast_arrays(np.log(start), np.log1p(-start), log_k))
        covered, _ = self.function.coverage(OneSample(log_success, log_failure, log_success), log_k)
        rho = self.select(verifier).efficiency
        loss: Array = -np.log((1 - rho) * np.exp(log_success) + rho * covered)
        return loss
