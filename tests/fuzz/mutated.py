"""Inputs near what a reader accepts: seeds with a few changes, and files whose values are of any kind."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from budgetplan.laws.law_checks import LINKS_OF_FORMS
from budgetplan.laws.law_files import law_ids, shipped_record
from budgetplan.scenario import scenario_fields
from tests.fuzz.seeds import seeds, vocabulary

LONGEST_SEED = 1500
"""Bytes of a seed that is changed here: parsing a longer one takes the time of ten. The search takes them all."""
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["1e25", "40%", "", "~", "nan", "{{ 7*7 }}", "{0.__class__}", "2026-11-24", "12:30", "0x1F", "1_000", "<<"]),
)
"""A scalar of any kind."""
VALUES = st.recursive(
    ODD, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3), max_leaves=6
)
"""A value of any shape."""


def near(name: str) -> st.SearchStrategy[bytes]:
    """A seed of a target with up to four changes: words put in, parts taken out, doubled, moved, or turned over.

    Parameters
    ----------
    name : str
        Of the target.
    """
    short = [seed for seed in seeds(name) if len(seed) <= LONGEST_SEED]
    words = [word.encode() for word in vocabulary(name)]
    change = st.tuples(st.sampled_from("pdrmx"), st.floats(0, 1), st.floats(0, 1), st.sampled_from(words) | st.binary(max_size=4))
    return st.builds(_changed, st.sampled_from(short), st.lists(change, min_size=1, max_size=4))


def _changed(data: bytes, changes: list[tuple[str, float, float, bytes]]) -> bytes:
    for kind, start, length, word in changes:
        at = int(start * len(data))
        end = min(len(data), at + 1 + int(length * 20))
        if kind == "p":
            data = data[:at] + word + data[at:]
        elif kind == "d":
            data = data[:at] + data[end:]
        elif kind == "r":
            data = data[:at] + word + data[end:]
        elif kind == "m":
            data = data[:end] + data[at:end] + data[end:]
        else:
            data = data[:at] + bytes(byte ^ 1 for byte in data[at:end]) + data[end:]
    return data


def scenario_texts() -> st.SearchStrategy[bytes]:
    """Scenario files of known keys with values of any kind."""
    keys = ["schema" if name == "schema_version" else name for name in scenario_fields()]
    return st.dictionaries(st.sampled_from(keys), VALUES, min_size=1, max_size=5).map(_lines)


@st.composite
def law_texts(draw: st.DrawFn) -> bytes:
    """Law files of a known form, with some of its keys and coefficients of any kind."""
    record = shipped_record(draw(st.sampled_from(law_ids())))
    content: dict[str, Any] = {"id": record.id, "link": record.link, "form": record.form, "coefficients": dict(record.values)}
    content |= {"links": dict(record.links)} if record.links else {}
    for name in draw(st.lists(st.sampled_from(sorted(record.values)), max_size=2)) if record.values else ():
        content["coefficients"][name] = draw(
            ODD | st.dictionaries(st.sampled_from(["value", "low", "high", "standard_error"]), ODD)
        )
    more = st.sampled_from(["title", "box", "sources", "caveats", "convention", "example", "draws", "links", "warning", "form"])
    for key in draw(st.lists(more, max_size=3)):
        content[key] = draw(VALUES | st.sampled_from(sorted(LINKS_OF_FORMS)))
    if draw(st.booleans()):
        content["example"] = {"inputs": draw(VALUES), "output": draw(st.sampled_from(["loss", "success", "params"]) | VALUES)}
    return _lines(content)


@st.composite
def run_tables(draw: st.DrawFn) -> bytes:
    """Tables of runs whose cells are mostly numbers."""
    heads = draw(
        st.lists(st.sampled_from(["params", "tokens", "flop", "loss", "k", "g", "", "index", "a b"]), min_size=1, max_size=5)
    )
    cell = st.one_of(
        st.floats(), st.integers(), st.sampled_from(["", "nan", "1,5", '"', "True", "1e9", "\u22121"]), st.text(max_size=3)
    )
    rows = draw(st.lists(st.lists(cell, min_size=len(heads) - 1, max_size=len(heads) + 1), max_size=4))
    where = draw(st.sampled_from(["", "", "loss > 1", "g == 'a'", "params", "index", "loss in [1, 2]", "`a b` > 0", "loss.mean()"]))
    text = "\n".join([where, draw(st.sampled_from(["", "", "loss=g", "group=g", "params=a b"])), ",".join(heads)])
    return "\n".join([text, *(",".join(map(str, row)) for row in rows)]).encode("utf-8", "replace")


def _lines(content: dict[str, Any]) -> bytes:
    """A mapping as YAML, a key to a line; JSON is YAML."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in content.items()).encode("utf-8", "replace")
