"""What a training method pays per token, and which signal it gets for it."""

from __future__ import annotations

from dataclasses import dataclass

from budgetplan.errors import UnknownNameError

PRETRAINING = "pretraining"
"""The row that all others are compared with."""

SIGNALS = {
    PRETRAINING: "text",
    "sft": "label",
    "distillation": "teacher",
    "reinforce": "verdict",
    "pope": "verdict",
    "ppo": "critic",
    "grpo": "group",
    "grpo-reference": "group",
    "self-generated": "group",
}
"""Kind of signal by method: every token of a text or of a teacher's text, the label of a problem, or a verdict on an answer, which
a critic may spread over its tokens and a group set against the verdicts on other answers."""


@dataclass(frozen=True)
class TokenPrice:
    """Arithmetic per token of one method, training-equivalent or plain.

    Attributes
    ----------
    method : str
        Such as `grpo`.
    generate : float
        What runs while decoding. [FLOP/param/token]
    train : float
        All the rest, critic included. [FLOP/param/token]
    critic : float
        The part of `train` that a critic takes. [FLOP/param/token]
    """

    method: str
    generate: float
    train: float
    critic: float = 0.0

    @property
    def total(self) -> float:
        """Both together. [FLOP/param/token]"""
        return self.generate + self.train

    @property
    def signal(self) -> str:
        """The kind of signal.

        Raises
        ------
        UnknownNameError
            Where the signal of the method is not known.
        """
        if self.method not in SIGNALS:
            raise UnknownNameError("training signal of a method", self.method, SIGNALS)
        return SIGNALS[self.method]
