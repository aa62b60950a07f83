"""Imports what the writing commands import, by running each of them once: for the fork server."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from budgetplan.cli import main
from tests.faults.commands import WRITING

_here = Path.cwd()
with TemporaryDirectory() as _folder, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    os.chdir(_folder)
    for _writing in WRITING:
        _writing.prepare(Path(_folder))
        main(_writing.words)
    os.chdir(_here)
