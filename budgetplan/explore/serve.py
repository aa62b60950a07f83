"""The page's server: on this machine's loopback only, and only for a browser that brings the token of its link."""

from __future__ import annotations

import asyncio
import errno
import secrets
import socket
import warnings
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from budgetplan.errors import MissingExtraError, OutputError
from budgetplan.explore.address import link
from budgetplan.scenario import Scenario

HOST = "127.0.0.1"
USUAL = 8642
"""Port where none is named; another free one where it is taken."""
PAGE = Path(__file__).with_name("page.py")
_LEAVE = 1  # s that open pages are given when the server stops


def serve(scenario: Scenario, port: int | None = None, browser: bool = True, tell: Callable[[str], None] | None = None) -> str:
    """Serve the page until it is interrupted.

    Anyone with an account on a machine reaches its loopback, and the page writes files: so its link bears a token, made anew
    each time.

    Parameters
    ----------
    scenario : Scenario
        With which the page begins.
    port : int, optional
        0 takes any that is free.
    browser : bool
        Whether to open a browser.
    tell : callable, optional
        Given the link once the port is held.

    Returns
    -------
    str
        The link.

    Raises
    ------
    MissingExtraError
        Where marimo is not installed.
    OutputError
        Where the port is taken.
    """
    if find_spec("marimo") is None or find_spec("zmq") is None:
        raise MissingExtraError("`explore`", "explore")
    import marimo
    import uvicorn

    # A slider sends which of its stops was chosen, not the number, so digits that JavaScript lacks are not lost.
    warnings.filterwarnings("ignore", "Warning: Value .* is outside the range of safe integers", UserWarning)
    token = secrets.token_urlsafe(16)
    with listen(port) as held:
        address = link(scenario, f"http://{HOST}:{held.getsockname()[1]}/", token)
        inner: list[Any] = []
        builder = marimo.create_asgi_app(quiet=True, token=token)

        def noted(app: Any) -> Any:
            inner.append(app)
            return app

        page = builder.with_app(path="", root=str(PAGE), middleware=[noted]).build()
        server = uvicorn.Server(uvicorn.Config(page, log_level="error", timeout_graceful_shutdown=_LEAVE))
        if tell is not None:
            tell(address)
        if browser:
            webbrowser.open(address)
        with suppress(KeyboardInterrupt):  # the way to end it
            server.run(sockets=[held])
        # An app that is mounted in another is not told of the end, and pages left open would keep the process.
        asyncio.run(inner[0].state.session_manager.shutdown())
    return address


def listen(port: int | None = None) -> socket.socket:
    """A socket that listens on the loopback.

    Parameters
    ----------
    port : int, optional
        Where absent, `USUAL`, or any that is free.

    Returns
    -------
    socket.socket

    Raises
    ------
    OutputError
        Where a named port is taken or not allowed.
    """
    for wanted in (USUAL, 0) if port is None else (port,):
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((HOST, wanted))
            held.listen()
        except OSError as error:
            held.close()
            if port is None and wanted:
                continue
            why = "it is taken" if error.errno == errno.EADDRINUSE else error.strerror
            raise OutputError(f"Port {wanted} cannot be used: {why}.", "Name another with --port, or 0 for any.") from error
        return held
    raise AssertionError("The loop returns or raises.")
