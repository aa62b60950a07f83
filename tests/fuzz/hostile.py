"""Texts that a careless page, terminal or template would obey, and files that are made of them."""

from __future__ import annotations

import json
from html.parser import HTMLParser

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror=alert(1)>'",
    "entity": "&amp;&lt;b&gt;",
    "template": "{{ 7*191 }}{% raw %}${7*191}{0.__class__}%s",
    "section": "]]></style></svg><!-- --><b>",
    "direction": "\u202egnp.exe\u202c\u200f",
    "terminal": "\x1b[31mred\x1b]0;title\x07\x9b2J",
    "markup": "[bold red]x[/]`code`|*a* [b](javascript:alert(1))",
    "mathematics": "$\\frac{$_{a}^$",
}
"""By what they are aimed at."""
ALL = " ".join(HOSTILE.values())
"""All of them in one line."""
OBEYED = frozenset({*map(chr, range(32)), *map(chr, range(127, 160)), *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e"} - {"\n"})
"""What a terminal obeys or turns its lines by."""


def law_file(text: str) -> str:
    """A law that says a text wherever a law can say something.

    Parameters
    ----------
    text : str
    """
    said = json.dumps(text)  # escapes in quotes are YAML's too
    numbers = {"E": 1.7, "A": 400, "B": 400, "alpha": 0.3, "beta": 0.3}
    row = "{{value: {}, unit: {said}, kind: {said}, source: {said}, low: {}, high: {}, interval: {said}, command: {said}}}"
    rows = "".join(f"  {name}: {row.format(value, value / 2, value * 2, said=said)}\n" for name, value in numbers.items())
    example = f"inputs: {{params: 1e9, pretraining_tokens: 1e10}}, value: 2.0, published: {said}, {said}: {said}"
    return (
        f"id: {said}\ntitle: {said}\nlink: pretraining\nform: chinchilla\ncoefficients:\n{rows}"
        f"convention: {{{said}: {said}}}\nsources: [{said}]\ncaveats: [{said}]\nwarning: {said}\n"
        f"box: {{params: [1e6, 1e7], {said}: [1, 2]}}\n"
        f"example: {{output: loss, {example}}}\n"
    )


class Page(HTMLParser):
    """What a page is made of: elements, attributes, and the text between them.

    Attributes
    ----------
    tags, attributes : list of str
        In the order they come; an attribute with its value where that is an address or a style.
    text : str
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.append("!--")
