"""The command line: serve, inspect, probe, export, tag, compare, protocol, worker, doctor."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from webapp import __version__
from webapp.commands import inspect, probe
from webapp.compare.search import Query
from webapp.compare.topics import Topic
from webapp.config import Config
from webapp.dicom.picks import READY
from webapp.doctor import doctor
from webapp.errors import TruesliceError
from webapp.export_command import KINDS, export
from webapp.serving import serve, work
from webapp.tag_commands import check_protocol, compare_inputs, look_up_tag, save_protocol

#: Exit codes: something can be shown; nothing can. Wrong usage is 2, argparse's own.
OK, NOTHING, USAGE = 0, 1, 2
#: Commands whose exit code 1 is an answer, so that a refusal is 2 as for wrong usage.
ANSWERING = ("compare", "protocol")


def main(words: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    wish = _parser().parse_args(words)
    try:
        sys.exit(_run(wish))
    except TruesliceError as error:
        if getattr(wish, "json", False):
            print(json.dumps({"trueslice": __version__, "error": error.as_json(), "series": [], "set_aside": []}))
        else:
            print(f"{error.cause} {error.cure}", file=sys.stderr)
        sys.exit(USAGE if wish.command in ANSWERING else NOTHING)


def _run(wish: argparse.Namespace) -> int:
    """The exit code of one command."""
    config = Config()
    if wish.command == "serve":
        changes = {"host": wish.host, "port": wish.port, "data": wish.data and wish.data.resolve()}
        serve(config.model_copy(update={name: value for name, value in changes.items() if value is not None}))
        return OK
    if wish.command == "worker":
        work(config)
        return OK
    if wish.command == "doctor":
        return doctor(config, repair=wish.repair)
    if wish.command == "inspect":
        return inspect(wish.path, wish.pick, as_json=wish.json, config=config)
    if wish.command == "probe":
        return probe(_choice(wish), wish.coordinates, as_json=wish.json, config=config)
    if wish.command == "tag":
        return look_up_tag(wish.words, as_json=wish.json)
    if wish.command == "compare":
        return compare_inputs(wish.input, _query(wish), wish.form, config)
    if wish.command == "protocol":
        return _protocol(wish, config)
    return export(_choice(wish), wish.format, wish.output, _surface(wish), config)


def _protocol(wish: argparse.Namespace, config: Config) -> int:
    """The exit code of what is done with a protocol."""
    if wish.act == "save":
        return save_protocol(wish.input, wish.output, config)
    return check_protocol(wish.reference, wish.input, as_json=wish.json, config=config)


def _query(wish: argparse.Namespace) -> Query:
    """Which rows of a comparison count."""
    return Query(wish.find, wish.regex, frozenset(wish.topic), wish.group)


def _choice(wish: argparse.Namespace) -> dict[str, str | int | Path | list[str] | None]:
    """Which stack of which input is meant."""
    return {name: getattr(wish, name) for name in ("path", "series", "study", "stack", "time", "pick")}


def _surface(wish: argparse.Namespace) -> dict[str, float | int | bool | str | None]:
    """How a surface is to be made, and in which space it is written."""
    names = ("level", "triangles", "largest", "island_ml", "smooth_mm", "closed")
    return {**{name: getattr(wish, name) for name in names}, "space": "ras" if wish.ras else "lps"}


def _parser() -> argparse.ArgumentParser:
    """Everything that can be said."""
    parser = argparse.ArgumentParser(prog="trueslice", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve", help="serve the viewer")
    server.add_argument("--host")
    server.add_argument("--port", type=int)
    server.add_argument("--data", type=Path, metavar="DIR")
    commands.add_parser("worker", help="work on jobs, beside web processes that do not")
    whole = commands.add_parser("doctor", help="whether an instance's catalogue, files and hashes agree")
    whole.add_argument("--repair", action="store_true", help="read damaged series again, make lost rows again")
    look = commands.add_parser("inspect", help="what is in a zip, a folder or a file, and how far it can be trusted")
    look.add_argument("path", type=Path, nargs="+", metavar="PATH")
    look.add_argument("--json", action="store_true")
    _with_pick(look)
    value = _about_a_stack(commands.add_parser("probe", help="values at patient points (LPS, mm), after --"))
    value.add_argument("coordinates", type=float, nargs="+", metavar="X Y Z")
    value.add_argument("--json", action="store_true")
    file = _about_a_stack(commands.add_parser("export", help="write a file for another program"))
    file.add_argument("--format", choices=[str(kind) for kind in KINDS], required=True)
    _about_a_surface(file.add_argument_group("surfaces (stl, ply, obj, glb)"))
    file.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a report to FILE.json is JSON")
    _about_tags(commands)
    return parser


def _about_tags(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The words about tags."""
    tag = commands.add_parser("tag", help="look an element, a UID or a maker's term up, offline")
    tag.add_argument("words", nargs="+", metavar="WORDS", help="a number, a UID, a keyword, a name, VIBE")
    tag.add_argument("--json", action="store_true")
    code = "The exit code is 0 when no element that counts differs or is missing, 1 when one is, 2 for wrong usage."
    two = commands.add_parser("compare", help="the tags of two to six series side by side", description=code)
    two.add_argument("input", nargs="+", metavar="PATH[#UID[#STACK]]", help="the first is the reference")
    two.add_argument("--topic", action="append", default=[], type=Topic, choices=list(Topic), help="only these count")
    two.add_argument("--group", default="", metavar="GGGG", help="only this group number counts")
    two.add_argument("--find", default="", metavar="WORDS", help="only elements found by these count")
    two.add_argument("--regex", action="store_true", help="WORDS is a regular expression")
    forms = two.add_mutually_exclusive_group()
    for form in ("json", "html", "csv"):
        forms.add_argument(f"--{form}", dest="form", action="store_const", const=form, default="text")
    code = "The exit code of check is 0 when every check passes, 1 when one does not, 2 for wrong usage."
    acts = commands.add_parser("protocol", help="keep a series' acquisition, hold another against it", description=code)
    act = acts.add_subparsers(dest="act", required=True)
    save = act.add_parser("save", help="write a reference with tolerances, to be edited")
    save.add_argument("input", metavar="PATH[#UID[#STACK]]")
    save.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    check = act.add_parser("check", help="pass, differs or missing, with reasons", description=code)
    check.add_argument("reference", type=Path, metavar="FILE")
    check.add_argument("input", metavar="PATH[#UID[#STACK]]")
    check.add_argument("--json", action="store_true")


