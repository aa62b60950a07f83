"""Headless Chromium over its DevTools protocol: enough to open a page, look into it, press keys and see every request."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions")
# What is on the page, in the shadow roots of marimo's elements as well.
EVERYTHING = """
function everything(root = document) {
  const found = [];
  for (const item of root.querySelectorAll('*')) {
    found.push(item);
    if (item.shadowRoot) found.push(...everything(item.shadowRoot));
  }
  return found;
}
"""


class Tab:
    """One page."""

    def __init__(self, socket: Any) -> None:
        self._socket, self._numbers = socket, itertools.count(1)
        self.requests: list[str] = []
        self.complaints: list[str] = []
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(timeout=60))
            self._note(told)
            if told.get("id") == number:
                assert "error" not in told, told["error"]
                return told["result"]

    def _note(self, told: dict[str, Any]) -> None:
        params = told.get("params", {})
        if told.get("method") == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif told.get("method") == "Network.webSocketCreated":
            self.requests.append(params["url"])
        elif told.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif told.get("method") == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"])

    def value(self, script: str) -> Any:
        """Return what JavaScript gives; `everything()` lists the elements of the page."""
        whole = f"(() => {{{EVERYTHING} {script}}})()"
        done = self.call("Runtime.evaluate", expression=whole, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def wait(self, script: str, seconds: float = 120.0) -> Any:
        """Return the first truthy value of a script."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.value(script):
                return found
            time.sleep(0.1)
        raise AssertionError(f"After {seconds:.0f} s: {script}; the page says {self.value('return document.body.innerText')!r}")

    def go(self, address: str) -> None:
        """Leave the page for another, which may be the same."""
        self.value("window.left = true")
        self.call("Page.navigate", url=address)
        self.wait("return !window.left && document.readyState === 'complete'")

    def press(self, key: str) -> None:
        code = {"ArrowRight": 39, "ArrowLeft": 37, "Enter": 13, " ": 32, "End": 35, "Home": 36}[key]
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


@contextlib.contextmanager
def chromium(program: str, folder: Path, width: int = 1500, height: int = 1700) -> Iterator[Tab]:
    """Open a browser with a profile of its own, and close it."""
    from websockets.sync.client import connect

    command = [program, *FLAGS, f"--window-size={width},{height}", f"--user-data-dir={folder}", "--remote-debugging-port=0"]
    with (folder / "chromium.log").open("w") as log:
        browser = subprocess.Popen([*command, "about:blank"], stdout=log, stderr=log)
        try:
            port = _port(folder / "DevToolsActivePort")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=60) as answer:
                (page,) = (item for item in json.load(answer) if item["type"] == "page")
            with connect(page["webSocketDebuggerUrl"], max_size=None, open_timeout=60) as socket:
                yield Tab(socket)
        finally:
            browser.terminate()
            browser.wait(30)


def _port(file: Path) -> int:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if file.exists() and (lines := file.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.1)
    raise AssertionError(f"Chromium did not start: {(file.parent / 'chromium.log').read_text()[-2000:]}")
