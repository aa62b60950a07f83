"""One row per training method: what its tokens cost, what they teach, and how far they move the model.

    bits per FLOP = bits per sample / (tokens per sample x params x FLOP per param and token)

A sample is one answer; for pre-training it is as many tokens of text. Where wrong and right answers are drawn until a group
is informative (dynamic sampling), 1/s groups are generated for one that is trained on, s the informative share:

    cost per token trained on   N (g/s + t)         bits per sample trained on   J/(s G)

so that bits per FLOP are J/G over N T (g + s t): the gain over plain GRPO is the training that uninformative groups wasted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from budgetplan.signal.accepted import accepted_bits, best_accepted_success
from budgetplan.signal.bits import label_bits, outcome_bits, text_bits
from budgetplan.signal.counts import count_bits, expected_abs_advantage
from budgetplan.signal.divergence import imitation_kl, success_kl
from budgetplan.signal.groups import informative_bits, informative_share, spread_informative_share
from budgetplan.signal.question import Question
from budgetplan.signal.token_price import TokenPrice


def signal_rows(question: Question, prices: Sequence[TokenPrice], pretraining: TokenPrice) -> list[dict[str, Any]]:
    """Return one row for pre-training and one per method.

    Parameters
    ----------
    question : Question
        From `read_question`.
    prices : sequence of TokenPrice
        Of the methods.
    pretraining : TokenPrice
        Of a token of text, named `pretraining`.

    Returns
    -------
    list of dict
        Every row has the keys `method`, `signal`, `flop_per_token` [FLOP], `flop_per_sample` [FLOP], `bits_per_sample` [bit],
        `bits_per_token` [bit], `bits_per_flop` [bit/FLOP], `reducible_bits_per_sample` (text: what can still be learnt)
        [bit], `outcome_bits_per_sample` (H(p)) [bit], `informative_share` (of samples with a gradient) [1],
        `pretraining_tokens_per_token` and `pretraining_flop_per_flop` (bits of pre-training per bit of the method, in as many
        tokens and FLOP) [1], `kl_to_target` (least for verdicts; at convergence on own right answers; of a teacher's wording)
        [nat/answer], `critic_share` (of compute) [1], and for groups
        `spread_informative_share` [1], `bits_per_group` [bit], `count_bits_per_group` [bit], `expected_abs_advantage` [1],
        `accepted_bits_per_sample` (where only right answers are trained on) [bit], `best_accepted_success` (then) [1],
        `dynamic_groups_per_kept` [1], `dynamic_flop_per_token` [FLOP], `dynamic_bits_per_flop` [bit/FLOP]; None where a key
        does not apply.

    Raises
    ------
    UnknownNameError
        Where the signal of a method is not known.
    """
    rows = [_row(question, price) for price in (pretraining, *prices)]
    text = rows[0]
    for row in rows:
        row["pretraining_tokens_per_token"] = text["bits_per_token"] / row["bits_per_token"]
        row["pretraining_flop_per_flop"] = text["bits_per_flop"] / row["bits_per_flop"]
    return rows


def _row(question: Question, price: TokenPrice) -> dict[str, Any]:
    """All keys of one method but the comparisons."""
    flop = question.params * price.total
    sample = flop * question.tokens_per_sample
    told = {
        "reducible_bits_per_sample": None,
        "outcome_bits_per_sample": None,
        "informative_share": 1.0,
        "kl_to_target": None,
        "critic_share": price.critic / price.total,
        "spread_informative_share": None,
        "bits_per_group": None,
        "count_bits_per_group": None,
        "expected_abs_advantage": None,
        "accepted_bits_per_sample": None,
        "best_accepted_success": None,
        "dynamic_groups_per_kept": None,
        "dynamic_flop_per_token": None,
        "dynamic_bits_per_flop": None,
        **_TELLERS[price.signal](question, price),
    }
    bits = told.pop("bits_per_sample")
    return {
        "method": price.method,
        "signal": price.signal,
        "flop_per_token": flop,
        "flop_per_sample": sample,
        "bits_per_sample": bits,
        "bits_per_token": bits / question.tokens_per_sample,
        "bits_per_flop": bits / sample,
        **told,
    }


def _text(question: Question, price: TokenPrice) -> dict[str, Any]:
    """Pre-training: L/ln 2 bits per token, (L - E)/ln 2 of them to be learnt."""
    whole, floor, tokens = question.pretraining_loss, question.irreducible_loss, question.tokens_per_sample
    return {
        "bits_per_sample": tokens * float(text_bits(whole)),
        "reducible_bits_per_sample": tokens * float(text_bits(whole, floor)),
    }


def _teacher(question: Question, price: TokenPrice) -> dict[str, Any]:
    """Distillation: cross-entropy is the teacher's entropy plus its divergence from the student, and only that is learnt."""
    entropy, kl, tokens = question.teacher_entropy, question.teacher_kl, question.tokens_per_sample
    return {
        "bits_per_sample": tokens * float(text_bits(entropy + kl)),
        "reducible_bits_per_sample": tokens * float(text_bits(kl)),
        "kl_to_target": float(imitation_kl(tokens, kl)),
    }


def _label(question: Question, price: TokenPrice) -> dict[str, Any]:
    """Fine-tuning on a right answer: -log2 p; at convergence on one's own right answers success is 1, and KL -ln p."""
    return {
        "bits_per_sample": float(label_bits(question.success)),
        "kl_to_target": float(success_kl(1.0, question.success)),
    }


def _verdict(question: Question, price: TokenPrice) -> dict[str, Any]:
    """REINFORCE with a baseline of its own, or PPO: each verdict counts, H(p) bits; a critic spreads them and adds none."""
    bits = float(outcome_bits(question.success))
    return {"bits_per_sample": bits, "outcome_bits_per_sample": bits, "kl_to_target": _least_kl(question)}


def _group(question: Question, price: TokenPrice) -> dict[str, Any]:
    """GRPO: only groups that are neither all right nor all wrong count."""
    p, size = question.success, question.group_size
    share, bits = float(informative_share(p, size)), float(informative_bits(p, size))
    dynamic = question.params * (price.generate / share + price.train)
    return {
        "bits_per_sample": bits / size,
        "outcome_bits_per_sample": float(outcome_bits(p)),
        "informative_share": share,
        "kl_to_target": _least_kl(question),
        "spread_informative_share": float(spread_informative_share(p, question.concentration, size)),
        "bits_per_group": bits,
        "count_bits_per_group": float(count_bits(p, size)),
        "expected_abs_advantage": float(expected_abs_advantage(p, size)),
        "accepted_bits_per_sample": float(accepted_bits(p)),
        "best_accepted_success": float(best_accepted_success(price.generate, price.train)),
        "dynamic_groups_per_kept": 1.0 / share,
        "dynamic_flop_per_token": dynamic,
        "dynamic_bits_per_flop": bits / (share * size) / (dynamic * question.tokens_per_sample),
    }


def _least_kl(question: Question) -> float:
    return float(success_kl(question.target_success, question.success))


_TELLERS: dict[str, Callable[[Question, TokenPrice], dict[str, Any]]] = {
    "text": _text,
    "teacher": _teacher,
    "label": _label,
    "verdict": _verdict,
    "critic": _verdict,
    "group": _group,
}
