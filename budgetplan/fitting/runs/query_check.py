"""What a query over runs may say: comparisons of columns, and nothing that reaches beyond them or never ends.

pandas evaluates a query with its own small interpreter, which still calls any method of a column: `loss.to_csv("x")` writes a
file. So what follows a dot has to be on a list, and arithmetic that alone could fill the memory is refused.

References
----------
.. [1] pandas 3 documentation, `DataFrame.query`: the expression may call methods and Python functions.
"""

from __future__ import annotations

import re

from budgetplan.errors import DataError

LONGEST = 1000
"""Characters of a query."""
MOST_POWERS = 2
"""Powers in a query: nested ones of whole numbers have more digits than a memory holds."""
METHODS = frozenset(
    {
        "str", "isin", "notna", "isna", "notnull", "isnull", "between", "abs", "round", "mean", "median", "min", "max", "std",
        "sum", "quantile", "startswith", "endswith", "contains", "lower", "upper", "len", "strip", "match", "fullmatch", "eq", "ne",
        "lt", "le", "gt", "ge",
    }
)  # fmt: skip
"""What may follow a dot: tests, and figures of a column. None of them writes, runs text or reaches another object."""
_BEYOND = re.compile(r"@|(?<!\w)__")
"""Variables of the program, and hidden names."""
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`")
_NUMBER = re.compile(r"(?<![\w.])(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DOT = re.compile(r"\.\s*(\w*)")
_POWER = re.compile(r"\*\*\s*[+-]?\s*(?:[0-9]{1,2}(?:\.[0-9]+)?|\.[0-9]+)(?![\w.])(?!\s*\*\*)")


def check_query(expression: str, option: str) -> None:
    """Refuse a query that is more than a comparison of columns.

    Parameters
    ----------
    expression : str
        A pandas query.
    option : str
        Name of the option, for the message.

    Raises
    ------
    DataError
        Naming what it may not say.

    Examples
    --------
    >>> check_query("params > 1e8 and dataset.str.startswith('c4')", "where")
    >>> check_query("loss.to_csv('x') == 1", "where")
    Traceback (most recent call last):
    budgetplan.errors.DataError: `where`: `loss.to_csv('x') == 1` reaches beyond the columns: `.to_csv` is none of ...
    """
    if len(expression) > LONGEST:
        raise DataError(f"`{option}`: the query has {len(expression)} characters, and {LONGEST} are the most.", "Filter the file.")
    if not expression.strip():
        raise DataError(f"`{option}`: the query is empty.", "Write for example params > 1e8, or leave it out.")
    bare = _TEXT.sub("''", expression)
    if _BEYOND.search(bare):
        raise _beyond(expression, option, "it names variables of the program")
    for name in _DOT.findall(_NUMBER.sub("0", bare)):
        if name not in METHODS:
            raise _beyond(expression, option, f"`.{name}` is none of {', '.join(sorted(METHODS))}")
    powers = bare.count("**")
    if powers > MOST_POWERS or powers != len(_POWER.findall(bare)):
        why = f"a power has an exponent of at most two digits, and there are at most {MOST_POWERS}"
        raise DataError(f"`{option}`: `{expression}` is more arithmetic than a comparison needs: {why}.")
    if "*" in bare and re.search(r"['\"]", _TEXT.sub(lambda found: "" if found[0][0] == "`" else "''", expression)):
        raise DataError(
            f"`{option}`: `{expression}` has text and a product.", "Compare the text in one query, the product in the file."
        )


def _beyond(expression: str, option: str, why: str) -> DataError:
    return DataError(
        f"`{option}`: `{expression}` reaches beyond the columns: {why}.", "Compare columns with numbers and text only."
    )
