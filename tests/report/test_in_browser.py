"""The report in headless Chromium: nothing fetched, nothing complained of, legible light and dark, whole on paper."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from budgetplan.cli import main
from tests.browser import CHROMIUM, Browser, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the path")

A4 = (718, 1047)  # CSS pixels inside margins of 1 cm
CONTRAST = """(() => {
  const light = text => { const p = text.match(/[\\d.]+/g).map(Number); if (p.length > 3 && p[3] === 0) return null;
    const c = p.slice(0, 3).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * c[0] + .7152 * c[1] + .0722 * c[2]; };
  const behind = node => { for (let n = node; n; n = n.parentElement) { const l = light(getComputedStyle(n).backgroundColor);
    if (l !== null) return l; } return 1; };
  const out = [];
  for (const node of document.querySelectorAll('h1,h2,p,li,th,td,caption,figcaption,code,svg text')) {
    if (!node.textContent.trim()) continue;
    const style = getComputedStyle(node), a = light(node.tagName === 'text' ? style.fill : style.color), b = behind(node);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) out.push([node.tagName, node.textContent.slice(0, 30), ratio]);
  }
  return out; })()"""
CUT = """(() => {
  const wide = document.documentElement.clientWidth, out = [];
  for (const node of document.querySelectorAll('table, pre, figure, svg, th, td, li, p, h1')) {
    const box = node.getBoundingClientRect();
    if (box.right > wide + 1 || box.left < -1 || (!(node instanceof SVGElement) && node.scrollWidth > node.clientWidth + 1))
      out.push([node.tagName, node.textContent.slice(0, 30), box.right, wide, node.scrollWidth, node.clientWidth]);
  }
  return out; })()"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    (folder / "other.yaml").write_text("budget: 1e23\nlaw: additive\n", encoding="utf-8")
    target = folder / "report.html"
    words = ["--title", "A <b>title</b>", "--author", "A & B", "--compare", str(folder / "other.yaml"), "--draws", "60"]
    assert main(["report", "--budget", "1e25", *words, "-o", str(target)]) == 0
    return target


@pytest.fixture(scope="module")
def page(report: Path) -> Iterator[Browser]:
    with browser() as tab:
        tab.open(report.as_uri())
        yield tab


def test_nothing_is_fetched(page: Browser, report: Path) -> None:
    asked = [event["request"]["url"] for event in page.told("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]


def test_the_console_is_silent(page: Browser) -> None:
    assert page.told("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded") == []


def test_title_author_and_comparison_stand_on_it(page: Browser) -> None:
    assert page.value("document.title") == "A <b>title</b>"
    assert page.value("document.querySelector('h1').textContent") == "A <b>title</b>"
    assert page.value("document.querySelector('h1 b')") is None
    assert page.value("document.querySelector('.author').textContent") == "A & B"
    assert page.value("document.querySelector('.finding').textContent").startswith("The optimum needs")
    compared = page.value(
        "[...document.querySelectorAll('section')].find(s => s.textContent.includes('Scenarios compared')).innerText"
    )
    assert "other.yaml" in compared
    assert "additive" in compared


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out(page: Browser, scheme: str) -> None:
    page.call("Emulation.setEmulatedMedia", media="screen", features=[{"name": "prefers-color-scheme", "value": scheme}])
    paper = page.value("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 22, 22)"}[scheme]
    assert page.value(CONTRAST) == []


@pytest.mark.parametrize("width", [1280, 360])
def test_a_screen_scrolls_only_inside_tables(page: Browser, width: int) -> None:
    page.call("Emulation.setEmulatedMedia", media="screen", features=[])
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    assert page.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_no_table_is_cut_on_paper(page: Browser) -> None:
    page.call("Emulation.setEmulatedMedia", media="print", features=[])
    page.call("Emulation.setDeviceMetricsOverride", width=A4[0], height=A4[1], deviceScaleFactor=1, mobile=False)
    assert page.value(CUT) == []
    broken = "[...document.querySelectorAll('tr, figure, pre')].filter(n => getComputedStyle(n).breakInside !== 'avoid').length"
    assert page.value(broken) == 0
    tall = f"[...document.querySelectorAll('tr, figure, pre')].filter(n => n.getBoundingClientRect().height > {A4[1]}).length"
    assert page.value(tall) == 0  # one that is taller than a page is broken all the same
    heads = "[...document.querySelectorAll('thead')].every(n => getComputedStyle(n).display === 'table-header-group')"
    assert page.value(heads)


def test_it_prints(page: Browser) -> None:
    made: dict[str, Any] = page.call("Page.printToPDF", printBackground=False, paperWidth=8.27, paperHeight=11.69)
    paper = base64.b64decode(made["data"])
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") >= 2 or paper.count(b"/Type /Page") >= 2
