"""Words in a figure: broken where they no longer fit, and moved apart where they would overlap."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from budgetplan.units import format_quantity

_ROOM = 10  # letters of a unit that figures have room for
_TIED = "\N{NO-BREAK SPACE}"
_UNIT = re.compile(r"(?<=\d) (?=(%|[kMBT]|FLOP)(\W|$))")  # a number stays beside its unit


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in the figures' font. [pt]

    Parameters
    ----------
    text : str
        One line.
    size : float
        Of the font. [pt]
    weight : {"normal", "bold"}
        Of the font.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def with_unit(told: str, unit: str) -> str:
    """A number with its unit, where it has one and there is room for it; the table beside a figure has every unit.

    Parameters
    ----------
    told : str
        A number, or words such as `oracle`, which have no unit.
    unit : str
        `1` where there is none.

    Examples
    --------
    >>> with_unit("1.82", "nat/token"), with_unit("0.3", "1"), with_unit("12", "logit/(nat/token)"), with_unit("oracle", "1")
    ('1.82 nat/token', '0.3', '12', 'oracle')
    """
    return f"{told} {unit}" if told[-1:].isdigit() and unit != "1" and len(unit) <= _ROOM else told


def broken(text: str, width: float, size: float, weight: str = "normal") -> str:
    r"""`text` with line breaks at spaces, so that no line is wider than `width`.

    Parameters
    ----------
    text : str
        Words; a word that is wider than the line stays whole.
    width : float
        Of a line. [pt]
    size, weight : float, str
        Of the font. [pt]

    Returns
    -------
    str

    Examples
    --------
    >>> broken("wasted compute of the plan", 60, 8)
    'wasted\ncompute of\nthe plan'
    >>> broken("less than 1 % of it", 50, 8)
    'less than\n1 % of it'
    """
    lines: list[str] = []
    for word in _UNIT.sub(_TIED, " ".join(text.split())).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines).replace(_TIED, " ")


def shortened(text: str, width: float, size: float, weight: str = "normal") -> str:
    """`text` with its middle left out where it is wider than `width`: names of one kind differ at their ends.

    Parameters
    ----------
    text : str
        A name.
    width : float
        [pt]
    size, weight : float, str
        Of the font. [pt]

    Examples
    --------
    >>> shortened("llama3-8b", 60, 6.5), shortened("monkeys-llama3-70b-codecontests", 60, 6.5)
    ('llama3-8b', 'monkeys…ontests')
    """
    short, kept = text, len(text) - 1
    while width_of(short, size, weight) > width and kept > 1:
        short = f"{text[: (kept + 1) // 2]}\N{HORIZONTAL ELLIPSIS}{text[len(text) - kept // 2 :]}"
        kept -= 1
    return short


def percent(wasted: float) -> str:
    """A wasted share of compute in two digits; what is not quite all is not rounded to all.

    Parameters
    ----------
    wasted : float
        Below zero only by rounding. [1]

    Examples
    --------
    >>> percent(0.173), percent(0.9996), percent(1.0), percent(-1e-12)
    ('17 %', 'over 99 %', '100 %', '0 %')
    """
    if 0.995 <= wasted < 1.0:
        return "over 99 %"
    return format_quantity(max(wasted, 0.0), "ratio", 2)


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places of labels near the wanted ones, in their order, at least `gap` apart, within [low, high] where there is room.

    Overlapping neighbours become a block around the mean of what they wanted, which moves them least.

    Parameters
    ----------
    places : sequence of float
        Wanted places, in any unit.
    gap : float
        Least distance between two labels, same unit.
    low, high : float
        Ends of the room, same unit.

    Returns
    -------
    list of float
        As ordered as `places`.

    Examples
    --------
    >>> spread([0.9, 0.1, 0.12], 0.1, 0.0, 1.0)
    [0.9, 0.06, 0.16]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    blocks: list[list[int]] = []
    for item in order:
        blocks.append([item])
        while len(blocks) > 1 and _start(blocks[-1], places, gap, low, high) < (
            _start(blocks[-2], places, gap, low, high) + gap * len(blocks[-2])
        ):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    found = [0.0] * len(places)
    for block in blocks:
        start = _start(block, places, gap, low, high)
        for step, item in enumerate(block):
            found[item] = round(start + step * gap, 12)
    return found


def _start(block: list[int], places: Sequence[float], gap: float, low: float, high: float) -> float:
    """Where the first label of a block goes."""
    extent = gap * (len(block) - 1)
    middle = sum(places[item] for item in block) / len(block)
    return max(low, min(middle - extent / 2, high - extent))
