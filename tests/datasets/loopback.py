"""An origin on a loopback address whose content and manners a test chooses: it breaks off, forgets ranges, refuses."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from budgetplan.datasets import DataFile, DataSet
from budgetplan.datasets.entries import Citation

CONTENT = b"params,loss\n" + b"".join(b"%d,%d\n" % (10**6 + at, at) for at in range(20_000))
"""What the origin has; several pieces long."""


@dataclass
class Origin:
    """A server's content and manners, and what it was asked.

    Attributes
    ----------
    content : bytes
        Of the one file.
    etag : str
        Version that it states; empty for none.
    ranges : bool
        Whether it knows ranges.
    cuts : list of int
        Bytes after which the next answers break off; an answer beyond the list is whole.
    statuses : list of int
        Statuses of the next answers that bring no file.
    length : bool
        Whether it says how long an answer is.
    asked : list of mapping
        Headers of the requests so far.
    """

    content: bytes = CONTENT
    etag: str = '"v1"'
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    length: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def data(self, **changes: Any) -> DataSet:
        """A set of the one file, as the registry would describe it; `changes` are of the file."""
        file = DataFile("runs.csv", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), 20_000, (), f"{self.url}/runs.csv")
        return DataSet("tiny", "Tiny", (self.url,), "none stated", Citation("N. N.", "Tiny", 2026), (replace(file, **changes),))


class _Handler(BaseHTTPRequestHandler):
    origin: Origin

    def do_GET(self) -> None:
        origin = self.origin
        origin.asked.append(dict(self.headers))
        if origin.statuses:
            self.send_error(origin.statuses.pop(0))
            return
        start = 0
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if found and origin.ranges and self.headers.get("If-Range", origin.etag) == origin.etag:
            start = int(found[1])
        if start >= len(origin.content):
            self.send_error(416)
            return
        body = origin.content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(origin.content) - 1}/{len(origin.content)}")
        if origin.etag:
            self.send_header("ETag", origin.etag)
        if origin.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: origin.cuts.pop(0)] if origin.cuts else body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay off stderr."""


@contextmanager
def serving() -> Iterator[Origin]:
    """An origin that answers while the block runs."""
    state = Origin()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"origin": state}))
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
