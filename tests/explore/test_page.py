"""The page as a user meets it: served on its own, driven in Chromium, its numbers those of `plan`."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from budgetplan.cli import main
from budgetplan.cli.commands import explore
from budgetplan.explore.controls import budgets
from tests.browser import CHROMIUM, browser
from tests.explore.tab import Tab

if importlib.util.find_spec("marimo") is None:
    pytest.skip("the extra `explore` is not installed: there is no marimo to serve the page", allow_module_level=True)
SHARES = ("pretraining", "rl", "inference")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to drive")


@contextmanager
def running(folder: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve the page from a folder; give its link."""
    root = Path(__file__).resolve().parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root), "HOME": str(folder)}
    command = [sys.executable, "-m", "budgetplan", *words]
    server = subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, restore_signals=True
    )
    try:
        assert server.stderr is not None
        address = server.stderr.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address + server.stderr.read()
        assert server.stderr.readline() == "Ctrl-C ends it.\n"
        yield address, server
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                server.kill()
                server.communicate()
                raise


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("explore")


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    with running(place, "explore", "--budget", "1e24", "--port", "0", "--no-browser") as (link, _):
        yield link


@pytest.fixture(scope="module")
def opened(address: str) -> Iterator[Tab]:
    with browser(1500, 1700) as program:
        tab = Tab(program)
        tab.go(address)
        read(tab, "plan.share.rl")
        yield tab


@pytest.fixture
def tab(opened: Tab, address: str) -> Tab:
    """The page as it begins."""
    opened.go(at(address, budget="1e24"))
    read(opened, "plan.share.rl", lambda _: read(opened, "budget.flop") == 1e24)
    return opened


