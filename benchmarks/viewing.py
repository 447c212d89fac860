"""From a turn of the wheel, or another window, to pixels on the screen, against bare Plotly in the same page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.support.wait import WebDriverWait

from benchmarks.browser import ask, chromium, visit
from benchmarks.ingest import opened
from benchmarks.instance import Instance
from benchmarks.rows import Peer, Row, row
from webapp.imaging.plane import Plane

SCRIPT = Path(__file__).with_name("viewing.js")
ROUNDS = 12
OPENING_SECONDS = 30
#: Slices of one notch with Shift, more than are fetched in advance.
PAGE = 10
_SHOWN = """return arguments[0].every((plane) => {
    const graph = document.querySelector(`#pane-${plane} .js-plotly-plot`);
    return graph && graph.layout && graph.layout.meta;
});"""


def rows(instance: Instance, source: Path) -> list[Row]:
    """Open the largest volume of a zip in Chromium and measure both sides in turns.

    Parameters
    ----------
    instance : Instance
        A server that is running.
    source : Path
        A zip with a series that forms a volume.
    """
    client, card, _ = opened(instance, source)
    client.close()
    script = SCRIPT.read_text()
    with chromium() as chrome:
        visit(chrome, instance.url, client.cookie, f"?stack={card.key}")
        wait_for_views(chrome)
        return [*notches(chrome, script, (card.shape_kji or (1,))[0]), *windows(chrome, script)]


def wait_for_views(chrome: Chrome, planes: Sequence[str] = tuple(Plane)) -> None:
    """Until all three views, or those that are named, show a slice."""
    names = [str(plane) for plane in planes]
    WebDriverWait(chrome, OPENING_SECONDS).until(lambda page: page.execute_script(_SHOWN, names))


def notches(chrome: Chrome, script: str, slices: int, where: str = "") -> list[Row]:
    """On from the first of so many axial slices: one fetched in advance, and one ten slices on that was not."""
    rounds = min(ROUNDS, slices // PAGE - 2)
    ask(chrome, script, "toSlice", {})
    sides: dict[str, Callable[[int], float]] = {
        "warm": lambda turn: ask(chrome, script, "notch", {"far": False, "step": -1 if turn % 2 else 1}),
        "bare": lambda turn: ask(chrome, script, "restyle", {"index": turn}),
        "cold": lambda turn: ask(chrome, script, "notch", {"far": True, "step": 1}),
    }
    taken = in_turns(sides, rounds)
    what = f"wheel notch to new pixels{where}"
    warm, cold = (Peer("bare Plotly.restyle", taken["bare"], goal) for goal in (1.3, 2.0))
    return [
        row(f"{what}, fetched in advance", taken["warm"], warm, "ms"),
        row(f"{what}, not yet fetched", taken["cold"], cold, "ms"),
    ]


def windows(chrome: Chrome, script: str) -> list[Row]:
    """Another window on all three views, pulled with the pointer."""
    sides: dict[str, Callable[[int], Any]] = {
        "ours": lambda turn: ask(chrome, script, "windowed", {"pixels": 20 if turn % 2 else -20}),
        "bare": lambda turn: ask(chrome, script, "restyleThree", {"width": 300 + 10 * turn}),
    }
    taken = in_turns(sides, ROUNDS)
    requests = sum(one["requests"] for one in taken["ours"])
    ours = [one["taken"] for one in taken["ours"]]
    return [
        row("window change on three views", ours, Peer("bare Plotly.restyle of three", taken["bare"], 1.2), "ms"),
        Row("requests of a window change", requests, 0, "none", "requests", float(requests), 0.0, requests == 0),
    ]


def in_turns(sides: dict[str, Callable[[int], Any]], rounds: int) -> dict[str, list[Any]]:
    """Every side once a round; the first round warms up and is left out."""
    taken: dict[str, list[Any]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        for name, measure in sides.items():
            taken[name].append(measure(turn))
    return {name: values[1:] for name, values in taken.items()}
