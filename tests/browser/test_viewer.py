"""The viewer in a real browser: what is on screen is what the file holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, upload
from tests.factories import Scan, make_series, value_at, zip_series

pytestmark = pytest.mark.browser

SCAN = Scan(slices=9, rows=20, columns=18)
MIDDLE = {"axial": 4, "coronal": 10, "sagittal": 9}

_SHOWN = """
const graph = document.querySelector(`#pane-${arguments[0]} .js-plotly-plot`);
if (!graph || !graph.layout || !graph.layout.meta) return null;
const [, plane, index] = graph.layout.meta.split("/");
const rows = graph.data[0].z.map(row => Array.from(row));
const { zmin, zmax } = graph.data[0];
return { plane, index: Number(index), rows, zmin, zmax, shapes: graph.layout.shapes };
"""

_PLACE = """
const [plane, column, row] = arguments;
const graph = document.querySelector(`#pane-${plane} .js-plotly-plot`);
const { xaxis, yaxis } = graph._fullLayout;
const { x0, dx, y0, dy } = graph.data[0];
const box = graph.getBoundingClientRect();
return [box.x + xaxis._offset + xaxis.d2p(x0 + column * dx), box.y + yaxis._offset + yaxis.d2p(y0 + row * dy)];
"""

_GLANCE = """
const text = id => document.getElementById(id).textContent;
const pane = document.getElementById('pane-axial');
const layout = pane.querySelector('.js-plotly-plot')._fullLayout;
return {
  letters: ['axial', 'coronal', 'sagittal'].map(plane => text(`edges-${plane}`)),
  scales: [layout.xaxis._m, layout.yaxis._m],
  ruler: pane.querySelector('.ruler-text').textContent,
  bar: pane.querySelector('.ruler-bar').getBoundingClientRect().width,
  verdict: text('verdict'), audit: text('audit'), title: document.title,
  buttons: document.querySelectorAll(".modebar-btn, [data-title*='Share']").length,
};
"""

_REQUESTS = (
    "return performance.getEntriesByType('resource').filter(one => /volumes|_dash-update/.test(one.name)).length"
)

# Sixty notches a second to and fro, over a line on which later answers overtake earlier ones.
_WHEEL = """
const [plane, notches, done] = arguments;
const pane = document.getElementById(`pane-${plane}`);
const graph = pane.querySelector('.js-plotly-plot');
const count = trueslice.scene.planes[plane].count;
const indexOf = () => Number(graph.layout.meta.split('/')[2]);
const { fetch } = window;
let answers = 0;
window.fetch = async (...asked) => {
  const answer = await fetch(...asked);
  answers += 1;
  await new Promise(resolve => setTimeout(resolve, answers % 3 ? 10 : 150));
  return answer;
};
const asked = [[0, indexOf()]];
const shown = [];
let sent = 0, step = -1, isOver = false;
const look = () => {
  const label = document.getElementById(`label-${plane}`).textContent;
  shown.push([asked.length - 1, indexOf(), Number(label.split('·').pop().split('/')[0]) - 1]);
  if (!isOver) requestAnimationFrame(look);
};
requestAnimationFrame(look);
const start = performance.now();
const turn = setInterval(() => {
  for (; sent < Math.min(notches, (performance.now() - start) * 0.06); sent += 1) {
    const before = asked[asked.length - 1][1];
    if (before + step < 0 || before + step >= count) step = -step;
    asked.push([sent, before + step]);
    graph.dispatchEvent(new WheelEvent('wheel', { deltaY: 100 * step, bubbles: true, cancelable: true }));
  }
  if (sent < notches) return;
  clearInterval(turn);
  setTimeout(() => {
    isOver = true;
    window.fetch = fetch;
    const rail = pane.querySelector('[role=slider]').getAttribute('aria-valuenow');
    done({ asked: asked.map(one => one[1]), shown, rail: Number(rail) });
  }, 900);
}, 4);
"""


class Viewer:
    """The open page, read and touched as a person would."""

    def __init__(self, driver: Chrome, wait: WebDriverWait[Chrome]) -> None:
        self.driver = driver
        self.wait = wait

    def shown(self, plane: str) -> dict[str, Any]:
        """The pixels, window and lines on screen."""
        found: dict[str, Any] = self.driver.execute_script(_SHOWN, plane)
        return found

    def text(self, id_: str) -> str:
        """What an element says, without thin spaces."""
        content: str = self.driver.execute_script(f"return document.getElementById('{id_}').textContent")
        return content.replace("\u2009", " ").replace("\u2212", "-")

    def pane(self, plane: str) -> WebElement:
        return self.driver.find_element(By.ID, f"pane-{plane}")

    def until(self, done: Callable[[], object]) -> None:
        self.wait.until(lambda _: done())

    def until_index(self, plane: str, index: int) -> None:
        """Wait for a slice, and hold its label to it."""
        self.until(lambda: (self.shown(plane) or {}).get("index") == index)
        self.until(lambda: f"{index + 1}/" in self.text(f"label-{plane}"))

    def point_at(self, plane: str, column: float, row: float) -> ActionChains:
        """The pointer over the middle of a pixel."""
        x, y = self.driver.execute_script(_PLACE, plane, column, row)
        actions = ActionChains(self.driver)
        pointer: Any = actions.w3c_actions.pointer_action
        pointer.move_to_location(round(x), round(y))
        return actions

    def requests_at_rest(self) -> int:
        """How many requests there were, once the neighbours have been fetched."""
        counts = [0, 1]

        def at_rest() -> bool:
            counts.append(int(self.driver.execute_script(_REQUESTS)))
            return len(set(counts[-6:])) == 1

        self.until(at_rest)
        return counts[-1]

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zipped series whose every value says where it lies."""
    return zip_series(tmp_path_factory.mktemp("zip") / "phantom.zip", make_series(SCAN))


