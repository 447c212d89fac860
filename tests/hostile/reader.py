"""The second reader: somebody else who scrolls a good series all the while, and must notice nothing."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from dataclasses import dataclass

from tests.factories import Scan, as_bytes, make_series
from tests.hostile.bodies import zipped
from tests.hostile.town import Town
from tests.hostile.visitor import Visitor
from webapp.routes.owners import SECURE_NAME

#: Slices in the series that is read, and the pause between two of them, s.
SLICES = 24
PAUSE_SECONDS = 0.05
QUIET_SECONDS = 1.0


@dataclass(frozen=True)
class Glance:
    """One slice that was asked for."""

    at: float
    seconds: float
    status: int


class Reader(threading.Thread):
    """Scrolls until it is stopped."""

    def __init__(self, town: Town) -> None:
        super().__init__(daemon=True)
        self.visitor = Visitor(town)
        series = make_series(Scan(slices=SLICES, rows=96, columns=80))
        outcome = self.visitor.upload(zipped((f"{place}", as_bytes(one)) for place, one in enumerate(series)))
        (card,) = outcome.cards
        self.key = card.key
        self._over = threading.Event()
        self.glances: list[Glance] = []

    def run(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.visitor.town.port, timeout=30)
        cookie = {"Cookie": f"{SECURE_NAME}={self.visitor.token}"}
        turn = 0
        while not self._over.wait(PAUSE_SECONDS):
            path = "/health" if turn % 10 == 9 else f"/volumes/{self.key}/axial/{turn % SLICES}"
            start, status = time.monotonic(), 0
            for _ in range(2):  # a kept connection may have been closed meanwhile, as in any browser
                try:
                    line.request("GET", path, headers=cookie)
                    reply = line.getresponse()
                    reply.read()
                    status = reply.status
                    break
                except (http.client.HTTPException, OSError):
                    line.close()
            self.glances.append(Glance(start, time.monotonic() - start, status))
            turn += 1
        line.close()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def within(self, start: float, end: float) -> list[Glance]:
        """What was asked for in a span."""
        return [one for one in self.glances if start <= one.at <= end]


def p95(glances: list[Glance]) -> float:
    """The time within which 95 of 100 answers came, s."""
    seconds = [one.seconds for one in glances]
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else sum(seconds)
