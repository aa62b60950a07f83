"""The budget's options on the command line: what they give, and what is missing or contradicts itself, with exit code 2."""

from __future__ import annotations

import pytest

LAW = "--law besiroglu-2024"


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        ("", "no budget and no target"),
        ("--mfu 40%", "no budget and no target"),
        ("--gpus 256xH100", "only with a `duration`, which is missing"),
        ("--gpus 256xH100 --mfu 40%", "only with a `duration`, which is missing"),
        ("--for 21d", "only with `gpus`, which are missing"),
        ("--price 2usd/h --gpu H100", "no budget and no target"),
        ("--reserve 30%", "no budget and no target"),
        ("--goodput 90%", "no budget and no target"),
        ("--deadline 30d", "no budget and no target"),
        ("--budget 1e23 --deadline 30d", "`gpus` are missing"),
        ("--usd 1Musd --gpu H100 --deadline 30d", "`gpus` are missing"),
        ("--target-loss 2.1 --deadline 30d", "`gpus` are missing"),
        ("--usd 2Musd --gpu B200", "only at a price"),
        ("--budget 1e23 --usd 2Musd", "the budget is given twice"),
        ("--usd 2Musd --gpus 256xH100 --for 21d", "given as money and also as"),
        ("--usd 2Musd --gpus 256xH100", "given as money and also as"),
        ("--budget 1e23 --target-loss 2.1", "a target asks for the least compute"),
        ("--gpus 8xH100 --gpu A100 --for 2d", "Name one kind"),
        ("--budget 2e23 --gpus 256xH100 --for 21d --mfu 40%", "1.838e+23 FLOP"),
        ("--budget 1.838e23 --gpus 256xH100 --for 21d --mfu 40% --goodput 90%", "goodput of 90 %"),
        ("--budget 3e23 --gpus 256xH100 --for 21d --goodput 50%", "need an MFU of 130.6 %"),
        ("--budget 1e23 --reserve 100%", "leaves nothing"),
        ("--budget 1e23 --reserve 30", "30% or 0.3"),
        ("--budget 1e23 --goodput 0", "above 0"),
        ("--budget 1e23 --gpus 256xH100 --deadline 30", "no unit of time"),
        ("--budget 1e23 --prompt-tokens 1000", "assumes no queries"),
        ("--budget 1e23 --prefill-utilisation 120%", "above the largest allowed"),
    ],
)
def test_what_contradicts_itself_or_is_missing_is_named(call, options: str, fragment: str) -> None:
    done = call(f"budgetplan plan {LAW} {options} --format json")
    assert done.status == 2
    assert done.out == ""
    assert fragment in f"{done.error['message']} {done.error['hint']}"


def test_a_cluster_is_a_budget(call) -> None:
    told = call(f"budgetplan plan {LAW} --gpus 256xH100 --for 21d --mfu 40% --format json").data
    assert told["budget"]["gpu_hours"] == pytest.approx(129_024, rel=1e-12)
    assert told["budget"]["flop"] == pytest.approx(129_024 * 3600 * 9.894e14 * 0.4, rel=1e-12)
    (stage,) = told["schedule"]["stages"]
    assert (stage["stage"], stage["duration_s"]) == ("pretraining", pytest.approx(21 * 86400, rel=1e-9))


@pytest.mark.parametrize("more", ["", "--reserve 30%", "--goodput 90%", "--reserve 25% --goodput 80%"])
def test_compute_hours_and_money_go_round(call, more: str) -> None:
    def budget(options: str) -> dict:
        return call(f"budgetplan plan {LAW} {options} --mfu 40% --price 2.5usd/h {more} --format json").data["budget"]

    first = budget("--gpus 256xH100 --for 21d")
    project = first["project"]
    bought = budget(f"--usd {project['usd']!r} --gpu H100")
    counted = budget(f"--budget {project['flop']!r} --gpu H100")
    timed = budget(f"--gpus 256xH100 --for {project['gpu_hours'] / 256!r}h")
    for found in (bought, counted, timed):
        for part in ("project", "final_run"):
            assert found[part] == pytest.approx(first[part], rel=1e-12)
    assert first["project"]["usd"] == pytest.approx(322_560, rel=1e-12)


def test_the_first_screen_tells_the_project_the_days_and_the_deadline(call) -> None:
    done = call("budgetplan plan --budget 1e25 --gpus 4096xH100 --deadline 60d --reserve 30% --goodput 90%")
    assert done.status == 0
    for part in (
        "7.0e24 of 1.0e25 FLOP", "of the final run", "failures included (90 % goodput)", "of 2024", "project 1.0e25 FLOP",
        "30 % of it is kept for experiments", "days     experiments 23.8 d", "on 4096 H100", "deadline 60 d: in time experiments",
    ):  # fmt: skip
        assert part in done.out
    assert "deadline of 60 d is missed on 4,096 H100" in " ".join(done.out.split())


def test_a_missed_deadline_fails_only_where_warnings_do(call) -> None:
    asked = f"plan {LAW} --budget 1e21 --gpus 8xH100 --deadline"
    assert call(f"budgetplan {asked} 3d").status == 0
    assert call(f"budgetplan {asked} 3d --strict").status == 5
    assert call(f"budgetplan {asked} 300d --strict").status == 0


def test_without_reserve_and_devices_there_is_no_project_line_and_no_days(call) -> None:
    done = call("budgetplan plan --budget 1e25")
    assert "project" not in done.out
    assert "days" not in done.out
    assert "at $2/h (of 2024): final run, no failures" in done.out
