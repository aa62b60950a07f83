"""The lab's modules import PyTorch: without it their examples are not collected."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["budgetplan/lab/*.py"]
