"""Surfaces of a ball of known size: levels, looking, clicking, cutting open, and the file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from dash.testing.browser import Browser
from numpy.typing import NDArray
from pydicom import Dataset
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, upload
from tests.factories import Scan, make_series, zip_series

pytestmark = [pytest.mark.browser, pytest.mark.webgl]

#: At 200 HU the ball has this radius; each 50 HU more are one millimetre less.
RADIUS_MM, HU_PER_MM = 13.0, 50.0

#: Where a corner of the first surface that is nearest to the eye lies on the screen, by Plotly's own projection.
_NEAREST = """
const graph = document.querySelector("#pane-solid .js-plotly-plot");
const scene = graph._fullLayout.scene._scene;
const { model, view, projection } = scene.glplot.cameraParams;
const scale = scene.dataScale;
const times = (m, v) => [0, 1, 2, 3].map((row) => v.reduce((sum, part, at) => sum + m[row + 4 * at] * part, 0));
const { x, y, z } = graph.data[0];
const box = graph.getBoundingClientRect();
let best = null;
for (let at = 0; at < x.length; at += 1) {
  const seen = times(view, times(model, [x[at] * scale[0], y[at] * scale[1], z[at] * scale[2], 1]));
  if (best && seen[2] < best.depth) continue;
  const clip = times(projection, seen);
  const [right, up] = [clip[0] / clip[3], clip[1] / clip[3]];
  best = { depth: seen[2], mm: [x[at], y[at], z[at]],
    left: box.left + ((right + 1) / 2) * box.width, top: box.top + ((1 - up) / 2) * box.height };
}
return best;
"""

#: Notes, again and again, whether a surface is in the making and whether one is drawn.
_WATCH = """
window.seen = [];
const graph = document.querySelector("#pane-solid .js-plotly-plot");
window.watch = setInterval(() => {
  const making = document.querySelector(".surface-making:not([hidden])");
  if (making) window.seen.push(graph.data[0].visible === true && graph.data[0].i.length > 0);
}, 10);
"""

_TRACES = """
const graph = document.querySelector("#pane-solid .js-plotly-plot");
return graph.data.filter(({type}) => type === "mesh3d").map(({visible, color, opacity, i, z}) =>
  ({visible, color, opacity, faces: i.length, low: Math.min(...z), high: Math.max(...z)}));
