"""Scenarios: what a user asks, from YAML, keyword arguments or options, validated with all problems at once."""

from budgetplan.scenario.compounds import LIMITS, LINKS, STAGES
from budgetplan.scenario.fields import override, scenario_fields, scenario_from_fields
from budgetplan.scenario.load import load_scenario
from budgetplan.scenario.model import Scenario
from budgetplan.scenario.template import template
from budgetplan.scenario.write import to_yaml

__all__ = [
    "LIMITS",
    "LINKS",
    "STAGES",
    "Scenario",
    "load_scenario",
    "override",
    "scenario_fields",
    "scenario_from_fields",
    "template",
    "to_yaml",
]
