"""A turn of the wheel in Chromium on a tilted stack, against the same stack straight, in two pages side by side.

::

    300 × 512 × 512, tilted 15° ─┐                          ┌─ axial, coronal, sagittal: fetched in advance, and not
    300 × 512 × 512, straight  ──┴─ uploaded, opened, wheel ┴─ to new pixels painted, in turns
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, ZipFile

import numpy as np
from numpy.typing import NDArray
from selenium.webdriver import Chrome

from benchmarks.browser import ask, chromium, visit
from benchmarks.headers import header
from benchmarks.ingest import opened
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row
from benchmarks.viewing import SCRIPT, in_turns, wait_for_views
from webapp.imaging.plane import Plane

SLICES, SIDE = 300, 512
TILT_DEG = 15.0
PIXEL_MM, STEP_MM = 0.7, 1.0
ROUNDS = 12
GOAL = 1.5

#: Slices behind the middle one from which a view is scrolled: beyond those that opening it fetched.
BEHIND_THE_MIDDLE = 12

_COUNT = "return window.trueslice.scene.planes[arguments[0]].count;"


def rows(instance: Instance) -> list[Row]:
    """Upload both stacks, open each in a browser of its own, and turn the wheel on one after the other.

    Parameters
    ----------
    instance : Instance
        A server that is running.
    """
    script = SCRIPT.read_text()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="trueslice-bench-")))
        pages = {name: stack.enter_context(chromium()) for name in ("tilted", "straight")}
        for name, tilt in (("tilted", TILT_DEG), ("straight", 0.0)):
            show(pages[name], instance, write_stack(folder / f"{name}.zip", tilt))
        return [line for plane in Plane for line in _plane(pages, script, plane)]


def show(chrome: Chrome, instance: Instance, source: Path) -> None:
    """Upload a zip and open the volume in it."""
    client, card, _ = opened(instance, source)
    client.close()
    visit(chrome, instance.url, client.cookie, f"?stack={card.key}")
    wait_for_views(chrome)


def _plane(pages: dict[str, Chrome], script: str, plane: Plane) -> list[Row]:
    """Both kinds of notch on one view."""
    found = []
    for far, words in ((False, "fetched in advance"), (True, "not yet fetched")):
        sides: dict[str, Callable[[int], float]] = {}
        for name, chrome in pages.items():
            start = int(chrome.execute_script(_COUNT, plane)) // 2 + BEHIND_THE_MIDDLE
            ask(chrome, script, "toSlice", {"plane": plane, "index": start})
            sides[name] = partial(_notch, chrome, script, {"plane": plane, "far": far})
        taken = in_turns(sides, ROUNDS)
        what = f"wheel notch on the {plane} view of a tilted {SIDE} × {SIDE} × {SLICES} stack, {words}"
        found.append(row(what, taken["tilted"], Peer("the same stack straight", taken["straight"], GOAL), "ms"))
    return found


def _notch(chrome: Chrome, script: str, options: dict[str, object], turn: int) -> float:
    """Milliseconds of one notch: to and fro where slices are fetched in advance, on and on where not."""
    step = 1 if options["far"] or turn % 2 == 0 else -1
    return float(ask(chrome, script, "notch", {**options, "step": step}))


def write_stack(path: Path, tilt_deg: float, slices: int = SLICES) -> Path:
    """A zip of a made-up head of so many pictures, each shifted by the tilt; noise as a scanner has it."""
    noise = np.random.default_rng(7)
    slide = np.tan(np.radians(tilt_deg)) * STEP_MM
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for k in range(slices):
            one = header(k)
            one.Rows = one.Columns = SIDE
            one.ImagePositionPatient, one.PixelSpacing = [0, k * slide, k * STEP_MM], [PIXEL_MM, PIXEL_MM]
            one.SliceThickness, one.SliceLocation = STEP_MM, k * STEP_MM
            one.PixelData = _picture(k, slices, noise).tobytes()
            stream = io.BytesIO()
            one.save_as(stream, enforce_file_format=True)
            archive.writestr(f"{k:04d}.dcm", stream.getvalue())
    return path


def _picture(k: int, slices: int, noise: np.random.Generator) -> NDArray[np.uint16]:
    """(SIDE, SIDE) stored values: an ellipse with a shell and something inside it, on air."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    away = x**2 / 0.6 + y**2 / 0.8 + (2 * k / slices - 1) ** 2 * 0.4
    inside = np.where(away < 0.72, 1060 + 40 * np.sin(9 * x) * np.cos(7 * y + k / 20), 1900)
    values = np.where(away < 0.8, inside, 24) + noise.normal(0, 12, (SIDE, SIDE))
    stored: NDArray[np.uint16] = np.clip(values, 0, 4095).astype(np.uint16)
    return stored
