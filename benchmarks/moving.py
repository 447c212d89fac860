"""Views in motion: a wheel that is held, a film, a thin line, a slow phone, and a long stack against a short one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium.webdriver import Chrome

from benchmarks.browser import ask, chromium, visit
from benchmarks.ingest import opened
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row
from benchmarks.scrolling import show, write_stack
from benchmarks.viewing import SCRIPT, in_turns, notches, wait_for_views

MOVING = Path(__file__).with_name("moving.js")
NOTCHES_A_SECOND, HELD_SECONDS = 60, 5
FILM_SECONDS, FILM_RATE = 6, 10.0
LINE_BITS, LINE_MS, LINE_SECONDS = 20e6, 50, 10
LONG, SHORT = 750, 100
ROUNDS = 12
WATCH_SECONDS = 60


def rows(instance: Instance, source: Path) -> list[Row]:
    """The largest volume of a zip held, played, over a thin line and on a phone; then two made-up stacks.

    Parameters
    ----------
    instance : Instance
        A server that is running.
    source : Path
        A zip with a series that forms a volume.
    """
    client, card, _ = opened(instance, source)
    client.close()
    measured: list[Row] = []
    for measure in (held, film, thin_line, partial(phone, slices=(card.shape_kji or (1,))[0])):
        with chromium() as chrome:
            chrome.set_script_timeout(WATCH_SECONDS)
            visit(chrome, instance.url, client.cookie, f"?stack={card.key}")
            wait_for_views(chrome)
            measured += measure(chrome)
    return [*measured, *long_stack(instance)]


def held(chrome: Chrome) -> list[Row]:
    """Sixty notches a second: what is shown at the end, in what order, under which label."""
    script = MOVING.read_text()
    found = ask(chrome, script, "held", {"rate": NOTCHES_A_SECOND, "seconds": HELD_SECONDS})
    what = f"{NOTCHES_A_SECOND} notches a second for {HELD_SECONDS} s"
    return [
        _none(f"{what}: another slice than the last one asked for at the end", 0 if found["is_right"] else 1, "slices"),
        _none(f"{what}: slices out of order, of {found['paints']} painted", found["disordered"], "slices"),
        _none(f"{what}: frames whose label names another slice", found["mislabelled"], "frames"),
    ]


def _none(what: str, count: int, unit: str) -> Row:
    """Something that must not happen at all."""
    return Row(what, count, 0, "none", unit, float(count), 0.0, count == 0)


def film(chrome: Chrome) -> list[Row]:
    """Slices a second that a film of slices reaches."""
    rate = float(ask(chrome, MOVING.read_text(), "film", {"seconds": FILM_SECONDS}))
    return [row("slices a second of a film", [rate], Peer("its pace", [FILM_RATE], 0.9, at_least=True), "a second")]


def thin_line(chrome: Chrome) -> list[Row]:
    """Scrolling slice by slice over a line of 20 Mbit/s and 50 ms, as bytes a second of slices shown."""
    speed = {"downloadThroughput": LINE_BITS / 8, "uploadThroughput": LINE_BITS / 8}
    chrome.execute_cdp_cmd("Network.enable", {})
    chrome.execute_cdp_cmd("Network.emulateNetworkConditions", {"offline": False, "latency": LINE_MS, **speed})
    found = ask(chrome, MOVING.read_text(), "line", {"seconds": LINE_SECONDS})
    moved = found["slices"] * found["bytes"] / found["seconds"] / 1e6
    peer = Peer("what the line carries", [LINE_BITS / 8e6], 0.7, at_least=True)
    return [row(f"scrolling over {LINE_BITS / 1e6:.0f} Mbit/s and {LINE_MS} ms", [moved], peer, "MB/s")]


def phone(chrome: Chrome, slices: int) -> list[Row]:
    """Notches at 390 × 844 with a processor four times slower."""
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    chrome.execute_cdp_cmd("Emulation.setCPUThrottlingRate", {"rate": 4})
    chrome.refresh()
    wait_for_views(chrome, ["axial"])
    return notches(chrome, SCRIPT.read_text(), slices, " at 390 × 844, CPU 4× slower")


def long_stack(instance: Instance) -> list[Row]:
    """A stack of 750 slices against one of 100, in two browsers in turns."""
    script = SCRIPT.read_text()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="trueslice-bench-")))
        pages = {count: stack.enter_context(chromium()) for count in (LONG, SHORT)}
        for count, chrome in pages.items():
            show(chrome, instance, write_stack(folder / f"{count}.zip", 0.0, count))
            ask(chrome, script, "toSlice", {"index": count // 2 + 1})  # not where it opens
        sides: dict[str, Callable[[int], Any]] = {
            str(count): partial(_to_and_fro, chrome, script) for count, chrome in pages.items()
        }
        taken = in_turns(sides, ROUNDS)
    what = f"wheel notch in a stack of {LONG} slices, fetched in advance"
    return [row(what, taken[str(LONG)], Peer(f"a stack of {SHORT}", taken[str(SHORT)], 1.1), "ms")]


def _to_and_fro(chrome: Chrome, script: str, turn: int) -> float:
    """Milliseconds of one notch, back every other time."""
    return float(ask(chrome, script, "notch", {"far": False, "step": -1 if turn % 2 else 1}))
