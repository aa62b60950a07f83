"""The recipes of CONTRIBUTING.md as steps, and a copy of the repository in which they are followed.

*Write* `FILE`; *in* `FILE`, *after* or *before* a line that holds `TEXT`, *add*: each with a block of code. *In* `FILE`, *put*
`TEXT` *after* `TEXT`. Whatever else stands in a recipe is for people.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("budgetplan", "data", "tests", "scripts", "pyproject.toml", "conftest.py", "CONTRIBUTING.md", "README.md")
_CODE = r"\s*```\w*\n(?P<code{0}>.*?)```"
_STEP = re.compile(
    r"[Ww]rite\s+`(?P<new>[^`]+)`:" + _CODE.format(1)
    + r"|[Ii]n\s+`(?P<within>[^`]+)`,\s+(?P<side>after|before)\s+`(?P<line>[^`]+)`,\s+add:" + _CODE.format(2)
    + r"|[Ii]n\s+`(?P<inside>[^`]+)`,\s+put\s+`(?P<text>[^`]+)`\s+after\s+`(?P<mark>[^`]+)`",
    re.DOTALL,
)  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """One section of CONTRIBUTING.md."""

    name: str
    text: str

    @property
    def steps(self) -> list[re.Match[str]]:
        return list(_STEP.finditer(self.text))

    @property
    def commands(self) -> list[str]:
        """What is to be run in the end."""
        return re.search(r"```console\n(.*?)```", self.text, re.DOTALL).group(1).splitlines()  # type: ignore[union-attr]

    def files(self) -> list[str]:
        """Files that it writes or changes, in order."""
        return [step["new"] or step["within"] or step["inside"] for step in self.steps]

    def follow(self, folder: Path) -> None:
        """Do what it says in a copy of the repository."""
        for step in self.steps:
            _do(step, folder)


def recipes() -> list[Recipe]:
    """All of them, in the order of the file."""
    _, *sections = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n## Recipe: ")
    return [Recipe(*section.split("\n", 1)) for section in sections]


def copied(folder: Path) -> Path:
    """Copy what the recipes and their commands need."""
    for name in COPIED:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(place, folder / name)
    return folder


def _do(step: re.Match[str], folder: Path) -> None:
    if step["new"]:
        assert not (folder / step["new"]).exists(), f"{step['new']} is there already: give the recipe another name"
        (folder / step["new"]).write_text(step["code1"], encoding="utf-8")
        return
    place = folder / (step["within"] or step["inside"])
    text = place.read_text(encoding="utf-8")
    if step["inside"]:
        assert text.count(step["mark"]) == 1, f"{place.name} holds {step['mark']!r} {text.count(step['mark'])} times"
        text = text.replace(step["mark"], step["mark"] + step["text"])
    else:
        lines = text.splitlines(keepends=True)
        found = [number for number, line in enumerate(lines) if step["line"] in line]
        assert len(found) == 1, f"{place.name} has {len(found)} lines with {step['line']!r}"
        lines.insert(found[0] + (step["side"] == "after"), step["code2"])
        text = "".join(lines)
    place.write_text(text, encoding="utf-8")
