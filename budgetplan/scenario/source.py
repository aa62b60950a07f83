"""A YAML file as plain text values with the line of every key, and a sentence for everything YAML could go wrong with.

Scalars stay as they were written: `1e24`, `1_000` and `15T` are read by the quantities' own rules, and never become
dates, octal numbers or sixtieths on the way. The parser's events are used, so nothing is constructed from a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from budgetplan.scenario.problems import Problem

DEEPEST = 4
LONGEST = 200_000
"""Text that is read: its reader takes up to 4 us for a character. [character]"""
MOST = 2000
"""Keys and values of a scenario: each unknown key costs a search for what it may have meant."""
_INDENTED_BY_TAB = re.compile(r"^ *\t\s*\S", re.MULTILINE)
_NULL = ("", "~", "null", "Null", "NULL")


class UnreadableYaml(ValueError):
    """Carries the sentence and the line of what ends the reading."""

    def __init__(self, sentence: str, line: int) -> None:
        super().__init__(sentence)
        self.sentence, self.line = sentence, line


@dataclass
class Source:
    """What a file says.

    Attributes
    ----------
    values : dict
        Key to text, list, dict, or None where the file says null.
    lines : dict
        Path of keys to its line, counted from 1.
    problems : list of Problem
        What is wrong with the file's form and does not end the reading: keys given twice.
    """

    values: dict[str, object] = field(default_factory=dict)
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    def line(self, path: tuple[str, ...]) -> int:
        """Return the line of a path, or of the nearest enclosing key that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str) -> Source:
    """Return the values of a YAML text and where they stand.

    Parameters
    ----------
    text : str
        One document with a mapping at its top.

    Returns
    -------
    Source

    Raises
    ------
    UnreadableYaml
        Where the text is no YAML, or uses what a scenario does not need: tabs, anchors, tags, several documents.
    """
    if len(text) > LONGEST:
        raise UnreadableYaml(f"the file has {len(text):,} characters, and a scenario has a few lines. Shorten it.", 1)
    if tab := _INDENTED_BY_TAB.search(text):
        line = text.count("\n", 0, tab.start()) + 1
        raise UnreadableYaml("a tab indents this line, and YAML indents with spaces. Replace it by spaces.", line)
    try:
        events = _checked(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context
        sentence = f"this is not YAML: {what}. Write `key: value`, with quotes around special characters."
        raise UnreadableYaml(sentence, mark.line + 1 if mark else 1) from None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position if isinstance(position, int) else 0) + 1
        raise UnreadableYaml("this is not YAML: it has a control character. Remove it.", line) from None
    source = Source()
    if events and isinstance(events[0], MappingStartEvent):
        value, _ = _value(events, 0, (), source)
        source.values = value if isinstance(value, dict) else {}
    elif events and not (isinstance(events[0], ScalarEvent) and events[0].value in _NULL):
        what = "one value" if isinstance(events[0], ScalarEvent) else "a list"
        raise UnreadableYaml(f"the file holds {what}, and `key: value` lines are due, such as `budget: 1e25`.", 1)
    return source


def _checked(events: Iterable[Event]) -> list[Event]:
    """Return the nodes' events, or refuse what a scenario does not need."""
    kept: list[Event] = []
    depth, documents = 0, 0
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise UnreadableYaml("a second document begins here (`---`). Put one scenario in one file.", line)
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            sign = "*" if isinstance(event, AliasEvent) else "&"
            raise UnreadableYaml(f"`{sign}{event.anchor}` is an anchor or alias. Write the value out.", line)
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
            raise UnreadableYaml(f"`{event.tag}` is a tag, and a scenario has none. Remove it.", line)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise UnreadableYaml(f"values are nested deeper than {DEEPEST} levels here. A scenario needs two.", line)
        if isinstance(event, NodeEvent | CollectionEndEvent):
            kept.append(event)
        if len(kept) > MOST:
            raise UnreadableYaml(f"{MOST} keys and values end here, and a scenario has a few lines. Remove what is none.", line)
    return kept


def _value(events: list[Event], at: int, path: tuple[str, ...], source: Source) -> tuple[object, int]:
    """Return the value whose events begin at an index, and the index after it."""
    event = events[at]
    if isinstance(event, ScalarEvent):
        return (None if event.value in _NULL and event.style is None else str(event.value)), at + 1
    at += 1
    if isinstance(event, MappingStartEvent):
        return _mapping(events, at, path, source)
    items: list[object] = []
    while not isinstance(events[at], CollectionEndEvent):
        item, at = _value(events, at, (*path, str(len(items))), source)
        items.append(item)
    return items, at + 1


def _mapping(events: list[Event], at: int, path: tuple[str, ...], source: Source) -> tuple[object, int]:
    values: dict[str, object] = {}
    while not isinstance(events[at], CollectionEndEvent):
        line = events[at].start_mark.line + 1
        key, at = _value(events, at, path, source)
        if not isinstance(key, str):
            raise UnreadableYaml("a key is not text. Write `key: value`.", line)
        here = (*path, key)
        if key in values:
            sentence = f"is given twice, first on line {source.lines[here]}. Keep one."
            source.problems.append((line, Problem(here, sentence)))
            _, at = _value(events, at, here, Source())
            continue
        source.lines[here] = line
        values[key], at = _value(events, at, here, source)
    return values, at + 1
