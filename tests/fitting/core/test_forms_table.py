"""The table of forms: what each takes, and names that are not there."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting import forms
from budgetplan.fitting.fit import fit_law
from budgetplan.fitting.forms import FORMS, Entry, form_function


def test_every_form_of_the_contract_has_an_entry() -> None:
    assert set(FORMS) == {
        "chinchilla",
        "data-constrained",
        "overtrained",
        "isoflop",
        "rl-sigmoid",
        "rl-power",
        "passk-beta",
        "passk-power",
        "joint",
    }


@pytest.mark.parametrize("form", ["rl-power", "chinchilla"])
def test_marked_clusters_are_used_or_said_not_to_be(form: str) -> None:
    draw, size = np.random.default_rng(0), np.arange(40)
    table = pd.DataFrame({"curve": size // 4, "rl_tokens": np.geomspace(1e8, 1e11, 40), "params": np.geomspace(1e8, 1e10, 40)})
    table["success"] = 1 - 2.0 * table["rl_tokens"] ** -0.1 * np.exp(0.01 * draw.standard_normal(40))
    table["tokens"] = table["params"] * np.exp(draw.uniform(1, 5, 40))
    table["loss"] = 1.8 + 480 / table["params"] ** 0.35 + 2000 / table["tokens"] ** 0.37
    said = fit_law(table, form, {"cluster": "curve"}).warnings
    assert any("`cluster` is not used" in sentence for sentence in said) == (form == "rl-power")


def test_a_missing_form_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(forms.FORMS, "joint", Entry("no_such_module", "fit_joint"))
    with pytest.raises(DataError, match="not part of this installation"):
        form_function("joint")
    with pytest.raises(UnknownNameError, match="Did you mean `isoflop`"):
        form_function("isoflops")
