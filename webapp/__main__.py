"""The command line: serve, inspect, probe, export, worker."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from webapp import __version__
from webapp.commands import inspect, probe
from webapp.config import Config
from webapp.errors import TruesliceError
from webapp.export_command import KINDS, export
from webapp.serving import serve, work

#: Exit codes: something can be shown; nothing can. Wrong usage is 2, argparse's own.
OK, NOTHING = 0, 1


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
        sys.exit(NOTHING)


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
    if wish.command == "inspect":
        return inspect(wish.path, as_json=wish.json, config=config)
    if wish.command == "probe":
        return probe(_choice(wish), wish.coordinates, as_json=wish.json, config=config)
    return export(_choice(wish), wish.format, wish.output, _surface(wish), config)


def _choice(wish: argparse.Namespace) -> dict[str, str | int | Path | None]:
    """Which stack of which input is meant."""
    return {name: getattr(wish, name) for name in ("path", "series", "study", "stack", "time")}


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
    look = commands.add_parser("inspect", help="what is in a zip, a folder or a file, and how far it can be trusted")
    look.add_argument("path", type=Path, nargs="+", metavar="PATH")
    look.add_argument("--json", action="store_true")
    value = _about_a_stack(commands.add_parser("probe", help="values at patient points (LPS, mm), after --"))
    value.add_argument("coordinates", type=float, nargs="+", metavar="X Y Z")
    value.add_argument("--json", action="store_true")
    file = _about_a_stack(commands.add_parser("export", help="write a file for another program"))
    file.add_argument("--format", choices=[str(kind) for kind in KINDS], required=True)
    _about_a_surface(file.add_argument_group("surfaces (stl, ply, obj, glb)"))
    file.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a report to FILE.json is JSON")
    return parser


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
    return parser


if __name__ == "__main__":
    main()
