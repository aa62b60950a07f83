"""`budgetplan explore`: a page on this machine whose plan follows sliders and choices."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from budgetplan.cli.layout import Lines, Page
from budgetplan.cli.options import Request, plans
from budgetplan.cli.result import Result
from budgetplan.cli.scenario_sources import AMOUNTS
from budgetplan.errors import UnitError

EXAMPLES = (
    "budgetplan explore",
    "budgetplan explore --budget 1e24 --min rl_share=5% --no-browser",
    "budgetplan explore --gpus 256xH100 --for 21d --port 0 --no-browser",
)
DETAILS = (
    "Needs the extra `explore`. The page is served on 127.0.0.1 until Ctrl-C, to browsers that bring the token of the printed "
    "link. Its button writes the scenario into the folder from which it was started. Without an amount it begins at 1e25 FLOP."
)
_PORTS = 65536

_Port = Annotated[int | None, typer.Option("--port", metavar="N", help="Port; 0 takes a free one.", show_default=False)]
_Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")]


@plans
def run(request: Request, port: _Port = None, browser: _Browser = True) -> Result:
    """Serve until interrupted."""
    if port is not None and not 0 <= port < _PORTS:
        raise UnitError(f"--port: {port} is no port.", f"Give a number from 0 to {_PORTS - 1}.")
    from budgetplan.explore.serve import serve

    unasked = not request.scenario.model_fields_set & set(AMOUNTS)
    scenario = request.replaced(budget="1e25").scenario if unasked else request.scenario
    scenario.require_question()
    address = serve(scenario, port, browser, _tell)
    return Result({"address": address}, [{"address": address}], Page("", "", (Lines((("served", address),)),)), address)


def _tell(address: str) -> None:
    """Say where the page is while it is there: the result follows only when it is gone."""
    sys.stderr.write(f"{address}\nCtrl-C ends it.\n")
    sys.stderr.flush()
