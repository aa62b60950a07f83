"""Fetching over HTTP: whole, broken off, changed, damaged, refused, offline; nothing wrong ever gets the file's name."""

from __future__ import annotations

import hashlib
import logging
import socket
from pathlib import Path

import pytest

from budgetplan.datasets import fetch
from budgetplan.errors import DataError, OutputError, UnknownNameError
from tests.datasets.loopback import CONTENT, Origin

SUM = hashlib.sha256(CONTENT).hexdigest()


def _names(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file())


def test_a_file_is_downloaded(origin: Origin, cache: Path, capfd: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[int, int]] = []
    assert fetch(origin.data(), progress=lambda done, total: told.append((done, total))) == [cache / "tiny" / "runs.csv"]
    assert (cache / "tiny" / "runs.csv").read_bytes() == CONTENT
    assert _names(cache) == ["runs.csv"]
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) > 1
    assert capfd.readouterr() == ("", "")


def test_a_folder_takes_the_place_of_the_cache(origin: Origin, cache: Path, tmp_path: Path) -> None:
    assert fetch(origin.data(), str(tmp_path / "mine")) == [tmp_path / "mine" / "tiny" / "runs.csv"]
    assert not cache.exists()


def test_pooch_still_warns(origin: Origin, cache: Path) -> None:
    import pooch

    before = list(pooch.get_logger().filters)
    fetch(origin.data())
    assert pooch.get_logger().filters == before
    assert pooch.get_logger().isEnabledFor(logging.WARNING)


def test_what_is_there_is_not_asked_for_again(origin: Origin, cache: Path) -> None:
    first = fetch(origin.data())
    assert fetch(origin.data()) == first
    assert len(origin.asked) == 1


def test_a_broken_download_goes_on_within_a_call(origin: Origin, cache: Path) -> None:
    origin.cuts = [98_304, 49_152]
    fetch(origin.data())
    assert (cache / "tiny" / "runs.csv").read_bytes() == CONTENT
    assert [asked.get("Range") for asked in origin.asked] == [None, "bytes=98304-", "bytes=147456-"]
    assert [asked.get("If-Range") for asked in origin.asked] == [None, '"v1"', '"v1"']
    assert _names(cache) == ["runs.csv"]


def test_a_broken_download_goes_on_in_a_later_call(origin: Origin, cache: Path) -> None:
    origin.cuts = [98_304, 0, 0, 0]
    with pytest.raises(DataError, match="the connection broke off"):
        fetch(origin.data())
    assert _names(cache) == ["runs.csv.part", "runs.csv.part.etag"]
    assert (cache / "tiny" / "runs.csv.part").read_bytes() == CONTENT[:98_304]
    origin.cuts.clear()
    told: list[int] = []
    fetch(origin.data(), progress=lambda done, total: told.append(done))
    assert origin.asked[-1]["Range"] == "bytes=98304-"
    assert told[0] > 98_304
    assert _names(cache) == ["runs.csv"]


def test_a_server_without_lengths_is_resumed_too(origin: Origin, cache: Path) -> None:
    origin.length, origin.cuts = False, [98_304]
    fetch(origin.data())
    assert [asked.get("Range") for asked in origin.asked] == [None, "bytes=98304-"]


def test_a_server_without_ranges_sends_everything_again(origin: Origin, cache: Path) -> None:
    origin.ranges, origin.cuts = False, [98_304]
    fetch(origin.data())
    assert (cache / "tiny" / "runs.csv").read_bytes() == CONTENT
    assert len(origin.asked) == 2


def test_a_server_without_ranges_that_always_breaks_off_is_given_up(origin: Origin, cache: Path) -> None:
    origin.ranges, origin.cuts = False, [1000] * 50
    with pytest.raises(DataError, match="the connection broke off"):
        fetch(origin.data())
    assert len(origin.asked) < 6


def test_another_version_begins_anew(origin: Origin, cache: Path) -> None:
    (cache / "tiny").mkdir(parents=True)
    (cache / "tiny" / "runs.csv.part").write_bytes(b"x" * 5000)
    (cache / "tiny" / "runs.csv.part.etag").write_text('"v0"')
    fetch(origin.data())
    assert (cache / "tiny" / "runs.csv").read_bytes() == CONTENT
    assert len(origin.asked) == 1


@pytest.mark.parametrize("size", [5000, len(CONTENT), len(CONTENT) + 1])
def test_a_part_that_was_wrong_is_replaced(origin: Origin, cache: Path, size: int) -> None:
    origin.etag = ""  # nothing tells the server that the part is of another version
    (cache / "tiny").mkdir(parents=True)
    (cache / "tiny" / "runs.csv.part").write_bytes(b"x" * size)
    fetch(origin.data())
    assert (cache / "tiny" / "runs.csv").read_bytes() == CONTENT
    assert _names(cache) == ["runs.csv"]


