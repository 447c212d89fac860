"""The trail of who did what: one line for each import, view, export and deletion, each sealing all before it.

::

    {"n": 7, "time": …, "event": "view", "outcome": "done", "who": HMAC, "what": [HMAC, …], "study": […], "seal": HMAC}
                                                   seal = HMAC(seal of line 6 + this line without its seal)

No name, UID or key stands in it: whoever has the secret and a UID finds its lines, nobody else finds anything. A line
that is changed, taken out or cut off the end breaks the seals.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from webapp.store.files import PRIVATE_FILE, alone, write_json

TRAIL = "trail.jsonl"
_HEAD = "trail.head.json"
_KEY = "trail.key"
#: The same look at the same stack by the same browser is noted once in so long, s.
SAME_SECONDS = 900.0
#: So much of the end of the file is looked through for the same line and for the last seal, bytes.
_TAIL_BYTES = 1 << 17
_DIGITS = 32
_log = logging.getLogger(__name__)


class Event(StrEnum):
    """What was done; the codes are DICOM's (PS3.16 CID 400, 401)."""

    IMPORT = "import"
    VIEW = "view"
    EXPORT = "export"
    DELETE = "delete"


_CODES = {Event.IMPORT: "110107", Event.VIEW: "110103", Event.EXPORT: "110106", Event.DELETE: "110105"}


class Trail:
    """The file of one instance, written by any number of processes.

    Parameters
    ----------
    folder : Path
        The data folder.
    secret : str
        The instance's secret key; empty: a key of its own is made and kept in the folder.
    clock : callable
        Seconds since 1970.
    """

    def __init__(self, folder: Path, secret: str, clock: Callable[[], float] = time.time) -> None:
        self.path = folder / TRAIL
        self._head = folder / _HEAD
        self._secret = secret.encode() or _own_key(folder / _KEY)
        self._clock = clock
        self._noted: dict[tuple[str, ...], float] = {}

    def mark(self, what: str) -> str:
        """What stands in the trail for an id: nobody finds the id from it without the secret."""
        return hmac.new(self._secret, b"id:" + what.encode(), hashlib.sha256).hexdigest()[:_DIGITS]

    def note(self, event: Event, outcome: str, who: str, what: Sequence[str], study: Sequence[str] = ()) -> None:
        """Add a line; a disk that is full stops nobody from looking.

        Parameters
        ----------
        event : Event
        outcome : str
            ``done``, ``refused`` or ``failed``.
        who : str
            Id of who did it; only its HMAC is written, as of the others.
        what : sequence of str
            Keys of stacks, or the id of an upload that came to nothing.
        study : sequence of str
            Study Instance UIDs.
        """
        line = {"event": str(event), "code": _CODES[event], "outcome": outcome, "who": self.mark(who)}
        marks = {"what": [self.mark(one) for one in what], "study": [self.mark(one) for one in study]}
        try:
            with self._alone() as file:
                self._append(file, {**line, **marks})
        except OSError as error:
            _log.error("The trail could not be written: %s", type(error).__name__)

    def note_once(self, event: Event, outcome: str, who: str, what: str) -> None:
        """Add a line unless the same one was added within `SAME_SECONDS`, by whichever process."""
        same, now = (event, outcome, self.mark(who), self.mark(what)), self._clock()
        if abs(now - self._noted.get(same, float("-inf"))) < SAME_SECONDS:
            return
        self._noted = {known: at for known, at in self._noted.items() if abs(now - at) < SAME_SECONDS} | {same: now}
        if not any(_is_same(line, same) and now - line["at"] < SAME_SECONDS for line in self._tail()):
            self.note(event, outcome, who, [what])

    def faults(self) -> list[str]:
        """What is wrong with the trail, in words; empty when every line is as it was written."""
        seal, count = "", 0
        try:
            with self.path.open(encoding="utf-8") as file:
                for count, text in enumerate(file, 1):
                    seal, before = _sealed(text), seal
                    if not hmac.compare_digest(seal, self._seal(before, _unsealed(text, count))):
                        return [f"Line {count} of the trail is not as it was written, or one before it is missing."]
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError):
            return [f"Line {count + 1} of the trail cannot be read."]
        return [] if count >= self._known() else [f"The trail ends at line {count}; {self._known()} were written."]

    def _append(self, file: Any, line: dict[str, Any]) -> None:
        """Seal a line, write it, wait for the disk, and note how long the trail is."""
        last = self._last(file)
        number = last["n"] + 1
        now = self._clock()
        told = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
        whole = {"n": number, "time": told, "at": round(now, 3), **line}
        seal = self._seal(last["seal"], whole)
        file.seek(0, os.SEEK_END)
        file.write(json.dumps({**whole, "seal": seal}).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        write_json(self._head, {"n": number})

    def _last(self, file: Any) -> dict[str, Any]:
        """Number and seal of the last line; a line that a crash cut short is taken off."""
        file.seek(0, os.SEEK_END)
        size = file.tell()
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
        whole = tail[: tail.rfind(b"\n") + 1]
        file.truncate(size - len(tail) + len(whole))
        lines = whole.splitlines()
        return json.loads(lines[-1]) if lines else {"n": 0, "seal": ""}

    def _tail(self) -> list[dict[str, Any]]:
        """The last lines."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
                lines = file.read().splitlines()
            return [json.loads(line) for line in lines[1 if len(lines) > 1 and not lines[0].startswith(b"{") else 0 :]]
        except (OSError, ValueError):
            return []

    def _seal(self, before: str, line: dict[str, Any]) -> str:
        """What seals a line and all before it."""
        text = before + json.dumps(line, sort_keys=True)
        return hmac.new(self._secret, b"seal:" + text.encode(), hashlib.sha256).hexdigest()

    def _known(self) -> int:
        """How many lines were written for certain."""
        try:
            return int(json.loads(self._head.read_bytes())["n"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        """The open file while no other process writes."""
        with alone(self.path) as handle, os.fdopen(handle, "r+b", closefd=False) as file:
            yield file


def _is_same(line: dict[str, Any], same: tuple[str, ...]) -> bool:
    """Whether a line says that the same was done by the same."""
    event, outcome, who, what = same
    return bool((line["event"], line["outcome"], line["who"], line["what"]) == (event, outcome, who, [what]))


def _sealed(text: str) -> str:
    """The seal of a line."""
    return str(json.loads(text)["seal"])


def _unsealed(text: str, number: int) -> dict[str, Any]:
    """A line without its seal, which must have its own number."""
    line: dict[str, Any] = json.loads(text)
    del line["seal"]
    if line["n"] != number:
        raise ValueError
    return line


def _own_key(path: Path) -> bytes:
    """The key kept in the data folder, made by whoever comes first."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
            file.write(secrets.token_bytes(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()
