"""H: requests that no browser sends."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.factories import Scan
from tests.hostile.bodies import series_files, zipped
from tests.hostile.callbacks import CALL, body_of, offered
from tests.hostile.cases import Act
from tests.hostile.common import answered_in_words
from tests.hostile.siege import Siege
from tests.hostile.visitor import Answer

FORGED: tuple[Any, ...] = ("x", -1, 10**9, [1], {}, True, {"key": "../../etc/passwd"}, "a" * 4000, None)
SHAPES = ("{}", "[]", "null", "5", '"x"', '{"output": "zz.children"}', '{"output": 5, "inputs": []}', '{"output":')


def refuses(answer: Answer, *statuses: int) -> None:
    """It is refused in words with one of these."""
    answered_in_words(answer)
    assert answer.status in statuses, (answer.status, answer.body[:200])


def forged_bodies(siege: Siege) -> None:
    visitor = siege.somebody()
    deep = "[" * 100_000 + "]" * 100_000
    for said in (*SHAPES, deep, json.dumps({"output": 1}).replace("1", "9" * 5000), "\0"):
        refuses(visitor.ask("POST", CALL, said.encode(), Content_Type="application/json"), 400, 404, 413, 422)
    refuses(visitor.ask("POST", CALL, b'{"output":"\xff\xfe"}', Content_Type="application/json"), 400)


def forged_arguments(siege: Siege, values: tuple[Any, ...] = FORGED[:3]) -> None:
    """Every argument of every callback, one after the other, with what it is not."""
    visitor = siege.somebody()
    for dependency in offered(visitor):
        arguments = [*dependency["inputs"], *dependency["state"]]
        names = [f"{one['id']}.{one['property']}" for one in arguments]
        for place, value in enumerate(values):
            said = body_of(dependency, dict.fromkeys(names, value))
            answer = visitor.post_json(CALL, said)
            answered_in_words(answer)
            assert answer.status < 500, (dependency["output"], place, answer.status)
        for said in (
            json.dumps(body_of(dependency, {names[0]: 0})).replace('"value": 0', f'"value": {odd}')
            for odd in ("1e400", "NaN")
        ):
            answered_in_words(visitor.ask("POST", CALL, said.encode(), Content_Type="application/json"))


def foreign_posts(siege: Siege) -> None:
    visitor = siege.somebody()
    said = json.dumps(body_of(offered(visitor)[0], {})).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        refuses(visitor.ask("POST", CALL, said, Content_Type=kind), 400, 415)
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        for method, path in (
            ("POST", CALL),
            ("POST", "/uploads/"),
            ("DELETE", "/uploads/x"),
            ("POST", "/shares/enter"),
        ):
            refuses(visitor.ask(method, path, said, Content_Type="application/json", **headers), 403)


def suites(siege: Siege) -> None:
    visitor = siege.somebody()
    for path in ("os/x.js", "dash/dash.py", "../../../etc/passwd", "dash/deps/nope.js", "dash/../../x", "%2e%2e/x"):
        refuses(visitor.ask("GET", f"/_dash-component-suites/{path}"), 400, 404)


def unknown_paths(siege: Siege) -> None:
    visitor = siege.somebody()
    paths = ("/x", "/_mcp", "/.env", "/wp-login.php", "/_reload-hash", "/_alive_x", "/assets/../webapp/app.py")
    for path in (*paths, "/assets/%2e%2e/pyproject.toml", "/%ff%fe", "/volumes/../uploads/x", "/_dash-ws-callback"):
        refuses(visitor.ask("GET", path), 400, 404)


def lengths(siege: Siege) -> None:
    visitor = siege.somebody()
    host = b"Host: 127.0.0.1\r\nContent-Type: application/json\r\n"
    heads = (
        b"Content-Length: 5000000000\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: 3\r\nContent-Length: 9\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 9e9\r\n",
    )
    for head in heads:
        got = visitor.raw(
            b"POST /_dash-update-component HTTP/1.1\r\n" + host + head + b"Connection: close\r\n\r\nabc", 5.0
        )
        assert got[:13] in {b"HTTP/1.1 400 ", b"HTTP/1.1 413 ", b"HTTP/1.1 411 ", b"HTTP/1.1 403 "} or not got, (
            head,
            got[:60],
        )
    chunk = b"40000\r\n" + b"x" * 0x40000 + b"\r\n"
    sent = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk * 3 + b"0\r\n\r\n"
    got = visitor.raw(b"POST /_dash-update-component HTTP/1.1\r\n" + host + sent, 8.0)
    assert got[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 413"} or not got, got[:60]


def squeezed(siege: Siege) -> None:
    body = gzip.compress(b" " * (64 << 20))
    answer = siege.somebody().ask("POST", CALL, body, Content_Type="application/json", Content_Encoding="gzip")
    refuses(answer, 400, 413, 415)


def parts(siege: Siege) -> None:
    visitor = siege.somebody()
    one = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    kind = "multipart/form-data; boundary=b"
    refuses(visitor.ask("POST", CALL, one * 4000 + b"--b--\r\n", Content_Type=kind), 400, 413, 415)
    refuses(visitor.ask("POST", "/shares/enter", one * 4000 + b"--b--\r\n", Content_Type=kind), 400, 413, 415)


def long_heads(siege: Siege) -> None:
    visitor = siege.somebody()
    for head in (b"X-Long: " + b"x" * 20_000 + b"\r\n", b"".join(b"X-%d: y\r\n" % n for n in range(300))):
        got = visitor.raw(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + b"Connection: close\r\n\r\n", 5.0)
        assert got[:11] == b"HTTP/1.1 43" or got[:12] == b"HTTP/1.1 400", got[:60]
    got = visitor.raw(b"GET /" + b"x" * 8000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 5.0)
    assert got[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 404", b"HTTP/1.1 414"}, got[:60]


def many_calls(siege: Siege) -> None:
    """200 callbacks of one visitor as fast as they go."""
    visitor = siege.somebody()
    said = body_of(next(one for one in offered(visitor) if "library-cards" in one["output"]), {})
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: visitor.post_json(CALL, said).status, range(200)))
    assert statuses <= {200, 204, 429}, statuses


def torn(siege: Siege) -> None:
    """Uploads whose connection breaks, then taken back: nothing stays, the next one goes."""
    visitor, whole = siege.somebody(), os.urandom(400_000)
    before = siege.town.kept_bytes()
    for share in (0.01, 0.5, 0.99):
        path = visitor.begun(len(whole))
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            f"Cookie: __Host-owner={visitor.token}\r\nContent-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {len(whole)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", siege.town.port)) as line:
            line.sendall(head.encode() + whole[: int(share * len(whole))])
        end = time.monotonic() + 10
        while int(visitor.tus("HEAD", path).headers.get("Upload-Offset", "0")) == 0:
            assert time.monotonic() < end
            time.sleep(0.05)
        offset = int(visitor.tus("HEAD", path).headers["Upload-Offset"])
        assert offset <= int(share * len(whole))
        assert visitor.tus("DELETE", path, b"").status == 204
        refuses(visitor.tus("HEAD", path), 404)
    assert siege.town.kept_bytes() <= before + 200_000  # what others of this run keep meanwhile comes and goes


def crossed(siege: Siege) -> None:
    """Parts sent twice, out of order, overlapping, too long, or to somebody else's upload."""
    visitor, stranger = siege.somebody(), siege.somebody()
    whole = zipped(series_files(Scan(slices=5)))
    path, half = visitor.begun(len(whole)), len(whole) // 2
    refuses(visitor.part(path, half, whole[half:]), 409)
    assert visitor.part(path, 0, whole[:half]).status == 204
    refuses(visitor.part(path, 0, whole[:half]), 409)
    refuses(visitor.part(path, half - 10, whole[half - 10 :]), 409)
    refuses(visitor.part(path, half, whole[half:] + b"more"), 400, 409, 413)
    refuses(stranger.part(path, half, whole[half:]), 404)
    refuses(stranger.tus("HEAD", path), 404)
    refuses(stranger.tus("DELETE", path, b""), 404)
    (kept,) = [one for one in (siege.town.data / "uploads").iterdir() if one.name == path.rsplit("/", 1)[-1]]
    assert hashlib.sha256(kept.read_bytes()).digest() == hashlib.sha256(whole[:half]).digest()
    assert visitor.part(path, half, whole[half:]).headers["Trueslice-Job"]


