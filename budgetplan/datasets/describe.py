"""The registry as plain dictionaries, ready for JSON, with the places of the files on this machine."""

from __future__ import annotations

from typing import Any

from budgetplan.datasets.entries import DataSet
from budgetplan.datasets.places import Place, locate
from budgetplan.datasets.registry import find_dataset, load_datasets


def dataset_rows() -> list[dict[str, Any]]:
    """Return one row per data set, for a list.

    Returns
    -------
    list of dict
        Keys `id`, `title`, `licence`, `files` and `rows` (how many, over all files) and `fits`, a list of forms.

    Examples
    --------
    >>> next(row["fits"] for row in dataset_rows() if row["id"] == "chinchilla-epoch")
    ['chinchilla']
    """
    return [_row(item) for item in load_datasets()]


def dataset_record(name: str) -> dict[str, Any]:
    """Return one data set with everything that is known of it.

    Parameters
    ----------
    name : str
        Its id.

    Returns
    -------
    dict
        `id`, `title`, `origin`, `licence`, `licence_note`, `citation`, `files` (each with `path` and `status`: present, absent or
        differs), `fits` (each with its `command`), `published`, `notes`.

    Raises
    ------
    UnknownNameError
        If there is no such set.
    """
    entry = find_dataset(name)
    places = {place.file.name: place for place in locate(entry)}
    cited = entry.citation
    return {
        "id": entry.id,
        "title": entry.title,
        "origin": list(entry.origin),
        "licence": entry.licence,
        "licence_note": entry.licence_note,
        "citation": {
            "text": str(cited),
            "authors": cited.authors,
            "title": cited.title,
            "year": cited.year,
            "arxiv": cited.arxiv,
            "venue": cited.venue,
        },
        "files": [_file(place) for place in places.values()],
        "fits": [
            {"form": fit.form, "file": fit.file, "command": fit.command(places[fit.file].path), "note": fit.note}
            for fit in entry.fits
        ],
        "published": list(entry.published),
        "notes": list(entry.notes),
    }


def _row(entry: DataSet) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.title,
        "licence": entry.licence,
        "files": len(entry.files),
        "rows": sum(file.rows for file in entry.files),
        "fits": list(entry.forms),
    }


def _file(place: Place) -> dict[str, Any]:
    file = place.file
    return {
        "name": file.name,
        "url": file.url,
        "derived": file.derived,
        "verified": file.verified,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "rows": file.rows,
        "columns": [{"name": column.name, "unit": column.unit, "meaning": column.meaning} for column in file.columns],
        "path": str(place.path),
        "status": place.status,
    }
