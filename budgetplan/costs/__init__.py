"""What tokens cost: FLOP per param and token by stage and method, and compute in GPU-hours, days and money."""

from budgetplan.costs.budget_record import budget_record
from budgetplan.costs.hardware import Accelerator, Price, find_accelerator, load_hardware
from budgetplan.costs.methods import Method, find_method, load_methods, rl_kappa
from budgetplan.costs.money import Budget, resolve_budget
from budgetplan.costs.money_sentence import money_sentence
from budgetplan.costs.prefill import prefill_kappa
from budgetplan.costs.records import hardware_record, hardware_rows, method_record, method_rows
from budgetplan.costs.schedule import Schedule, schedule
from budgetplan.costs.stages import stage_kappas

__all__ = [
    "Accelerator",
    "Budget",
    "Method",
    "Price",
    "Schedule",
    "budget_record",
    "find_accelerator",
    "find_method",
    "hardware_record",
    "hardware_rows",
    "load_hardware",
    "load_methods",
    "method_record",
    "method_rows",
    "money_sentence",
    "prefill_kappa",
    "resolve_budget",
    "rl_kappa",
    "schedule",
    "stage_kappas",
]
