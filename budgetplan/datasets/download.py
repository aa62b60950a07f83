"""A downloader for pooch that goes on where a connection broke off.

What has arrived is kept as `NAME.part` beside the file, also between calls, and its version in `NAME.part.etag`. A server that has
another version by now, or does not know ranges, sends everything, and the part begins anew. A part that turns out wrong after
a resumption is thrown away and the file fetched whole, once. Two processes that fetch the same file at the same time spoil each
other's part; the checksum tells, and the next call begins anew.

References
----------
.. [1] RFC 9110, HTTP Semantics, sections 13.1.5 (If-Range) and 14 (range requests).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from budgetplan.datasets.entries import DataFile
from budgetplan.datasets.places import sha256_of

if TYPE_CHECKING:
    import requests

TIMEOUT = (10.0, 30.0)
"""To connect, and between two pieces. [s]"""
CHUNK = 1 << 12
"""Piece that is written at once, and the most that a broken connection loses. [byte]"""
PASSING = (408, 425, 429, 500, 502, 503, 504)
"""HTTP statuses that may be gone at the next attempt."""


class DownloadError(Exception):
    """A download that failed for good; the message is a reason, without its place."""


class MismatchError(Exception):
    """A whole file arrived and has another checksum.

    Parameters
    ----------
    sha256 : str
        Of what arrived.
    size : int
        Of what arrived. [byte]
    """

    def __init__(self, sha256: str, size: int) -> None:
        super().__init__(sha256)
        self.sha256, self.size = sha256, size


class _PassingError(Exception):
    """A failure that another attempt may mend."""


@dataclass(frozen=True)
class Resuming:
    """Download one file over HTTP, in as many attempts as bring something new.

    Attributes
    ----------
    file : DataFile
        What is expected.
    part : Path
        Where it grows.
    tell : callable
        Told the bytes that are there.
    attempts : int
        Attempts in a row without a new byte before giving up.
    pause : float
        Before the second attempt; it doubles with each further one. [s]
    """

    file: DataFile
    part: Path
    tell: Callable[[int], None]
    attempts: int = 3
    pause: float = 0.5

    def __call__(self, url: str, output_file: str, pooch: Any, check_only: bool = False) -> bool:
        """Download to `output_file`, as pooch calls it; only a file with the right checksum gets there."""
        resumed = self._complete(url)
        digest = sha256_of(self.part)
        if digest != self.file.sha256 and resumed:
            self._drop()
            self._complete(url)
            digest = sha256_of(self.part)
        if digest != self.file.sha256:
            size = self._held()
            self._drop()
            raise MismatchError(digest, size)
        self.part.replace(output_file)
        self._drop()
        return True

    @property
    def _tag(self) -> Path:
        return self.part.with_name(f"{self.part.name}.etag")

    def _held(self) -> int:
        """Bytes that are there."""
        return self.part.stat().st_size if self.part.exists() else 0

    def _drop(self) -> None:
        self.part.unlink(missing_ok=True)
        self._tag.unlink(missing_ok=True)

    def _complete(self, url: str) -> bool:
        """Fetch until everything is there; return whether it is put together from several answers."""
        import requests

        if self._held() > self.file.bytes:
            self._drop()
        most, failures = self._held(), 0
        if most == self.file.bytes:
            return True
        with requests.Session() as session:
            while True:
                try:
                    return self._receive(session, url)
                except _PassingError as problem:
                    failures = failures + 1 if self._held() <= most else 1
                    most = max(most, self._held())
                    if failures >= self.attempts:
                        raise DownloadError(str(problem)) from problem
                    time.sleep(self.pause * 2 ** (failures - 1))

    def _receive(self, session: requests.Session, url: str) -> bool:
        """Ask for what is missing and append it; return whether the server went on where the part ends."""
        import requests

        held = self._held()
        headers = {"Accept-Encoding": "identity"}
        if held:
            headers["Range"] = f"bytes={held}-"
            if self._tag.exists():
                headers["If-Range"] = self._tag.read_text(encoding="ascii")
        try:
            with session.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
                going_on = self._going_on(answer, held)
                size = held if going_on else 0
                with self.part.open("ab" if going_on else "wb") as sink:
                    for piece in answer.iter_content(CHUNK):
                        sink.write(piece)
                        sink.flush()
                        size += len(piece)
                        self.tell(size)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as problem:
            raise _PassingError(_reason(problem)) from problem
        except requests.RequestException as problem:
            raise DownloadError(f"{type(problem).__name__}: {problem}") from problem
        if "Content-Length" not in answer.headers and size < self.file.bytes:
            raise _PassingError(f"the connection ended after {size:,} of {self.file.bytes:,} bytes")
        return going_on

    def _going_on(self, answer: requests.Response, held: int) -> bool:
        """Judge an answer's status: True to append to the part, False to begin anew."""
        status = answer.status_code
        if status == 206:
            start = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
            if held and start and int(start[1]) == held:
                return True
        if status in (206, 416):
            self._drop()
            raise _PassingError(f"the server has no bytes from {held:,} on (status {status})")
        if status in PASSING:
            raise _PassingError(f"the server answers {status} {answer.reason}")
        if status != 200:
            raise DownloadError(f"the server answers {status} {answer.reason}")
        tag = answer.headers.get("ETag", "")
        if tag.startswith('"') and tag.isascii():  # a weak one, W/"...", must not be sent in If-Range
            self._tag.write_text(tag, encoding="ascii")
        else:
            self._tag.unlink(missing_ok=True)
        return False


def _reason(problem: Exception) -> str:
    """Return what lies beneath an error of requests, in a few words."""
    text = str(problem)
    for words, said in (
        ("Name or service not known", "the server's name is not found"),
        ("Failed to resolve", "the server's name is not found"),
        ("Connection refused", "the connection is refused"),
        ("timed out", "the server does not answer in time"),
        ("IncompleteRead", "the connection broke off"),
        ("Connection broken", "the connection broke off"),
    ):
        if words in text:
            return said
    return f"{type(problem).__name__}: {text}"
