"""The text: what is in it, and that no file is on both sides of the split."""

from __future__ import annotations

from pathlib import Path

import pytest

from budgetplan.errors import DataError
from budgetplan.lab.corpus import UNKNOWN, VOCABULARY, decode, encode, is_held_out, load_corpus


def _write(folder: Path, names: list[str], text: str = "value = 1\n") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + name, encoding="utf-8")


def test_no_file_is_both_trained_on_and_held_out_and_none_is_lost(tmp_path: Path) -> None:
    names = [f"package/module_{i}.py" for i in range(300)]
    _write(tmp_path, names)
    corpus = load_corpus(tmp_path)
    assert not set(corpus.train_names) & set(corpus.held_out_names)
    assert sorted(corpus.train_names + corpus.held_out_names) == sorted(names)
    assert 10 <= len(corpus.held_out_names) <= 55  # 10 % of 300, within four standard deviations
    assert all(name in text for name, text in zip(corpus.held_out_names, corpus.held_out, strict=True))


def test_tests_and_caches_and_foreign_packages_are_left_out(tmp_path: Path) -> None:
    kept = [f"a{i}.py" for i in range(40)]
    _write(tmp_path, [*kept, "site-packages/x.py", "test/x.py", "lib/tests/x.py", "idlelib/x.py", "p/__pycache__/x.py", "note.txt"])
    corpus = load_corpus(tmp_path)
    assert sorted(corpus.train_names + corpus.held_out_names) == sorted(kept)


def test_the_split_moves_no_file_when_another_is_added() -> None:
    before = {name: is_held_out(name) for name in ("a.py", "b/c.py")}
    assert before == {name: is_held_out(name) for name in ("a.py", "b/c.py")}
    assert {is_held_out(f"{i}.py", seed=1) == is_held_out(f"{i}.py", seed=2) for i in range(200)} == {True, False}


def test_the_fingerprint_follows_names_and_contents(tmp_path: Path) -> None:
    names = [f"a{i}.py" for i in range(40)]
    prints = []
    for folder, text, extra in (("one", "x", []), ("same", "x", []), ("content", "y", []), ("name", "x", ["b.py"])):
        _write(tmp_path / folder, names + extra, text)
        prints.append(load_corpus(tmp_path / folder).fingerprint)
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_a_folder_without_source_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="carries its library as source"):
        load_corpus(tmp_path)


def test_characters_come_back_and_others_share_one_token() -> None:
    text = "def f(x):\n    return '~'\n"
    assert decode(encode(text)) == text
    assert encode("é\t").tolist() == [UNKNOWN, UNKNOWN]
    assert encode(text).max() < UNKNOWN == VOCABULARY - 1


def test_this_python_has_enough_source() -> None:
    corpus = load_corpus()
    assert len(corpus.train_tokens) > 5e6
    assert len(corpus.held_out_tokens) > 2e5
