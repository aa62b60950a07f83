"""The registry: what it refuses, and that it says of the real files what they are."""

from __future__ import annotations

import csv
import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from budgetplan.datasets import DataFile, DataSet, find_dataset, load_datasets
from budgetplan.datasets.entries import FitLine
from budgetplan.datasets.places import sha256_of
from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.forms import FORMS
from budgetplan.fitting.runs.runs import ROLES

SETS = load_datasets()
FILES = [pytest.param(data, file, id=f"{data.id}/{file.name}") for data in SETS for file in data.files]
FITS = [pytest.param(data, fit, id=f"{data.id}-{at}-{fit.form}") for data in SETS for at, fit in enumerate(data.fits)]
Shared = Callable[[str], Path]

ENTRY = """datasets:
  - id: tiny
    title: Tiny
    origin:
      - https://example.org
    licence: MIT
    citation:
      authors: N. N.
      title: Tiny
      year: 2026
    files:
      - name: runs.csv
        url: https://example.org/runs.csv
        sha256: "{sum}"
        bytes: 10
        rows: 2
        columns:
          - name: loss
            unit: nat/token
            meaning: loss
    fits:
      - file: runs.csv
        form: chinchilla
""".replace("{sum}", "0" * 64)


def test_every_public_set_is_registered() -> None:
    assert [data.id for data in SETS] == [
        "chinchilla-epoch",
        "gemstones",
        "hardware-epoch",
        "isoflop-collection",
        "models-epoch",
        "models-obsscaling",
        "olmo-ladder",
        "overtrain-gadre",
        "passk-pythia-gsm8k",
        "repeated-datablations",
        "rl-qwen3-gsm8k",
        "rl-tan-coefficients",
        "tts-reported",
    ]


@pytest.mark.parametrize("data", SETS, ids=lambda data: data.id)
def test_a_set_says_where_it_comes_from(data: DataSet) -> None:
    assert data.origin
    assert data.licence
    assert data.citation.authors in str(data.citation)
    for address in [*data.origin, *(file.url for file in data.files if file.url)]:
        commits = [part for part in address.split("/") if len(part) == 40 and set(part) <= set("0123456789abcdef")]
        assert len(commits) == 1, f"{address} is not pinned at a commit"
    for file in data.files:
        assert file.url is None or not file.verified, "say how and when a download was compared, in licence_note or notes"


def test_case_does_not_matter() -> None:
    assert find_dataset("OLMo-ladder").id == "olmo-ladder"


def test_an_unknown_set_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean `gemstones`"):
        find_dataset("gemstone")


def test_an_entry_is_read(tmp_path: Path) -> None:
    (tmp_path / "sets.yaml").write_text(ENTRY)
    (data,) = load_datasets(tmp_path / "sets.yaml")
    assert data.files[0].columns[0].unit == "nat/token"
    assert data.forms == ("chinchilla",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    licence: MIT\n", "", "tiny: `licence` is missing"),
        ("licence: MIT", "license: MIT", "Did you mean `licence`"),
        ("licence: MIT", "licence: 3", "licence: 3 stands where text is due"),
        ("bytes: 10", "bytes: many", "'many' stands where a whole number is due"),
        ("bytes: 10", "bytes: true", "True stands where a whole number is due"),
        ("bytes: 10", "bytes: 0", "at least 1"),
        ("0" * 64, "0" * 63, "64 hexadecimal digits"),
        ("url: https", "url: ftp", "https://"),
        ("url: https://example.org/runs.csv", "derived: ''", "either a `url` or"),
        ("name: runs.csv", "name: ../runs.csv", "no plain name"),
        ("id: tiny", "id: a/b", "no plain name of a folder"),
        ("file: runs.csv", "file: other.csv", "a fit names the file `other.csv`"),
        ("year: 2026", "year: [2026]", "stands where a whole number is due"),
        ("    origin:\n      - https://example.org\n", "    origin: x\n", "'x' stands where a list is due"),
        ("    citation:\n      authors: N. N.\n      title: Tiny\n      year: 2026\n", "    citation: x\n", "a mapping is due"),
        ("datasets:", "sets:", "a list is due under `datasets`"),
        ("datasets:\n", "datasets: [\n", "cannot be read as YAML"),
        (ENTRY, ENTRY + ENTRY.partition("\n")[2], "the id `tiny` is given twice"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in ENTRY
    path = tmp_path / "sets.yaml"
    path.write_text(ENTRY.replace(old, new, 1))
    with pytest.raises(DataError, match=r"sets\.yaml") as caught:
        load_datasets(path)
    assert says in str(caught.value)


@pytest.mark.parametrize(("data", "file"), FILES)
def test_the_real_file_is_the_registered_one(data: DataSet, file: DataFile, shared_data: Shared) -> None:
    path = shared_data(data.id) / file.name
    assert sha256_of(path) == file.sha256
    assert path.stat().st_size == file.bytes
    with path.open(newline="", encoding="utf-8") as lines:
        header, *rows = csv.reader(lines)
    assert len(rows) == file.rows
    assert [column.name for column in file.columns if column.name not in header] == []


@pytest.mark.parametrize("data", SETS, ids=lambda data: data.id)
def test_no_real_file_is_left_out(data: DataSet, shared_data: Shared) -> None:
    assert sorted(file.name for file in data.files) == sorted(path.name for path in shared_data(data.id).glob("*.csv"))


@pytest.mark.parametrize(("data", "fit"), FITS)
def test_a_fit_names_a_form_and_roles_that_exist(data: DataSet, fit: FitLine) -> None:
    assert fit.form in FORMS
    assert {column.partition("=")[0] for column in fit.columns} <= set(ROLES)
    known = {column.name for file in data.files if file.name == fit.file for column in file.columns}
    assert {column.partition("=")[2] for column in fit.columns} <= known
    words = shlex.split(fit.command("some folder/runs.csv"))
    assert words[:5] == ["budgetplan", "fit", "some folder/runs.csv", "--form", fit.form]
    assert all(column in words for column in fit.columns)


@pytest.mark.parametrize(("data", "fit"), FITS)
def test_a_fit_runs_on_the_real_file(data: DataSet, fit: FitLine, shared_data: Shared) -> None:
    begun = time.monotonic()
    found = fit_law(
        shared_data(data.id) / fit.file,
        fit.form,
        columns=dict(column.split("=", 1) for column in fit.columns),
        where=fit.where or None,
        objective=fit.objective or None,
        fixed=fit.fixed or None,
        holdout=fit.holdout or None,
    )
    assert time.monotonic() - begun < 30
    fits = list(found.groups.values()) if found.groups else [found]
    assert all(set(part.coefficients) for part in fits)
    assert not any("is not fitted" in warning for warning in found.warnings)


def test_the_published_headline_follows_from_the_registered_line(shared_data: Shared) -> None:
    data = find_dataset("chinchilla-epoch")
    fit = next(fit for fit in data.fits if fit.objective == "lad")
    columns = dict(column.split("=", 1) for column in fit.columns)
    found = fit_law(shared_data(data.id) / fit.file, fit.form, columns=columns, where=fit.where, objective=fit.objective)
    stated = {"A": 482.01, "B": 2085.43, "E": 1.8169, "alpha": 0.34781, "beta": 0.36585}
    assert found.n_runs == 240
    assert found.coefficients == pytest.approx(stated, rel=3e-5)
