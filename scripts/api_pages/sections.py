"""The entries of a docstring's section as they are written: griffe's own reading of a type drops what it cannot resolve."""

from __future__ import annotations

import inspect

import griffe


def entries(item: griffe.Function | griffe.Class, section: str) -> dict[str, tuple[str, str]]:
    """Name -> type and text of a section's entries, as they are written; a line may name several."""
    lines = inspect.cleandoc(item.docstring.value if item.docstring else "").splitlines()
    at = next((i for i, line in enumerate(lines[:-1]) if line == section and set(lines[i + 1]) == {"-"}), None)
    found: dict[str, tuple[str, str]] = {}
    if at is None:
        return found
    names: list[str] = []
    for i in range(at + 2, len(lines)):
        if i + 1 < len(lines) and lines[i] and set(lines[i + 1]) == {"-"}:
            break
        if lines[i] and not lines[i].startswith(" "):
            head, _, kind = lines[i].partition(" : ")
            names = [name.strip() for name in head.split(",")] if section in ("Parameters", "Attributes") else [lines[i].strip()]
            found.update(dict.fromkeys(names, (kind.strip(), "")))
        else:
            found.update({name: (found[name][0], f"{found[name][1]} {lines[i].strip()}".strip()) for name in names})
    return found
