"""From a table to runs: a file or a frame, columns named by role, rows chosen by an expression."""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from budgetplan.errors import DataError, UnknownNameError, suggest
from budgetplan.fitting.runs.query_check import check_query
from budgetplan.fitting.runs.run_bytes import check_header, read_bytes
from budgetplan.fitting.runs.run_checks import check_rows, derive, suspicions
from budgetplan.fitting.runs.runs import LABELS, ROLES, Runs
from budgetplan.laws.law_text import legible
from budgetplan.numerics.arrays import Array

if TYPE_CHECKING:
    import pandas as pd

_UNEVALUATED = (
    ValueError, TypeError, LookupError, SyntaxError, AttributeError, NameError, ArithmeticError, NotImplementedError,
    RecursionError, MemoryError, tokenize.TokenError,
)  # fmt: skip
"""What pandas raises for an expression that is no query, from its tokens to its depth."""


def read_runs(source: Path | str | pd.DataFrame, columns: Mapping[str, str] | None = None, where: str | None = None) -> Runs:
    """Runs of a CSV file or a frame.

    Parameters
    ----------
    source : Path, str or DataFrame
        One row per run.
    columns : mapping of str to str, optional
        Role -> column; roles that are not named are taken from columns of their own name.
    where : str, optional
        A pandas query that chooses rows.

    Returns
    -------
    Runs
        With tokens = FLOP/(6 params) where only FLOP is given.

    Raises
    ------
    DataError, UnknownNameError
        If the table, a column or a row cannot be used; rows are named by number.
    """
    table, digest = read_table(source)
    return runs_of(chosen(table, where, "where", columns), columns, digest)


def read_table(source: Path | str | pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The table, numbered from 1, and the SHA-256 of its bytes.

    Parameters
    ----------
    source : Path, str or DataFrame
    """
    import pandas as pd

    if isinstance(source, pd.DataFrame):
        digest = hashlib.sha256(source.to_csv(index=False).encode()).hexdigest()
        table = source.copy()
    else:
        path = Path(source)
        content = read_bytes(path)
        digest = hashlib.sha256(content).hexdigest()
        check_header(path, content)
        try:
            table = pd.read_csv(io.BytesIO(content))
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OverflowError) as problem:
            raise DataError(f"{path}: not readable as CSV: {str(problem).strip()}.") from None
        if not isinstance(table.index, pd.RangeIndex):
            why = "the rows have more fields than the header has names"
            raise DataError(f"{path}: not readable as CSV: {why}.", "Write decimal points, not commas, and name every column.")
    table.index = pd.RangeIndex(1, len(table) + 1)
    return table, digest


def chosen(table: pd.DataFrame, expression: str | None, option: str, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The rows where a pandas query holds.

    Parameters
    ----------
    table : DataFrame
    expression : str or None
        None chooses all rows.
    option : str
        Name of the option, for the message.
    columns : mapping of str to str, optional
        Role -> column; the query may use either name.

    Raises
    ------
    DataError
        If the expression cannot be evaluated or chooses nothing.
    """
    if expression is None:
        return table
    import pandas as pd

    check_query(expression, option)
    try:
        named = {role: table[name] for role, name in (columns or {}).items() if role not in table.columns and name in table.columns}
        holds = table.assign(**named).eval(expression)
    except (*_UNEVALUATED, pd.errors.UndefinedVariableError) as problem:
        raise DataError(
            f"`{option}`: `{expression}` cannot be evaluated: {problem or type(problem).__name__}.",
            "It is a pandas query over the columns: params > 1e8 and dataset == 'c4'.",
        ) from None
    if not (isinstance(holds, pd.Series) and pd.api.types.is_bool_dtype(holds)):
        raise DataError(f"`{option}`: `{expression}` is no comparison.", "Compare columns: params > 1e8 and dataset == 'c4'.")
    found = table.loc[holds.fillna(False).to_numpy(dtype=bool)]
    if found.empty:
        raise DataError(f"`{option}`: no row of {len(table)} satisfies `{expression}`.")
    return found


def runs_of(table: pd.DataFrame, columns: Mapping[str, str] | None, digest: str) -> Runs:
    """Runs of a numbered table.

    Parameters
    ----------
    table : DataFrame
        Its index is the row numbers.
    columns : mapping of str to str or None
        Role -> column.
    digest : str
        SHA-256 of the whole table.
    """
    names = _columns(table, columns)
    rows = np.asarray(table.index, dtype=np.intp)
    values = {role: _numbers(table[name], name, rows) for role, name in names.items() if role not in LABELS}
    values = derive(values)
    check_rows(values, rows)
    labels = {role: _labels(table[names[role]], names[role], rows) if role in names else None for role in LABELS}
    return Runs(values, rows, labels["group"], labels["cluster"], digest, suspicions(values, rows))


def _columns(table: pd.DataFrame, columns: Mapping[str, str] | None) -> dict[str, str]:
    named = dict(columns or {})
    for role, name in named.items():
        if role not in ROLES:
            raise UnknownNameError("role", role, ROLES)
        if name not in table.columns:
            close = suggest(str(name), map(str, table.columns))
            raise DataError(
                f"There is no column `{name}` for the role `{role}`.",
                f"Did you mean {close}?" if close else f"Columns: {', '.join(map(str, table.columns))}.",
            )
    # A group is asked for by name only: a column that happens to be called so does not split the fit.
    return {role: role for role in ROLES if role in table.columns and role not in LABELS} | named


def _labels(column: Any, name: str, rows: Any) -> tuple[str, ...]:
    """Labels as text; one that a terminal would obey is refused, since two could look the same once it is made legible."""
    labels = tuple(map(str, column))
    for row, label in zip(rows, labels, strict=True):
        if legible(label) != label:
            raise DataError(f"row {row}: `{name}` is `{legible(label):.60}`, which has characters that cannot be shown.")
    return labels


def _numbers(column: Any, name: str, rows: Any) -> Array:
    import pandas as pd

    if column.dtype == bool:
        raise DataError(f"row {rows[0]}: `{name}` is {column.iloc[0]!s}, which is no number.")
    numbers = pd.to_numeric(column, errors="coerce")
    bad = numbers.isna() & column.notna()
    if bad.any():
        first = int(np.flatnonzero(bad.to_numpy())[0])
        shown = repr(column.iloc[first])
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        raise DataError(f"row {rows[first]}: `{name}` is {shown}, which is no number.")
    return np.asarray(numbers, dtype=np.float64)