def test_a_weak_version_is_not_sent_back(origin: Origin, cache: Path) -> None:
    origin.etag, origin.cuts = 'W/"v1"', [98_304]
    fetch(origin.data())
    assert origin.asked[1]["Range"] == "bytes=98304-"
    assert "If-Range" not in origin.asked[1]


@pytest.mark.parametrize(("cuts", "asked"), [([], 1), ([98_304], 3)], ids=["whole", "resumed and fetched whole once more"])
def test_a_damaged_file_is_not_kept(origin: Origin, cache: Path, cuts: list[int], asked: int) -> None:
    origin.content = CONTENT[:-2] + b"?\n"
    origin.cuts = list(cuts)
    with pytest.raises(DataError) as caught:
        fetch(origin.data())
    assert hashlib.sha256(origin.content).hexdigest() in caught.value.message
    assert SUM in caught.value.message
    assert "never compared" in caught.value.message
    assert str(cache / "tiny" / "runs.csv") in caught.value.hint
    assert _names(cache) == []
    assert len(origin.asked) == asked


def test_a_shorter_file_is_a_mismatch(origin: Origin, cache: Path) -> None:
    origin.content = CONTENT[:1000]
    with pytest.raises(DataError, match=r"\(1,000 bytes\)"):
        fetch(origin.data(verified=True))
    assert _names(cache) == []


def test_a_part_longer_than_the_servers_file_begins_anew(origin: Origin, cache: Path) -> None:
    origin.content, origin.etag = CONTENT[:1000], ""
    (cache / "tiny").mkdir(parents=True)
    (cache / "tiny" / "runs.csv.part").write_bytes(CONTENT[:2000])
    with pytest.raises(DataError, match=r"\(1,000 bytes\)"):
        fetch(origin.data())
    assert [asked.get("Range") for asked in origin.asked] == ["bytes=2000-", None]


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_refusal_is_final(origin: Origin, cache: Path, status: int) -> None:
    origin.statuses = [status]
    with pytest.raises(DataError, match=f"the server answers {status}") as caught:
        fetch(origin.data())
    assert len(origin.asked) == 1
    assert f"{origin.url}/runs.csv" in caught.value.message
    assert _names(cache) == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_passing_refusal_is_waited_for(origin: Origin, cache: Path, status: int) -> None:
    origin.statuses = [status, status]
    fetch(origin.data())
    assert len(origin.asked) == 3


def test_offline_says_what_to_place_where(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DataError, match="the connection is refused") as caught:
            fetch(Origin(url=url).data())
    place = cache / "tiny" / "runs.csv"
    for word in (str(place), SUM, f"{len(CONTENT):,} bytes", f"{url}/runs.csv", "BUDGETPLAN_DATA", "tiny/runs.csv"):
        assert word in caught.value.hint
    place.write_bytes(CONTENT)  # as the hint says
    assert fetch(Origin(url=url).data()) == [place]


def test_a_wrong_file_placed_by_hand_is_left_alone(origin: Origin, cache: Path) -> None:
    place = cache / "tiny" / "runs.csv"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"mine")
    with pytest.raises(DataError) as caught:
        fetch(origin.data())
    assert hashlib.sha256(b"mine").hexdigest() in caught.value.message
    assert SUM in caught.value.message
    assert place.read_bytes() == b"mine"
    assert origin.asked == []


def test_a_derived_file_is_not_offered(origin: Origin, cache: Path) -> None:
    data = origin.data(url=None, derived="From a notebook.")
    with pytest.raises(DataError, match="1 of 1 files of `tiny` cannot be downloaded") as caught:
        fetch(data)
    assert "From a notebook." in caught.value.hint
    assert str(cache / "tiny" / "runs.csv") in caught.value.hint
    (cache / "tiny").mkdir(parents=True)
    (cache / "tiny" / "runs.csv").write_bytes(CONTENT)
    assert fetch(data) == [cache / "tiny" / "runs.csv"]


def test_a_folder_that_cannot_be_written(origin: Origin, cache: Path, tmp_path: Path) -> None:
    """The remedy names the variable only where the folder came from it."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written") as caught:
        fetch(origin.data(), tmp_path / "file")
    assert caught.value.hint == "Name another folder."
    cache.write_text("in the way too")
    with pytest.raises(OutputError, match="cannot be written") as caught:
        fetch(origin.data())
    assert caught.value.hint == "Name another folder in BUDGETPLAN_CACHE."


def test_an_interruption_keeps_the_part(origin: Origin, cache: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(origin.data(), progress=interrupt)
    assert _names(cache) == ["runs.csv.part", "runs.csv.part.etag"]
    fetch(origin.data())
    assert "Range" in origin.asked[1]
    assert _names(cache) == ["runs.csv"]


def test_an_unknown_set_is_named() -> None:
    with pytest.raises(UnknownNameError, match="chinchilla-epoch"):
        fetch("chinchila-epoch")
