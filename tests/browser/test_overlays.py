"""What lies over the pictures, on the page: regions, their volumes and surfaces, and a second series."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from pydicom.uid import generate_uid
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.browser.conftest import Server, press
from tests.factories import Scan, make_instance, zip_series
from tests.factories_overlays import RED_LAB, Drawing, box, make_seg, series_of

pytestmark = pytest.mark.browser

SCAN = Scan("oblique", slices=9, rows=20, columns=18)
#: The second series lies turned and shifted in the same frame of reference, on another grid.
SECOND = Scan(slices=40, rows=60, columns=50, spacing_mm=2.0, pixel_mm=(1.5, 1.5), origin_mm=(-140, -150, 0))
#: Slices, rows and columns of the region; 4 × 5 × 3 voxels.
REGION = ((3, 6), (8, 12), (7, 9))
INSIDE, OUTSIDE = (10, 8), (2, 2)
SLICE = 4

#: The colour painted over a pixel of the axial picture, and where that is on the screen.
_OVER = """
const [row, column] = arguments;
const pane = document.querySelector("#pane-axial");
const graph = pane.querySelector(".js-plotly-plot");
const { xaxis, yaxis } = graph._fullLayout;
const { x0, dx, y0, dy } = graph.data[0];
const [x, y] = [xaxis._offset + xaxis.d2p(x0 + column * dx), yaxis._offset + yaxis.d2p(y0 + row * dy)];
const canvas = pane.querySelector(".over");
const frame = graph.getBoundingClientRect();
const pixel = canvas ? Array.from(canvas.getContext("2d").getImageData(Math.round(x), Math.round(y), 1, 1).data) : null;
return { pixel, place: [Math.round(frame.left + x), Math.round(frame.top + y)] };
"""

#: What is painted at the centre of the region and 12 mm beside it on the axial plane, and of which slice all of it is.
_CENTRE = """
const pane = document.querySelector("#pane-axial");
const graph = pane.querySelector(".js-plotly-plot");
const { xaxis, yaxis } = graph._fullLayout;
const canvas = pane.querySelector(".over");
const { centre_mm } = trueslice.overlays.looks().overlays[0].regions[0];
const { x, y } = trueslice.patient.placeIn(trueslice.scene, "axial", centre_mm);
const at = (beside) => canvas && Array.from(canvas.getContext("2d").getImageData(
  Math.round(xaxis._offset + xaxis.d2p(x + beside)), Math.round(yaxis._offset + yaxis.d2p(y)), 1, 1).data);
return { of: canvas && canvas.dataset.of, inside: at(0), far: at(-12) };
"""


def second_series(uids: tuple[str, str, str]) -> list[FileDataset]:
    """A PET of the same study whose values are the patient's x, mm."""
    mine = (uids[0], generate_uid(), uids[2])
    series = []
    for k in range(SECOND.slices):
        dataset = make_instance(SECOND, k, mine)
        row, _, _ = SECOND.axes
        x_mm = SECOND.point_mm(k, 0, 0)[0] + np.arange(SECOND.columns) * SECOND.pixel_mm[1] * row[0]
        dataset.Modality, dataset.SeriesDescription = "PT", "Second"
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 15, 1
        dataset.RescaleSlope, dataset.RescaleIntercept = 0.01, 0
        dataset.PixelData = np.tile(np.rint(x_mm * 100).astype("<i2"), (SECOND.rows, 1)).tobytes()
        series.append(dataset)
    return series


@pytest.fixture
def study(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path) -> Chrome:
    """A CT with a segmentation and a second series of its study, open on the overlays."""
    pictures, uids = series_of(SCAN)
    seg = make_seg(SCAN, uids, {"Liver": box(SCAN, *REGION)}, Drawing(sources=pictures, colours=[RED_LAB]))
    path = zip_series(tmp_path / "study.zip", pictures, second_series(uids), [seg])
    browser.get(server.url)
    wait.until(lambda page: page.find_element(By.ID, "file-input")).send_keys(str(path))
    card = "//article[.//button][contains(., 'CT')]//a[contains(@class, 'card-open')]"
    link = wait.until(lambda page: page.find_element(By.XPATH, card).get_attribute("href"))
    browser.get(f"{link}&panel=overlays")
    wait.until(lambda page: "Liver" in page.find_element(By.ID, "overlay-list").text)
    return browser


