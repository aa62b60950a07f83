"""What a fuzz begins with: the table of bad inputs, the shipped files, and the words that each reader knows."""

from __future__ import annotations

import itertools
import shlex
from pathlib import Path

from budgetplan.datafiles import data_path
from budgetplan.fitting.runs.query_check import METHODS
from budgetplan.fitting.runs.runs import ROLES
from budgetplan.laws.forms import FORMS
from budgetplan.laws.law_checks import ABOVE_ZERO, LINKS_OF_FORMS
from budgetplan.scenario import LIMITS, LINKS, STAGES, scenario_fields, template
from budgetplan.units import DIMENSIONS
from budgetplan.units.symbols import SCALES, TIMES
from tests.bad_input.table import Bad, read_cases

LARGEST = 20_000
"""Bytes of a seed: a larger one makes every change of it slow, and says nothing more."""
RUNS = b"params,tokens,flop,loss,k,n_samples,n_correct,g\n1e8,2e9,1.2e18,3.1,1,10,3,a\n2e8,4e9,4.8e18,2.9,4,10,4,b\n"
_FIELDS = {"for": "duration", "set": "", "case": ""}


def seeds(name: str) -> list[bytes]:
    """Inputs of one target, near what is right and what is wrong.

    Parameters
    ----------
    name : str
        Of the target.

    Returns
    -------
    list of bytes
        Each once.
    """
    rows = list(read_cases().values())
    found = {
        "quantity": _quantities,
        "conversion": _conversions,
        "devices": lambda cases: [*_values(cases, "gpus"), "256xH100", "RTX 4090:8", "8 A100 SXM4-80GB"],
        "condition": lambda cases: [f"{key}>{text}" for key, text in (("params", "70B"), ("rl_share", "10%"), ("loss", "0.1"))],
        "path": lambda cases: ["plan.share.rl", "plan.share.", "plan.a.b.1.c", "list.1.0", "...", "plan."],
        "options": _options,
        "changes": lambda cases: ["budget=2e25,verifier=oracle", "max.rl_share=5%", "checkpoint=8B,15T", "link.rl=scalerl-8b"],
        "scenario": lambda cases: [*_files(cases, "scenarios", "plan a.yaml"), template()],
        "law": lambda cases: _files(cases, "laws", "plan --budget 1e22 --law ./a.yaml"),
        "runs": _runs,
    }[name](rows)
    coded = {item if isinstance(item, bytes) else item.encode("utf-8", "surrogateescape") for item in found}
    return sorted(item for item in coded if len(item) <= LARGEST)


def vocabulary(name: str) -> list[str]:
    """Words that a reader knows, for changes that a byte at a time would hardly find.

    Parameters
    ----------
    name : str
        Of the target.
    """
    units = [
        *TIMES,
        *SCALES,
        *"kMBTPEZYRQ%$",
        "FLOP",
        "FLOPs",
        "usd",
        "/h",
        "/day",
        " per ",
        "tokens",
        "params",
        "nat",
        "1e",
        "..",
        "\u2212",
    ]
    yaml = [
        ": ",
        "- ",
        "\n  ",
        "{",
        "}",
        "[",
        "]",
        "|\n",
        ">\n",
        "&a ",
        "*a",
        "!!",
        "? ",
        "<<: ",
        "---\n",
        "#",
        "'",
        '"',
        "\\x",
        "%YAML 1.2",
    ]
    keys = [*scenario_fields(), *LIMITS, *LINKS, *STAGES]
    law = [
        *LINKS_OF_FORMS,
        *FORMS,
        "id",
        "link",
        "form",
        "coefficients",
        "links",
        "box",
        "draws:\n- [",
        "example",
        "inputs",
        "output",
    ]
    law += [
        *sorted({key for names in ABOVE_ZERO.values() for key in names}),
        "value",
        "low",
        "high",
        "sources",
        "caveats",
        "convention",
    ]
    table = [*ROLES, *sorted(METHODS), ",", "\n", '"', " and ", " or ", " not ", " in ", "==", "**", "`", "@", "nan", "inf", "True"]
    per_target = {
        "scenario": yaml + keys + units,
        "law": yaml + law,
        "runs": table,
        "path": ["."],
        "options": keys + units + ["=", "\n"],
    }
    words = per_target.get(name, [*units, *keys, "=", ","])
    return sorted({word for word in words if word})


def _quantities(cases: list[Bad]) -> list[bytes]:
    texts = [word for case in cases for word in _words(case) if not word.startswith("--") and "=" not in word and len(word) < 200]
    texts += [part for row in DIMENSIONS.values() for part in row.examples.replace("'", "").replace(" or ", ", ").split(", ")]
    return [
        bytes([number % len(DIMENSIONS)]) + text.encode("utf-8", "surrogateescape")
        for number, text in enumerate(sorted(set(texts)))
    ]


def _conversions(cases: list[Bad]) -> list[str]:
    found = ["PFLOP-day\n1e25FLOP", "h\n21d", "%\n0.4", "usd/day\n$2.5/h", "/day\n1e9/s", "7\n15T tokens", "nat\n1.93"]
    for case in cases:
        words = _words(case)
        if words[:1] == ["convert"] and len(words) == 4:
            found.append(f"{words[3]}\n{words[1]}")
    return found


def _options(cases: list[Bad]) -> list[str]:
    found = ["gpus=256xH100\nduration=21d\nmfu=40%", "usd=2Musd\nprice=2.5usd/h\ngpu=H100", "checkpoint=8B,15T", "fix=params=70B"]
    found += [
        "share=pretraining=60%,rl=20%,inference=20%",
        "verifier=0.2\ncount=operations\nseed=3",
        "link=rl=scalerl-8b\ndraws=2000",
    ]
    for case in cases:
        words = _words(case)
        pairs = [(key[2:].replace("-", "_"), value) for key, value in itertools.pairwise(words) if key.startswith("--")]
        found.append("\n".join(f"{_FIELDS.get(key, key)}={value}" for key, value in pairs))
    return found


def _files(cases: list[Bad], folder: str, call: str) -> list[bytes]:
    bad = [case.content for case in cases if case.call == call]
    return bad + [path.read_bytes() for path in sorted(data_path(folder).glob("*.yaml"))]


def _runs(cases: list[Bad]) -> list[bytes]:
    found = [b"loss < 3 and g == 'a'\nk=k;group=g\n" + RUNS, b"\nloss=g\n" + RUNS, b"\n\n" + _head(data_path("lab") / "runs.csv")]
    for case in cases:
        words = _words(case)
        if words[:1] == ["fit"] and case.content:
            where = [value for key, value in itertools.pairwise(words) if key == "--where"]
            named = [value for key, value in itertools.pairwise(words) if key == "--column"]
            head = f"{where[0] if where else ''}\n{';'.join(named)}\n"
            found.append(head.encode("utf-8", "surrogateescape") + case.content)
    return found


def _head(path: Path) -> bytes:
    return b"\n".join(path.read_bytes().splitlines()[:6]) + b"\n"


def _values(cases: list[Bad], option: str) -> list[str]:
    return [value for case in cases for key, value in zip(_words(case), _words(case)[1:], strict=False) if key == f"--{option}"]


def _words(case: Bad) -> list[str]:
    return shlex.split(case.call)