def at(address: str, **query: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/?{urlencode(query)}"


def read(tab: Tab, field: str, right: Callable[[float], bool] = lambda _: True) -> float:
    """Return a number of the page, once it is there and right."""
    script = f"return everything().find(e => e.dataset && e.dataset.field === '{field}')?.dataset.value"
    end = time.monotonic() + 120
    while not right(value := float(tab.wait(script))):
        assert time.monotonic() < end, f"{field} is still {value}"
        time.sleep(0.05)
    return value


def shares(tab: Tab) -> dict[str, float]:
    return {stage: read(tab, f"plan.share.{stage}") for stage in SHARES}


def focus(tab: Tab, label: str, thumb: int = 0) -> None:
    """Give the keys to a slider: the one that is seen, since a narrow window has its own."""
    tab.wait(
        f"""const ones = everything().filter(e => /^MARIMO-(RANGE-)?SLIDER$/.test(e.tagName)
              && e.dataset.label.includes('{label}'));
            const held = ones.map(e => e.shadowRoot?.querySelectorAll('[role=slider]')[{thumb}])
              .find(e => e && e.getBoundingClientRect().width > 0);
            if (!held) return false; held.focus(); return true"""
    )


def click(tab: Tab, label: str) -> None:
    tab.wait(
        f"""const one = everything().find(e => e.tagName === 'BUTTON' && e.innerText.trim() === '{label}'
              && e.getBoundingClientRect().width > 0);
            if (!one) return false; one.click(); return true"""
    )


def says(tab: Tab, words: str) -> None:
    tab.wait(f"return everything().some(e => e.dataset && e.dataset.field && e.innerText.includes({json.dumps(words)}))")


def planned(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["plan", *words, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)["plan"]


@needs_browser
def test_the_split_follows_the_budget_and_is_what_plan_says(tab: Tab, capsys: pytest.CaptureFixture[str]) -> None:
    before = shares(tab)
    stops = budgets(1e24)
    wanted = stops[stops.index(1e24) + 5]
    focus(tab, "Budget")
    for _ in range(5):
        tab.press("ArrowRight")
    read(tab, "budget.flop", lambda flop: flop == wanted)
    expected = planned(capsys, "--budget", repr(wanted))
    assert shares(tab) == pytest.approx(expected["share"], rel=1e-9)
    assert shares(tab) != pytest.approx(before, rel=1e-3)
    assert read(tab, "plan.params") == pytest.approx(expected["params"], rel=1e-9)
    for kind in ("split", "ternary", "regret"):
        tab.wait(
            f"return everything().some(e => e.dataset?.kind === '{kind}' && e.naturalWidth > 100 && !e.closest('[data-old=True]'))"
        )


@needs_browser
def test_what_is_saved_runs_and_nothing_is_overwritten_unasked(
    tab: Tab, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = place / "scenario.yaml"
    file.unlink(missing_ok=True)
    focus(tab, "RL, least")
    for _ in range(30):
        tab.press("ArrowRight")
    read(tab, "plan.share.rl", lambda share: abs(share - 0.30) < 1e-6)
    click(tab, "Save")
    says(tab, "Saved.")
    monkeypatch.chdir(place)
    shown = planned(capsys, "scenario.yaml")
    assert shown["share"] == pytest.approx(shares(tab), rel=1e-9)
    file.write_text("# mine\n", encoding="utf-8")
    click(tab, "Save")
    says(tab, "exists already")
    assert file.read_text(encoding="utf-8") == "# mine\n"
    click(tab, "Overwrite it")
    says(tab, "Saved.")
    assert planned(capsys, "scenario.yaml") == shown


@needs_browser
def test_the_link_restores_what_is_shown(tab: Tab, address: str) -> None:
    focus(tab, "RL, least")
    for _ in range(30):
        tab.press("ArrowRight")
    read(tab, "plan.share.rl", lambda share: abs(share - 0.30) < 1e-6)
    before = shares(tab)
    link = "return everything().find(e => e.dataset?.field === 'link' && e.href.includes('min.rl_share=0.3'))?.href"
    kept = tab.wait(link)
    assert parse_qs(urlsplit(kept).query) == {"budget": ["1e24"], "min.rl_share": ["0.3"]}
    tab.go(at(address, budget="1e22"))
    read(tab, "budget.flop", lambda flop: flop == 1e22)
    tab.go(kept)
    read(tab, "budget.flop", lambda flop: flop == 1e24)
    assert shares(tab) == pytest.approx(before, rel=1e-12)
    held = "return everything().some(e => e.ariaLabel === 'Minimum' && e.getAttribute('aria-valuenow') === '30')"
    assert tab.wait(held)


@needs_browser
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"budget": "1e24", "law": "<img src=x onerror=window.hit=1>"}, "There is no law <img src=x"),
        ({"budget": "1e24", "<b>bold</b>": "1"}, "<b>bold</b>"),
        ({"budget": "1e24", "min.rl_share": "60%", "min.inference_share": "60%"}, "No plan satisfies the limits"),
    ],
)
def test_a_link_that_has_no_answer_says_why(opened: Tab, address: str, query: dict[str, str], words: str) -> None:
    opened.go(at(address, **query))
    says(opened, words)
    assert opened.value("return window.hit") is None
    assert not opened.value(
        "return everything().some(e => e.getAttribute('src') === 'x' || (e.tagName === 'B' && e.innerText === 'bold'))"
    )


@needs_browser
def test_the_page_asks_nobody_else_and_does_not_complain(opened: Tab, address: str) -> None:
    """Last of those that share the page: it looks at what all of them did."""
    own = urlsplit(address).netloc
    assert sum(urlsplit(url).netloc == own for url in opened.requests) > 10  # the page and its socket were seen
    others = {url[:80] for url in opened.requests if not url.startswith(("data:", "blob:")) and urlsplit(url).netloc != own}
    assert others == set()
    assert opened.complaints == []


def test_a_browser_without_the_token_is_not_let_in(address: str) -> None:
    with urllib.request.urlopen(at(address, budget="1e24"), timeout=60) as answer:
        assert "/auth/login" in answer.url
    with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
        urllib.request.urlopen(f"{at(address)[:-1]}api/status", timeout=60)


@pytest.mark.parametrize("line", explore.EXAMPLES)
def test_an_example_of_the_help_runs_until_it_is_interrupted(line: str, tmp_path: Path) -> None:
    words = line.split()[1:]
    browser = [] if "--no-browser" in words else ["--no-browser"]
    with running(tmp_path, *words, *browser, "--format", "json") as (address, server):
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert b"marimo" in answer.read()
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=60)
    assert (server.returncode, json.loads(out)["address"]) == (0, address)
    assert err == ""
