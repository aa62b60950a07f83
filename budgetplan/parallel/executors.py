"""Where pieces of work run: here, in threads, in worker processes or on a Dask cluster, all behind `concurrent.futures.Executor`.

A `Crew` says how to open an executor and which errors of a future mean that a worker was lost, not that the piece is wrong. Worker
processes are spawned, since a fork copies the locks of threads that it does not copy, and take one thread each for linear algebra:
the pieces are what runs side by side.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from budgetplan.errors import MissingExtraError, ScenarioError

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""What linear algebra reads when a worker process starts."""
PATIENCE = 10.0
"""How long a cluster has to answer, and to show a worker. [s]"""
AHEAD = 2
"""Pieces under way per worker, so that none waits for the next."""
RETRIES = 3
"""How often a cluster computes a piece again by itself."""


@dataclass(frozen=True)
class Crew:
    """Workers that can be called in.

    Attributes
    ----------
    open : callable
        Gives a context of an executor, and of how many pieces to have under way there.
    lost : tuple of type
        Errors of a future that mean a lost worker.
    """

    open: Callable[[], AbstractContextManager[tuple[Executor, int]]]
    lost: tuple[type[BaseException], ...] = ()


class SerialExecutor(Executor):
    """Runs each call where it is submitted.

    Examples
    --------
    >>> SerialExecutor().submit(max, 2, 3).result()
    3
    """

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the call; an error of it is raised right here."""
        future: Future[Any] = Future()
        future.set_result(function(*args, **kwargs))
        return future


def check_workers(workers: int) -> None:
    """Refuse fewer workers than one.

    Parameters
    ----------
    workers : int

    Raises
    ------
    ScenarioError
    """
    if workers < 1:
        raise ScenarioError(f"There are {workers} workers, and at least 1 is due.", "Write --workers 4, or leave it out.")


def crew(workers: int = 1, cluster: str | None = None, threads: bool = False, begin: Callable[[], object] | None = None) -> Crew:
    """The crew for `workers` processes or a cluster.

    Parameters
    ----------
    workers : int
        Processes; 1 is this one.
    cluster : str, optional
        Address of a Dask scheduler, in place of processes: `tcp://HOST:PORT`.
    threads : bool
        Threads in place of processes, for work on large arrays, which releases the interpreter: nothing has to be started.
    begin : callable, optional
        Called in each process that is started here, before its first piece; must be found by another process.

    Returns
    -------
    Crew

    Raises
    ------
    ScenarioError
        If there is no whole number of workers, or both are asked for.
    MissingExtraError
        If a cluster is named and `distributed` is not installed.
    """
    check_workers(workers)
    if cluster is not None:
        if workers > 1:
            raise ScenarioError(
                f"The work is to run in {workers} {'threads' if threads else 'processes'} and on the cluster `{cluster}`.",
                "Keep one of --workers and --cluster.",
            )
        return _cluster(cluster)
    if workers == 1:
        return Crew(_here)
    if threads:
        return Crew(lambda: _threads(workers))
    return Crew(lambda: _processes(workers, begin), (BrokenExecutor,))


@contextmanager
def _here() -> Iterator[tuple[Executor, int]]:
    yield SerialExecutor(), 1


@contextmanager
def _threads(workers: int) -> Iterator[tuple[Executor, int]]:
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool, AHEAD * workers
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _processes(workers: int, begin: Callable[[], object] | None) -> Iterator[tuple[Executor, int]]:
    """Spawned processes; they are ended at once where the work is given up, by Ctrl-C or an error."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)  # inherited by the workers, whose libraries read it when they are loaded
    others, whole = set(multiprocessing.active_children()), False
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin_worker, (begin,))
    try:
        yield pool, AHEAD * workers
        whole = True
    finally:
        if not whole:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
        pool.shutdown(cancel_futures=True)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _begin_worker(begin: Callable[[], object] | None) -> None:
    """Leave Ctrl-C, which reaches every process of the terminal, to the first one, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _cluster(address: str) -> Crew:
    if not re.fullmatch(r"[a-z]+://.+:[0-9]+", address):
        raise ScenarioError(
            f"`{address}` is no address of a cluster.", "Write --cluster tcp://HOST:PORT, such as tcp://10.0.0.5:8786."
        )
    try:
        distributed: Any = importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("distributed", "dask"):
            raise
        raise MissingExtraError("--cluster", "cluster") from None

    @contextmanager
    def opened() -> Iterator[tuple[Executor, int]]:
        try:
            client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ScenarioError(
                f"The cluster `{address}` cannot be reached: {error}.",
                "Start one with `dask scheduler` and `dask worker tcp://HOST:8786`, and write --cluster tcp://HOST:8786.",
            ) from error
        try:
            try:
                client.wait_for_workers(1, timeout=PATIENCE)
            except TimeoutError as error:
                raise ScenarioError(f"The cluster `{address}` has no worker.", f"Start one: dask worker {address}.") from error
            threads = sum(client.nthreads().values())
            executor = client.get_executor(pure=False, retries=RETRIES)
            try:
                yield executor, AHEAD * threads
            finally:
                executor.shutdown(wait=False)
        finally:
            client.close()

    return Crew(opened, (distributed.KilledWorker,))
