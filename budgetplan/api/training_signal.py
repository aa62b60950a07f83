"""What a token teaches by training method, and what it costs: the account of `budgetplan signal`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from budgetplan.costs import find_method, load_methods, stage_kappas
from budgetplan.costs.methods import decode_utilisation_of, rl_kappa
from budgetplan.signal.equal_tokens import equal_tokens
from budgetplan.signal.figures import load_figures
from budgetplan.signal.measured import Claim, measured_claims
from budgetplan.signal.question import PARAMS, Question, read_question
from budgetplan.signal.rows import signal_rows
from budgetplan.signal.sentences import BEWARE, assumptions, finding
from budgetplan.signal.success_window import success_window
from budgetplan.signal.token_price import PRETRAINING, TokenPrice
from budgetplan.units import format_quantity, parse_quantity

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TrainingSignal", "training_signal"]

LAW = "besiroglu-2024"
"""Whose losses stand where none are given."""
TOKENS = 15e12
"""Pre-training tokens of the model whose loss nobody states, as Llama 3 8B was trained on. [token]"""


@dataclass(frozen=True)
class TrainingSignal:
    """The account of a question, method by method.

    Attributes
    ----------
    headline : str
        The finding in one sentence.
    question : Question
        What was asked, completed.
    rows : tuple of dict
        Text first, then each method: bits per sample and per FLOP, FLOP per token, share of informative groups.
    best_success : dict
        Success at which a group teaches most, with the range of little loss. [1]
    equal_tokens : dict
        The argument from equal tokens, and what follows from it.
    measured : tuple of dict
        Claims that the lab measured.
    assumptions, caveats, sources : tuple of str
        Sentences: what nobody gave, what the account leaves out, and where its figures are from.
    """

    headline: str
    question: Question
    rows: tuple[dict[str, Any], ...]
    best_success: dict[str, float]
    equal_tokens: dict[str, Any]
    measured: tuple[Claim, ...]
    assumptions: tuple[str, ...]
    caveats: tuple[str, ...]
    sources: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """One row per method.

        Returns
        -------
        pandas.DataFrame
        """
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    def to_dict(self) -> dict[str, Any]:
        """The account in the JSON shape `budgetplan/signal/1`.

        Returns
        -------
        dict
        """
        return {
            "schema": "budgetplan/signal/1",
            "finding": self.headline,
            "question": self.question.to_dict(),
            "rows": list(self.rows),
            "best_success": self.best_success,
            "equal_tokens": self.equal_tokens,
            "measured": list(self.measured),
            "assumed": list(self.assumptions),
            "caveats": list(self.caveats),
            "sources": list(self.sources),
        }


def training_signal(
    *,
    methods: Sequence[str] | None = None,
    pretraining_loss: float | str | None = None,
    irreducible_loss: float | str | None = None,
    pretraining_tokens: float | str = TOKENS,
    decode_utilisation: float | str | None = None,
    count: Literal["training-equivalent", "operations"] = "training-equivalent",
    **question: float | str | None,
) -> TrainingSignal:
    """What a token teaches by training method, in bits per sample and per FLOP, and what it costs.

    Parameters
    ----------
    methods : sequence of str, optional
        Ids of methods; by default all.
    pretraining_loss, irreducible_loss : quantity, optional
        Of the model, and of a perfect one; by default those of `besiroglu-2024`. [nat/token]
    pretraining_tokens : quantity
        For the loss, where none is given. [token]
    decode_utilisation : quantity, optional
        Of decoding, relative to training; by default each method's own. [1]
    count : {"training-equivalent", "operations"}
        What a FLOP is.
    **question
        `success` [1], `target_success` [1], `group_size` [1], `tokens_per_sample` [token], `params` [param], `teacher_entropy`
        [nat/token], `teacher_kl` [nat/token], `concentration` [1]. None is "not given".

    Returns
    -------
    TrainingSignal

    Raises
    ------
    BudgetPlanError
        If a value cannot be read or is out of range, or there is no such method.

    Examples
    --------
    >>> account = training_signal(success=0.3, methods=["grpo"])
    >>> [row["method"] for row in account.rows]
    ['pretraining', 'grpo']
    """
    figures = load_figures()
    given = {name: value for name, value in question.items() if value is not None}
    behind: dict[str, Any] = {name: figures[name].value for name in ("teacher_entropy", "teacher_kl", "concentration")}
    losses, told = _losses(pretraining_loss, irreducible_loss, given.get("params", PARAMS), pretraining_tokens)
    asked = read_question(**{**behind, **losses, **given})
    text, prices, priced = _prices(methods, decode_utilisation, count)
    rows = signal_rows(asked, prices, text)
    window = success_window(asked.group_size)
    best = {"best": window.best, "low": window.low, "high": window.high, "bits_per_sample": window.bits_per_sample}
    assumed = assumptions(asked, rows, figures, list(given), [*told, *priced])
    return TrainingSignal(
        headline=finding(asked, rows), question=asked, rows=tuple(rows), best_success=best, equal_tokens=equal_tokens().to_dict(),
        measured=tuple(measured_claims()), assumptions=tuple(assumed), caveats=tuple(BEWARE), sources=tuple(figures.sources),
    )  # fmt: skip


def _losses(
    loss: str | float | None, floor: str | float | None, params: str | float, tokens: str | float
) -> tuple[dict[str, str | float], list[str]]:
    """Losses as given, else those of the law, and a sentence about the latter."""
    from budgetplan.laws.catalogue import load_law

    losses: dict[str, str | float] = {
        name: value for name, value in (("pretraining_loss", loss), ("irreducible_loss", floor)) if value is not None
    }
    if len(losses) == 2:
        return losses, []
    law, told = load_law(LAW), []
    if floor is None:
        losses["irreducible_loss"] = law.record.coefficients["E"].value
        told.append(f"irreducible loss {losses['irreducible_loss']:.4g}")
    if loss is None:
        size, read = parse_quantity(params, "params", "params"), parse_quantity(tokens, "tokens", "pretraining_tokens")
        losses["pretraining_loss"] = float(law.pretraining_loss(params=size, pretraining_tokens=read))
        told.append(f"pre-training loss {losses['pretraining_loss']:.4g} nat/token after {format_quantity(read, 'tokens')} tokens")
    return losses, [f"{', '.join(told)} ({LAW})"]


def _prices(
    names: Sequence[str] | None, given: str | float | None, count: Literal["training-equivalent", "operations"]
) -> tuple[TokenPrice, list[TokenPrice], list[str]]:
    """Prices of a token of text and of each method, and a sentence about decoding."""
    share = None if given is None else parse_quantity(given, "ratio", "decode_utilisation", minimum=1e-6)
    methods = [find_method(name) for name in dict.fromkeys(names)] if names else list(load_methods())
    prices, used = [], {}
    for method in methods:
        used[method.id] = u = decode_utilisation_of(method, share, count)
        decoding = sum(method.parts[part] for part in method.decode_parts) / u
        critic = sum(size for part, size in method.parts.items() if part.startswith("critic"))
        prices.append(TokenPrice(method.id, decoding, rl_kappa(method, share, count) - decoding, critic))
    text = TokenPrice(PRETRAINING, 0.0, stage_kappas(methods[0], share, count)[0])
    if share is not None or count == "operations":
        return text, prices, [] if count != "operations" else ["FLOP are plain operations"]
    first = next(iter(used.values()))
    listed = ", ".join(f"{name} {u:g}" for name, u in used.items() if u != first)
    return text, prices, [f"decoding at {first:g} of training utilisation" + (f" ({listed})" if listed else "")]
