"""The hardware and method tables as plain dictionaries, ready for JSON: SI values, units in the keys, sources kept."""

from __future__ import annotations

from typing import Any

from budgetplan.costs.hardware import Accelerator, find_accelerator, load_hardware
from budgetplan.costs.methods import Method, decode_utilisation_of, find_method, load_methods, rl_kappa
from budgetplan.costs.stages import stage_kappas


def hardware_rows() -> list[dict[str, Any]]:
    """Return one row per accelerator, for a list.

    Returns
    -------
    list of dict
        Keys `id`, `title`, `bf16_flop_per_s`, `fp8_flop_per_s`, `memory_bytes`, `bandwidth_bytes_per_s`,
        `price_usd_per_h`, `price_date`; None where no source states a value.

    Examples
    --------
    >>> next(row["bf16_flop_per_s"] for row in hardware_rows() if row["id"] == "H100")
    989400000000000.0
    """
    return [_hardware_row(item) for item in load_hardware()]


def hardware_record(name: str) -> dict[str, Any]:
    """Return one accelerator with everything that is known of it.

    Parameters
    ----------
    name : str
        Id or alias.

    Returns
    -------
    dict
        The keys of `hardware_rows`, one `<precision>_flop_per_s` per precision, and `int8_op_per_s`, `price_source`,
        `aliases`, `status`, `as_of`, `sources`, `notes`.

    Raises
    ------
    UnknownNameError
        Where there is no such accelerator.
    """
    item = find_accelerator(name)
    return {
        **_hardware_row(item),
        **{f"{precision}_flop_per_s": peak for precision, peak in item.peak_flop_per_s.items()},
        "int8_op_per_s": item.int8_op_per_s,
        "price_source": None if item.price is None else item.price.source,
        "aliases": list(item.aliases),
        "status": item.status,
        "as_of": item.as_of,
        "sources": list(item.sources),
        "notes": list(item.notes),
    }


def method_rows(decode_utilisation: float | None = None) -> list[dict[str, Any]]:
    """Return one row per method, for a list.

    Parameters
    ----------
    decode_utilisation : float, optional
        u [1]; default: the method's own, else the table's.

    Returns
    -------
    list of dict
        Keys `id`, `title`, `operations_flop_per_param_token`, `training_equivalent_flop_per_param_token` and the
        `decode_utilisation` that the last was computed with.

    Raises
    ------
    UnitError
        Where u is out of range.

    Examples
    --------
    >>> next(row for row in method_rows(0.5) if row["id"] == "ppo")["training_equivalent_flop_per_param_token"]
    22.0
    """
    return [_method_row(method, decode_utilisation) for method in load_methods()]


def method_record(name: str, decode_utilisation: float | None = None) -> dict[str, Any]:
    """Return one method, part by part, with its sources.

    Parameters
    ----------
    name : str
        Id.
    decode_utilisation : float, optional
        u [1]; default: the method's own, else the table's.

    Returns
    -------
    dict
        The keys of `method_rows`, and `parts` (each with `part`, `flop_per_param_token`, `runs_at`, `low`, `high`),
        `stages_flop_per_param_token` (`pretraining`, `rl`, `inference`), `sources`, `notes`.

    Raises
    ------
    UnknownNameError
        Where there is no such method.
    UnitError
        Where u is out of range.
    """
    method = find_method(name)
    stages = zip(("pretraining", "rl", "inference"), stage_kappas(method, decode_utilisation), strict=True)
    return {
        **_method_row(method, decode_utilisation),
        "parts": [_part(method, part) for part in method.parts],
        "stages_flop_per_param_token": dict(stages),
        "sources": list(method.sources),
        "notes": list(method.notes),
    }


def _hardware_row(item: Accelerator) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "bf16_flop_per_s": item.peak_flop_per_s["bf16"],
        "fp8_flop_per_s": item.peak_flop_per_s.get("fp8"),
        "memory_bytes": item.memory_bytes,
        "bandwidth_bytes_per_s": item.bandwidth_bytes_per_s,
        "price_usd_per_h": None if item.price is None else item.price.usd_per_h,
        "price_date": None if item.price is None else item.price.date,
    }


def _method_row(method: Method, decode_utilisation: float | None) -> dict[str, Any]:
    return {
        "id": method.id,
        "title": method.title,
        "operations_flop_per_param_token": rl_kappa(method, count="operations"),
        "training_equivalent_flop_per_param_token": rl_kappa(method, decode_utilisation),
        "decode_utilisation": decode_utilisation_of(method, decode_utilisation),
    }


def _part(method: Method, part: str) -> dict[str, Any]:
    low, high = method.ranges.get(part, (None, None))
    return {
        "part": part,
        "flop_per_param_token": method.parts[part],
        "runs_at": "decode" if part in method.decode_parts else "training",
        "low": low,
        "high": high,
    }
