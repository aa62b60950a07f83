"""A fit written as a law file is a law that can be used at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from budgetplan.errors import DataError, OutputError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.law.law_file import write_law
from budgetplan.laws.catalogue import load_law
from budgetplan.uncertainty.draws import draw_law


def test_chinchilla_round_trip(epoch: dict[str, Any], tmp_path: Path) -> None:
    fit = fit_law(**epoch, bootstrap=300)
    path = write_law(fit, tmp_path / "mine.yaml")
    assert [item.name for item in tmp_path.iterdir()] == ["mine.yaml"]
    law = load_law(str(path))
    assert (law.id, law.link, law.record.form) == ("mine", "pretraining", "chinchilla")
    assert law.record.values == pytest.approx(dict(fit.coefficients), rel=1e-15)
    e, a, b, alpha, beta = fit.coefficients.values()
    assert float(law.pretraining_loss(7e10, 1.4e12)) == pytest.approx(e + a / 7e10**alpha + b / 1.4e12**beta, rel=1e-12)
    entry = law.record.coefficients["A"]
    assert (entry.kind, entry.interval) == ("fitted", "90%")
    assert (entry.low, entry.high) == pytest.approx(fit.intervals["A"])
    assert entry.standard_error == pytest.approx(fit.standard_errors["A"])
    assert "--form chinchilla" in entry.command
    assert law.record.box["params"] == pytest.approx(fit.box["params"])
    content = YAML(typ="safe", pure=True).load(path)
    assert fit.draws is not None
    assert np.array(content["draws"]) == pytest.approx(fit.draws, rel=1e-7)
    assert content["data_sha256"] == fit.provenance["data_sha256"]
    assert str(tmp_path) not in path.read_text()


@pytest.mark.parametrize("level", [0.5, 0.975])
def test_draws_from_intervals_do_not_depend_on_their_level(epoch: dict[str, Any], tmp_path: Path, level: float) -> None:
    """Without a bootstrap a law is drawn from its intervals, which the file states with their level."""
    usual, other = (
        draw_law(load_law(str(write_law(fit_law(**epoch, level=part), tmp_path / f"{part}.yaml"))), 2000, 0).values["beta"].std()
        for part in (0.9, level)
    )
    assert other == pytest.approx(usual, rel=0.02)


def test_at_most_two_thousand_draws(epoch: dict[str, Any], tmp_path: Path) -> None:
    path = write_law(fit_law(**epoch, bootstrap=2100), tmp_path / "mine.yaml")
    text = path.read_text()
    assert text[text.index("draws:") :].count("\n  - [") == 2000


def test_overtrained_and_isoflop_round_trip(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    runs = shared_data("overtrain-gadre") / "models_losses.csv"
    fit = fit_law(runs, "overtrained", {"loss": "loss_c4_val"}, where="dataset == 'rpj' and params < 1e9")
    law = load_law(str(write_law(fit, tmp_path / "over.yaml", name="my-law")))
    assert law.id == "my-law"
    e, a, b, eta = fit.coefficients.values()
    flop, ratio = 6 * 1e9 * 2e10, 20.0
    expected = e + (a * ratio**eta + b * ratio**-eta) * flop**-eta
    assert float(law.pretraining_loss(1e9, 2e10)) == pytest.approx(expected, rel=1e-12)
    points = shared_data("isoflop-collection") / "isoflops.csv"
    policy = fit_law(points, "isoflop", {"flop": "budget"}, where="experiment == 'llama_3__raw_loss' and not outlier")
    allocated = load_law(str(write_law(policy, tmp_path / "iso.yaml"))).policy
    assert allocated is not None
    params, _ = allocated.allocate(1e21)
    n_0, exponent = policy.coefficients["N_coefficient"], policy.coefficients["N_exponent"]
    assert float(params) == pytest.approx(n_0 * 1e21**exponent)


def test_folders_that_do_not_exist(epoch: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_law(fit_law(**epoch), tmp_path / "absent" / "mine.yaml")
    assert not list(tmp_path.iterdir())


def test_a_fit_of_groups_is_no_law(shared_data: Callable[[str], Path], tmp_path: Path) -> None:
    points = shared_data("isoflop-collection") / "isoflops.csv"
    fit = fit_law(points, "isoflop", {"flop": "budget", "group": "experiment"}, where="not outlier")
    with pytest.raises(DataError, match="8 groups is no single law"):
        write_law(fit, tmp_path / "all.yaml")
