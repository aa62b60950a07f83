"""Results as HTML: all they show is escaped, nothing is fetched, and no colour is fixed that a dark page would swallow."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

import budgetplan as bp
from budgetplan.fitting.result import Holdout, LawFit
from budgetplan.workflow.plans.study import Caution

EVIL = "<script>alert(1)</script>"


def evil_fit(groups: dict[str, LawFit] | None = None) -> LawFit:
    return LawFit(
        form="chinchilla",
        coefficients={"E": 1.8, EVIL: 2.0},
        standard_errors={"E": 0.1, EVIL: None},
        intervals={"E": (1.6, 2.0)},
        level=0.9,
        objective_name="huber",
        objective=0.01,
        n_runs=8,
        draws=None,
        box={},
        diagnostics={},
        holdout=Holdout(2, 0.01, 1.0, ()),
        warnings=(EVIL,),
        groups=groups or {},
        provenance={"data_sha256": "0123456789abcdef"},
    )


def evil_study() -> Any:
    study = bp.plan(budget="1e24", law="additive")
    names = {EVIL if name == "chinchilla" else name: item for name, item in study.baselines.items()}
    return replace(
        study, headline=EVIL, baselines=names, assumptions=(EVIL,), warnings=(Caution("x", EVIL),), law=replace(study.law, id=EVIL)
    )


def evil_law() -> Any:
    law = bp.load_law("besiroglu-2024")
    known = {f"{EVIL}{name}": replace(item, source=EVIL, unit=EVIL) for name, item in law.record.coefficients.items()}
    record = replace(law.record, id=EVIL, title=EVIL, coefficients=known, caveats=(EVIL,), warning=EVIL)
    return replace(law, record=record, parts={EVIL: record})


def evil_sweep() -> Any:
    table = bp.sweep(law="additive", budget=[1e22, 1e24], method=["grpo", "ppo"])
    table["method"] = [EVIL] * len(table)
    table[EVIL] = 1.0
    return table


class Shape(HTMLParser):
    """Tags in balance, and which there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "made",
    [evil_study, evil_law, evil_fit, lambda: evil_fit({EVIL: evil_fit()}), evil_sweep],
    ids=["study", "law", "fit", "groups", "sweep"],
)
def test_no_markup_but_its_own(made: Any) -> None:
    text = made()._repr_html_()
    shape = Shape()
    shape.feed(text)
    assert shape.open == []
    assert shape.seen <= {"div", "p", "b", "code", "table", "thead", "tbody", "tr", "th", "td"}
    assert shape.attributes <= {"style", "scope"}
    assert "&lt;script&gt;" in text
    assert "http" not in re.sub(r">[^<]*<", "><", text)
    colours = set(re.findall(r"(?<![-\w])(?:color|background)\s*:\s*([^;\"]+)", text))
    assert colours <= {"inherit", "transparent"}


def test_a_study_shows_its_numbers() -> None:
    study = bp.plan(budget="1e25", draws=40)
    text = study._repr_html_()
    assert f"{100 * study.plan.share['rl']:.1f} %" in text
    assert f"{study.plan.loss:.4g}" in text
    assert "equal-thirds" in text
    assert f"beats equal thirds in {100 * study.intervals['beats_equal_thirds']:.1f} % of the draws" in text
    assert study.law.hash in text


def test_a_law_shows_every_coefficient_and_its_source() -> None:
    law = bp.load_law("default")
    text = law._repr_html_()
    for link, record in law.parts.items():
        for name in record.coefficients:
            assert f">{link}.{name}<" in text
    assert law.hash in text


def test_a_fit_says_what_is_not_determined() -> None:
    text = evil_fit()._repr_html_()
    assert text.count("not determined") == 2
    assert "1.6 to 2" in text
    assert "100 % of them inside" in text


def test_a_sweep_is_a_data_frame_that_shows_units() -> None:
    table = bp.sweep(law="additive", budget=np.geomspace(1e20, 1e24, 30))
    assert isinstance(table, pd.DataFrame)
    text = table._repr_html_()
    assert "30 cells: 30 optimal" in text
    assert "10 rows in between are not shown" in text
    assert f"{100 * table['rl_share'].iloc[0]:.1f} %" in text
    assert type(table.copy()) is pd.DataFrame
    assert type(table[["budget", "loss"]]) is pd.DataFrame
    narrow = bp.sweep(law="additive", budget=[1e22, 1e24])
    del narrow["status"]
    assert "<table" in narrow._repr_html_()
