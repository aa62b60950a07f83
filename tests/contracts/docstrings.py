"""What a public docstring lacks: parameters, types, units, shapes, what is returned, what is raised."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import griffe

from budgetplan import errors
from scripts.api_pages.sections import entries

ROOT = Path(__file__).resolve().parents[2]
RAISED = {
    name: {base.__name__ for base in item.__mro__}
    for name, item in vars(errors).items()
    if inspect.isclass(item) and item.__mro__[1:]
}
"""Our errors, each with those that stand for it in a docstring: itself and what it inherits from."""
NUMBERS = re.compile(r"\b(float|quantity|ndarray)\b")
UNIT = re.compile(r"\[[^\]]+\]")


@cache
def package() -> griffe.Module:
    """The package as its source says it is, without importing it."""
    found = griffe.load("budgetplan", search_paths=[str(ROOT)], allow_inspection=False)
    assert isinstance(found, griffe.Module)
    return found


def public(path: str) -> Iterator[griffe.Function | griffe.Class]:
    """Functions, classes and methods below a module whose names do not begin with a line."""
    module = package()[path] if path else package()
    yield from _members(module)


def _members(holder: griffe.Module | griffe.Class) -> Iterator[griffe.Function | griffe.Class]:
    for name, item in sorted(holder.members.items()):
        if item.is_alias or name.startswith("_"):
            continue
        if isinstance(item, griffe.Module):
            yield from _members(item)
        elif isinstance(item, griffe.Class):
            yield item
            yield from _members(item)
        elif isinstance(item, griffe.Function):
            yield item


def lacks(item: griffe.Function | griffe.Class) -> list[str]:
    """Sentences about what is missing; none for a docstring that tells all."""
    if item.docstring is None:
        return ["no docstring"]
    if isinstance(item, griffe.Class):
        return [*_fields(item), *_properties(item)]
    if _overrides(item):
        return _raised(item)
    return [*_parameters(item), *_returned(item), *_raised(item)]


def _overrides(item: griffe.Function) -> bool:
    """Whether a method is that of an interface, whose docstring tells its parameters for all who have it."""
    return isinstance(item.parent, griffe.Class) and any(item.name in base.members for base in item.parent.mro())


def _parameters(item: griffe.Function) -> list[str]:
    told = entries(item, "Parameters")
    stars = {"variadic positional": "*", "variadic keyword": "**"}
    due = {
        f"{stars.get(part.kind.value if part.kind else '', '')}{part.name}"
        for part in item.parameters
        if part.name not in ("self", "cls") and not part.name.startswith("_")
    }
    named = {name.replace("\\", "") for name in told}
    if len(due) == 0 and not told:
        return []
    out = [f"`{name}` is not among the parameters" for name in sorted(due - named)]
    out += [f"`{name}` is no parameter" for name in sorted(named - due)]
    for name, (kind, text) in told.items():
        if not kind and not name.startswith("*"):
            out.append(f"`{name}` has no type")
        out += _measured(name, kind, text)
    return out


def _measured(name: str, kind: str, text: str) -> list[str]:
    out = []
    if NUMBERS.search(kind) and not UNIT.search(text):
        out.append(f"`{name}` has no unit in brackets")
    if "ndarray" in kind and "shape" not in kind + text:
        out.append(f"`{name}` has no shape")
    return out


def _fields(item: griffe.Class) -> list[str]:
    """A dataclass tells its fields, any other class what it is made with."""
    if not any("dataclass" in str(mark.value) for mark in item.decorators):
        return []
    told = {**entries(item, "Attributes"), **entries(item, "Parameters")}
    due = {
        name
        for name, part in item.members.items()
        if isinstance(part, griffe.Attribute) and part.annotation is not None and not name.startswith("_") and _is_field(part)
    }
    out = [f"`{name}` is not among the attributes" for name in sorted(due - set(told))]
    for name, (kind, text) in told.items():
        out += _measured(name, kind, text)
    return out


def _properties(item: griffe.Class) -> list[str]:
    """A property says in a line what it is, with its unit."""
    out = []
    for name, part in item.members.items():
        if isinstance(part, griffe.Attribute) and "property" in part.labels and not name.startswith("_"):
            text = part.docstring.value if part.docstring else ""
            if not text:
                out.append(f"the property `{name}` has no docstring")
            elif re.match(r"(float|Array)\b", str(part.annotation)) and not UNIT.search(text):
                out.append(f"the property `{name}` has no unit in brackets")
    return out


def _is_field(part: griffe.Attribute) -> bool:
    return "property" not in part.labels and "ClassVar" not in str(part.annotation)


def _returned(item: griffe.Function) -> list[str]:
    """A method without parameters may say in its first line what it gives, with its unit."""
    if item.returns is None or str(item.returns) in ("None", "Never", "NoReturn"):
        return []
    told = {**entries(item, "Returns"), **entries(item, "Yields")}
    out = [] if told or "Returns" not in _asked(item) else ["no section `Returns`"]
    first = item.docstring.value.partition("\n\n")[0] if item.docstring else ""
    written = " ".join([first, *told, *(text for _, text in told.values())])
    if out == [] and re.match(r"(float|Array)\b", str(item.returns)) and not UNIT.search(written):
        out.append("what it returns has no unit in brackets")
    return out


def _asked(item: griffe.Function) -> set[str]:
    """Sections that a function has to have; a method without parameters may say all in its first line."""
    return {"Returns"} if not isinstance(item.parent, griffe.Class) or entries(item, "Parameters") else set()


def _raised(item: griffe.Function) -> list[str]:
    told = set(entries(item, "Raises"))
    named = {name.strip() for line in told for name in line.split(",")}
    raised = {name for name in _raises(item) if name in RAISED}
    return [f"it raises {name}, and `Raises` does not say so" for name in sorted(raised) if not RAISED[name] & named]


def _raises(item: griffe.Function) -> set[str]:
    """Names of what a body raises itself."""
    tree = _tree(Path(str(item.filepath)))
    found = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.FunctionDef)
            and node.name == item.name
            and item.lineno
            and item.lineno <= node.lineno <= (item.endlineno or 0)
        ):
            found |= {
                part.exc.func.id
                for part in ast.walk(node)
                if isinstance(part, ast.Raise) and isinstance(part.exc, ast.Call) and isinstance(part.exc.func, ast.Name)
            }
    return found


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
