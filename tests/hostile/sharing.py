"""S: links, other people's series, cookies, and two workers that must agree."""

from __future__ import annotations

import random
import re
import sqlite3
import time
from contextlib import closing
from http.client import HTTPMessage

from tests.factories import Scan
from tests.hostile.callbacks import called, deleted, made_link, named
from tests.hostile.cases import Act
from tests.hostile.common import answered_in_words
from tests.hostile.siege import Siege
from tests.hostile.visitor import Answer, Visitor

#: Asked so often, both workers answer.
WORKERS_ASKED = 24
GUEST = "__Host-guest"


class Guest:
    """Whoever comes by a link, with no other cookie."""

    def __init__(self, visitor: Visitor, token: str) -> None:
        self.visitor = visitor
        self.entered = visitor.post_json("/shares/enter", {"token": token}, Cookie="a=b")
        found = re.search(rf"{GUEST}=([^;]*)", self.entered.headers.get("Set-Cookie", ""))
        self.cookie = f"{GUEST}={found[1]}" if found else "a=b"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        return self.visitor.ask(method, path, body, Cookie=self.cookie, **headers)


def routes(key: str, artifact: str = "0" * 32) -> list[tuple[str, str]]:
    """Every address that takes a series, and how it is asked."""
    names = ("axial/0", "coronal/1", "picture/0", "thumbnail.png", "tags.csv", "volume.nii.gz", "report.html", "levels")
    more = ("protocol.json", "comparison.csv", f"mesh/{artifact}", f"mesh/{artifact}.json", f"mesh/{artifact}.stl")
    return [("GET", f"/volumes/{key}/{name}") for name in (*names, *more)] + [("POST", f"/volumes/{key}/cut")]


def strangers(siege: Siege) -> None:
    """What is somebody else's answers exactly as what is not there, in words, size and time."""
    stranger, seconds = siege.somebody(), {}
    for key in (siege.key, "f" * 32):
        start = time.monotonic()
        seconds[key] = [_bare(stranger.ask(method, path)) for method, path in routes(key)]
        assert {status for status, _, _ in seconds[key]} == {404}
        assert time.monotonic() - start < 10
    assert seconds[siege.key] == seconds["f" * 32]
    said = stranger.ask("GET", f"/volumes/{siege.key}/comparison.csv?with={siege.key}")
    assert said.status == 404


def strangers_by_callback(siege: Siege) -> None:
    """The page's callbacks tell a stranger of a key what they tell of a key that is none."""
    stranger = siege.somebody()
    answers = []
    for key in (siege.key, "f" * 32):
        values = {"scene.data": {"key": key}, "share-view.data": {"search": f"?stack={key}"}, "share-life.value": "72"}
        answers.append(called(stranger, "share-made.data", values).body.replace(key.encode(), b""))
        answers.append(deleted(stranger, key).status)
        search = {"location.search": f"?stack={key}", "location.pathname": "/"}
        answers.append(called(stranger, "scene.data", search).body.replace(key.encode(), b""))
    half = len(answers) // 2
    assert answers[:half] == answers[half:]
    assert siege.reader.visitor.ask("GET", f"/volumes/{siege.key}/axial/0").status == 200


def dies(siege: Siege) -> None:
    """A link that is withdrawn is dead on every worker and for every open tab at once."""
    owner, key = siege.owner_of_one(Scan(slices=3))
    guest = Guest(owner, made_link(owner, key))
    assert guest.entered.status == 200
    assert {guest.ask("GET", f"/volumes/{key}/axial/0").status for _ in range(WORKERS_ASKED)} == {200}
    with siege.town.catalogue() as book:
        (share,) = book.shares_of(owner.owner, key)
        book.revoke_share(owner.owner, share.id)
    assert {guest.ask("GET", f"/volumes/{key}/axial/0").status for _ in range(WORKERS_ASKED)} == {404}


def expires(siege: Siege) -> None:
    """A link whose time has come is dead, and so is one whose series was deleted."""
    owner, key = siege.owner_of_one(Scan(slices=3))
    first, second = Guest(owner, made_link(owner, key)), Guest(owner, made_link(owner, key))
    with closing(sqlite3.connect(siege.town.data / "catalogue.sqlite", timeout=20)) as book, book:
        oldest = "SELECT id FROM share WHERE stack = ? ORDER BY created LIMIT 1"
        book.execute(f"UPDATE share SET expires = ? WHERE id = ({oldest})", (time.time() - 1, key))
    assert [first.ask("GET", f"/volumes/{key}/axial/0").status for _ in range(WORKERS_ASKED)] == [404] * WORKERS_ASKED
    assert second.ask("GET", f"/volumes/{key}/axial/0").status == 200
    assert deleted(owner, key).status == 200
    assert {second.ask("GET", f"/volumes/{key}/axial/0").status for _ in range(WORKERS_ASKED)} == {404}


def only_looks(siege: Siege) -> None:
    """Whoever came by a link uploads, deletes, takes away and keeps nothing."""
    owner, key = siege.owner_of_one(Scan(slices=3))
    guest = Guest(owner, made_link(owner, key))
    for name in ("tags.csv", "volume.nii.gz", "report.html", "protocol.json", "comparison.csv"):
        answer = guest.ask("GET", f"/volumes/{key}/{name}")
        answered_in_words(answer)
        assert answer.status == 403, name
    for method, path in (("POST", "/uploads/"), ("DELETE", "/uploads/x"), ("PATCH", "/uploads/x")):
        assert guest.ask(method, path, b"", Tus_Resumable="1.0.0", Upload_Length="9").status == 403
    assert guest.ask("GET", f"/volumes/{siege.key}/axial/0").status == 404
    assert owner.ask("GET", f"/volumes/{key}/axial/0").status == 200


