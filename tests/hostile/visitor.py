"""Somebody with a cookie who speaks tus and HTTP without any manners."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from tests.hostile.town import Town
from webapp.routes.owners import SECURE_NAME, owner_of
from webapp.store.catalogue import Catalogue
from webapp.store.model import Card, JobStatus

ANSWER_SECONDS = 30
KIND = "application/offset+octet-stream"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def code(self) -> str:
        """The refusal's code, or nothing."""
        try:
            said = json.loads(self.body)
        except ValueError:
            return ""
        return str(said.get("code", "")) if isinstance(said, dict) else ""


@dataclass
class Outcome:
    """What became of an upload.

    Parameters
    ----------
    answers : list of Answer
        To each request.
    job : JobStatus or None
        How reading ended.
    cards : list of Card
        The owner's series afterwards.
    metas : list of dict
        ``meta.json`` of each.
    start, received, end : float
        By `time.monotonic`: first request, last answer, end of the job, s.
    reading : float
        From when the job was first seen at work to its end, s.
    """

    answers: list[Answer] = field(default_factory=list)
    job: JobStatus | None = None
    cards: list[Card] = field(default_factory=list)
    metas: list[dict[str, Any]] = field(default_factory=list)
    start: float = 0.0
    received: float = 0.0
    end: float = 0.0
    reading: float = 0.0

    @property
    def refusal(self) -> str:
        """The code by which it was refused, at the door or by the job."""
        worst = next((one for one in self.answers if one.status >= 400), None)
        if worst is not None:
            return worst.code
        return (self.job.error or {}).get("code", "") if self.job else "no job"

    @property
    def aside(self) -> dict[str, tuple[str, str]]:
        """Code and reason of each file that was set aside, by its name."""
        result = (self.job.result or {}) if self.job else {}
        return {one["name"]: (one["code"], one["reason"]) for one in result.get("set_aside", [])}

    def findings(self) -> set[str]:
        """Ids of all findings of all stacks."""
        return {str(one["id"]) for meta in self.metas for one in meta["findings"]}


class Visitor:
    """One browser, or what pretends to be one."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.token = ""
        first = self.ask("GET", "/_dash-layout")
        found = re.search(rf"{SECURE_NAME}=([^;]*)", first.headers.get("Set-Cookie", ""))
        assert found, first.status
        self.token = found[1]

    @property
    def owner(self) -> str:
        return owner_of(self.token)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request on a connection of its own."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and "Cookie" not in named:
            named["Cookie"] = f"{SECURE_NAME}={self.token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.town.port, timeout=ANSWER_SECONDS)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before the last byte was sent
                connection.request(method, path, body, named)
            reply = connection.getresponse()
            return Answer(reply.status, reply.headers, reply.read())
        finally:
            connection.close()

    def tus(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        return self.ask(method, path, body, Tus_Resumable="1.0.0", **headers)

    def begin(self, size: int) -> Answer:
        return self.tus("POST", "/uploads/", b"", Upload_Length=str(size))

    def begun(self, size: int) -> str:
        """The path of a new upload."""
        answer = self.begin(size)
        assert answer.status == 201, (answer.status, answer.code)
        return str(answer.headers["Location"])

    def part(self, path: str, offset: int, body: bytes) -> Answer:
        return self.tus("PATCH", path, body, Upload_Offset=str(offset), Content_Type=KIND)

    def sent(self, whole: bytes, size: int = 8 << 20) -> list[Answer]:
        """All answers to an upload."""
        answers = [self.begin(len(whole))]
        if answers[0].status != 201:
            return answers
        path = str(answers[0].headers["Location"])
        for at in range(0, len(whole), size):
            answers.append(self.part(path, at, whole[at : at + size]))
            if answers[-1].status >= 400:
                break
        return answers

    def upload(self, whole: bytes, seconds: float = 90.0) -> Outcome:
        """Send something and wait for what becomes of it."""
        outcome = Outcome(start=time.monotonic())
        outcome.answers = self.sent(whole)
        outcome.received = outcome.end = time.monotonic()
        job_id = outcome.answers[-1].headers.get("Trueslice-Job")
        if job_id:
            with self.town.catalogue() as book:
                self._follow(book, job_id, outcome, seconds)
        return outcome

    def _follow(self, book: Catalogue, job_id: str, outcome: Outcome, seconds: float) -> None:
        """Wait for the end of a job, then see what is in the library."""
        begun = None
        while outcome.job is None or not outcome.job.finished:
            assert time.monotonic() - outcome.received < seconds, f"still {outcome.job and outcome.job.state}"
            time.sleep(0.05)
            outcome.job = book.job(self.owner, job_id)
            if begun is None and outcome.job.state != "waiting":
                begun = time.monotonic()
        outcome.end = time.monotonic()
        outcome.reading = outcome.end - (begun or outcome.end)
        outcome.cards = [card for card in book.library(self.owner) if card.mine]
        for card in outcome.cards:
            text = (self.town.data / "volumes" / card.key / "meta.json").read_text(encoding="utf-8")
            outcome.metas.append(json.loads(text))

    def call(self, output: str, inputs: list[dict[str, Any]], state: list[dict[str, Any]] | None = None) -> Answer:
        """A Dash callback with one output or several, as the page's own renderer asks for it."""
        return self.post_json("/_dash-update-component", callback_body(output, inputs, state))

    def post_json(self, path: str, said: object, **headers: str) -> Answer:
        return self.ask("POST", path, json.dumps(said).encode(), Content_Type="application/json", **headers)

    def raw(self, sent: bytes, seconds: float = 15.0) -> bytes:
        """Bytes to the port as they are; what comes back until the server closes or nothing comes."""
        with socket.create_connection(("127.0.0.1", self.town.port), timeout=seconds) as line:
            line.settimeout(seconds)
            got = b""
            try:
                line.sendall(sent)
                while piece := line.recv(65536):
                    got += piece
            except (TimeoutError, ConnectionError):
                pass
            return got


def callback_body(
    output: str, inputs: list[dict[str, Any]], state: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """What the page's renderer would send."""
    outputs: Any
    if output.startswith(".."):
        names = [name.rsplit(".", 1) for name in output.strip(".").split("...")]
        outputs = [{"id": one, "property": what} for one, what in names]
    else:
        one, what = output.rsplit(".", 1)
        outputs = {"id": one, "property": what}
    changed = [f"{one['id']}.{one['property']}" for one in inputs[:1] if isinstance(one.get("id"), str)]
    return {"output": output, "outputs": outputs, "inputs": inputs, "state": state or [], "changedPropIds": changed}