@pytest.fixture
def viewer(
    browser: Chrome, wait: WebDriverWait[Chrome], server: Server, phantom: Path, address: list[str]
) -> Iterator[Viewer]:
    """The phantom, uploaded once by hand and open."""
    if not address:
        address.append(upload(browser, wait, server, phantom))
    browser.get(address[0])
    page = Viewer(browser, wait)
    for plane, index in MIDDLE.items():
        page.until_index(plane, index)
    yield page
    browser.get("about:blank")


@pytest.fixture(scope="module")
def address() -> list[str]:
    """Where the phantom was opened, once it has been."""
    return []


def test_pixels_on_screen_are_the_files_values_in_all_planes(viewer: Viewer) -> None:
    k, j, i = (MIDDLE[plane] for plane in ("axial", "coronal", "sagittal"))
    value = value_at(k, j, i) - 1024
    assert viewer.shown("axial")["rows"][j][i] == value
    assert viewer.shown("coronal")["rows"][SCAN.slices - 1 - k][i] == value
    assert viewer.shown("sagittal")["rows"][SCAN.slices - 1 - k][j] == value


def test_without_webgl_the_3d_pane_says_why_it_is_empty(viewer: Viewer) -> None:
    viewer.until(lambda: "WebGL is missing" in viewer.driver.find_element(By.ID, "surface-label").text)


def test_the_wheel_goes_slice_by_slice(viewer: Viewer) -> None:
    ActionChains(viewer.driver).scroll_from_origin(ScrollOrigin.from_element(viewer.pane("axial")), 0, 100).perform()
    viewer.until_index("axial", MIDDLE["axial"] + 1)
    assert viewer.shown("axial")["rows"][2][3] == value_at(MIDDLE["axial"] + 1, 2, 3) - 1024


def test_a_fast_wheel_ends_where_it_was_turned_to_and_every_label_names_its_pixels(viewer: Viewer) -> None:
    viewer.driver.set_script_timeout(20)
    found = viewer.driver.execute_async_script(_WHEEL, "coronal", 100)
    asked, at = found["asked"], 0
    for asked_so_far, index, label in found["shown"]:
        assert label == index
        later = [place for place in range(at, asked_so_far + 1) if asked[place] == index]
        assert later, "a slice came that had been asked for earlier than the one before it"
        at = later[0]
    assert found["shown"][-1][1] == asked[-1] == found["rail"]
    assert len({index for _, index, _ in found["shown"]}) > 3
    viewer.until_index("coronal", asked[-1])


def test_a_click_moves_the_other_views_to_the_same_point(viewer: Viewer) -> None:
    viewer.point_at("axial", 3, 15).click().perform()
    viewer.until_index("sagittal", 3)
    viewer.until_index("coronal", 15)
    assert viewer.shown("axial")["index"] == MIDDLE["axial"]


def test_lines_cross_where_it_was_clicked(viewer: Viewer) -> None:
    viewer.point_at("axial", 3, 15).click().perform()
    viewer.until_index("sagittal", 3)
    upright, level = viewer.shown("axial")["shapes"]
    x_mm, y_mm, _ = SCAN.point_mm(0, 15, 3)
    assert upright["x0"] == pytest.approx(x_mm, abs=SCAN.pixel_mm[1] / 2)
    assert level["y0"] == pytest.approx(y_mm, abs=SCAN.pixel_mm[0] / 2)


def test_the_value_under_the_pointer_has_its_unit_and_place(viewer: Viewer) -> None:
    viewer.point_at("axial", 5, 7).perform()
    value = f"{value_at(MIDDLE['axial'], 7, 5) - 1024} HU"
    viewer.until(lambda: viewer.text("read-out").endswith(value))
    assert re.match(r"R \d+\.\d A \d+\.\d S \d+\.\d · ", viewer.text("read-out"))


