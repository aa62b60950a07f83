"""The table of forms, and work spread over threads."""

from __future__ import annotations

import pytest

from budgetplan.errors import DataError, UnknownNameError
from budgetplan.fitting import forms
from budgetplan.fitting.forms import FORMS, Entry, form_function
from budgetplan.parallel.ordered import ordered_map


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


@pytest.mark.parametrize("workers", [1, 3])
def test_order_and_progress(workers: int) -> None:
    seen: list[tuple[int, int]] = []
    assert ordered_map(lambda x: -x, list(range(7)), workers, lambda done, all_: seen.append((done, all_))) == [
        0,
        -1,
        -2,
        -3,
        -4,
        -5,
        -6,
    ]
    assert seen == [(at, 7) for at in range(1, 8)]


def test_a_failing_piece_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        ordered_map(lambda x: 1 // x, [1, 0], workers=2)
