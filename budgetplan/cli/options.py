"""Options that several commands share, declared once, and the decorators that give them to a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetplan.cli.output import FORMATS, Output
from budgetplan.cli.result import Result
from budgetplan.cli.scenario_options import SCENARIO_OPTIONS, read_scenario
from budgetplan.errors import StrictError

if TYPE_CHECKING:
    from budgetplan.scenario import Scenario

_OUTPUT: dict[str, Any] = {
    "format": (
        Annotated[
            str,
            typer.Option("--format", metavar="|".join(FORMATS), help="Shape of the result.", rich_help_panel="Output"),
        ],
        "table",
    ),
    "file": (
        Annotated[
            str | None,
            typer.Option("-o", "--output", metavar="FILE", help="Write the result to a file.", rich_help_panel="Output"),
        ],
        None,
    ),
    "get": (
        Annotated[
            str | None,
            typer.Option("--get", metavar="PATH", help="Only this value of the JSON: plan.share.rl.", rich_help_panel="Output"),
        ],
        None,
    ),
    "quiet": (
        Annotated[
            bool,
            typer.Option("-q", "--quiet", help="The finding in one line, no notes or warnings.", rich_help_panel="Output"),
        ],
        False,
    ),
}


@dataclass(frozen=True)
class Request:
    """What a planning command is asked.

    Attributes
    ----------
    scenario : Scenario
        File and options, merged.
    command : str
        As typed, for the provenance.
    """

    scenario: Scenario
    command: str

    def replaced(self, **fields: object) -> Request:
        """Return the request with other fields of the scenario, as text or numbers; None is "not given"."""
        from budgetplan.scenario import scenario_from_fields

        return replace(self, scenario=scenario_from_fields(fields, base=self.scenario))


def reports(function: Callable[..., Result]) -> Callable[..., None]:
    """Give a command the output options, and write what it returns.

    An own argument called `file` takes the place of `-o`.

    Parameters
    ----------
    function : callable
        Takes its own arguments, declared for typer, and returns a `Result`.

    Returns
    -------
    callable
        For `typer.Typer.command`.
    """
    shared = _shared(function)

    def command(**values: Any) -> None:
        output = _output({name: values.pop(name) for name in shared})
        output.emit(function(**values))

    return _declared(command, function, _parameters(shared))


def plans(function: Callable[..., Result]) -> Callable[..., None]:
    """Give a command the scenario and output options, build its `request`, and write what it returns.

    An own argument called `file` takes the place of `-o`. With `--strict`, a warning ends the command once the result is
    written.

    Parameters
    ----------
    function : callable
        Takes `request` and its own arguments, declared for typer, and returns a `Result`.

    Returns
    -------
    callable
        For `typer.Typer.command`.
    """
    shared = _shared(function)
    own = inspect.signature(function, eval_str=True).parameters
    asked = {name: item for name, item in SCENARIO_OPTIONS.items() if name not in own}

    def command(context: typer.Context, **values: Any) -> None:
        output = _output({name: values.pop(name) for name in shared})
        given = {name: values.pop(name) for name in asked}
        scenario = read_scenario({name: given.get(name, default) for name, (_, default) in SCENARIO_OPTIONS.items()})
        result = function(request=Request(scenario, str(context.obj)), **values)
        output.emit(result)
        if scenario.strict and result.warnings:
            raise StrictError(
                f"`--strict` was given, and there is a warning: {result.warnings[0]}"
                + (f" {len(result.warnings) - 1} more follow it." if len(result.warnings) > 1 else ""),
                "The result is written all the same; leave out --strict to accept it.",
            )

    argument, options = _split(asked)
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    return _declared(command, function, [context, *_parameters(options), *_parameters(shared)], _parameters(argument))


def _shared(function: Callable[..., Result]) -> dict[str, Any]:
    """The output options that a command does not declare itself."""
    own = inspect.signature(function, eval_str=True).parameters
    return {name: item for name, item in _OUTPUT.items() if name not in own}


def _output(values: dict[str, Any]) -> Output:
    """Take the output options out of a command's values."""
    return Output(**{name: values.pop(name) for name in _OUTPUT if name in values})


def _split(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part the scenario's file from its options: arguments come first in the help."""
    file = {name: item for name, item in options.items() if name == "scenario"}
    return file, {name: item for name, item in options.items() if name not in file}


def _parameters(options: Mapping[str, Any]) -> list[inspect.Parameter]:
    kind = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(name, kind, annotation=annotation, default=default) for name, (annotation, default) in options.items()
    ]


def _declared(
    command: Callable[..., None],
    function: Callable[..., Result],
    after: Iterable[inspect.Parameter],
    before: Iterable[inspect.Parameter] = (),
) -> Callable[..., None]:
    """Give a command the signature that typer reads: own arguments, then the shared ones."""
    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in inspect.signature(function, eval_str=True).parameters.items()
        if name != "request"
    ]
    command.__signature__ = inspect.Signature([*own, *before, *after])  # type: ignore[attr-defined]  # read by inspect
    command.__name__, command.__doc__ = function.__name__, function.__doc__
    return command
