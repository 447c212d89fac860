"""The command line: serve, inspect, probe, export, worker."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from webapp import __version__
from webapp.commands import export, inspect, probe
from webapp.config import Config
from webapp.dicom.picks import READY
from webapp.errors import TruesliceError
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
        return inspect(wish.path, wish.pick, as_json=wish.json, config=config)
    if wish.command == "probe":
        return probe(_choice(wish), wish.coordinates, as_json=wish.json, config=config)
    return export(_choice(wish), wish.format, wish.output, level=wish.level, config=config)


def _choice(wish: argparse.Namespace) -> dict[str, str | int | Path | list[str] | None]:
    """Which stack of which input is meant."""
    return {name: getattr(wish, name) for name in ("path", "series", "study", "stack", "time", "pick")}


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
    _with_pick(look)
    value = _about_a_stack(commands.add_parser("probe", help="values at patient points (LPS, mm), after --"))
    value.add_argument("coordinates", type=float, nargs="+", metavar="X Y Z")
    value.add_argument("--json", action="store_true")
    file = _about_a_stack(commands.add_parser("export", help="write a file for another program"))
    file.add_argument("--format", choices=("nifti", "stl", "ply", "glb", "csv", "report"), required=True)
    file.add_argument("--level", type=float, help="of the surface, in the series' unit (stl, ply, glb)")
    file.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="a report to FILE.json is JSON")
    return parser


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
