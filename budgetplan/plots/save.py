"""Figures as files: svg, pdf or png with the drawn data as CSV beside it, whole or not at all, the same bytes every time.

Matplotlib writes the date and random identifiers into SVG and PDF unless it is told otherwise; here neither is written.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.errors import OutputError, UnknownNameError
from budgetplan.parallel.whole_file import write_all
from budgetplan.plots.kinds import KINDS, Kind
from budgetplan.plots.style import styled
from budgetplan.plots.table import csv_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_METADATA: dict[str, Callable[[str, str], dict[str, str | None]]] = {
    "svg": lambda title, caption: {"Title": title, "Description": caption, "Date": None},
    "pdf": lambda title, caption: {"Title": title, "Subject": caption, "CreationDate": None},
    "png": lambda title, caption: {"Title": title, "Description": caption},
}
FORMATS = tuple(_METADATA)
"""Formats of figures, named as their files' suffixes."""


@dataclass(frozen=True)
class Rendered:
    """A figure as it goes into a file.

    Attributes
    ----------
    image : bytes
        In the format asked for.
    csv : str
        The drawn data.
    """

    image: bytes
    csv: str


def render(kind: str, result: Any, image_format: str = "svg") -> Rendered:
    """A figure and its data in memory, for whoever embeds it.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    result : Study or the figure's own data
        What to draw.
    image_format : {"svg", "pdf", "png"}
        PNG has 300 dots per inch.

    Returns
    -------
    Rendered

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    OutputError
        If there is no such format.
    """
    plot = _kind(kind)
    if image_format not in FORMATS:
        raise OutputError(f"Figures are not written as `{image_format}`.", f"Use one of {', '.join(FORMATS)}.")
    data = plot.data(result)
    return Rendered(_image(plot.draw(data), image_format), csv_text(plot.table(data)))


def save(kind: str, result: Any, path: str | Path) -> tuple[Path, Path]:
    """Write a figure and, beside it, its data.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    result : Study or the figure's own data
        What to draw.
    path : str or Path
        Ends in .svg, .pdf or .png.

    Returns
    -------
    (Path, Path)
        Of the figure, and of the CSV: the figure's name with `.csv` appended.

    Raises
    ------
    UnknownNameError
        If there is no such kind.
    OutputError
        If the suffix is not known, or a file cannot be written; then nothing is.
    """
    path = Path(path)
    table = path.with_name(f"{path.name}.csv") if path.name else path
    _kind(kind)
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        said = f"ends in `{path.suffix}`" if suffix else "has no suffix"
        raise OutputError(f"`{path}` {said}, which names no format of a figure.", f"End it in one of {known}.")
    _refuse_unwritable(path, table)
    drawn = render(kind, result, suffix)
    _replace({path: drawn.image, table: drawn.csv.encode("utf-8")})
    return path, table


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise UnknownNameError("plot kind", name, KINDS)
    return KINDS[name]


def _image(ax: Axes, image_format: str) -> bytes:
    """Axes' figure in a format, without anything that differs between two runs."""
    caption = next((text.get_text() for text in ax.texts if text.get_gid() == "caption"), "")
    one_line = (" ".join(text.split()) for text in (ax.get_title(), caption))
    out = io.BytesIO()
    figure = ax.get_figure(root=True)
    assert figure is not None  # `draw` returns axes in a figure
    with styled():
        figure.savefig(out, format=image_format, metadata=_METADATA[image_format](*one_line))
    return out.getvalue()


def _refuse_unwritable(*paths: Path) -> None:
    """Raise before anything is drawn where a file has no folder or would replace one."""
    for path in paths:
        if not path.parent.is_dir():
            raise OutputError(f"`{path}` has no folder: `{path.parent}` does not exist.", "Create it, or name another.")
        if path.is_dir():
            raise OutputError(f"`{path}` is a folder, not a file.", "Name a file.")


def _replace(contents: dict[Path, bytes]) -> None:
    """Write all files, or say which figure could not be written; then all are as they were."""
    try:
        write_all(contents)
    except OSError as error:
        raise OutputError(f"`{next(iter(contents))}` cannot be written: {error.strerror}.", "Name another file.") from error
