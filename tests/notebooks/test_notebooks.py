"""Every notebook runs from top to bottom in a kernel of this interpreter, carries no outputs, and ends with what to change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import nbformat
import pytest
from ipykernel.kernelspec import write_kernel_spec
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
KERNEL = "this-interpreter"
TIMEOUT = 180  # s, of one cell


def executed(notebook: Any, folder: Path) -> Any:
    """Run all cells in an empty folder, by a kernel of the interpreter that runs the tests."""
    work = folder / "work"
    work.mkdir()
    write_kernel_spec(str(folder / "kernels" / KERNEL))
    specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)
    manager = AsyncKernelManager(kernel_name=KERNEL, kernel_spec_manager=specs)
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "IPYTHONDIR": str(folder / "ipython"), "OMP_NUM_THREADS": "1"}
    client = NotebookClient(notebook, km=manager, timeout=TIMEOUT, resources={"metadata": {"path": str(work)}})
    client.execute(env=env, cleanup_kc=True)  # the manager is ours, and the client else leaves its sockets open
    left = [item.name for item in work.iterdir()]
    assert left == [], "a notebook leaves files only in a temporary directory"
    return notebook


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def test_the_tutorials_are_there() -> None:
    names = {path.stem for path in NOTEBOOKS}
    assert names >= {"quickstart", "equal_thirds", "fit_your_runs", "what_if_cookbook", "uncertainty", "training_signal"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_runs(path: Path, tmp_path: Path) -> None:
    notebook = executed(read(path), tmp_path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    silent = [
        cell.source for cell in cells if not any(out.output_type in ("execute_result", "display_data") for out in cell.outputs)
    ]
    assert silent == [], "every cell shows something"
    drawn = [out for cell in cells for out in cell.outputs if "image/png" in out.get("data", {})]
    assert drawn, "a notebook shows at least one figure"
    told = [out.text for cell in cells for out in cell.outputs if out.output_type == "stream" and out.name == "stderr"]
    assert told == []


def test_a_broken_cell_fails(tmp_path: Path) -> None:
    notebook = read(NOTEBOOKS[0])
    notebook.cells = [nbformat.v4.new_code_cell("import budgetplan as bp\nbp.plan(budget='1e25', law='no-such-law')")]
    with pytest.raises(CellExecutionError, match="no-such-law"):
        executed(notebook, tmp_path)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_kept_without_outputs_and_without_machine_paths(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    text = path.read_text(encoding="utf-8")
    assert not [word for word in ("/home/", "/root/", "/tmp/", "/work/", "/Users/", "C:\\\\") if word in text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_question_and_ends_with_what_to_change(path: Path) -> None:
    first, last = read(path).cells[0], read(path).cells[-1]
    assert (first.cell_type, last.cell_type) == ("markdown", "markdown")
    assert first.source.startswith("# ")
    assert "## What to change" in last.source
