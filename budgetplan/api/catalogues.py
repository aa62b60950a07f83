"""What the package ships, as tables and as records with sources: laws, accelerators, methods and data sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.units import parse_quantity

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "describe_dataset",
    "describe_hardware",
    "describe_law",
    "describe_method",
    "fetch_dataset",
    "list_datasets",
    "list_hardware",
    "list_laws",
    "list_methods",
]


def list_laws() -> pd.DataFrame:
    """The scaling laws.

    Returns
    -------
    pandas.DataFrame
        A row each: id, link and title.

    Examples
    --------
    >>> "besiroglu-2024" in set(list_laws()["id"])
    True
    """
    import pandas as pd

    from budgetplan.laws.describe import law_rows

    return pd.DataFrame(law_rows())


def describe_law(law: str) -> dict[str, Any]:
    """One law with its coefficients, their units, sources and ranges, and the box in which it was measured.

    Parameters
    ----------
    law : str
        A law's id or file.

    Returns
    -------
    dict
        As `budgetplan laws ID --format json` writes it.

    Raises
    ------
    BudgetPlanError
        If there is no such law, or the file cannot be read.

    Examples
    --------
    >>> describe_law("besiroglu-2024")["coefficients"]["E"]["unit"]
    'nat/token'
    """
    from budgetplan.laws.describe import law_record

    return law_record(law)


def list_hardware() -> pd.DataFrame:
    """The accelerators.

    Returns
    -------
    pandas.DataFrame
        A row each: peaks [FLOP/s], memory [byte], bandwidth [byte/s], price [usd/h] with its date.

    Examples
    --------
    >>> "bf16_flop_per_s" in list_hardware().columns
    True
    """
    import pandas as pd

    from budgetplan.costs import hardware_rows

    return pd.DataFrame(hardware_rows())


def describe_hardware(name: str) -> dict[str, Any]:
    """One accelerator with its sources.

    Parameters
    ----------
    name : str
        An id or alias, such as "H100".

    Returns
    -------
    dict
        As `budgetplan hardware ID --format json` writes it.

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    Examples
    --------
    >>> describe_hardware("H100")["bf16_flop_per_s"]
    989400000000000.0
    """
    from budgetplan.costs import hardware_record

    return hardware_record(name)


def list_methods(decode_utilisation: float | str | None = None) -> pd.DataFrame:
    """The training methods, and what an RL token costs under each.

    Parameters
    ----------
    decode_utilisation : quantity, optional
        Of decoding, relative to training; by default each method's own. [1]

    Returns
    -------
    pandas.DataFrame
        A row each, costs in FLOP per param and token.

    Raises
    ------
    UnitError
        If the utilisation is no share above 0.

    Examples
    --------
    >>> "grpo" in set(list_methods()["id"])
    True
    """
    import pandas as pd

    from budgetplan.costs import method_rows

    return pd.DataFrame(method_rows(_share(decode_utilisation)))


def describe_method(name: str, decode_utilisation: float | str | None = None) -> dict[str, Any]:
    """One training method, part by part, with its sources.

    Parameters
    ----------
    name : str
        An id, such as "grpo".
    decode_utilisation : quantity, optional
        Of decoding, relative to training; by default the method's own. [1]

    Returns
    -------
    dict
        As `budgetplan methods ID --format json` writes it.

    Raises
    ------
    BudgetPlanError
        If there is no such method, or the utilisation is no share above 0.

    Examples
    --------
    >>> describe_method("grpo")["id"]
    'grpo'
    """
    from budgetplan.costs import method_record

    return method_record(name, _share(decode_utilisation))


def _share(value: float | str | None) -> float | None:
    return None if value is None else parse_quantity(value, "ratio", "decode_utilisation", positive=True)


def list_datasets() -> pd.DataFrame:
    """Public data sets that laws can be fitted to.

    Returns
    -------
    pandas.DataFrame
        A row each: id, title, licence, rows, and the forms that fit.

    Examples
    --------
    >>> "chinchilla-epoch" in set(list_datasets()["id"])
    True
    """
    import pandas as pd

    from budgetplan.datasets import dataset_rows

    return pd.DataFrame(dataset_rows())


def describe_dataset(name: str) -> dict[str, Any]:
    """One data set: origin, licence, citation, files with checksums and columns, and the commands that fit it.

    Parameters
    ----------
    name : str
        An id.

    Returns
    -------
    dict
        As `budgetplan datasets ID --format json` writes it.

    Raises
    ------
    UnknownNameError
        If there is none of that name.

    Examples
    --------
    >>> describe_dataset("chinchilla-epoch")["id"]
    'chinchilla-epoch'
    """
    from budgetplan.datasets import dataset_record

    return dataset_record(name)


def fetch_dataset(name: str) -> list[Path]:
    """Download a data set, checked by its checksums; what is there already stays.

    Parameters
    ----------
    name : str
        An id.

    Returns
    -------
    list of Path
        Its files.

    Raises
    ------
    DataError
        If a file cannot be downloaded, or is not the one that is due.
    UnknownNameError
        If there is none of that name.
    """
    from budgetplan.datasets import fetch

    return fetch(name)
