"""The forms a law can have: which function each parametrises, its formula and the coefficients it wants.

A new form is one function elsewhere in this package and one entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from budgetplan.errors import DataError, suggest
from budgetplan.laws.additive import AdditiveLoss
from budgetplan.laws.chinchilla import ChinchillaLoss, overtrained
from budgetplan.laws.coverage import BetaSpread, CoveragePower
from budgetplan.laws.data_constrained import DataConstrainedLoss
from budgetplan.laws.kaplan import KaplanLoss
from budgetplan.laws.policy import PowerPolicy
from budgetplan.laws.record import Record
from budgetplan.laws.rl_gain import ApproachingGain, LogarithmicGain, SaturatingGain
from budgetplan.laws.rl_published import ErrorPower, SuccessSigmoid
from budgetplan.laws.shen_chess import ShenChess
from budgetplan.laws.task_link import LogisticTask, LogLogTask

PFLOP_DAY = 8.64e19
"""One PFLOP/s for a day. [FLOP]"""


@dataclass(frozen=True)
class Form:
    """How a form is built and written.

    Attributes
    ----------
    formula : str
        The law in one line.
    wants : tuple of str
        Coefficients it needs.
    build : callable
        From coefficient values by name to the function.
    instead : tuple of str
        Coefficients that serve where none of those that it needs is given.
    """

    formula: str
    wants: tuple[str, ...]
    build: Callable[[Mapping[str, float]], Any]
    instead: tuple[str, ...] = ()


def _by_name(function: Callable[..., Any], *names: str) -> Callable[[Mapping[str, float]], Any]:
    return lambda values: function(**{name: values[name] for name in names})


def _policy(values: Mapping[str, float]) -> PowerPolicy:
    if "N_coefficient" in values:
        return PowerPolicy(values["N_coefficient"], values["N_exponent"])
    return PowerPolicy(values["D_coefficient"], values["D_exponent"], of_tokens=True)


_CHINCHILLA = ("E", "A", "B", "alpha", "beta")
_SHEN = ("f_floor", "f_offset", "f_slope", "g_offset", "g_tokens", "g_params", "pivot", "E", "A", "alpha", "B", "beta")
_ADDITIVE = ("E", "A", "alpha", "B", "beta", "G", "gamma", "H", "delta")
_SIGMOID = ("ceiling", "start", "midpoint", "steepness", "tokens_per_gpu_hour")

FORMS: dict[str, Form] = {
    "chinchilla": Form("L = E + A/N^alpha + B/D^beta", _CHINCHILLA, _by_name(ChinchillaLoss, *_CHINCHILLA)),
    "data-constrained": Form(
        "L = E + A/N'^alpha + B/D'^beta, D' = U + U RD_star (1 - exp(-(D/U - 1)/RD_star)), N' likewise beyond N_opt(U)",
        (*_CHINCHILLA, "RD_star", "RN_star"),
        _by_name(DataConstrainedLoss, *_CHINCHILLA, "RD_star", "RN_star"),
    ),
    "overtrained": Form(
        "L = E + (a M^eta + b M^-eta) C^-eta, C = 6 N D, M = D/N",
        ("E", "a", "b", "eta"),
        _by_name(overtrained, "E", "a", "b", "eta"),
    ),
    "kaplan": Form(
        "L = [(N_c/N)^(alpha_N/alpha_D) + D_c/D]^alpha_D; plan: N = N_coefficient (C/PFLOP-day)^N_exponent, D = C/(6 N)",
        ("N_c", "D_c", "alpha_N", "alpha_D", "N_coefficient", "N_exponent"),
        _by_name(KaplanLoss, "N_c", "D_c", "alpha_N", "alpha_D"),
    ),
    "power-policy": Form(
        "N = N_coefficient C^N_exponent, or D = D_coefficient C^D_exponent; 6 N D = C",
        ("N_coefficient", "N_exponent"),
        _policy,
        ("D_coefficient", "D_exponent"),
    ),
    "logistic": Form(
        "success = chance + (1 - chance)/(1 + exp(-slope (midpoint - L)))",
        ("slope", "midpoint", "chance"),
        _by_name(LogisticTask, "slope", "midpoint", "chance"),
    ),
    "log-log": Form(
        "success = chance + (1 - chance) exp(-exp(slope (L - pivot)))",
        ("slope", "pivot", "chance"),
        _by_name(LogLogTask, "slope", "pivot", "chance"),
    ),
    "ability-log": Form(
        "logit success = logit start + gain ln(1 + R/reference)",
        ("gain", "reference"),
        _by_name(LogarithmicGain, "gain", "reference"),
    ),
    "ability-saturating": Form(
        "logit success = logit start + ceiling x^steepness/(1 + x^steepness), x = R/midpoint",
        ("ceiling", "midpoint", "steepness"),
        _by_name(SaturatingGain, "ceiling", "midpoint", "steepness"),
    ),
    "ability-approach": Form(
        "logit success = logit start + x^steepness/(1 + x^steepness) ln(1 + exp(reach - logit start)), x = R/midpoint",
        ("reach", "midpoint", "steepness"),
        _by_name(ApproachingGain, "reach", "midpoint", "steepness"),
    ),
    "success-sigmoid": Form(
        "success = start + (ceiling - start)/(1 + (midpoint/C)^steepness), C in GPU-hours",
        _SIGMOID,
        _by_name(SuccessSigmoid, *_SIGMOID),
    ),
    "error-power": Form(
        "1 - success = (1 - start)(1 + R/R_ref)^-k(N), k(N) = K_max/(1 + N_0/N)",
        ("K_max", "N_0", "R_ref"),
        _by_name(ErrorPower, "K_max", "N_0", "R_ref"),
    ),
    "beta-spread": Form(
        "pass@k = 1 - B(a, b + k)/B(a, b), a = mu nu, b = (1 - mu) nu, nu = (tail/mu_0) (mu_0/mu)^narrowing",
        ("tail", "narrowing", "selection_efficiency", "selection_samples"),
        _by_name(BetaSpread, "tail", "narrowing"),
    ),
    "beta-drift": Form(
        "pass@k as in beta-spread, nu = (tail mu_0^drift/mu_0) (mu_0/mu)^narrowing",
        ("tail", "narrowing", "drift", "selection_efficiency", "selection_samples"),
        _by_name(BetaSpread, "tail", "narrowing", "drift"),
    ),
    "passk-power": Form("pass@k = exp(a k^b)", ("a", "b"), _by_name(CoveragePower, "b")),
    "passk-beta": Form(
        "pass@k = 1 - B(a, b + k)/B(a, b), a = mean concentration, b = (1 - mean) concentration",
        ("mean", "concentration"),
        lambda values: BetaSpread(values["mean"] * values["concentration"]),
    ),
    "shen-chess": Form(
        "success = f_floor + exp(f_offset - f_slope L) + (g_offset + g_tokens log10 D + g_params log10 N)(log10 C_RL - pivot)",
        _SHEN,
        _by_name(ShenChess, *_SHEN),
    ),
    "additive": Form("loss = E + A/N^alpha + B/D^beta + G/R^gamma + H/k^delta", _ADDITIVE, _by_name(AdditiveLoss, *_ADDITIVE)),
    "four-links": Form("loss = -ln success(samples(rl(task(pretraining(N, D)), R), k))", (), lambda _: None),
}


def build(record: Record) -> Any:
    """The function of a record: a model, a link or a policy.

    Parameters
    ----------
    record : Record
        A law.

    Raises
    ------
    DataError
        If the form is unknown or a coefficient is missing.
    """
    form = FORMS.get(record.form)
    if form is None:
        close = suggest(record.form, FORMS)
        raise DataError(f"law `{record.id}`: there is no form `{record.form}`.", f"Did you mean {close}?" if close else "")
    given = record.coefficients
    other = bool(form.instead) and not any(name in given for name in form.wants) and any(name in given for name in form.instead)
    missing = [name for name in (form.instead if other else form.wants) if name not in given]
    if missing:
        instead = f", or {', '.join(form.instead)}" if form.instead and len(missing) == len(form.wants) else ""
        raise DataError(f"law `{record.id}`: the form `{record.form}` wants the coefficients {', '.join(missing)}{instead}.")
    return form.build(record.values)


def kaplan_policy(record: Record) -> PowerPolicy:
    """Kaplan's published allocation, N = N_coefficient (C/PFLOP-day)^N_exponent.

    Parameters
    ----------
    record : Record
        Of form `kaplan`.
    """
    return PowerPolicy(record.values["N_coefficient"], record.values["N_exponent"], unit=PFLOP_DAY)
