"""X: text of a file that would like to be code somewhere."""

from __future__ import annotations

import csv
import io
import json
import re

from tests.factories import Scan
from tests.hostile.bodies import element, file_of, inserted, zipped
from tests.hostile.callbacks import CALL, body_of, called, offered
from tests.hostile.cases import Act
from tests.hostile.common import answered_in_words
from tests.hostile.siege import Siege
from tests.hostile.visitor import Visitor
from webapp.config import ROOT

SCRIPT = "<script>window.pwned=1</script>"
PICTURE = "<img src=x onerror=pwned()>"
LINK = '<a href="https://evil.example">x</a>'
#: The one script that may write markup: it reads it without running anything.
POLICY = "trusted_types.js"
TEMPLATE = "%{x} {{7*7}} $\\alpha$"
MARKDOWN = "![](http://evil.example/p.png)"
FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\tx")


def planted(siege: Siege, **tags: str) -> tuple[Visitor, str]:
    """A series whose descriptions are code."""
    return siege.owner_of_one(Scan(slices=3, tags=tags))


def pages(siege: Siege) -> None:
    """Scripts in descriptions reach the page as text in JSON, and reports as escaped text."""
    visitor, key = planted(siege, SeriesDescription=SCRIPT, StudyDescription=PICTURE, Manufacturer=f"</title>{SCRIPT}")
    for path in ("/", f"/?stack={key}", "/shared"):
        body = visitor.ask("GET", path).body
        assert b"pwned" not in body
        assert b"<title>Trueslice</title>" in body
    report = visitor.ask("GET", f"/volumes/{key}/report.html").body
    assert b"<script>window" not in report
    assert b"<img src=x" not in report
    for output in ("library-cards.children", "scene.data"):
        answer = called(visitor, output, {"location.search": f"?stack={key}", "location.pathname": "/"})
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def drawn_words(siege: Siege) -> None:
    """No answer puts a file's text into a figure's title, hover template or annotation."""
    visitor, key = planted(siege, SeriesDescription=LINK, ProtocolName=TEMPLATE)
    for output in ("scene.data", "library-cards.children"):
        body = called(visitor, output, {"location.search": f"?stack={key}", "location.pathname": "/"}).body.decode()
        assert "hovertemplate" not in body
        for words in re.findall(r'"(?:title|text|hovertext)":\s*("(?:[^"\\]|\\.)*")', body):
            assert "href" not in words


def forbidden_words(siege: Siege) -> None:
    """The program does not use what turns text into code, and the page of a running server neither."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py"))
    scripts = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "assets").glob("*.js") if path.name != POLICY
    )
    for word in (
        "dangerously_allow",
        "dcc.Markdown",
        "srcDoc",
        "markdown_options",
        "render_template_string",
        "hovertemplate=",
    ):
        assert word not in source, word
    for word in ("innerHTML", "eval(", "document.write", "new Function"):
        assert word not in scripts, word
    policy = siege.somebody().ask("GET", "/").headers["Content-Security-Policy"]
    assert "'unsafe-eval'" not in policy
    assert "require-trusted-types-for 'script'" in policy


def formulas(siege: Siege) -> None:
    """A table opened in a spreadsheet program calculates nothing."""
    tags = dict(zip(("StudyDescription", "SeriesDescription", "ProtocolName", "StationName"), FORMULAS, strict=False))
    visitor, key = planted(siege, **tags, ImageComments='say "x",\r\n=1+1')
    for name in ("tags.csv", "comparison.csv"):
        answer = visitor.ask("GET", f"/volumes/{key}/{name}")
        cells = [cell for row in csv.reader(io.StringIO(answer.body.decode("utf-8-sig"))) for cell in row]
        assert [cell for cell in cells if "calc" in cell or "SUM" in cell]
        assert [cell for cell in cells if re.match(r"[=@\t\r]|[+-](?![\d.])", cell)] == []


def file_names(siege: Siege) -> None:
    """Files to take away have fixed names, whatever the patient is called."""
    visitor, key = planted(siege, PatientName='"; \\r\\nSet-Cookie: a=b', SeriesDescription="x" * 64)
    for name in ("tags.csv", "volume.nii.gz", "report.html", "protocol.json"):
        answer = visitor.ask("GET", f"/volumes/{key}/{name}")
        assert re.fullmatch(r'attachment; filename="trueslice-[a-z.]+"', answer.headers["Content-Disposition"])
        assert "a=b" not in (answer.headers.get("Set-Cookie") or "")


def forged_lines(siege: Siege) -> None:
    """Control characters in tags, file names and addresses begin no line of a log and turn no text round."""
    visitor = siege.somebody()
    body = file_of(
        PatientID="a\u202eb", SpecificCharacterSet="ISO_IR 192", SeriesDescription="x\nCRITICAL forged\x1b[31m"
    )
    visitor.upload(zipped([("a\nERROR forged\x1b[31m", body)]))
    visitor.ask("GET", "/volumes/x%0aERROR%20forged%1b%5b31m")
    visitor.ask("GET", "/%E2%80%AEforged")
    logs = siege.town.text_of_logs()
    assert "\x1b" not in logs
    assert "\u202e" not in logs
    assert not re.search(r"^(ERROR|CRITICAL) forged", logs, re.MULTILINE)


def private_values(siege: Siege) -> None:
    """A private element with a page, or with a megabyte, is shown by its beginning and parsed by nobody."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>' + SCRIPT.encode() + b" " * (1 << 20)
    whole = inserted(file_of(), 0x10, 0x10, element(9, 0x10, b"LO", b"MAKER ") + element(9, 0x1001, b"UN", bomb))
    visitor = siege.somebody()
    outcome = visitor.upload(zipped([("a", whole)]))
    assert outcome.cards, outcome.refusal
    table = visitor.ask("GET", f"/volumes/{outcome.cards[0].key}/tags.csv")
    assert table.status == 200
    assert len(table.body) < 1 << 19


