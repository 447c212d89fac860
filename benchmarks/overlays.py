"""A turn of the wheel with regions or a second series over the pictures, against the same with nothing over them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pydicom.dataset import FileDataset
from pydicom.uid import generate_uid
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select
from selenium.webdriver.support.wait import WebDriverWait

from benchmarks.browser import ask, chromium
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row
from benchmarks.scrolling import show
from benchmarks.viewing import SCRIPT, in_turns
from tests.factories import Scan, make_instance, zip_series
from tests.factories_overlays import box, make_seg, series_of

ROUNDS = 12
GOAL = 1.5
OPENING_SECONDS = 30

#: A CT of 512 × 512 pixels, and a PET about it, on another grid and half as fine.
PICTURES = Scan(slices=60, rows=512, columns=512, spacing_mm=2.0, pixel_mm=(0.7, 0.7), origin_mm=(-180, -180, 0))
SECOND = Scan(slices=60, rows=200, columns=200, spacing_mm=3.1, pixel_mm=(2.1, 2.1), origin_mm=(-200, -195, -10))

_NOTHING = "trueslice.overlays.change({ shown: new Set(), fused: null })"
_REGIONS = """const { change, looks, idOf } = trueslice.overlays;
const all = looks().overlays.flatMap((overlay) => overlay.regions.map((region) => idOf(overlay, region)));
change({ shown: new Set(all) });"""


def rows(instance: Instance, source: Path) -> list[Row]:
    """Upload a made-up study and turn the wheel with and without what lies over it.

    Parameters
    ----------
    instance : Instance
        A server that is running.
    source : Path
        Not needed.
    """
    del source
    script = SCRIPT.read_text()
    with TemporaryDirectory(prefix="trueslice-bench-") as folder, chromium() as chrome:
        show(chrome, instance, _study(Path(folder) / "study.zip"))
        return [
            _row(chrome, script, "regions", _REGIONS),
            _row(chrome, script, "a second series", _fused(chrome)),
        ]


def _row(chrome: Chrome, script: str, what: str, laid: str) -> Row:
    """A notch with something over the axial view, all of it fetched in advance, and without."""
    ask(chrome, script, "toSlice", {"index": PICTURES.slices // 3})
    sides: dict[str, Callable[[int], float]] = {
        "without": partial(_notch, chrome, script, _NOTHING, {"over": False}),
        "with": partial(_notch, chrome, script, laid, {"over": True}),
    }
    taken = in_turns(sides, ROUNDS)
    peer = Peer("the same with nothing over it", taken["without"], GOAL)
    return row(f"wheel notch with {what} over 512 × 512 pixels, fetched in advance", taken["with"], peer, "ms")


def _notch(chrome: Chrome, script: str, looks: str, options: dict[str, object], turn: int) -> float:
    """Milliseconds of one notch, to and fro."""
    chrome.execute_script(looks)
    return float(ask(chrome, script, "notch", {**options, "far": False, "step": -1 if turn % 2 else 1}))


def _fused(chrome: Chrome) -> str:
    """Lay the second series over the first as a reader does; the script that does it again."""
    wait = WebDriverWait(chrome, OPENING_SECONDS)
    chrome.execute_script("dash_clientside.set_props('panel-tabs', { value: 'overlays' })")
    field = wait.until(lambda page: page.find_element(By.XPATH, "//label[contains(., 'Laid over')]//select"))
    Select(field).select_by_visible_text("PT Second")
    chrome.execute_script("window.laidOver = trueslice.overlays.looks().fused")
    return "trueslice.overlays.change({ shown: new Set(), fused: window.laidOver })"


def _study(path: Path) -> Path:
    """A zip of pictures, two regions drawn over them, and a second series."""
    pictures, uids = series_of(PICTURES)
    masks = {
        "Large": box(PICTURES, (0, 59), (100, 400), (80, 300)),
        "Small": box(PICTURES, (0, 59), (200, 300), (320, 420)),
    }
    second = _second((uids[0], generate_uid(), uids[2]))
    return zip_series(path, pictures, second, [make_seg(PICTURES, uids, masks)])


def _second(uids: tuple[str, str, str]) -> list[FileDataset]:
    """Slices of noise."""
    noise = np.random.default_rng(7)
    series = [make_instance(SECOND, k, uids) for k in range(SECOND.slices)]
    for dataset in series:
        dataset.Modality, dataset.SeriesDescription = "PT", "Second"
        dataset.PixelData = noise.integers(0, 4000, (SECOND.rows, SECOND.columns), np.uint16).tobytes()
    return series
