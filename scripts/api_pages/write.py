"""A docstring to Markdown, as griffe reads it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import griffe

from scripts.api_pages.pages import PAGES, Page
from scripts.api_pages.sections import entries

ROOT = Path(__file__).resolve().parents[2]
Item = griffe.Function | griffe.Class
_HEADS = {
    "parameters": "Parameters", "attributes": "Attributes", "returns": "Returns", "yields": "Yields", "raises": "Raises",
}  # fmt: skip


def pages() -> dict[str, str]:
    """File name -> Markdown of every page, the index among them. Griffe logs a warning where it cannot read a docstring."""
    package = griffe.load("budgetplan", search_paths=[str(ROOT)], allow_inspection=False, docstring_parser="numpy")
    made = {f"{page.file}.md": _page(package, page) for page in PAGES}
    return {"README.md": _index(made), **made}


def _index(made: dict[str, str]) -> str:
    lines = ["# The names of budgetplan", "", "Written from the docstrings by `python -m scripts.api_pages`.", ""]
    for page in PAGES:
        names = [line.removeprefix("## ") for line in made[f"{page.file}.md"].splitlines() if line.startswith("## ")]
        lines.append(f"- [{page.title}]({page.file}.md): {', '.join(names)}")
    return "\n".join(lines) + "\n"


def _page(package: griffe.Object, page: Page) -> str:
    parts = [f"# {page.title}", page.about]
    for item in _items(package, page):
        parts += _told(item, "##")
        if isinstance(item, griffe.Class):
            parts += _properties(item)
            for part in item.members.values():
                if isinstance(part, griffe.Function) and not part.name.startswith("_") and part.docstring:
                    parts += _told(part, "###")
    return "\n\n".join(parts) + "\n"


def _items(package: griffe.Object, page: Page) -> Iterator[Item]:
    paths = list(page.names)
    for module in page.modules:
        members = package[module].members
        listed = package[module].exports or [name for name, item in members.items() if not (item.is_alias or name.startswith("_"))]
        paths += [f"{module}.{name}" for name in listed if name in members]
    for path in paths:
        found = package[path]
        found = found.final_target if isinstance(found, griffe.Alias) else found
        # a function may have the name of its module, as `plots.save` has
        found = found[found.name] if isinstance(found, griffe.Module) else found
        if isinstance(found, griffe.Function | griffe.Class):
            yield found


def _told(item: Item, level: str) -> list[str]:
    """Heading, signature, text and sections of one name."""
    parts = [f"{level} `{item.name}`"]
    if isinstance(item, griffe.Function):
        parts.append(f"```python\n{_signature(item)}\n```")
    elif item.bases:
        parts.append(f"Inherits from {', '.join(f'`{base}`' for base in item.bases)}.")
    for section in item.docstring.parse("numpy") if item.docstring else ():
        parts += _section(item, section)
    return parts


def _properties(item: griffe.Class) -> list[str]:
    """What a result computes from its fields, a line each."""
    lines = [
        f"- `{name}` : *{part.annotation}*: {' '.join(part.docstring.value.partition(chr(10) * 2)[0].split())}"
        for name, part in item.members.items()
        if isinstance(part, griffe.Attribute) and "property" in part.labels and not name.startswith("_") and part.docstring
    ]
    return ["**Properties**", "\n".join(lines)] if lines else []


def _signature(item: griffe.Function) -> str:
    """The signature in a line, or a parameter a line where that is long."""
    one = item.signature(name=item.name).replace("(self, ", "(").replace("(self)", "()")
    if len(one) <= 100:
        return one
    head, _, rest = one.partition("(")
    inside, _, end = rest.rpartition(")")
    return f"{head}(\n" + "".join(f"    {part},\n" for part in _split(inside)) + f"){end}"


def _split(text: str) -> list[str]:
    """Parts between commas that no bracket and no quote encloses."""
    parts, depth, quoted = [""], 0, False
    for letter in text:
        quoted ^= letter in "'\""
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _section(item: Item, section: griffe.DocstringSection) -> list[str]:
    kind = section.kind.value
    if kind == "text":
        return [section.value]
    if kind == "examples":
        code = "\n".join(text for _, text in section.value)
        return ["**Examples**", f"```pycon\n{code}\n```"]
    if kind == "admonition":
        return [f"**{section.title or section.value.kind.capitalize()}**", inspect.cleandoc(section.value.contents)]
    lines = []
    for name, (type_, text) in entries(item, _HEADS[kind]).items():
        named = kind in ("parameters", "attributes") or bool(type_)
        shown = " : ".join(filter(None, (f"`{name}`", f"*{type_}*" if type_ else ""))) if named else f"*{name}*"
        lines.append(f"- {shown}: {text}" if text else f"- {shown}")
    return [f"**{_HEADS[kind]}**", "\n".join(lines)]