def _about_a_surface(group: argparse._ArgumentGroup) -> None:
    """The words that say how a surface is made."""
    group.add_argument("--level", type=float, help="in the series' unit; bone, 200 HU, when left out for CT")
    group.add_argument("--triangles", type=int, metavar="N", help="at most so many; all of them when left out")
    group.add_argument("--largest", action="store_true", help="only the part that encloses most")
    group.add_argument("--islands", dest="island_ml", type=float, default=0.0, metavar="ML", help="leave smaller out")
    group.add_argument(
        "--smooth", dest="smooth_mm", type=float, default=0.0, metavar="MM", help="smooth narrower details"
    )
    group.add_argument("--closed", action="store_true", help="close it where the pictures end")
    group.add_argument("--ras", action="store_true", help="write RAS instead of LPS; both in mm")


def _about_a_stack(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The words that name a stack."""
    parser.add_argument("path", type=Path, metavar="PATH")
    parser.add_argument("--series", required=True, metavar="UID")
    parser.add_argument("--study", metavar="UID")
    parser.add_argument("--stack", metavar="ID")
    parser.add_argument("--time", type=int, default=0, metavar="T")
    _with_pick(parser)
    return parser


def _with_pick(parser: argparse.ArgumentParser) -> None:
    """The word that chooses between pictures of one place."""
    parser.add_argument(
        "--pick",
        type=lambda said: said.split(","),
        default=[],
        metavar="|".join((*READY, "MARK,MARK")),
        help="where places hold several pictures (see inspect): one of each by time, by number, or by their marks",
    )


if __name__ == "__main__":
    main()
