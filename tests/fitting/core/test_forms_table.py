"""The table of forms, and work spread over threads."""

from __future__ import annotations

import pytest

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting import forms
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


def test_a_missing_form_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(forms.FORMS, "joint", Entry("no_such_module", "fit_joint"))
    with pytest.raises(DataError, match="not part of this installation"):
        form_function("joint")
    with pytest.raises(UnknownNameError, match="Did you mean `isoflop`"):
        form_function("isoflops")
