"""A sweep on a Dask cluster is the sweep here, also where a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from budgetplan.errors import ScenarioError
from budgetplan.fitting.fit import fit_law
from budgetplan.parallel import executors
from budgetplan.scenario import scenario_from_fields
from budgetplan.workflow import sweep
from budgetplan.workflow.sweeps import sweeper

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")

OVER = {"verifier": ["none", "oracle"], "budget": np.geomspace(1e21, 1e26, 24)}


@pytest.fixture
def cluster() -> Iterator[object]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local:
        yield local


def test_a_worker_killed_in_the_middle_changes_nothing(cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "CELLS", 4)
    scenario = scenario_from_fields({})
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        pids = list(client.run(os.getpid).values())
    assert len(set(pids)) == 2
    done: list[int] = []

    def kill_once(cells: int, total: int) -> None:
        if not done:
            os.kill(pids[0], signal.SIGKILL)
        done.append(cells)

    there = sweep(scenario, OVER, cluster=cluster.scheduler_address, progress=kill_once)
    here = sweep(scenario, OVER)
    assert done == list(range(4, 49, 4))
    assert set(there["status"]) == {"optimal"}
    pd.testing.assert_frame_equal(there, here, check_exact=True)
    assert there.to_csv() == here.to_csv()


def test_a_cluster_that_does_not_answer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "PATIENCE", 0.5)
    with pytest.raises(ScenarioError, match=r"`tcp://127.0.0.1:9` cannot be reached") as caught:
        sweep(scenario_from_fields({"budget": 1e24}), {"verifier": ["none"]}, cluster="tcp://127.0.0.1:9")
    assert caught.value.exit_code == 2
    assert "dask scheduler" in caught.value.hint


def test_a_bootstrap_on_a_cluster_gives_the_same_bytes(cluster) -> None:
    rng = np.random.default_rng(5)
    params, ratio = rng.uniform(18, 23, 60), rng.uniform(1, 5, 60)
    tokens = params + ratio
    loss = 1.8 + 480 * np.exp(-0.35 * params) + 2100 * np.exp(-0.37 * tokens)
    runs = pd.DataFrame({"params": np.exp(params), "tokens": np.exp(tokens), "loss": loss * np.exp(rng.normal(0, 0.01, 60))})
    there = fit_law(runs, "chinchilla", bootstrap=300, cluster=cluster.scheduler_address)
    here = fit_law(runs, "chinchilla", bootstrap=300, workers=2)
    assert there.draws is not None
    assert here.draws is not None
    assert there.draws.tobytes() == here.draws.tobytes()
