"""Answers do not depend on which of its kernels numpy picks, nor on those of BLAS and of the C library's exp and log.

The same questions are asked in a process that leaves the newer instructions of this processor unused, as numpy would on an older
one, and with the oldest kernels that its BLAS has.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from tests.edges.fixed_problems import answers

SAME = 1e-9
"""Relative difference allowed; of a share, which is a part of one, the difference itself. [1]"""
ROOT = Path(__file__).resolve().parents[2]


def switched_off() -> dict[str, str]:
    """Settings under which this machine's numpy and libraries take other kernels; skips where there are none."""
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("only processors of this family are known to have kernels that a setting switches off")
    newer = [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]
    if not newer:
        pytest.skip("numpy uses nothing here beyond what every processor of this family has")
    return {
        "NPY_DISABLE_CPU_FEATURES": " ".join(newer),
        "OPENBLAS_CORETYPE": "Prescott",
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F",
    }


def test_another_dispatch_gives_the_same_answers() -> None:
    environment = {**os.environ, **switched_off(), "PYTHONWARNINGS": "error", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.edges.fixed_problems"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    here, there = answers(), json.loads(done.stdout)
    assert len(here) >= 30
    assert set(here) == set(there)
    for name, numbers in here.items():
        # a share of 1e-8 is known to 1e-9 of the whole, not of itself
        np.testing.assert_allclose(there[name][:2], numbers[:2], rtol=SAME, err_msg=name)
        np.testing.assert_allclose(there[name], numbers, rtol=SAME, atol=SAME, err_msg=name)
