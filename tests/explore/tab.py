"""The page of `explore` in a browser: looked into through marimo's shadow roots, keys pressed, requests and complaints kept."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.browser import Browser

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
KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "Enter": 13, " ": 32, "End": 35, "Home": 36}


class Tab:
    """One page that stays open while it shows one link after another."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @property
    def requests(self) -> list[str]:
        """Addresses that the page asked for."""
        sent = [params["request"]["url"] for params in self._browser.told("Network.requestWillBeSent")]
        return sent + [params["url"] for params in self._browser.told("Network.webSocketCreated")]

    @property
    def complaints(self) -> list[str]:
        """Exceptions, and errors on the console."""
        raised = [json.dumps(params["exceptionDetails"]) for params in self._browser.told("Runtime.exceptionThrown")]
        entries = [params["entry"] for params in self._browser.told("Log.entryAdded")]
        return raised + [entry["text"] for entry in entries if entry["level"] == "error"]

    def value(self, script: str) -> Any:
        """Return what JavaScript gives; `everything()` lists the elements of the page."""
        return self._browser.value(f"(() => {{{EVERYTHING} {script}}})()")

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
        if not self._browser.session:
            self._browser.open(address)
            return
        self.value("window.left = true")
        self._browser.call("Page.navigate", url=address)
        self.wait("return !window.left && document.readyState === 'complete'")

    def press(self, key: str) -> None:
        """Press a key, where the focus is."""
        code = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self._browser.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)
