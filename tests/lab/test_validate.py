"""The closed loop: plans at real shapes, training that resumes, and what is made of the outcome; on an invented law."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from budgetplan.cli.commands import lab_validate
from budgetplan.errors import DataError, InfeasibleError, UnitError
from budgetplan.lab import saved, validate_train
from budgetplan.lab.advice import MOST_SAMPLES, Advice
from budgetplan.lab.cells import materials
from budgetplan.lab.grid import PRESETS, RECIPES, SAMPLES_AT, Grid
from budgetplan.lab.model import SIZES, Shape
from budgetplan.lab.pretrain import STEP_TOKENS, Pretraining
from budgetplan.lab.price import answer_cost, prices, training_cost
from budgetplan.lab.store import write_json
from budgetplan.lab.table import COLUMNS, read_rows
from budgetplan.lab.validate import propose, proposed_work, validate
from budgetplan.lab.validate_budgets import choose_budgets, excess, noise, planned
from budgetplan.lab.validate_plan import CANDIDATES, candidates
from budgetplan.lab.validate_table import COLUMNS as VALIDATION
from budgetplan.lab.validate_table import matches, read_validation
from budgetplan.laws.catalogue import load_law
from tests.schemas.obeys import obeys

LINKS = {
    "pretraining": ("chinchilla", {"E": 0.8, "A": 11.6, "B": 35.7, "alpha": 0.3, "beta": 0.3}),
    "task": ("logistic", {"slope": 2.8, "midpoint": 0.73, "chance": 0.0}),
    "rl": ("ability-saturating", {"ceiling": 1.5, "midpoint": 200000.0, "steepness": 0.9}),
    "inference": ("beta-spread", {"tail": 0.5, "narrowing": 1.4, "selection_efficiency": 1.0, "selection_samples": 1e12}),
}
SURE = ("chance", "selection_efficiency", "selection_samples")
LENGTH, GROUP, SCATTER = 6.0, 16, 0.03


def _law_text() -> str:
    lines = ["id: lab", "title: invented", "link: joint", "form: four-links", "links:"]
    for link, (form, values) in LINKS.items():
        lines += [f"  {link}:", f"    form: {form}", "    coefficients:"]
        for name, value in values.items():
            lines += [
                f"      {name}:",
                f"        value: {value}",
                "        unit: '1'",
                "        kind: assumed",
                "        source: none",
            ]
            lines += [] if name in SURE else [f"        standard_error: {0.02 * value}"]
    return "\n".join([*lines, "coefficients: {}", "sources: [invented]", "caveats: []"]) + "\n"


def _invent(out: Path, grid: Grid, padding: float = 1.05) -> Path:
    """A folder as `lab run` and `lab fit` leave it, of a law that is known."""
    (out / "lab.yaml").write_text(_law_text())
    law, draw = load_law(str(out / "lab.yaml")), np.random.default_rng(0)
    write_json(out / "grid.json", {"settings": grid.to_dict()})
    with (out / "runs.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for shape, tokens, rl, seed in (
            (SIZES[size], tokens, rl, seed)
            for size in grid.sizes
            for tokens in grid.pretraining_tokens
            for rl in grid.rl_tokens
            for seed in range(2)
        ):
            lucky = np.exp(SCATTER * draw.standard_normal())
            learnt = answer_cost(shape, LENGTH, 1 / GROUP) + padding * training_cost(shape, LENGTH, GROUP, True)
            for k in SAMPLES_AT:
                at = {"params": shape.params, "pretraining_tokens": tokens, "rl_tokens": rl, "samples_per_query": k}
                success = float(np.exp(-law.loss(**at, verifier="oracle") * lucky))
                row = {"params": shape.params, "pretraining_tokens": tokens, "rl_tokens": rl, "rl_tokens_nominal": rl}
                row |= {"seed": seed, "k": k, "success": success, "success_exact": success, "n_problems": 1000}
                row |= {"tokens_per_sample": LENGTH, "flop_sample": answer_cost(shape, LENGTH)}
                row |= {"flop_pretraining": tokens * shape.flop_per_token(), "flop_rl": rl / LENGTH * learnt}
                writer.writerow(row)
    return out


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _invent(tmp_path_factory.mktemp("full"), PRESETS["full"])


@pytest.fixture(scope="module")
def advice(full: Path) -> Advice:
    law, rows = load_law(str(full / "lab.yaml")), read_rows(full / "runs.csv")
    return Advice.of(law, prices(rows, GROUP), 0.05, SIZES["30k"].params)


def test_scatter_is_that_between_seeds(full: Path) -> None:
    found = noise(read_rows(full / "runs.csv"), load_law(str(full / "lab.yaml")))
    assert found.between_seeds == pytest.approx(SCATTER, rel=0.15)
    assert found.of_a_run == pytest.approx(SCATTER, rel=0.15)


def test_prices_settle_at_the_size_that_they_are_counted_for(advice: Advice) -> None:
    flop, queries = 3e13, 2e4
    posed, y = advice.settled(flop, queries)
    kappa, length = advice.prices.at(float(np.exp(y[0])))
    assert posed.kappa == pytest.approx(kappa, rel=2e-3)
    assert float(posed.cost(y[:, None]).sum()) == pytest.approx(flop, rel=1e-6)
    # no other size does better at its own prices
    own = float(posed.loss(y[:, None])[0])
    _, at, point = advice.at_shapes(flop, queries, float(np.exp(y[0])), "plan")
    assert float(at.loss(point[:, None])[0]) < own * 1.01
    assert length == pytest.approx(LENGTH)


def test_candidates_spend_the_budget_as_their_rules_say(advice: Advice) -> None:
    flop = 1e13
    queries = advice.fair_queries(flop)
    found = {one.name: one for one in candidates(advice, "b", flop, queries)}
    assert tuple(found) == CANDIDATES
    for name, one in found.items():
        kappa, length = advice.prices.at(one.shape.params)
        tokens = np.array([one.pretraining_tokens, one.rl_tokens, queries * length * one.samples_per_query])
        cost = kappa * tokens * one.shape.params
        assert one.pretraining_tokens % STEP_TOKENS == 0
        assert 1.0 <= one.samples_per_query <= MOST_SAMPLES
        assert one.low < one.predicted < one.high
        if name == "plan-without-rl":
            plan = found["plan"]
            assert (one.shape, one.pretraining_tokens, one.samples_per_query, one.rl_tokens) == (
                plan.shape, plan.pretraining_tokens, plan.samples_per_query, 0,
            )  # fmt: skip
            continue
        assert cost.sum() == pytest.approx(flop, rel=2e-3)
        if name == "equal-thirds":
            assert cost / flop == pytest.approx([1 / 3] * 3, rel=5e-3)
        if name == "equal-tokens":
            assert tokens / tokens.mean() == pytest.approx([1.0] * 3, rel=5e-3)
        assert one.predicted >= found["plan"].predicted * (1 - 1e-9)


def test_the_interval_widens_with_scatter_and_holds_nine_tenths_of_it(advice: Advice) -> None:
    point = np.log([1e5, 4e6, 1e5, 4.0])
    narrow, wide = replace(advice, scatter=1e-6).interval(point), replace(advice, scatter=0.5).interval(point)
    assert narrow[0] == wide[0]
    assert wide[1] < narrow[1] < narrow[2] < wide[2]
    assert np.log(wide[2] / wide[1]) == pytest.approx(2 * 1.645 * np.hypot(0.5, np.log(narrow[2] / narrow[1]) / 3.29), rel=0.03)


def test_budgets_are_inside_at_the_edge_and_beyond(advice: Advice, full: Path) -> None:
    rows = read_rows(full / "runs.csv")
    found = choose_budgets(advice, rows, queries=2e4)
    assert list(found) == ["inside", "edge", "beyond"]
    assert found["beyond"] == pytest.approx(3 * found["edge"])
    assert excess(planned(advice, found["edge"], 2e4), rows) == 0.0
    assert excess(planned(advice, found["beyond"], 2e4), rows) > 0.0
    assert found["inside"] < found["edge"]


def test_excess_is_that_of_the_worst_axis(full: Path) -> None:
    rows = read_rows(full / "runs.csv")
    inside = {"params": 1e5, "pretraining_tokens": 1e6, "rl_tokens": 0.0, "k": 3.0}
    assert excess(inside, rows) == 0.0
    assert excess({**inside, "params": 27_840 / 2}, rows) == pytest.approx(np.log(2))
    assert excess({**inside, "k": 64.0, "rl_tokens": 8.1e6}, rows) == pytest.approx(np.log(10))


def test_too_many_queries_are_refused(advice: Advice) -> None:
    with pytest.raises(InfeasibleError, match="does not pay for 1,000,000,000 queries"):
        candidates(advice, "b", 1e12, 1e9)


def test_a_budget_that_trains_nothing_is_refused_in_these_words(advice: Advice) -> None:
    with pytest.raises(InfeasibleError, match=r"1e\+08 FLOP does not train the smallest model"):
        advice.fair_queries(1e8)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text.replace("yes", "yes,1", 1), ":2: the row has another number of fields"),
        (lambda text: text.replace("measured", "mesured", 1), "lacks the column `measured`"),
        (lambda text: text.replace("1.5,yes", "much,yes", 1), ":2: `measured` is `much`, and a finite number is due"),
        (lambda text: text.replace("1.5,yes", "nan,yes", 1), ":2: `measured` is `nan`"),
    ],
)
def test_a_table_of_the_loop_that_is_broken_is_refused(tmp_path: Path, damage: Callable[[str], str], message: str) -> None:
    cells = dict.fromkeys(VALIDATION, "1") | {"budget": "edge", "candidate": "plan", "measured": "1.5", "inside": "yes"}
    path = tmp_path / "validation.csv"
    path.write_text(damage(f"{','.join(VALIDATION)}\n{','.join(cells.values())}\n"), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_validation(path)


def test_pretraining_of_a_plan_goes_on_where_it_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, shape, tokens = materials(40, 200), SIZES["30k"], 20 * STEP_TOKENS
    monkeypatch.setattr(saved, "_EVERY", 6)

    class Killed(BaseException):
        pass

    save = saved.save

    def save_twice(path: Path, state: object) -> None:
        save(path, state)
        if state["step"] == 12:  # type: ignore[index]
            raise Killed

    monkeypatch.setattr(saved, "save", save_twice)
    with pytest.raises(Killed):
        validate_train.pretrained(tmp_path / "a", shape, tokens, 3, shared)
    monkeypatch.setattr(saved, "save", save)
    resumed = validate_train.pretrained(tmp_path / "a", shape, tokens, 3, shared)
    whole = Pretraining(shape, shared.text, RECIPES["30k"], 3)
    whole.advance_to(16)
    whole.advance_to(20, decay=True)
    assert all((a == b).all() for a, b in zip(resumed.parameters(), whole.model.parameters(), strict=True))
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["32x2-30720-3.pt"]


def _row(candidate: str, seed: int, measured: float, predicted: float = 1.0) -> dict[str, object]:
    inside = predicted - 0.1 <= measured <= predicted + 0.1
    return {"budget": "edge", "candidate": candidate, "seed": seed, "measured": measured, "predicted": predicted,
            "low": predicted - 0.1, "high": predicted + 0.1, "inside": inside, "text_loss": 2.0}  # fmt: skip


def test_outcomes_are_compared_seed_by_seed() -> None:
    # the seeds differ by far more than the candidates: only paired do they tell anything
    plan = [_row("plan", seed, value) for seed, value in ((10, 0.95), (11, 1.05), (12, 1.50))]
    thirds = [_row("equal-thirds", seed, value, 1.1) for seed, value in ((10, 1.00), (11, 1.12), (12, 1.56))]
    tokens = [_row("equal-tokens", seed, value, 1.2) for seed, value in ((10, 0.90), (11, 0.99), (12, 1.46))]
    other = [_row("plan-without-rl", seed, value) for seed, value in ((10, 1.40), (11, 0.80), (12, 1.50))]
    found = {one.candidate: one for one in matches([*plan, *thirds, *tokens, *other])}
    assert [found[name].winner for name in CANDIDATES] == ["plan", "plan", "equal-tokens", "undecided"]
    assert found["plan"].inside == 2
    behind = found["equal-thirds"].behind
    assert behind is not None
    assert behind.value == pytest.approx(0.06)
    assert behind.high - behind.value == pytest.approx(
        2.919986 * 0.01 / np.sqrt(3), rel=1e-5
    )  # t of 2 degrees, standard deviation .01
    assert found["equal-thirds"].behind_predicted == pytest.approx(0.1)
    assert found["plan"].behind is None


SMALL = Grid(
    "small", ("30k", "100k"), (64 * STEP_TOKENS, 256 * STEP_TOKENS), (0, 2_000, 8_000), 1,
    problems=40, training_problems=400, samples=64, windows=8,
)  # fmt: skip


def test_the_loop_closes_and_a_second_call_trains_nothing(tmp_path: Path) -> None:
    out = _invent(tmp_path, SMALL)
    found = validate(out, {"low": 1.05e11}, seeds=2)
    # a third of the budget buys more than the fewest tokens that are planned, the same number of tokens everywhere does not
    assert found.left_out == (("low", "equal-tokens"),)
    assert [row["candidate"] for row in found.rows] == 2 * ["plan"] + 2 * ["equal-thirds"] + 2 * ["plan-without-rl"]
    assert [row["seed"] for row in found.rows] == 3 * [10, 11]
    for row in found.rows:
        assert row["measured"] > 0
        assert row["text_loss"] > 1
        assert row["flop_pretraining"] == pytest.approx(
            row["pretraining_tokens"] * Shape(row["width"], 2, 2).flop_per_token(), rel=0.2
        )
        # whole steps of RL go past what was planned, answers are not as long as the table's: the budget is nearly spent
        if row["candidate"] == "plan":
            spent = row["flop_pretraining"] + row["flop_rl"] + row["flop_inference"]
            assert 0.5 < spent / row["budget_flop"] < 3
        if row["candidate"] == "plan-without-rl":
            assert row["rl_tokens"] == row["flop_rl"] == 0
            assert row["text_loss"] == row["pretraining_loss"]
    read = read_validation(found.table)
    assert [(row["budget"], row["candidate"], row["seed"]) for row in read] == [
        (row["budget"], row["candidate"], row["seed"]) for row in found.rows
    ]
    assert [match.winner for match in matches(read)] == [match.winner for match in found.matches]
    _commands_answer(out)
    cells = {path: path.read_bytes() for path in (out / "validate" / "cells").iterdir()}
    assert proposed_work(out, json.loads((out / "validate" / "candidates.json").read_text()), 2) == []
    next(iter(cells)).unlink()
    validate(out, seeds=2)
    assert {path: path.read_bytes() for path in cells} == cells
    with pytest.raises(DataError, match="closed loop of other candidates"):
        validate(out, {"low": 2e11}, seeds=2)


def _commands_answer(out: Path) -> None:
    app = typer.Typer()
    app.command()(lab_validate.run)
    told = CliRunner().invoke(app, [str(out), "--seeds", "2", "--format", "json"])
    assert told.exit_code == 0, told.output
    data = json.loads(told.stdout)
    assert obeys("lab-validate", data)
    assert [match["candidate"] for match in data["matches"]] == ["plan", "equal-thirds", "plan-without-rl"]
    assert data["left_out"] == [{"budget": "low", "candidate": "equal-tokens"}]
    table = CliRunner().invoke(app, [str(out), "--seeds", "2"])
    assert "2 comparisons" in " ".join(table.stdout.split())
    dry = CliRunner().invoke(app, [str(out), "--budget", "3e11", "--queries", "2k", "--dry-run", "--format", "json"])
    assert dry.exit_code == 0, dry.output
    assert obeys("lab-validate", json.loads(dry.stdout))
    assert json.loads(dry.stdout)["seconds"] > 1
    assert {one["queries"] for one in json.loads(dry.stdout)["candidates"]} == {2000.0}
    assert isinstance(CliRunner().invoke(app, [str(out), "--seeds", "0"]).exception, UnitError)


def test_without_a_fit_it_says_what_to_do(tmp_path: Path) -> None:
    out = _invent(tmp_path, SMALL)
    (out / "lab.yaml").unlink()
    with pytest.raises(DataError, match="budgetplan lab fit"):
        propose(out)
