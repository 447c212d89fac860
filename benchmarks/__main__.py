"""``python -m benchmarks [SUBJECT] [--data DIR] [--json]``: measure, and say what was met."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from benchmarks import decode, geometry, ingest, load, memory, moving, overlays, surface, tags, viewing
from benchmarks.instance import ROOT, Instance, running
from benchmarks.rows import Row

DATA = ROOT.parent / "shared" / "data"
SUBJECTS: Mapping[str, Callable[[Instance, Path], list[Row]]] = MappingProxyType(
    {
        "ingest": ingest.rows,
        "geometry": geometry.rows,
        "decode": decode.rows,
        "viewing": viewing.rows,
        "moving": moving.rows,
        "load": load.rows,
        "memory": memory.rows,
        "surface": surface.rows,
        "tags": tags.rows,
        "overlays": overlays.rows,
    }
)


def main(arguments: list[str] | None = None) -> int:
    """Measure what was asked for and print a line, or a JSON object, for each row.

    Returns
    -------
    int
        0 when everything was measured, whatever the goals; 2 when there is nothing to measure with.
    """
    asked = _parser().parse_args(arguments)
    source = largest(asked.data)
    subjects = [asked.subject] if asked.subject else list(SUBJECTS)
    if source is None or ({"ingest", "decode", "surface"} & set(subjects) and not ingest.PEERS.is_dir()):
        print("Needed: a folder with a zip, and the peers in .venv-peers (see benchmarks/README.md).", file=sys.stderr)
        return 2
    measured: list[Row] = []
    for subject in subjects:
        with running() as instance:
            measured += SUBJECTS[subject](instance, source)
    print(json.dumps([row.as_json() for row in measured], indent=2) if asked.json else "\n".join(map(str, measured)))
    return 0


def largest(folder: Path) -> Path | None:
    """The largest zip of a folder, on which speed shows best."""
    return max(folder.glob("*.zip"), key=lambda path: path.stat().st_size, default=None)


def _parser() -> argparse.ArgumentParser:
    """What may be asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subject", nargs="?", choices=list(SUBJECTS), help="everything when left out")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of zips; the largest is measured")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
    return parser


if __name__ == "__main__":
    sys.exit(main())