def test_regions_lie_over_the_pictures_with_their_volume_and_a_second_series_with_its_values(
    study: Chrome, wait: WebDriverWait[Chrome]
) -> None:
    told = study.find_element(By.ID, "overlay-list")
    voxel_ml = SCAN.spacing_mm * SCAN.pixel_mm[0] * SCAN.pixel_mm[1] / 1000
    assert f"{60 * voxel_ml:.2f}\u2009ml (60 voxels)" in told.text
    assert "● trusted" in told.text
    study.execute_script(f"trueslice.scrollTo('axial', {SLICE})")
    _is_painted(study, wait, lambda pixel: pixel[0] > 150 and pixel[1] < 60 and pixel[3] > 60)
    assert study.execute_script(_OVER, *OUTSIDE)["pixel"][3] == 0
    assert "Liver" in _under_the_pointer(study, wait)

    study.find_element(By.CSS_SELECTOR, ".over-row input").click()
    wait.until(lambda page: page.execute_script(_OVER, *INSIDE)["pixel"] is None)
    study.find_element(By.CSS_SELECTOR, ".over-row input").click()
    _is_painted(study, wait, lambda pixel: pixel[3] > 60)

    _a_second_series_tells_its_own_value_at_the_same_point(study, wait)
    _the_link_brings_all_of_it_back(study, wait)
    _slabs_and_the_patients_axes_show_the_region_in_its_place(study, wait)
    _a_region_becomes_a_surface(study, wait)


def _is_painted(page: Chrome, wait: WebDriverWait[Chrome], fits: Callable[[list[int]], bool]) -> None:
    """Wait for a colour over a pixel inside the region."""

    def painted(_: Chrome) -> bool:
        pixel = page.execute_script(_OVER, *INSIDE)["pixel"]
        return pixel is not None and fits(pixel)

    wait.until(painted)


def _under_the_pointer(page: Chrome, wait: WebDriverWait[Chrome]) -> str:
    """The read-out inside the region."""
    x, y = page.execute_script(_OVER, *INSIDE)["place"]
    actions: Any = ActionChains(page, duration=0)
    actions.w3c_actions.pointer_action.move_to_location(x - 1, y)
    actions.w3c_actions.pointer_action.move_to_location(x, y)
    actions.perform()
    return str(wait.until(lambda page: page.find_element(By.ID, "read-out").text))


def _a_second_series_tells_its_own_value_at_the_same_point(page: Chrome, wait: WebDriverWait[Chrome]) -> None:
    laid = Select(wait.until(lambda page: page.find_element(By.XPATH, "//label[contains(., 'Laid over')]//select")))
    laid.select_by_visible_text("PT Second")
    wait.until(
        lambda page: "PT Second" in _under_the_pointer(page, wait) and "no data" not in _under_the_pointer(page, wait)
    )
    said = _under_the_pointer(page, wait).split("PT Second ")[1].split()[0].replace("−", "-")
    assert float(said) == pytest.approx(SCAN.point_mm(SLICE, *INSIDE)[0], abs=0.06)


def _slabs_and_the_patients_axes_show_the_region_in_its_place(page: Chrome, wait: WebDriverWait[Chrome]) -> None:
    page.execute_script("trueslice.overlays.change({ fused: null })")
    page.find_element(By.CSS_SELECTOR, ".over-row input").click()
    page.find_element(By.CSS_SELECTOR, ".over-go").click()
    for change, name in (("nextSlab", "slab="), ("otherAxes", "axes=patient")):
        page.execute_script(f"trueslice.{change}()")
        wait.until(lambda page, name=name: name in (page.execute_script(_CENTRE)["of"] or ""))
        assert page.execute_script(_CENTRE)["inside"][3] > 0
        assert page.execute_script(_CENTRE)["far"][3] == 0


def _the_link_brings_all_of_it_back(page: Chrome, wait: WebDriverWait[Chrome]) -> None:
    page.find_element(By.CSS_SELECTOR, ".over-row input").click()
    page.get(page.execute_script("return trueslice.link.now()"))
    wait.until(lambda page: "Liver" in page.find_element(By.ID, "overlay-list").text)
    assert not page.find_element(By.CSS_SELECTOR, ".over-row input").is_selected()
    assert page.execute_script("return trueslice.overlays.looks().fused.name") == "PT Second"


def _a_region_becomes_a_surface(page: Chrome, wait: WebDriverWait[Chrome]) -> None:
    press(wait, ".over-solid")
    page.find_element(By.XPATH, "//button[@role='tab'][contains(., 'Surface')]").click()
    wait.until(lambda page: "Liver" in page.find_element(By.ID, "surface-rows").text)
    wait.until(lambda page: "triangles on a grid of" in page.find_element(By.ID, "surface-facts").text)