def test_a_window_preset_changes_the_greys_without_a_request(viewer: Viewer) -> None:
    before = viewer.requests_at_rest()
    viewer.keys("2")
    viewer.until(lambda: viewer.shown("axial")["zmin"] == -1350)
    assert viewer.shown("coronal")["zmax"] == 150
    assert viewer.requests_at_rest() == before
    assert "W 1500" in viewer.text("foot-axial")


def test_dragging_changes_width_and_level(viewer: Viewer) -> None:
    first = viewer.shown("axial")
    actions = ActionChains(viewer.driver).move_to_element(viewer.pane("coronal"))
    actions.click_and_hold().move_by_offset(60, 0).release().perform()
    viewer.until(lambda: viewer.shown("axial")["zmax"] > first["zmax"])
    assert viewer.shown("axial")["zmin"] < first["zmin"]
    assert viewer.shown("coronal")["index"] == MIDDLE["coronal"]


def test_keys_go_to_the_first_and_the_last_slice(viewer: Viewer) -> None:
    viewer.keys(Keys.END)
    viewer.until_index("axial", SCAN.slices - 1)
    viewer.keys(Keys.HOME)
    viewer.until_index("axial", 0)


def test_a_rail_is_moved_by_keys_alone(viewer: Viewer) -> None:
    thumb = viewer.driver.find_element(By.CSS_SELECTOR, "#pane-coronal [role=slider]")
    thumb.send_keys(Keys.ARROW_RIGHT)
    viewer.until_index("coronal", MIDDLE["coronal"] + 1)


@pytest.fixture
def glance(request: pytest.FixtureRequest, seen: dict[str, Any]) -> dict[str, Any]:
    """What the page says when it is just open; it is opened for this once."""
    if not seen:
        viewer: Viewer = request.getfixturevalue("viewer")
        viewer.until(lambda: "Spacing 3.00 mm" in viewer.text("audit-line"))
        seen.update(viewer.driver.execute_script(_GLANCE))
    return seen


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    """The glance, once it was taken."""
    return {}


def test_letters_stand_at_the_edges(glance: dict[str, Any]) -> None:
    assert glance["letters"] == ["RLAP", "RLSI", "APSI"]


def test_millimetres_are_equal_across_and_down(glance: dict[str, Any]) -> None:
    across, down = glance["scales"]
    assert abs(across) == pytest.approx(abs(down), rel=1e-3)


def test_the_scale_bar_is_as_long_as_it_says(glance: dict[str, Any]) -> None:
    number, unit = glance["ruler"].split("\u2009")
    pixels_per_mm = abs(glance["scales"][0])
    assert glance["bar"] / pixels_per_mm == pytest.approx(float(number) * {"mm": 1, "cm": 10}[unit], rel=0.01)


def test_the_audit_is_told_in_sentences(glance: dict[str, Any]) -> None:
    assert glance["verdict"] == "●trusted"
    assert glance["audit"].startswith("●trusted")


def test_the_title_of_the_window_tells_nothing(glance: dict[str, Any]) -> None:
    assert glance["title"] == "Trueslice"


def test_no_graph_offers_to_share_its_pixels(glance: dict[str, Any]) -> None:
    assert glance["buttons"] == 0


def test_a_link_brings_the_same_view_back(viewer: Viewer) -> None:
    viewer.until(lambda: "&at=" in viewer.driver.current_url)
    first = viewer.driver.current_url
    viewer.point_at("axial", 3, 15).click().perform()
    viewer.until(lambda: viewer.driver.current_url != first)
    link = viewer.driver.current_url
    viewer.driver.get("about:blank")
    viewer.driver.get(link)
    viewer.until_index("sagittal", 3)
    viewer.until_index("coronal", 15)


def test_a_phone_shows_one_view_without_sideways_scrolling(viewer: Viewer) -> None:
    try:
        viewer.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        )
        viewer.until(lambda: not viewer.pane("coronal").is_displayed())
        assert viewer.pane("axial").is_displayed()
        assert viewer.driver.execute_script("return document.documentElement.scrollWidth") <= 390
        viewer.until(lambda: viewer.driver.find_elements(By.CSS_SELECTOR, ".panel-closed"))
        viewer.driver.find_element(By.ID, "show-sagittal").click()
        viewer.until(lambda: viewer.pane("sagittal").is_displayed())
    finally:
        viewer.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_an_unknown_stack_is_refused_in_words(browser: Chrome, wait: WebDriverWait[Chrome], server: Server) -> None:
    browser.get(f"{server.url}/?stack={'0' * 32}")
    wait.until(lambda driver: "There is nothing here." in driver.find_element(By.ID, "error").text)
    assert browser.find_element(By.ID, "drop-zone").is_displayed()
