"""An input opened for one command: read in a sandbox of its own, kept for as long as the command needs it."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from webapp import stackfiles
from webapp.config import Config, Limits
from webapp.errors import BadArgument, NotAVolume, NothingToChoose, UnknownSeries
from webapp.imaging.volume import Volume
from webapp.reconstruct import OPENED, STACKS
from webapp.sandbox import Progress, Sandbox, Task


@contextmanager
def opened(path: Path, config: Config, pick: Sequence[str] = ()) -> Iterator[Path]:
    """A folder with what the sandbox made of an input, for as long as it is needed.

    Parameters
    ----------
    path : Path
        A zip, a folder or a file.
    config : Config
    pick : sequence of str
        What to choose where places hold several pictures: see `webapp.reconstruct.Opening`.

    Raises
    ------
    BadArgument
        There is nothing at the path.
    IntakeError, TaskError, PicksUnfit
    """
    if not path.exists():
        raise BadArgument("There is no such file or folder.", "Check the path.")
    with tempfile.TemporaryDirectory(prefix="trueslice-") as staging:
        size = path.stat().st_size if path.is_file() else 0
        limits = config.limits
        expected = min(limits.expanded_bytes, max(8 * size, limits.member_bytes))
        params = {"source": str(path.resolve()), "audit": config.audit.model_dump(), "pick": list(pick)}
        run_task(Task("open", params, Path(staging), expected), limits)
        yield Path(staging)


def run_task(task: Task, limits: Limits) -> None:
    """One task in a sandbox of its own, with its progress on a terminal.

    Parameters
    ----------
    task : Task
    limits : Limits
    """
    sandbox = Sandbox(limits, keep_warm=False)
    shown = sys.stderr.isatty()

    def tell(progress: Progress) -> None:
        if shown:
            print(f"\r\x1b[K{progress.stage} {progress.done}/{progress.total}", end="", file=sys.stderr, flush=True)

    try:
        sandbox.run(task, tell, lambda: False)
    finally:
        sandbox.close()
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr)


def chosen(folder: Path, choice: dict[str, Any]) -> Path:
    """The folder of the stack that is meant: the largest volume of the series unless one is named or picked.

    Parameters
    ----------
    folder : Path
        As `opened` gives it.
    choice : dict
        ``series``, ``study`` and ``stack``; None where any will do. With a ``pick`` only what it made.

    Raises
    ------
    UnknownSeries
    NothingToChoose
        The pick made nothing of what is meant.
    """
    document = json.loads((folder / OPENED).read_text(encoding="utf-8"))
    fitting = [
        folder / STACKS / name
        for record in document["series"]
        if choice["series"] in (record["series_instance_uid"], "" if record["uid_made_up"] else None)
        and choice["study"] in (None, record["study_instance_uid"])
        for name in record["stacks"]
    ]
    metas = {path: stackfiles.read_meta(path) for path in fitting}
    wanted = [path for path in fitting if choice["stack"] in (None, *_names(metas[path]))]
    if not wanted:
        raise UnknownSeries
    if choice["pick"]:
        wanted = [path for path in wanted if metas[path]["picked"]]
        if not wanted:
            raise NothingToChoose
    largest: Path = max(wanted, key=lambda path: (metas[path]["kind"] == "volume", metas[path]["file"]["bytes"]))
    return largest


def _names(meta: dict[str, Any]) -> list[str]:
    """What a stack may be called by: its id, and that of the refused one it was picked from."""
    return [meta["id"], *([meta["picked"]["from"]] if meta["picked"] else [])]


def volume_in(stack: Path) -> Volume:
    """The volume of a stack's folder.

    Raises
    ------
    NotAVolume
        With the reason.
    """
    meta = stackfiles.read_meta(stack)
    if meta["kind"] != "volume":
        raise NotAVolume(f"These pictures do not form a volume. {meta['summary']}")
    return stackfiles.load_volume(stack)
