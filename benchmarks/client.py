"""One browser's side of the conversation: its cookie, its tus uploads, its slices."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

CHUNK_BYTES = 8 << 20
#: What Chromium sends on loopback.
ENCODINGS = "gzip, deflate, br, zstd"
_TUS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire.

    Parameters
    ----------
    body : bytes
        As it was sent, not unpacked.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """A visitor with a cookie of its own and one connection kept open.

    Parameters
    ----------
    url : str
        ``http://127.0.0.1:PORT``.
    """

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._connection = HTTPConnection(where.hostname or "", where.port or 80, timeout=120)
        first, _ = self._ask("GET", "/_dash-layout", {"Sec-Fetch-Site": "none"})
        self.cookie = first.headers["Set-Cookie"].partition(";")[0]

    @property
    def token(self) -> str:
        """The cookie's value."""
        return self.cookie.partition("=")[2]

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def get(self, path: str, encodings: str = ENCODINGS) -> Answer:
        """Ask as the page does, with its cookie and for compressed content."""
        return self._checked("GET", path, {"Accept-Encoding": encodings})[0]

    def upload(self, path: Path) -> float:
        """Send a file by tus.

        Returns
        -------
        float
            When the last byte had been handed to the socket, as `time.perf_counter` counts, s.
        """
        size = path.stat().st_size
        name = b64encode(path.name.encode()).decode()
        made, _ = self._checked(
            "POST", "/uploads/", {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        )
        place, sent, ended = urlsplit(made.headers["Location"]).path, 0, 0.0
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                ended = self._patch(place, sent, chunk)
                sent += len(chunk)
        return ended

    def _patch(self, place: str, offset: int, chunk: bytes) -> float:
        """Send one part; when its last byte had left, s."""
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        _, ended = self._checked("PATCH", place, headers, chunk)
        return ended

    def _checked(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[Answer, float]:
        """A request that has to succeed: its answer, and when its last byte had left, s."""
        answer, ended = self._ask(method, path, {**_TUS, "Cookie": self.cookie, **headers}, body)
        if answer.status >= 400:
            raise RuntimeError(f"{method} /{path.split('/')[1]}: status {answer.status}")
        return answer, ended

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[Answer, float]:
        """Any request; once more, as browsers do, where the server had closed the idle connection."""
        try:
            return self._once(method, path, headers, body)
        except (RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self._connection.close()
            return self._once(method, path, headers, body)

    def _once(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[Answer, float]:
        """One attempt."""
        self._connection.request(method, path, body, {"Content-Length": str(len(body)), **headers})
        ended = perf_counter()
        response = self._connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read()), ended
