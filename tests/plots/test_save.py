"""Files: the same bytes every time, the drawn data beside them, whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from PIL import Image

from budgetplan.errors import OutputError, UnknownNameError
from budgetplan.plots import KINDS, draw_regret, draw_split, render, save

EACH = [(kind, suffix) for kind in KINDS for suffix in ("svg", "pdf", "png")]


@pytest.mark.parametrize(("kind", "suffix"), EACH)
def test_two_saves_are_the_same_bytes(
    results: Any, tmp_path: Path, kind: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = save(kind, results[kind], tmp_path / f"a.{suffix}")
    assert first == (tmp_path / f"a.{suffix}", tmp_path / f"a.{suffix}.csv")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")  # another date, and a user's own style
    with matplotlib.rc_context({"font.size": 20, "svg.hashsalt": None, "axes.grid": True, "savefig.dpi": 50, "lines.linewidth": 9}):
        second = save(kind, results[kind], tmp_path / f"b.{suffix}")
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in (*first, *second))


def test_the_csv_of_a_split_is_the_drawn_bars(study: Any, tmp_path: Path) -> None:
    _, table = save("split", study, tmp_path / "split.svg")
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [float(row["compute_flop"]) for row in rows] == [bar.get_width() for bar in draw_split(study).patches]
    assert [row["allocation"] for row in rows[::3]] == ["optimum", "equal-thirds", "equal-tokens", "chinchilla"]
    optimum = rows[:3]
    assert sum(float(row["gpu_hours"]) for row in optimum) == pytest.approx(study.budget.gpu_hours)
    assert sum(float(row["cost_usd"]) for row in optimum) == pytest.approx(study.budget.usd)
    assert [row["wasted_compute"] for row in rows[::3]] == ["", "0.04", "0.09", "0.9996"]


def test_the_csv_of_a_regret_plot_is_the_drawn_lines(study: Any, tmp_path: Path) -> None:
    _, table = save("regret", study, tmp_path / "regret.png")
    ax = draw_regret(study)
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for name in study.curve.baselines:
        x, y = next(line for line in ax.lines if line.get_gid() == name).get_data()
        part = [(float(row["budget_flop"]), float(row["wasted_compute"])) for row in rows if row["baseline"] == name]
        assert part == list(zip(x.tolist(), y.tolist(), strict=True))


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_column_of_a_csv_is_named_once_and_every_row_is_full_width(results: Any, kind: str) -> None:
    header, *rows = csv.reader(io.StringIO(render(kind, results[kind]).csv))
    assert len(set(header)) == len(header)
    assert {len(row) for row in rows} == {len(header)}
    assert "nan" not in {cell for row in rows for cell in row}


@pytest.mark.parametrize("kind", list(KINDS))
def test_text_in_svg_is_text(results: Any, study: Any, kind: str) -> None:
    drawn = render(kind, results[kind], "svg").image.decode("utf-8")
    if results[kind] is study:
        assert "equal thirds" in drawn.lower()
    assert "<text" in drawn
    assert "<dc:date>" not in drawn
    assert any(item.caption[:30] in drawn for item in (results[kind], study.curve))


def test_png_is_85_mm_wide_at_300_dots_per_inch(results: Any) -> None:
    for kind in KINDS:
        with Image.open(io.BytesIO(render(kind, results[kind], "png").image)) as image:
            assert image.width == pytest.approx(85 / 25.4 * 300, abs=1)
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_pdf_holds_its_fonts_and_no_date(study: Any) -> None:
    drawn = render("split", study, "pdf").image
    assert b"CreationDate" not in drawn
    assert b"/Subtype /Type0" in drawn  # TrueType, which stays editable; Type 3 would not


def test_a_study_and_its_own_data_draw_the_same(study: Any) -> None:
    assert render("ternary", study) == render("ternary", study.map)
    assert render("regret", study) == render("regret", study.curve)


def test_what_a_study_computes_is_computed_once(study: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr(type(study), "ternary", lambda self: calls.append(self) or self.map)
    render("ternary", study)
    assert len(calls) == 1


def test_unknown_kind_and_suffix_are_named(study: Any, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean `ternary`"):
        save("ternery", study, tmp_path / "a.svg")
    with pytest.raises(OutputError, match=r"ends in `\.jpg`.*\.svg, \.pdf, \.png"):
        save("split", study, tmp_path / "a.jpg")
    with pytest.raises(OutputError, match="has no suffix"):
        save("split", study, tmp_path / "a")
    with pytest.raises(OutputError, match="`gif`"):
        render("split", study, "gif")
    assert list(tmp_path.iterdir()) == []


def test_a_suffix_may_be_in_capitals(study: Any, tmp_path: Path) -> None:
    figure, table = save("split", study, tmp_path / "A.PNG")
    assert figure.read_bytes().startswith(b"\x89PNG")
    assert table.name == "A.PNG.csv"


def test_a_file_that_cannot_be_written_is_refused_and_nothing_is_left(study: Any, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        save("split", study, tmp_path / "none" / "a.svg")
    (tmp_path / "b.svg").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        save("split", study, tmp_path / "b.svg")
    (tmp_path / "c.svg.csv").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        save("split", study, tmp_path / "c.svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.svg", "c.svg.csv"]


def test_a_full_disk_leaves_the_old_files(study: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.svg"
    path.write_text("old", encoding="utf-8")
    write = Path.write_bytes

    def fail(self: Path, data: bytes) -> int:
        if self.name.startswith(".a.svg.csv"):
            raise OSError(28, "No space left on device", str(self))
        return write(self, data)

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        save("split", study, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["a.svg"]


def test_kinds_draw_when_called(study: Any) -> None:
    assert KINDS["ternary"](study).get_title() == KINDS["ternary"].draw(study.map).get_title()


def test_importing_the_plots_imports_no_matplotlib() -> None:
    code = "import sys, budgetplan.plots; sys.exit('matplotlib' in sys.modules or 'scipy' in sys.modules)"
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": root}, timeout=60, check=False)
    assert done.returncode == 0


def test_drawing_leaves_pyplot_and_the_users_style_alone(results: Any) -> None:
    before = dict(matplotlib.rcParams)
    loaded = "matplotlib.pyplot" in sys.modules
    for kind in KINDS:
        render(kind, results[kind])
    assert dict(matplotlib.rcParams) == before
    assert ("matplotlib.pyplot" in sys.modules) == loaded
