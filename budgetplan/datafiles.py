"""Where the shipped data files are: inside an installed package, or beside it in a source tree."""

from __future__ import annotations

from pathlib import Path

from budgetplan.errors import DataError

_PACKAGE = Path(__file__).resolve().parent


def data_path(*parts: str) -> Path:
    """Return the path of a shipped data file or folder.

    A wheel carries the folder `data` as `budgetplan/_data`. An editable install leaves it beside the package, so both
    places are looked at, the wheel's first.

    Parameters
    ----------
    *parts : str
        Names below `data`, such as `"laws", "default.yaml"`; none gives the folder itself.

    Returns
    -------
    Path
        Of something that exists.

    Raises
    ------
    DataError
        Where neither place has it.

    Examples
    --------
    >>> data_path("methods.yaml").name
    'methods.yaml'
    """
    roots = (_PACKAGE / "_data", _PACKAGE.parent / "data")
    for root in roots:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(parts) or "the folder itself"
    places = " and ".join(f"`{root}`" for root in roots)
    raise DataError(f"There is no shipped data file `{name}` in {places}.", "Install `budgetplan` again.")
