"""Every gesture and key on a real series: what moves, by how much, and that nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.action_chains import ScrollOrigin
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, press
from webapp.config import ROOT

pytestmark = pytest.mark.browser

SERIES = ROOT.parent / "shared" / "data" / "mr_siemens_sag_prone.zip"
PLANES = ("axial", "coronal", "sagittal")

_LOOK = """
const planes = ["axial", "coronal", "sagittal"];
const { trueslice } = window;
if (!trueslice || !trueslice.scene || !trueslice.window) return null;
const graph = plane => document.querySelector(`#pane-${plane} .js-plotly-plot`);
const shown = planes.filter(plane => document.getElementById(`pane-${plane}`).offsetWidth);
if (!shown.length || !shown.every(plane => (graph(plane)?.layout || {}).meta)) return null;
const text = id => document.getElementById(id).textContent.replaceAll("\\u2009", " ").replaceAll("\\u2212", "-");
return {
  shown, cursor: trueslice.cursor, readOut: text("read-out"),
  window: [trueslice.window.center, trueslice.window.width], inverted: Boolean(trueslice.window.invert),
  planes: Object.fromEntries(shown.map(plane => {
    const { data: [trace], layout, _fullLayout: { xaxis, yaxis } } = graph(plane);
    const box = graph(plane).getBoundingClientRect();
    const middle = [(xaxis.range[0] + xaxis.range[1]) / 2, (yaxis.range[0] + yaxis.range[1]) / 2];
    const index = Number(layout.meta.split("/")[2]);
    return [plane, {
      index, count: trueslice.scene.planes[plane].count, box: [box.left, box.top, box.width, box.height],
      mm_per_px: (xaxis.range[1] - xaxis.range[0]) / xaxis._length,
      middle: trueslice.patient.pointAt(trueslice.scene, plane, index, ...middle),
      lines: (layout.shapes || []).filter(({ visible, name }) => visible !== false && planes.includes(name)).length,
      label: text(`label-${plane}`), name: text(`name-${plane}`), low: trace.zmin, high: trace.zmax,
    }];
  })),
};
"""


class Page:
    """The open page, touched as a person would."""

    def __init__(self, driver: Chrome, wait: WebDriverWait[Chrome]) -> None:
        self.driver = driver
        self.wait = wait

    def look(self) -> dict[str, Any]:
        """What is on screen, once it is."""
        found: dict[str, Any] = self.wait.until(lambda page: page.execute_script(_LOOK))
        return found

    def until(self, done: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """What is on screen as soon as it is as it should be."""
        self.wait.until(lambda _: done(self.look()))
        return self.look()

    def at(self, plane: str, across: float = 0, down: float = 0) -> ActionChains:
        """The pointer so many pixels from the middle of a plane."""
        left, top, width, height = self.look()["planes"][plane]["box"]
        actions = ActionChains(self.driver, duration=20)
        pointer: Any = actions.w3c_actions.pointer_action
        pointer.move_to_location(round(left + width / 2 + across), round(top + height / 2 + down))
        return actions

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()


@pytest.fixture(scope="module")
def address() -> list[str]:
    """Where the series was opened, once it has been."""
    return []


@pytest.fixture
def page(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, address: list[str]) -> Page:
    """A real sagittal series, sent once by hand, open."""
    if not SERIES.exists():
        pytest.skip(f"{SERIES} is not there")
    if not address:
        browser.get(server.url)
        wait.until(lambda one: one.find_element(By.ID, "file-input")).send_keys(str(SERIES))
        link = wait.until(lambda one: one.find_element(By.CSS_SELECTOR, "#job-rows a[href*='stack=']"))
        address.append(link.get_attribute("href") or "")
    browser.get(address[0])
    opened = Page(browser, wait)
    opened.until(lambda now: len(now["shown"]) == 3)
    return opened


def scales(now: dict[str, Any]) -> list[float]:
    """Millimetres per pixel of every plane."""
    return [now["planes"][plane]["mm_per_px"] for plane in PLANES]


def is_joined(now: dict[str, Any]) -> bool:
    """Whether a millimetre is as long in every plane."""
    return max(scales(now)) < 1.01 * min(scales(now))


def test_zoom_and_place_are_one_for_all_planes_in_millimetres(page: Page) -> None:
    first = page.look()
    page.at("sagittal").key_down(Keys.CONTROL).perform()
    left, top, width, height = first["planes"]["sagittal"]["box"]
    x, y = round(left + width / 2 + 40), round(top + height / 2 - 30)
    ActionChains(page.driver).scroll_from_origin(ScrollOrigin.from_viewport(x, y), 0, -400).perform()
    ActionChains(page.driver).key_up(Keys.CONTROL).perform()
    near = page.until(lambda now: is_joined(now) and now["planes"]["sagittal"]["mm_per_px"] < first["planes"]["sagittal"]["mm_per_px"] / 2)
    was, now = first["planes"]["sagittal"], near["planes"]["sagittal"]
    assert now["mm_per_px"] == pytest.approx(was["mm_per_px"] / 2.718, rel=0.01)
    # What was under the pointer still is: the middle has gone towards it.
    shift = [40 * (was["mm_per_px"] - now["mm_per_px"]), 30 * (was["mm_per_px"] - now["mm_per_px"])]
    assert abs(now["middle"][1] - was["middle"][1]) == pytest.approx(shift[0], abs=1.5)
    assert abs(now["middle"][2] - was["middle"][2]) == pytest.approx(shift[1], abs=1.5)
    assert near["planes"]["axial"]["middle"][1] == pytest.approx(now["middle"][1], abs=1)
    assert near["planes"]["coronal"]["middle"][2] == pytest.approx(now["middle"][2], abs=1)
