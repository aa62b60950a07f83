"""Claims about training signals: arithmetic on invented paths, and the study end to end, resumed and refused."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.lab import signal_cells, signal_run
from budgetplan.lab.model import SIZES
from budgetplan.lab.paired import FAILS, HOLDS, OPEN, Estimate
from budgetplan.lab.pieces import Piece, perform
from budgetplan.lab.pretrain import STEP_TOKENS
from budgetplan.lab.signal_claims import (
    bits_rows,
    credit_rows,
    knowledge_rows,
    move_rows,
    self_training_rows,
    split_rows,
)
from budgetplan.lab.signal_paths import Paths, at_success
from budgetplan.lab.signal_run import chosen_rates, examine
from budgetplan.lab.signal_study import METHODS, NEEDED, PRESETS, Rates
from budgetplan.lab.store import read_json, write_json
from budgetplan.signal.measured import COLUMNS, measured_claims, typed
from tests.schemas.obeys import obeys

MICRO = replace(
    PRESETS["smoke"], name="micro", large="30k", pretraining_tokens=20 * STEP_TOKENS, flop=8e8, marks=2, problems=40,
    training_problems=300, windows=4, rates=(3e-4, 1e-3), critic_rates=(1e-3, 3e-3),
)  # fmt: skip


def _path(gain: float, cost: float, moved: float, auroc: float = 0.7) -> list[dict[str, float]]:
    """A path whose success rises linearly with FLOP, with everything else in proportion to it."""
    return [
        {"flop": cost * i, "tokens": 10 * cost * i, "samples": 2 * cost * i, "success": 0.05 + gain * i,
         "text_loss": 2.0 + moved * i, "weights_l2": moved * i, "weights_moved": 0.1 * i, "kl_task": 0.2 * moved * i,
         "kl_text": moved * i, "auroc": auroc + 0.01 * i}
        for i in range(6)
    ]  # fmt: skip


def _paths() -> Paths:
    made = {}
    for seed in range(4):
        lucky = 1 + 0.02 * seed
        made["sft", seed] = _path(0.02, 1.0 * lucky, 0.3 * lucky)
        made["sft-teacher", seed] = _path(0.02, 1.5 * lucky, 0.2)
        made["distil", seed] = _path(0.03, 0.5, 0.2)
        made["grpo", seed] = _path(0.01, 4.0, 0.03, 0.7 + 0.001 * seed)
        made["ppo", seed] = _path(0.01 * lucky**3, 8.0, 0.03)
        made["chosen", seed] = _path(0.01, 2.0, 0.03)
    return Paths(made)


def test_measures_are_compared_where_both_methods_are_equally_good() -> None:
    paths = _paths()
    # SFT is at .10 after 2.5 of its marks, GRPO after 5 of its own
    assert at_success(paths.marks["sft", 0], 0.10, "flop") == pytest.approx(2.5)
    pair = paths.matched("grpo", "sft", "flop")[0]
    assert pair == (pytest.approx(20.0), pytest.approx(2.5))
    found = paths.ratio("grpo", "sft", "flop")
    assert found.value == pytest.approx(np.exp(np.mean(np.log([8 / (1 + 0.02 * seed) for seed in range(4)]))))
    assert found.low < found.value < found.high
    assert paths.seeds("grpo", "none") == []


def _groups() -> dict[int, dict[str, float]]:
    own = {"success": 0.05, "informative": 0.30, "informative_expected": 0.305, "informative_at_mean": 0.56,
           "label_bits": 7.0, "outcome_bits": 0.2, "informative_bits": 0.1}  # fmt: skip
    return {seed: {**own, "label_bits": 7.0 + 0.1 * seed, "informative": 0.30 + 0.001 * seed} for seed in range(4)}


def test_verdicts_follow_the_invented_paths() -> None:
    paths, groups = _paths(), _groups()
    moves = {row.claim: row for row in move_rows(paths)}
    assert len(moves) == 11
    assert moves["SFT on right answers moves the weights further (L2) than GRPO"].verdict == HOLDS
    # at success .10: .3 x 2.5 against .03 x 5
    assert moves["SFT on right answers moves the weights further (L2) than GRPO"].found.value == pytest.approx(5.0 * 1.03, rel=0.01)
    assert moves["SFT on right answers moves more of the weights by 1e-3 of themselves than GRPO"].verdict == FAILS
    bits = {row.claim: row for row in bits_rows(paths, groups)}
    assert [row.verdict for row in bits.values()] == [HOLDS] * 5
    # every path has two samples per FLOP, so that the ratio is that of the bits: 7.15 against .1
    assert bits["A given answer tells more than a verdict, per FLOP"].found.value == pytest.approx(71.5, rel=0.01)
    credit = {row.claim: row for row in credit_rows(paths, groups)}
    assert credit["GRPO needs fewer FLOP than PPO with a critic"].verdict == HOLDS
    assert credit["The formula over the problems' own success is right within 0.02"].verdict == HOLDS
    assert credit["The formula at the mean success promises too many informative groups"].found.value == pytest.approx(0.2585)
    knowledge = {row.claim: row.verdict for row in knowledge_rows(paths)}
    assert knowledge["A model knows when it is right before any training"] == HOLDS
    assert knowledge["GRPO leaves more self-knowledge than SFT"] == HOLDS  # .75 against .725 at success .10
    larger = {seed: {"success": 0.2, "text_loss": 1.8} for seed in range(4)}
    trained = [row.verdict for row in self_training_rows(paths, larger)]
    assert trained == [OPEN, HOLDS, FAILS, HOLDS]


def test_nothing_measured_is_undecided() -> None:
    empty = Paths({})
    rows = [*bits_rows(empty, {}), *move_rows(empty), *knowledge_rows(empty), *credit_rows(empty, {}), *split_rows([])]
    assert {row.verdict for row in [*rows, *self_training_rows(empty, {})]} == {OPEN}


def test_the_best_rate_at_equal_flop_is_chosen(tmp_path: Path) -> None:
    for rate, success in ((3e-4, 0.10), (1e-3, 0.12)):
        write_json(signal_cells.tuning_path(tmp_path, "grpo", Rates(rate)), {"success": success})
    assert chosen_rates(tmp_path, MICRO, "grpo") == Rates(1e-3)


def test_ppo_tries_its_critics_rate_too(tmp_path: Path) -> None:
    successes = dict(zip(MICRO.tried("ppo"), (0.10, 0.12, 0.11, 0.09), strict=True))
    for rates, success in successes.items():
        write_json(signal_cells.tuning_path(tmp_path, "ppo", rates), {"success": success})
    assert chosen_rates(tmp_path, MICRO, "ppo") == Rates(3e-4, 3e-3)
    assert all(rates.critic == 0.0 for method in ("sft", "grpo", "chosen") for rates in MICRO.tried(method))


def test_the_larger_base_costs_as_much_as_the_small_one_and_its_training() -> None:
    study = PRESETS["full"]
    small = study.pretraining_tokens * SIZES[study.small].flop_per_token() + study.flop
    assert study.larger_tokens * SIZES[study.large].flop_per_token() == pytest.approx(small, rel=2e-3)
    assert study.marks_at[0] == pytest.approx(study.flop / 100)
    assert study.marks_at[-1] == pytest.approx(study.flop)
    assert set().union(*NEEDED.values()) == set(METHODS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    out = tmp_path_factory.mktemp("signal")
    examine(out, MICRO)
    return out


def test_every_claim_has_a_row_that_the_accounting_reads(whole: Path) -> None:
    with (whole / "signal.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert {row["part"] for row in rows} == set("abcdef")
    assert [sum(row["part"] == part for row in rows) for part in "abcdef"] == [5, 11, 6, 5, 1, 4]
    assert measured_claims(whole / "signal.csv") == [typed(row) for row in rows]
    assert {row["verdict"] for row in rows} <= {HOLDS, FAILS, OPEN}
    per_sample = next(row for row in rows if row["claim"] == "A given answer tells more than a verdict, per sample")
    assert float(per_sample["value"]) > 1
    assert per_sample["command"] == "budgetplan lab signal lab --preset micro --part a"


def test_paths_are_measured_at_every_mark_and_begin_at_the_base(whole: Path) -> None:
    for method in METHODS:
        cell = read_json(signal_cells.path_file(whole / "signal", method, 20))
        marks = cell["marks"]
        assert 2 <= len(marks) <= 3
        assert marks[-1]["flop"] >= MICRO.flop
        assert [mark["flop"] for mark in marks] == sorted(mark["flop"] for mark in marks)
        assert marks[0]["weights_l2"] == marks[0]["kl_text"] == marks[0]["flop"] == 0
        assert cell["rate"] in MICRO.rates
        if method in ("sft", "distil"):
            assert marks[-1]["weights_l2"] > 0
            assert marks[-1]["kl_text"] > 0
        assert marks[-1]["samples"] > 0


def test_a_stopped_study_ends_with_the_same_bytes_and_another_is_refused(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in (whole / "signal" / "cells").iterdir()}
    lost = [signal_cells.path_file(whole / "signal", "grpo", 20), signal_cells.whole_file(whole / "signal", "groups", 21)]
    for path in lost:
        path.unlink()
    done: list[str] = []
    examine(whole, MICRO, told=lambda _, __, name: done.append(name))
    assert sorted(name for name in done if name) == ["groups, seed 21", "grpo, seed 20"]
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(DataError, match="study with other settings"):
        examine(whole, replace(MICRO, flop=9e8))
    with pytest.raises(UnknownNameError):
        examine(whole, MICRO, ("z",))


def test_one_part_runs_only_what_it_needs(tmp_path: Path) -> None:
    rates = dict.fromkeys(NEEDED["d"], Rates(0.001, 0.003))
    pieces = signal_run.runs(tmp_path, MICRO, rates, [20], ("d",))
    assert sorted(piece.name for piece in pieces) == ["groups, seed 20", "grpo, seed 20", "ppo, seed 20"]
    assert examine(tmp_path, MICRO, ("e",)).rows[0]["verdict"] == OPEN
    assert not (tmp_path / "signal" / "models").exists()


def test_pieces_are_done_longest_first_and_an_error_ends_them() -> None:
    done: list[str] = []
    told: list[tuple[float, float, str]] = []
    pieces = [Piece(name, seconds, lambda name=name: done.append(name)) for name, seconds in (("b", 1.0), ("a", 3.0), ("c", 2.0))]
    perform(pieces, told=lambda *step: told.append(step))
    assert done == ["a", "c", "b"]
    assert told == [(0.0, 6.0, ""), (3.0, 6.0, "a"), (5.0, 6.0, "c"), (6.0, 6.0, "b")]


def test_two_workers_do_what_one_does(tmp_path: Path) -> None:
    pieces = [Piece(str(i), 1.0, partial(write_json, tmp_path / f"{i}.json", i)) for i in range(3)]
    told: list[float] = []
    perform(pieces, 2, lambda done, *_: told.append(done))
    assert [read_json(tmp_path / f"{i}.json") for i in range(3)] == [0, 1, 2]
    assert told == [0.0, 1.0, 2.0, 3.0]
    with pytest.raises(DataError):
        perform([Piece("none", 1.0, partial(read_json, tmp_path / "none.json"))], 2)


def test_estimates_of_logs_become_ratios() -> None:
    assert Estimate(0.0, -np.log(2), np.log(2), 3).exp == Estimate(1.0, pytest.approx(0.5), pytest.approx(2.0), 3)


def test_the_commands_answer(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    import typer
    from typer.testing import CliRunner

    from budgetplan.cli.commands import lab_signal, lab_validate
    from budgetplan.errors import MissingExtraError
    from budgetplan.lab import signal_study

    monkeypatch.setattr(signal_study, "PRESETS", {"micro": MICRO})
    app = typer.Typer()
    app.command("signal")(lab_signal.run)
    app.command("validate")(lab_validate.run)
    found = CliRunner().invoke(app, ["signal", str(whole), "--preset", "micro", "--format", "json"])
    assert found.exit_code == 0, found.output
    assert obeys("lab-signal", json.loads(found.stdout))
    assert len(json.loads(found.stdout)["rows"]) == 32
    table = CliRunner().invoke(app, ["signal", str(whole), "--preset", "micro"])
    assert "undecided" in table.stdout
    assert isinstance(CliRunner().invoke(app, ["validate", str(tmp_path)]).exception, DataError)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for name in ("signal", "validate"):
        assert isinstance(CliRunner().invoke(app, [name]).exception, MissingExtraError)
