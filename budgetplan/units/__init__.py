"""Quantities: text with a unit to plain SI floats and back.

Standard library only, since every start of the command line passes through here.
"""

from budgetplan.units.convert import convert
from budgetplan.units.devices import format_devices, parse_devices
from budgetplan.units.dimensions import DIMENSIONS, Dimension
from budgetplan.units.format import format_quantity, format_share
from budgetplan.units.parse import parse_quantity

__all__ = [
    "DIMENSIONS",
    "Dimension",
    "convert",
    "format_devices",
    "format_quantity",
    "format_share",
    "parse_devices",
    "parse_quantity",
]