def at_once(siege: Siege) -> None:
    """One series by six requests at the same time is there once."""
    visitor, whole = siege.somebody(), zipped(series_files(Scan(slices=4)))

    def send(_: int) -> None:
        while True:
            answers = visitor.sent(whole)
            if answers[-1].status != 429:
                return
            time.sleep(0.2)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(send, range(6)))
    with siege.town.catalogue() as book:
        end = time.monotonic() + 60
        while not all(job.finished for job in book.jobs_of(visitor.owner)) and time.monotonic() < end:
            time.sleep(0.1)
        assert len([card for card in book.library(visitor.owner) if card.mine]) == 1


def names(siege: Siege) -> None:
    """A Host header of somebody else's, and forwarding headers nobody may send."""
    visitor = siege.somebody()
    refuses(visitor.ask("GET", "/", Host="evil.example"), 400, 403)
    answer = visitor.ask(
        "GET", "/", X_Forwarded_Host="evil.example", X_Forwarded_Proto="https", X_Forwarded_For="1.2.3.4"
    )
    assert b"evil.example" not in answer.body
    assert "Strict-Transport-Security" not in answer.headers


def methods(siege: Siege) -> None:
    visitor = siege.somebody()
    for method, path in (
        ("TRACE", "/"),
        ("PUT", "/"),
        ("OPTIONS", "/"),
        ("DELETE", "/"),
        ("PUT", f"/volumes/{siege.key}/axial/0"),
    ):
        answer = (
            visitor.ask(method, path, Origin="https://evil.example")
            if method == "OPTIONS"
            else visitor.ask(method, path)
        )
        refuses(answer, 405)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def framed(siege: Siege) -> None:
    visitor = siege.somebody()
    for path in ("/", "/shared", "/nothing", f"/volumes/{siege.key}/axial/0", "/_dash-layout", "/assets/viewer.css"):
        answer = visitor.ask("GET", path)
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


