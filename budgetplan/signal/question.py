"""What the signal accounting is asked: one kind of problem, one model, one length of answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from budgetplan.errors import UnitError
from budgetplan.units import parse_quantity

SUCCESS = 0.3
"""Probability of a right answer that is assumed where none is given. [1]"""
GROUP_SIZE = 16
"""Answers per problem, as in DeepSeek-R1 (arXiv:2501.12948) and ScaleRL (arXiv:2510.13786). [1]"""
TOKENS_PER_SAMPLE = 4000.0
"""Length of an answer that is assumed where none is given. [token]"""
PARAMS = 8e9
"""The model of ScaleRL's main run (arXiv:2510.13786). [param]"""
LARGEST_GROUP = 100_000
"""Sums run over the number of right answers in a group. [1]"""
_RAREST = 1e-12
"""Success and divergence below which nobody measures; every figure of a row stays finite above it."""
_LARGEST_PARAMS, _LONGEST_SAMPLE = 1e18, 1e12
"""[param], [token]"""


@dataclass(frozen=True)
class Question:
    """What the rows are computed for; `read_question` checks it.

    Attributes
    ----------
    success, target_success : float
        Of one answer before training, and where training is to bring it. [1]
    group_size : int
        Answers per problem. [1]
    tokens_per_sample : float
        Length of an answer. [token]
    params : float
        Active per token. [param]
    pretraining_loss, irreducible_loss : float
        Of the model, and of a perfect one. [nat/token]
    teacher_entropy, teacher_kl : float
        Of a teacher's text, and of the teacher from the student. [nat/token]
    concentration : float
        Of the Beta distribution of success over problems. [1]
    """

    success: float
    target_success: float
    group_size: int
    tokens_per_sample: float
    params: float
    pretraining_loss: float
    irreducible_loss: float
    teacher_entropy: float
    teacher_kl: float
    concentration: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)


def read_question(
    *,
    pretraining_loss: str | float,
    irreducible_loss: str | float,
    teacher_entropy: str | float,
    teacher_kl: str | float,
    concentration: str | float,
    success: str | float = SUCCESS,
    target_success: str | float | None = None,
    group_size: str | float = GROUP_SIZE,
    tokens_per_sample: str | float = TOKENS_PER_SAMPLE,
    params: str | float = PARAMS,
) -> Question:
    """Check a question whose values are numbers or text with units.

    Parameters
    ----------
    pretraining_loss, irreducible_loss : str or float
        The second at most the first. [nat/token]
    teacher_entropy, teacher_kl : str or float
        The second at least 1e-12. [nat/token]
    concentration : str or float
        Above 0. [1]
    success : str or float
        At least 1e-12, below 1. [1]
    target_success : str or float, optional
        Above success, at most 1; default: half of the wrong answers put right. [1]
    group_size : str or float
        A whole number, at least 2. [1]
    tokens_per_sample : str or float
        [token]
    params : str or float
        [param]

    Returns
    -------
    Question

    Raises
    ------
    UnitError
        Where a value cannot be read or is out of range.
    """
    p = parse_quantity(success, "ratio", "success", minimum=_RAREST)
    if p == 1.0:
        raise UnitError("success: `1` leaves nothing to learn, and a share above 0 and below 1 is due.", "Write for example 30%.")
    target = 0.5 * (1.0 + p) if target_success is None else parse_quantity(target_success, "ratio", "target_success")
    if target <= p:
        raise UnitError(
            f"target_success: {target:g} is not above the success of {p:g} before training.",
            "Name a higher target, or leave it out: half of the wrong answers put right.",
        )
    size = parse_quantity(group_size, "count", "group_size")
    if size != int(size) or not 2 <= size <= LARGEST_GROUP:
        raise UnitError(
            f"group_size: {size:g} is given, and a whole number from 2 to {LARGEST_GROUP:,} is due.",
            "Write for example 16; an answer alone has nothing to be compared with.",
        )
    loss = parse_quantity(pretraining_loss, "loss", "pretraining_loss", minimum=_RAREST)
    floor = parse_quantity(irreducible_loss, "loss", "irreducible_loss", minimum=0.0)
    if floor > loss:
        raise UnitError(
            f"pretraining_loss: {loss:g} nat/token lies below the irreducible loss of {floor:g} nat/token.",
            "No model can be better than that: give a higher loss, or the irreducible loss of your text.",
        )
    return Question(
        success=p,
        target_success=target,
        group_size=int(size),
        tokens_per_sample=parse_quantity(tokens_per_sample, "tokens", "tokens_per_sample", minimum=1.0, maximum=_LONGEST_SAMPLE),
        params=parse_quantity(params, "params", "params", minimum=1.0, maximum=_LARGEST_PARAMS),
        pretraining_loss=loss,
        irreducible_loss=floor,
        teacher_entropy=parse_quantity(teacher_entropy, "loss", "teacher_entropy", minimum=0.0),
        teacher_kl=parse_quantity(teacher_kl, "loss", "teacher_kl", minimum=_RAREST),
        concentration=parse_quantity(concentration, "count", "concentration"),
    )