"""

#: The directions' letters that are seen.
_LETTERS = """
const { annotations } = document.querySelector("#pane-solid .js-plotly-plot").layout.scene;
return annotations.filter(({visible}) => visible !== false).map(({text}) => text).join("");
"""


def _ball(dataset: Dataset, k: int) -> None:
    """The ball's slice, in a CT's stored values."""
    j, i = np.mgrid[: SCAN.rows, : SCAN.columns]
    away = np.stack([(k - 10.5) * SCAN.spacing_mm + 0 * j, (j - 23.5) * 0.8, (i - 35.5) * 0.5])
    depth: NDArray[np.float64] = RADIUS_MM - np.linalg.norm(away, axis=0)
    stored = np.clip(200 + HU_PER_MM * depth, -1000, 1000) + 1024
    dataset.PixelData = stored.round().astype(np.uint16).tobytes()


SCAN = Scan(slices=22, rows=48, columns=72, spacing_mm=1.7, each=_ball)


class Page:
    """The ball, open on the surface panel."""

    def __init__(self, driver: Chrome, wait: WebDriverWait[Chrome]) -> None:
        self.driver, self.wait = driver, wait

    def until(self, done: Callable[[], object]) -> None:
        self.wait.until(lambda _: done())

    def text(self, id_: str) -> str:
        content: str = self.driver.execute_script(
            f"return (document.getElementById('{id_}') || {{}}).textContent || ''"
        )
        return content.replace("\u2009", " ").replace("\u2212", "-")

    def press(self, id_: str) -> None:
        self.driver.execute_script("document.getElementById(arguments[0]).click()", id_)

    def level(self, text: str) -> None:
        """Type a level."""
        field = self.driver.find_element(By.ID, "surface-level")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(text, Keys.ENTER)

    def traces(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.driver.execute_script(_TRACES)
        return found

    def until_drawn(self, *words: str) -> None:
        self.until(lambda: all(word in self.text("surface-label") for word in words))

    def cursor(self) -> NDArray[np.float64]:
        return np.array(self.driver.execute_script("return window.trueslice.cursor"), float)


@pytest.fixture
def page(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path) -> Iterator[Page]:
    """The ball, uploaded and open, with the levels on offer."""
    path = zip_series(tmp_path / "ball.zip", make_series(SCAN))
    browser.get(f"{upload(browser, wait, server, path)}&panel=surface")
    opened = Page(browser, wait)
    opened.until(lambda: "Bone 200 HU" in opened.text("surface-start"))
    yield opened
    browser.get("about:blank")


def ball_ml(level: float) -> float:
    """What the ball encloses at a level."""
    return 4 / 3 * math.pi * (RADIUS_MM + (200 - level) / HU_PER_MM) ** 3 / 1000


def test_a_level_becomes_a_surface_that_can_be_turned_clicked_cut_and_taken_away(
    page: Page, dash_viewer: Browser
) -> None:
    page.press("surface-start")
    page.until_drawn("bone 200 HU", "triangles", "grid")
    assert "Nothing was thinned out" in page.text("surface-facts")

    _another_level_leaves_the_last_surface_on_screen(page)
    _levels_that_are_none_say_so(page)
    _a_click_on_the_surface_moves_the_planes(page)
    _a_half_can_be_cut_away(page)
    _a_second_surface_is_seen_through(page)
    _the_link_brings_everything_back(page)
    _the_file_is_what_was_checked(page, Path(str(dash_viewer.download_path)))
    _on_a_phone_it_stands_above_the_sheet(page)


def _another_level_leaves_the_last_surface_on_screen(page: Page) -> None:
    page.driver.execute_script(_WATCH)
    before = page.traces()[0]
    page.level("100")
    page.until_drawn("100 HU")
    seen = page.driver.execute_script("clearInterval(window.watch); return window.seen")
    assert seen
    assert all(seen)
    assert page.traces()[0]["high"] - before["high"] == pytest.approx(2, abs=0.2)


def _levels_that_are_none_say_so(page: Page) -> None:
    for text, words in (
        ("bone", "The level is not a number."),
        ("NaN", "The level is not a number."),
        ("99999", "The level lies outside the values of this series"),
    ):
        page.level(text)
        page.until(lambda words=words: words in page.text("surface-rows"))
        assert page.traces()[0]["visible"] is True
    page.level("100")
    page.until(lambda: not page.driver.execute_script("return document.querySelector('.surface-note').textContent"))


def _a_click_on_the_surface_moves_the_planes(page: Page) -> None:
    page.driver.execute_script("document.getElementById('surface-planes').click()")
    page.driver.execute_script("document.activeElement.blur()")
    ActionChains(page.driver).key_down(Keys.SHIFT).send_keys("R").key_up(Keys.SHIFT).perform()
    page.until(lambda: "cam=-" in page.driver.current_url)
    assert page.driver.execute_script(_LETTERS) == "RAPIS"
    page.until(lambda: page.driver.execute_script(_NEAREST)["mm"][0] < SCAN.point_mm(0, 0, 10)[0])
    near = page.driver.execute_script(_NEAREST)
    actions = ActionChains(page.driver)
    pointer: Any = actions.w3c_actions.pointer_action
    pointer.move_to_location(round(near["left"]), round(near["top"])).pointer_down()
    pointer.pointer_up()
    actions.perform()
    page.until(lambda: np.abs(page.cursor() - near["mm"]).max() <= 1.7)
    middle = SCAN.point_mm(0, 0, 0) + np.array([17.75, 18.8, 10.5 * 1.7])
    assert np.linalg.norm(page.cursor() - middle) == pytest.approx(RADIUS_MM + 2, abs=0.5)
    sagittal = round((near["mm"][0] - SCAN.origin_mm[0]) / 0.5) + 1
    page.until(lambda: abs(int(page.text("label-sagittal").split()[-1].split("/")[0]) - sagittal) <= 1)


def _a_half_can_be_cut_away(page: Page) -> None:
    whole = page.traces()[0]
    page.driver.execute_script("dash_clientside.set_props('surface-clip', {value: '0,-1'})")
    page.until(lambda: page.traces()[0]["high"] < whole["high"] - 5)
    assert page.traces()[0]["high"] == pytest.approx(page.cursor()[2], abs=0.01)
    assert page.traces()[0]["low"] == whole["low"]
    page.until(lambda: "clip=0,-1" in page.driver.current_url)


def _a_second_surface_is_seen_through(page: Page) -> None:
    page.press("surface-start")
    page.until_drawn(" and ")
    assert [one["opacity"] for one in page.traces() if one["visible"] is True] == [0.35, 1]
    page.driver.execute_script("document.querySelectorAll('.surface-row .row-button[aria-pressed]')[0].click()")
    page.until(lambda: " and " not in page.text("surface-label"))
    assert len(page.driver.find_elements(By.CSS_SELECTOR, ".surface-row")) == 2
    page.driver.execute_script("document.querySelectorAll('.surface-row .row-button[aria-pressed]')[0].click()")
    page.until_drawn(" and ")


def _the_link_brings_everything_back(page: Page) -> None:
    page.until(lambda: page.driver.current_url.count("surf=100:") == 1)
    label, link = page.text("surface-label"), page.driver.current_url
    page.driver.get("about:blank")
    page.driver.get(link)
    page.until(lambda: page.text("surface-label") == label)
    eye = page.driver.execute_script(
        "return document.querySelector('#pane-solid .js-plotly-plot')._fullLayout.scene.camera.eye"
    )
    assert eye["x"] < -1
    assert abs(eye["y"]) < 0.01


def _the_file_is_what_was_checked(page: Page, folder: Path) -> None:
    page.driver.execute_script("document.querySelector('.surface-name').click()")
    page.until(lambda: page.driver.find_element(By.ID, "surface-level").get_attribute("value") == "100")
    page.press("surface-export")
    page.until(lambda: "watertight" in page.text("surface-check"))
    told = page.text("surface-check")
    assert "Geometry" in told
    page.press("surface-file")
    file = folder / "trueslice-surface.stl"
    page.until(file.exists)
    solid: Any = trimesh.load_mesh(file)
    assert solid.is_watertight
    assert solid.volume / 1000 == pytest.approx(ball_ml(100), rel=0.01)
    assert f"Volume {solid.volume / 1000:.1f} ml" in told
    assert f"{len(solid.faces)} triangles".replace(" ", "") in told.replace(" ", "")


def _on_a_phone_it_stands_above_the_sheet(page: Page) -> None:
    page.driver.set_window_size(500, 844)
    page.driver.execute_script("window.trueslice.setView({ single: 'solid' })")
    bottom_of = "return document.querySelector(arguments[0]).getBoundingClientRect()[arguments[1]]"
    page.until(lambda: page.driver.execute_script(bottom_of, "#pane-solid canvas", "height") > 100)
    page.until(
        lambda: (
            page.driver.execute_script(bottom_of, "#pane-solid canvas", "bottom")
            <= page.driver.execute_script(bottom_of, ".side-panel", "top") + 1
        )
    )
