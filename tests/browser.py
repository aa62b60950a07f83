"""Headless Chromium, spoken to over a pipe in the DevTools protocol: nothing but the browser is needed.

References
----------
Chrome DevTools Protocol, chromedevtools.github.io/devtools-protocol; `--remote-debugging-pipe` reads commands from file
descriptor 3 and answers on 4, as JSON that ends in a zero byte.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
"""The browser, or None."""
PATIENCE = 120.0  # s, for one answer: the machine may be busy


class Browser:
    """One tab.

    Attributes
    ----------
    events : list of dict
        All that the browser told without being asked.
    """

    def __init__(self, send: int, receive: int) -> None:
        self.send, self.receive = send, receive
        self.events: list[dict[str, Any]] = []
        self.count, self.rest, self.session = 0, b"", ""

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.send, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next(PATIENCE)
            if answer.get("id") == self.count:
                assert "error" not in answer, f"{method}: {answer}"
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, address: str) -> None:
        """Show a page, and wait until it is loaded and quiet."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.events.clear()
        self.call("Page.navigate", url=address)
        until = time.monotonic() + PATIENCE
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next(until - time.monotonic()))
        self.value("new Promise(done => setTimeout(() => done(1), 300))")  # what comes late comes now

    def value(self, expression: str) -> Any:
        """What an expression is on the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def told(self, *methods: str) -> list[dict[str, Any]]:
        """What it told of some kinds."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def _next(self, patience: float) -> dict[str, Any]:
        while b"\0" not in self.rest:
            if not select.select([self.receive], [], [], max(patience, 0.0))[0]:
                raise TimeoutError(f"Chromium said nothing for {patience:.0f} s.")
            part = os.read(self.receive, 1 << 16)
            if not part:
                raise ConnectionError("Chromium ended.")
            self.rest += part
        line, self.rest = self.rest.split(b"\0", 1)
        return dict(json.loads(line))


@contextmanager
def browser(width: int = 1280, height: int = 1024) -> Iterator[Browser]:
    """A browser with a profile of its own, which is gone afterwards."""
    assert CHROMIUM is not None
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        words = [
            CHROMIUM,
            *(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-pipe",
            ),
            *("--disable-background-networking", "--disable-component-update", "--disable-extensions"),
            *(f"--user-data-dir={folder}", f"--window-size={width},{height}"),
        ]
        quiet = os.open(Path(folder) / "said.txt", os.O_WRONLY | os.O_CREAT, 0o600)
        # first out of the way of 3 and 4, then onto them: a pipe may have got these numbers
        high_in, high_out = os.dup(theirs_in), os.dup(theirs_out)
        moves = [(os.POSIX_SPAWN_DUP2, high_in, 103), (os.POSIX_SPAWN_DUP2, high_out, 104)]
        moves += [(os.POSIX_SPAWN_DUP2, 103, 3), (os.POSIX_SPAWN_DUP2, 104, 4)]
        moves += [(os.POSIX_SPAWN_DUP2, quiet, 1), (os.POSIX_SPAWN_DUP2, quiet, 2)]
        process = os.posix_spawn(CHROMIUM, words, {**os.environ, "HOME": folder}, file_actions=moves, setpgroup=0)
        for end in (theirs_in, theirs_out, high_in, high_out, quiet):
            os.close(end)
        tab = Browser(ours_out, ours_in)
        try:
            yield tab
        finally:
            for end in (ours_out, ours_in):
                os.close(end)
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
