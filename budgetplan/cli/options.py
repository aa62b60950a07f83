"""Options that several commands share, declared once, and the decorators that give them to a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from budgetplan.cli.completion import completes
from budgetplan.cli.idle import idle_note
from budgetplan.cli.output import FORMATS, Output
from budgetplan.cli.result import Result
from budgetplan.cli.scenario_options import FLAGS, SCENARIO_OPTIONS
from budgetplan.cli.scenario_sources import Asked, gather
from budgetplan.errors import StrictError

if TYPE_CHECKING:
    from budgetplan.scenario import Scenario

_OUTPUT: dict[str, Any] = {
    "format": (
        Annotated[
            str,
            typer.Option(
                "--format",
                metavar="|".join(FORMATS),
                help="Shape of the result.",
                rich_help_panel="Output",
                autocompletion=completes("", FORMATS),
            ),
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
_EXPLAIN: dict[str, Any] = {
    "explain_config": (
        Annotated[
            bool,
            typer.Option(
                "--explain-config", help="Answer only where each field of the scenario comes from.", rich_help_panel="Output"
            ),
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
    given : mapping
        The scenario options by name.
    """

    scenario: Scenario
    command: str
    given: Mapping[str, Any] = field(default_factory=dict)

    def of_file(self, path: str) -> Request:
        """Return the request with the scenario of another file beneath the same options."""
        return replace(self, scenario=gather({**self.given, "scenario": path}, FLAGS).scenario)

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

    def command(invocation: typer.Context, **values: Any) -> None:
        output = _output({name: values.pop(name) for name in shared})
        explain = values.pop("explain_config")
        given = {name: values.pop(name) for name in asked}
        given = {name: given.get(name, default) for name, (_, default) in SCENARIO_OPTIONS.items()}
        if explain:
            output.emit(_explanation(given, values))
            return
        asked_for = gather(given, FLAGS)
        scenario = asked_for.scenario
        if note := idle_note(function, asked_for, FLAGS):
            output.note(note)
        result = function(request=Request(scenario, str(invocation.obj), given), **values)
        output.emit(result)
        if scenario.strict and result.warnings:
            raise StrictError(
                f"`--strict` was given, and there is a warning: {result.warnings[0]}"
                + (f" {len(result.warnings) - 1} more follow it." if len(result.warnings) > 1 else ""),
                "The result is written all the same; leave out --strict to accept it.",
            )

    argument, options = _split(asked)
    invocation = inspect.Parameter("invocation", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    after = [invocation, *_parameters(options), *_parameters({**shared, **_EXPLAIN})]
    return _declared(command, function, after, _parameters(argument))


def _explanation(given: Mapping[str, Any], own: Mapping[str, Any]) -> Result:
    """Where the fields come from: of one question, or of every file that a command takes."""
    from budgetplan.cli.config_page import explained
    from budgetplan.scenario import scenario_fields

    # an option of the command itself may be a field as well: --share
    known = set(scenario_fields()) - set(SCENARIO_OPTIONS)
    more = {name: value for name, value in own.items() if name in known and value is not None}
    flags = {**FLAGS, **{name: f"--{name.replace('_', '-')}" for name in more}}
    files = own.get("scenario")
    named = files if isinstance(files, list) else [given["scenario"]]
    asked: dict[str, Asked] = {str(file or ""): gather({**given, **more, "scenario": file}, flags) for file in named}
    return explained(asked)


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
