"""The scenario: everything a user can say about a planning question, flat, in SI units, validated once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from budgetplan.errors import ScenarioError
from budgetplan.scenario import compounds, readers
from budgetplan.scenario.conflicts import conflicts
from budgetplan.scenario.problems import ProblemsFound
from budgetplan.scenario.readers import quantity

_Limits = Annotated[dict[str, float], BeforeValidator(compounds.limits)]
_Flag = Annotated[bool, BeforeValidator(readers.flag)]


class Scenario(BaseModel):
    """A planning question. Values can be numbers in the unit named or text such as `15T`; None is "not given".

    Notes
    -----
    `model_fields_set` tells what the user gave from what is a default.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, validate_by_name=True, validate_by_alias=True
    )

    schema_version: Annotated[str, BeforeValidator(readers.schema)] = Field(default=readers.SCHEMA, alias="schema")
    """Form of this scenario."""

    budget: Annotated[float | None, BeforeValidator(quantity("compute"))] = None
    """Compute to spend over all stages [FLOP]."""
    gpus: Annotated[str | None, BeforeValidator(readers.devices)] = None
    """Devices, as a count with a name; with `duration` and `mfu` they give the budget."""
    duration: Annotated[float | None, BeforeValidator(quantity("duration"))] = None
    """How long the devices run [s]; written with a unit, such as 21d."""
    mfu: Annotated[float | None, BeforeValidator(quantity("ratio", positive=True))] = None
    """Model FLOP utilisation: share of the devices' peak that training reaches [1], above 0, at most 1."""
    usd: Annotated[float | None, BeforeValidator(quantity("money"))] = None
    """Money to spend [usd]; with `price` and `gpu` it gives the budget."""
    price: Annotated[float | None, BeforeValidator(quantity("price"))] = None
    """Price of one device [usd/h]."""
    gpu: Annotated[str | None, BeforeValidator(readers.text("a device's name", "H100"))] = None
    """Device that money buys, and that compute is translated into."""
    reserve: Annotated[float | None, BeforeValidator(readers.part("30%"))] = None
    """Share of the budget kept for experiments [1], below 1; the plan splits the rest, the final run."""
    goodput: Annotated[float | None, BeforeValidator(quantity("ratio", positive=True))] = None
    """Share of the bought hours that make progress [1], above 0, at most 1; failures and restarts take the rest."""
    deadline: Annotated[float | None, BeforeValidator(quantity("duration"))] = None
    """Time in which the model has to be trained on `gpus` [s]; written with a unit, such as 30d."""

    precision: Annotated[str | None, BeforeValidator(readers.text("a precision's name", "fp8"))] = None
    """Precision of training: how much faster than in bf16 the hours are; FLOP and the law stay as they are."""

    law: Annotated[str, BeforeValidator(readers.text("a law's id or file", "default"))] = "default"
    """Law that predicts the loss: an id, or a law file."""
    link: Annotated[dict[str, str], BeforeValidator(compounds.links)] = Field(default_factory=dict)
    """Links of a joint law that another law replaces: pretraining, task, rl, inference."""

    params: Annotated[float | None, BeforeValidator(quantity("params"))] = None
    """Fixes the number of params active per token [param]."""
    architecture: Annotated[str | None, BeforeValidator(readers.text("an architecture's name", "deepseek-v3"))] = None
    """Transformer whose proportions the model has: total params beside active ones, and FLOP of attention."""
    context: Annotated[float | None, BeforeValidator(quantity("tokens", minimum=1))] = None
    """Length of a training sequence, whose attention `architecture` then costs [token]; at least 1."""
    decode_context: Annotated[float | None, BeforeValidator(quantity("tokens", minimum=1))] = None
    """Length of a sequence in RL and while serving, prompt included [token]; default: as `context`."""
    fix: _Limits = Field(default_factory=dict)
    """Quantities held at a value: params, tokens, samples per query or shares."""
    min: _Limits = Field(default_factory=dict)
    """Lower limits, of the same quantities as `fix`."""
    max: _Limits = Field(default_factory=dict)
    """Upper limits, of the same quantities as `fix`."""
    unique_tokens: Annotated[float | None, BeforeValidator(quantity("tokens"))] = None
    """Distinct pre-training tokens that exist [token]; more than these are epochs."""
    checkpoint: Annotated[tuple[float, float] | str | None, BeforeValidator(compounds.checkpoint)] = None
    """Model whose pre-training is paid for already: params and tokens, or a public model's name [param, token]."""

    queries: Annotated[float | None, BeforeValidator(quantity("count", minimum=0))] = None
    """Queries served over the model's life [1]."""
    tokens_per_sample: Annotated[float | None, BeforeValidator(quantity("tokens"))] = None
    """Tokens generated per sample [token]."""
    prompt_tokens: Annotated[float | None, BeforeValidator(quantity("tokens", minimum=0))] = None
    """Tokens of a prompt, read once per query at the utilisation of prefill [token]."""
    serve: Annotated[float | None, BeforeValidator(quantity("tokens", minimum=0))] = None
    """Served tokens that cost compute and change nothing else [token]."""
    verifier: Annotated[str | float, BeforeValidator(readers.verifier)] = "none"
    """What picks the answer among samples: none, oracle, or the rate at which it accepts wrong answers, 0 to 1 [1]."""
    decode_utilisation: Annotated[float | None, BeforeValidator(quantity("ratio", positive=True))] = None
    """How well decoding uses the hardware, relative to training [1], above 0, at most 1."""
    prefill_utilisation: Annotated[float | None, BeforeValidator(quantity("ratio", positive=True))] = None
    """How well reading prompts uses the hardware, relative to training [1], above 0, at most 1."""

    method: Annotated[str, BeforeValidator(readers.text("a method's name", "grpo"))] = "grpo"
    """RL or fine-tuning method, which sets the compute per RL token."""
    count: Annotated[
        Literal["training-equivalent", "operations"],
        BeforeValidator(readers.choice("training-equivalent", "operations")),
    ] = "training-equivalent"
    """How compute is counted: divided by each stage's utilisation relative to training, or as plain operations."""

    target_loss: Annotated[float | None, BeforeValidator(quantity("loss", positive=True))] = None
    """Loss to reach with the least compute, instead of a budget [nat]."""
    target_success: Annotated[float | None, BeforeValidator(readers.open_share)] = None
    """Probability of a right answer to reach with the least compute, instead of a budget [1], between 0 and 1."""

    share: Annotated[dict[str, float] | None, BeforeValidator(compounds.shares)] = None
    """Split to be scored: shares of compute for pretraining, rl, inference, with sum 1 [1]."""
    tolerance: Annotated[float, BeforeValidator(readers.part("1%", positive=True))] = 0.01
    """Width of the near-optimal region: how much more compute its splits may need [1], above 0, below 1."""
    objective: Annotated[
        Literal["law", "expected", "cvar10", "minimax-law"],
        BeforeValidator(readers.choice("law", "expected", "cvar10", "minimax-law")),
    ] = "law"
    """What the plan is best at: law, or least regret: expected or cvar10 over draws, minimax-law over laws."""
    draws: Annotated[int | None, BeforeValidator(readers.whole())] = None
    """Draws of the coefficients for intervals [1]; 0 for none."""
    seed: Annotated[int, BeforeValidator(readers.whole())] = 0
    """Seed of the draws."""
    certify: _Flag = False
    """Whether to prove a lower bound on the loss as well."""
    strict: _Flag = False
    """Whether a warning counts as a failure."""

    @model_validator(mode="after")
    def _agree_with_itself(self) -> Scenario:
        if found := conflicts(self):
            raise ProblemsFound(found)
        return self

    def require_question(self) -> Literal["budget", "gpus", "usd", "target_loss", "target_success"]:
        """Return which field asks the question.

        This is no check on loading, since a sweep gives the budget itself.

        Returns
        -------
        str
            `budget`, `gpus` (with `duration`), `usd`, `target_loss` or `target_success`.

        Raises
        ------
        ScenarioError
            Where there is neither a budget nor a target.

        Examples
        --------
        >>> Scenario.model_validate({"budget": "1e25"}).require_question()
        'budget'
        """
        if self.budget is not None:
            return "budget"
        if self.usd is not None:
            return "usd"
        if self.target_loss is not None:
            return "target_loss"
        if self.target_success is not None:
            return "target_success"
        if self.gpus is not None and self.duration is not None:
            return "gpus"
        what = "There is no budget and no target."
        if self.gpus is not None:
            what = f"`gpus` ({self.gpus}) give a budget only with a `duration`, which is missing."
        elif self.duration is not None:
            what = f"`duration` ({self.duration:.6g} s) gives a budget only with `gpus`, which are missing."
        raise ScenarioError(
            what,
            "Give a budget in one of three ways: `budget` in FLOP (--budget 1e25), `gpus` with `duration` and `mfu` "
            "(--gpus 256xH100 --for 21d --mfu 40%), or `usd` with `price` and `gpu` (--usd 2Musd --price 2.5usd/h "
            "--gpu H100). Or give a target, `target_loss` or `target_success` (--target-success 90%), for the least "
            "compute that reaches it.",
        )


def keys() -> tuple[str, ...]:
    """Return the keys that a scenario file can have, in order."""
    return tuple(field.alias or name for name, field in Scenario.model_fields.items())
