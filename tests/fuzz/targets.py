"""What reads text or bytes from outside, one function each: an answer, or an error of the package, and nothing else.

A target takes any bytes. What they mean to it is up to it: the first line may say how the rest is to be read. An exception that
it lets through is a finding.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import MappingProxyType

from budgetplan.cli.commands.what_if import fields_of
from budgetplan.cli.result import value_at
from budgetplan.errors import BudgetPlanError
from budgetplan.fitting.runs.read_runs import read_runs
from budgetplan.laws.describe import law_record
from budgetplan.scenario import load_scenario, override, scenario_from_fields, to_yaml
from budgetplan.units import DIMENSIONS, convert, format_devices, format_quantity, parse_devices, parse_quantity
from budgetplan.workflow.questions.condition import read_condition

UNITS = ("FLOP", "PFLOP-day", "h", "usd", "usd/h", "%", "tokens", "B params", "/day", "TFLOP/s", "nat")
"""Units that a quantity is converted to."""
ANSWER = MappingProxyType({"plan": {"share": {"rl": 0.5}, "a.b": [1, {"c": 2}], "": 3}, "list": [[], [None]]})
"""What a path of `--get` is looked up in."""


def quantity(data: bytes) -> None:
    """The first byte says the dimension, the rest is the text; what is read is printed, and read again."""
    names = sorted(DIMENSIONS)
    name = names[data[0] % len(names)] if data else "compute"
    text = words(data[1:])
    number = parse_quantity(text, name)
    assert math.isfinite(number), number
    printed = format_quantity(number, name, 17)
    assert math.isclose(parse_quantity(printed, name, minimum=0.0), number, rel_tol=1e-14, abs_tol=1e-300), (number, printed)


def conversion(data: bytes) -> None:
    """The first line is the unit, the rest the quantity."""
    unit, _, text = words(data).partition("\n")
    number, into = convert(text, UNITS[len(unit) % len(UNITS)] if unit.isdigit() else unit)
    assert math.isfinite(number), (number, into)


def devices(data: bytes) -> None:
    """How many of which, printed and read again."""
    found = parse_devices(words(data))
    assert parse_devices(format_devices(*found)) == found


def condition(data: bytes) -> None:
    """`--when`, with its own sentences."""
    found = read_condition(words(data))
    assert math.isfinite(found.bound), found
    assert str(found), found.negation


def path(data: bytes) -> None:
    """`--get`."""
    value_at(ANSWER, words(data))


def options(data: bytes) -> None:
    """One `KEY=VALUE` per line, as options and keyword arguments give them: `checkpoint=8B,15T`, `max=rl_share=5%`."""
    lines = (line.partition("=") for line in words(data).split("\n"))
    written_and_read(scenario_from_fields({key: value for key, _, value in lines}))


def changes(data: bytes) -> None:
    """`--case` and `--set`: fields by dotted path, laid over a scenario."""
    base = scenario_from_fields({"budget": "1e25", "max": "rl_share=20%", "checkpoint": "8B,15T"})
    written_and_read(override(base, fields_of(words(data))))


def scenario(data: bytes) -> None:
    """A scenario file, written and read again."""
    written_and_read(load_scenario(written("scenario.yaml", data)))


def law(data: bytes) -> None:
    """A law file, with all that `budgetplan laws FILE` shows of it."""
    assert law_record(str(written("law.yaml", data)))["hash"]


def runs(data: bytes) -> None:
    """A line of `--where`, one of `--column` (ROLE=NAME, between semicolons), then the CSV; an empty line is not given."""
    where, _, rest = data.partition(b"\n")
    named, _, table = rest.partition(b"\n")
    columns = dict(item.partition("=")[::2] for item in words(named).split(";") if "=" in item)
    found = read_runs(written("runs.csv", table), columns, words(where) or None)
    assert all(len(found[role]) == len(found.rows) for role in found)


TARGETS: dict[str, Callable[[bytes], None]] = {
    item.__name__: item for item in (quantity, conversion, devices, condition, path, options, changes, scenario, law, runs)
}
"""Every target by its name."""


def refused(target: Callable[[bytes], None], data: bytes) -> str | None:
    """The message of the error that the input ends in, or None where it is accepted.

    Raises
    ------
    Exception
        Whatever is no error of the package: a finding.
    """
    try:
        target(data)
    except BudgetPlanError as error:
        if not str(error).strip():
            raise AssertionError(f"{type(error).__name__} says nothing") from error
        return str(error)
    return None


def words(data: bytes) -> str:
    """Bytes as the command line hands them over: UTF-8, and what is not as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def written(name: str, data: bytes) -> Path:
    """A file with these bytes."""
    place = Path(_folder().name) / name
    place.write_bytes(data)
    return place


def written_and_read(found: object) -> None:
    """A scenario as YAML is the same scenario."""
    text = to_yaml(found)  # type: ignore[arg-type]
    again = load_scenario(written("again.yaml", text.encode("utf-8")))
    assert again == found, text


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    memory = Path("/dev/shm")  # no disk has to turn for a hundred thousand files
    return tempfile.TemporaryDirectory(prefix="fuzz-", dir=memory if memory.is_dir() else None)