def leaves_no_trace(siege: Siege) -> None:
    """The token is in no address the server sees, in no log, and the cookie goes when the guest leaves."""
    owner, key = siege.owner_of_one(Scan(slices=3))
    token = made_link(owner, key)
    guest = Guest(owner, token)
    door = guest.ask("GET", "/shared")
    assert token.encode() not in door.body
    assert door.headers["Referrer-Policy"] == "no-referrer"
    assert token not in guest.entered.body.decode()
    left = guest.ask("POST", "/shares/leave", b"")
    assert left.headers["Clear-Site-Data"]
    assert token not in siege.town.text_of_logs()
    with closing(sqlite3.connect(siege.town.data / "catalogue.sqlite", timeout=20)) as book:
        kept = "\n".join(book.iterdump())
    assert token not in kept


def stays_nowhere(siege: Siege) -> None:
    """Nothing with a patient in it may stay in a browser's cache."""
    visitor = siege.reader.visitor
    for path in ("/", "/_dash-layout", "/shared", f"/volumes/{siege.key}/axial/0", f"/volumes/{siege.key}/tags.csv"):
        assert "no-store" in visitor.ask("GET", path).headers["Cache-Control"], path
    made = called(visitor, "library-cards.children", {})
    assert "no-store" in made.headers["Cache-Control"]


def cookies(siege: Siege) -> None:
    """The owner's cookie is for this server and no script, and nobody can bring their own."""
    visitor = siege.somebody()
    fresh = visitor.ask("GET", "/_dash-layout", Cookie="a=b")
    flags = fresh.headers["Set-Cookie"]
    for flag in ("__Host-owner=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert flag in flags
    assert "Domain" not in flags
    for brought in ("chosen-by-somebody", "x" * 43 + "!", ""):
        answer = visitor.ask("GET", "/_dash-layout", Cookie=f"__Host-owner={brought}")
        assert brought not in _cookies(answer.headers) or brought == ""


def two_at_once(siege: Siege) -> None:
    """Two owners' requests and callbacks in a random mixture over two workers: nobody sees the other's."""
    people = [siege.owner_of_one(Scan(slices=3, tags={"SeriesDescription": f"BELONGS{n}"})) for n in range(2)]
    shelf = [named(person, "library-cards.children")["output"] for person, _ in people]
    dice = random.Random(3)
    for _ in range(120):
        turn = dice.randrange(2)
        (mine, key), (_, foreign) = people[turn], people[1 - turn]
        if dice.random() < 0.3:
            body = called(mine, shelf[turn], {}).body
            assert f"BELONGS{turn}".encode() in body
            assert f"BELONGS{1 - turn}".encode() not in body
        else:
            answer = mine.ask("GET", f"/volumes/{key}/axial/{dice.randrange(3)}")
            assert (answer.status, answer.headers["Slice-Key"]) == (200, key)
            assert mine.ask("GET", f"/volumes/{foreign}/axial/0").status == 404


def any_worker(siege: Siege) -> None:
    """What one worker took in, every worker shows."""
    owner, key = siege.owner_of_one(Scan(slices=3))
    assert {owner.ask("GET", f"/volumes/{key}/axial/1").status for _ in range(WORKERS_ASKED)} == {200}
    assert len(siege.town.workers) == 2


def guessed(siege: Siege) -> None:
    """Tokens and ids that are guessed: not found, then a pause. The last of all: whoever comes next has to wait."""
    visitor = siege.somebody()
    for _ in range(40):
        answered_in_words(visitor.ask("GET", f"/volumes/{random.randbytes(16).hex()}/axial/0"))
    said = [visitor.post_json("/shares/enter", {"token": random.randbytes(32).hex()[:43]}) for _ in range(60)]
    statuses = [answer.status for answer in said]
    assert set(statuses) <= {404, 429}
    assert statuses[0] == 404
    assert statuses[-20:].count(429) >= 15


def _bare(answer: Answer) -> tuple[int, bytes, str]:
    """What could tell one refusal from another."""
    return answer.status, answer.body, answer.headers.get("Content-Type", "")


def _cookies(headers: HTTPMessage) -> str:
    return " ".join(headers.get_all("Set-Cookie") or [])


ACTS = (
    Act("S01", "every address with somebody else's key", strangers),
    Act("S01", "callbacks with somebody else's key", strangers_by_callback),
    Act("L08", "size and words of what is somebody else's", strangers),
    Act("S03", "a link withdrawn", dies),
    Act("S03", "a link expired, a series deleted", expires),
    Act("S04", "a guest who does more than look", only_looks),
    Act("S05", "traces of a link", leaves_no_trace),
    Act("S06", "what a browser may keep", stays_nowhere),
    Act("S07", "cookies", cookies),
    Act("S09", "two owners mixed over two workers", two_at_once),
    Act("S10", "taken in here, looked at there", any_worker),
)
LAST = (Act("S02", "guessed keys and tokens", guessed),)
