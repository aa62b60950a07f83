"""The public names as text, a line each: parameters with their kinds and defaults, and what is returned."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType
from typing import Any

import budgetplan
from budgetplan.errors import BudgetPlanError


def public_names() -> str:
    """Return the names of `budgetplan`, then those of its public modules."""
    lines = []
    for name in sorted(budgetplan.__all__):
        item = getattr(budgetplan, name)
        if isinstance(item, ModuleType):
            lines += [f"{name}.{line}" for line in _members(item)]
        else:
            lines.append(_line(name, item))
    return "\n".join(lines) + "\n"


def _members(module: ModuleType) -> list[str]:
    names = getattr(module, "__all__", None) or [name for name, item in vars(module).items() if _own(item, module)]
    return [_line(name, getattr(module, name)) for name in sorted(names) if not isinstance(getattr(module, name), ModuleType)]


def _own(item: Any, module: ModuleType) -> bool:
    return getattr(item, "__module__", "") == module.__name__ and not item.__name__.startswith("_")


def _line(name: str, item: Any) -> str:
    if isinstance(item, type) and issubclass(item, BudgetPlanError):
        bases = ", ".join(base.__name__ for base in item.__bases__)
        return f"{name}({bases}): code {item.code!r}, exit code {item.exit_code}"
    return f"{name}{_signature(item)}" if callable(item) else name


class _Plain(str):
    """An annotation that is shown without quotes, as it stands in the source."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _signature(item: Any) -> inspect.Signature:
    found = inspect.signature(item)
    parameters = [part.replace(annotation=_plain(part.annotation)) for part in found.parameters.values()]
    return found.replace(parameters=parameters, return_annotation=_plain(found.return_annotation))


def _plain(annotation: Any) -> Any:
    return _Plain(annotation) if isinstance(annotation, str) else annotation


if __name__ == "__main__":
    sys.stdout.write(public_names())