def prototypes(siege: Siege) -> None:
    """Keys that mean something to JavaScript or Python mean nothing in a callback."""
    visitor = siege.somebody()
    for dependency in offered(visitor)[:8]:
        said = body_of(dependency, {})
        for odd in ({"__proto__": {"a": 1}}, {"constructor": {"prototype": 1}}, {"__class__": "os"}):
            answered_in_words(visitor.post_json(CALL, {**said, **odd}))
        answered_in_words(visitor.post_json(CALL, {**said, "output": '{"a":"__import__"}.children'}))


def templates(siege: Siege) -> None:
    """Braces of a template come out as they went in."""
    visitor, key = planted(siege, SeriesDescription="{{7*7}}{% raw %}", Manufacturer="{{config}}")
    report = visitor.ask("GET", f"/volumes/{key}/report.html").body.decode()
    assert "{{7*7}}" in report or "7*7" not in report
    assert "49{%" not in report
    assert "{{config}}" in report or "config" not in report.lower().replace("configur", "")


def served_back(siege: Siege) -> None:
    """What was sent is never served as what it was."""
    visitor, whole = siege.somebody(), b"<html><script>1</script></html>"
    path = visitor.begun(len(whole))
    for method in ("GET", "HEAD"):
        answer = visitor.ask(method, path, Tus_Resumable="1.0.0")
        assert b"script" not in answer.body
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.ask("GET", path).status in {404, 405}
    assert visitor.tus("DELETE", path, b"").status == 204


def slices_are_named(siege: Siege) -> None:
    """Every slice says which one it is, so that a late answer is never taken for another."""
    visitor = siege.reader.visitor
    for index in (0, 5, 23, 5):
        headers = visitor.ask("GET", f"/volumes/{siege.key}/axial/{index}").headers
        told = (headers["Slice-Key"], headers["Slice-Plane"], headers["Slice-Index"], headers["Slice-Time"])
        assert told == (siege.key, "axial", str(index), "0")


def no_words_in_pictures(siege: Siege) -> None:
    """The thumbnail holds pixels and nothing else."""
    body = siege.reader.visitor.ask("GET", f"/volumes/{siege.key}/thumbnail.png").body
    kinds = set()
    at = 8
    while at < len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        kinds.add(body[at + 4 : at + 8])
        at += 12 + length
    assert kinds <= {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
    assert json.loads(siege.reader.visitor.ask("GET", "/health").body)["status"]


ACTS = (
    Act("X01", "scripts in every description", pages),
    Act("X02", "links and styles in what is drawn", drawn_words),
    Act("X03", "templates of plotly in a description", drawn_words),
    Act("X04", "Markdown in a description", forbidden_words),
    Act("X05", "what turns text into code", forbidden_words),
    Act("X06", "formulas in tables", formulas),
    Act("X07", "names of files to take away", file_names),
    Act("X08", "forged lines of a log", forged_lines),
    Act("X09", "pages and megabytes in private elements", private_values),
    Act("X10", "keys of prototypes", prototypes),
    Act("X11", "server templates in descriptions", templates),
    Act("X12", "an upload asked back", served_back),
    Act("F16", "answers that come late", slices_are_named),
    Act("L07", "words inside a picture's file", no_words_in_pictures),
)
