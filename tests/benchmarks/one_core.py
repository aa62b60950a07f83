"""One thread for linear algebra, which reads this when it is loaded: a process that has it otherwise begins anew."""

from __future__ import annotations

import os
import sys

ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def alone() -> None:
    """Begin this program anew with one thread, unless it has one."""
    if any(os.environ.get(name) != value for name, value in ONE_CORE.items()):
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ONE_CORE})
