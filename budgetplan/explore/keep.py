"""The scenario of the page as a file, which replaces another only where that was asked for."""

from __future__ import annotations

from pathlib import Path

from budgetplan.errors import OutputError
from budgetplan.parallel.whole_file import whole_file
from budgetplan.scenario import Scenario, to_yaml

SUFFIXES = (".yaml", ".yml")


def keep(scenario: Scenario, name: str, replace: bool = False) -> Path:
    """Write a scenario file.

    Parameters
    ----------
    scenario : Scenario
    name : str
        Of the file, from the folder in which the page was started.
    replace : bool
        Whether a file of that name may be replaced.

    Returns
    -------
    Path

    Raises
    ------
    FileExistsError
        Where there is such a file, and it may not be replaced: it stays as it is.
    OutputError
        Where the name is no scenario's, or the file cannot be written.
    """
    path = Path(name.strip())
    if path.suffix not in SUFFIXES:
        raise OutputError(f"`{name}` does not end in `.yaml`, as scenario files do.", "Name it for example `scenario.yaml`.")
    text = to_yaml(scenario)
    try:
        if replace:
            with whole_file(path) as part:
                part.write_text(text, encoding="utf-8")
        else:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"`{name}` cannot be written: {why}.", "Name another file.") from error
    return path
