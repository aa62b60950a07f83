"""Modules that import an extra are not collected without it; a test of each extra says so.

The lab's modules and most of its tests import PyTorch, the page of `explore` imports marimo.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

WITHOUT_TORCH = {"conftest.py", "test_fit.py", "test_torch.py"}
"""Files of `tests/lab` that run without PyTorch."""

collect_ignore_glob: list[str] = []
if find_spec("torch") is None:
    tests = Path(__file__).parent / "tests" / "lab"
    collect_ignore_glob = ["budgetplan/lab/*.py", *(str(path) for path in tests.glob("*.py") if path.name not in WITHOUT_TORCH)]
if find_spec("marimo") is None:
    collect_ignore_glob.append("budgetplan/explore/page.py")
