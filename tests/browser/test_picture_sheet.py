"""The sheet under Picture: colours, the window on its histogram, a box that sets the window, a picture to keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, upload
from tests.browser.test_viewer import _PLACE, MIDDLE, SCAN, Viewer
from tests.factories import make_series, zip_series

pytestmark = pytest.mark.browser


@pytest.fixture
def viewer(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path) -> Viewer:
    """A phantom whose values say where they lie, open in a window of all its values."""
    path = zip_series(tmp_path / "phantom.zip", make_series(SCAN))
    browser.get(upload(browser, wait, server, path))
    page = Viewer(browser, wait)
    for plane, index in MIDDLE.items():
        page.until_index(plane, index)
    return page


def ends(viewer: Viewer) -> tuple[float, float]:
    shown = viewer.shown("axial")
    return shown["zmin"], shown["zmax"]


def test_colours_and_window_follow_the_sheet_and_the_box(viewer: Viewer) -> None:
    driver = viewer.driver
    driver.find_element(By.ID, "picture-button").click()
    viewer.until(lambda: driver.find_elements(By.CSS_SELECTOR, "#histogram .end"))

    driver.find_element(By.ID, "colour-map").send_keys("Hot iron")
    viewer.until(lambda: "hot iron" in viewer.text("name-axial"))
    scale = "return document.querySelector('#pane-axial .js-plotly-plot').data[0].colorscale[1]"
    assert driver.execute_script(scale) == [pytest.approx(128 / 255), "rgb(255,0,0)"]
    driver.find_element(By.ID, "invert").click()
    viewer.until(lambda: "map=hot-iron&inv=1" in driver.current_url)
    assert driver.execute_script(scale) == [pytest.approx(64 / 255), "rgb(255,126,0)"]

    low, high = ends(viewer)
    histogram = driver.find_element(By.ID, "histogram")
    upper = driver.find_element(By.CSS_SELECTOR, "#histogram [data-end=upper] line")
    actions = ActionChains(driver).move_to_element(upper).click_and_hold()
    actions.move_to_element_with_offset(histogram, 0, 0).release().perform()
    viewer.until(lambda: abs(ends(viewer)[1] - high) > 1)
    assert ends(viewer)[0] == pytest.approx(low, abs=1)
    driver.find_element(By.CSS_SELECTOR, "#histogram [data-end=lower]").send_keys(Keys.ARROW_RIGHT)
    viewer.until(lambda: ends(viewer)[0] > low)

    (left, top), (right, bottom) = (3, 4), (9, 11)
    rows = np.asarray(viewer.shown("axial")["rows"])[top : bottom + 1, left : right + 1]
    viewer.point_at("axial", left - 0.4, top - 0.4).key_down(Keys.CONTROL).click_and_hold().perform()
    viewer.point_at("axial", right + 0.4, bottom + 0.4).release().key_up(Keys.CONTROL).perform()
    expected = np.quantile(rows, [0.01, 0.99], method="nearest")
    viewer.until(lambda: ends(viewer)[0] == pytest.approx(expected[0], abs=1))
    assert ends(viewer)[1] == pytest.approx(expected[1], abs=1)


_PICTURE = """
const done = arguments[2], written = [], { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
  written.push(text);
  return fillText.call(this, text, ...rest);
};
const box = document.querySelector(".panes").getBoundingClientRect();
const [x, y] = [arguments[0] - box.left, arguments[1] - box.top];
window.trueslice.savePicture.picture().then(canvas => {
  CanvasRenderingContext2D.prototype.fillText = fillText;
  const [red, green, blue] = canvas.getContext("2d").getImageData(Math.round(2 * x), Math.round(2 * y), 1, 1).data;
  done({ written: written.join("\\n"), colour: [red, green, blue], size: [canvas.width / box.width, canvas.height] });
}, failure => done(String(failure)));
"""


def test_a_picture_to_keep_shows_what_is_seen_and_no_name_unless_asked(viewer: Viewer) -> None:
    driver = viewer.driver
    driver.get(f"{driver.current_url.partition('&')[0]}&wl=-500,1000&voi=exact&map=hot-iron")
    for plane, index in MIDDLE.items():
        viewer.until_index(plane, index)
    assert "hot iron" in viewer.text("name-axial")
    driver.set_script_timeout(60)
    column, row = 4, 5
    place = driver.execute_script(_PLACE, "axial", column, row)
    kept = driver.execute_async_script(_PICTURE, *place)
    value = viewer.shown("axial")["rows"][row][column]
    grey = round(255 * min(1, max(0, (value + 1000) / 1000)))
    assert kept["colour"] == pytest.approx(
        driver.execute_script(f"return trueslice.colourMaps.colourOf('hot-iron', {grey})"), abs=4
    )
    written = kept["written"]
    assert "not for diagnosis" in written
    assert "AXIAL · HOT IRON" in written
    assert viewer.text("label-axial") in written.replace("\u2009", " ")
    assert viewer.text("foot-axial") in written.replace("\u2009", " ").replace("\u2212", "-")
    name = driver.execute_script("return document.querySelector('.title-name').textContent")
    assert name
    assert name not in written
    driver.find_element(By.ID, "picture-button").click()
    viewer.until(lambda: driver.find_elements(By.CSS_SELECTOR, "#histogram .end"))
    driver.execute_script("document.getElementById('picture-named').click()")
    assert name in driver.execute_async_script(_PICTURE, *place)["written"]
    driver.find_element(By.ID, "picture-save").click()
    viewer.until(lambda: "Saved as trueslice-picture.png" in viewer.text("picture-note"))