def background(siege: Siege) -> None:
    """Handles of background work: there is none, so none can be forged."""
    visitor = siege.somebody()
    dependencies = offered(visitor)
    said = body_of(dependencies[0], {})
    for query in (f"cacheKey=x&job={siege.town.workers[0]}", "oldJob=1&job=2", f"cancelJob={siege.town.workers[1]}"):
        answered_in_words(visitor.post_json(f"{CALL}?{query}", {**said, "background": {"pid": 1}}))
    assert not [one for one in dependencies if one.get("background") or one.get("long")]
    assert siege.town.workers == sorted(siege.workers)


def slow_bodies(siege: Siege, count: int = 8, seconds: float = 3.0) -> None:
    """Bodies that come byte by byte."""
    over = threading.Event()

    def drip() -> None:
        with socket.create_connection(("127.0.0.1", siege.town.port)) as line:
            line.sendall(b"POST /_dash-update-component HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n")
            line.sendall(b"Content-Type: application/json\r\n\r\n")
            while not over.wait(1.0):
                try:
                    line.sendall(b" ")
                except OSError:
                    return

    threads = [threading.Thread(target=drip, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join()


def numbers(siege: Siege) -> None:
    """Slice numbers, windows and times that are none."""
    visitor = siege.reader.visitor
    for index in ("-1", "1000000000", "x", "1e400", "NaN", "[1]", "0x1", "%00", "1.5", "9" * 400):
        refuses(visitor.ask("GET", f"/volumes/{siege.key}/axial/{index}"), 400, 404, 414, 422)
    for query in (
        "t=-1",
        "t=x",
        "t=99",
        "t=" + "9" * 500,
        "slab=nan,mip",
        "slab=1e400",
        "slab=-5,x",
        "axes=evil",
        "slab=,",
    ):
        refuses(visitor.ask("GET", f"/volumes/{siege.key}/axial/0?{query}"), 400, 422)
    for said in ({}, [], None, {"first_mm": "x"}, {"first_mm": [1, 2], "right": [1e400]}, {"shape": [10**9, 10**9]}):
        refuses(visitor.post_json(f"/volumes/{siege.key}/cut", said), 400, 422)


ACTS = (
    Act("H01", "callback bodies of every wrong form", forged_bodies),
    Act("H01", "every argument of every callback forged", forged_arguments),
    Act("H01", "the same with everything that is wrong", lambda siege: forged_arguments(siege, FORGED), slow=True),
    Act("H02", "posts from another site", foreign_posts),
    Act("H03", "component files that are not offered", suites),
    Act("H04", "paths that are not there", unknown_paths),
    Act("H05", "lengths that lie, are none, or are two", lengths),
    Act("H06", "a gzip bomb as body", squeezed),
    Act("H07", "8 bodies byte by byte", slow_bodies),
    Act(
        "H07",
        "40 bodies byte by byte",
        lambda siege: slow_bodies(siege, 40, 30.0),
        slow=True,
    ),
    Act("H08", "4,000 parts of a form", parts),
    Act("H09", "heads and addresses too long", long_heads),
    Act("H10", "200 callbacks at once", many_calls),
    Act("H11", "uploads torn at 1, 50 and 99 %", torn),
    Act("H12", "parts twice, out of order, overlapping, foreign", crossed),
    Act("H13", "one series six times at once", at_once),
    Act("H14", "another host's name, forged forwarding", names),
    Act("H15", "methods an address does not take", methods),
    Act("H16", "framing", framed),
    Act("H17", "forged handles of background work", background),
    Act("V10", "slice numbers, times, slabs and cuts that are none", numbers),
)
