"""The audit in a real browser: its ways to slices and tags, its strip, its files, and pictures as they are meant."""

from __future__ import annotations

import itertools
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, upload
from tests.factories import Scan, make_series, zip_series
from tests.factories_multiframe import make_film

pytestmark = pytest.mark.browser

#: Slice 4 of 8 is missing; its picture is meant to be seen with black and white exchanged.
SCAN = Scan(
    slices=7,
    rows=20,
    columns=18,
    positions_mm=[0, 3, 6, 12, 15, 18, 21],
    tags={"PhotometricInterpretation": "MONOCHROME1"},
)
PICTURES = Scan(slices=5)

_INDEX = """
const graph = document.querySelector(`#pane-${arguments[0]} .js-plotly-plot`);
return graph && graph.layout && graph.layout.meta ? Number(graph.layout.meta.split("/")[2]) : null;
"""
_BLACK_IS = "return document.querySelector('#pane-axial .js-plotly-plot').data[0].colorscale[0][1]"
_VALUE = "return document.getElementById(arguments[0]).value"


class Page:
    """The open page."""

    def __init__(self, driver: Chrome, wait: WebDriverWait[Chrome]) -> None:
        self.driver, self.wait = driver, wait

    def index(self, plane: str) -> Any:
        return self.driver.execute_script(_INDEX, plane)

    def until(self, done: Callable[[], object]) -> None:
        self.wait.until(lambda _: done())

    def find(self, selector: str) -> WebElement:
        found: WebElement = self.wait.until(lambda driver: driver.find_element(By.CSS_SELECTOR, selector))
        return found

    def is_reversed(self) -> bool:
        return self.driver.execute_script(_BLACK_IS) == "rgb(255,255,255)"

    def keys(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()


def _upload(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, path: Path) -> str:
    """Choose a zip, wait until it can be opened, and put its row out of sight; the address of its stack."""
    address = upload(browser, wait, server, path)
    browser.find_element(By.XPATH, "//*[@id='job-rows']//button[text()='Dismiss']").click()
    wait.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, "#job-rows a[href*='stack=']"))
    return address


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """Where each series was opened, once it has been."""
    return {}


@pytest.fixture
def sagittal(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path) -> Iterator[Page]:
    """A sagittal stack with a hole behind its second acquired slice, whose normal runs to the patient's right."""
    scan = Scan("sagittal", slices=6, rows=20, columns=18, positions_mm=[0, 3, 9, 12, 15, 18])
    browser.get(
        f"{_upload(browser, wait, server, zip_series(tmp_path / 'sagittal.zip', make_series(scan)))}&panel=audit"
    )
    page = Page(browser, wait)
    page.until(lambda: page.index("sagittal") is not None)
    yield page
    browser.get("about:blank")


@pytest.fixture
def page(
    browser: Chrome,
    wait: WebDriverWait[Chrome],
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
    addresses: dict[str, str],
) -> Iterator[Page]:
    """The stack with the hole, open at its audit."""
    if "hole" not in addresses:
        path = zip_series(tmp_path_factory.mktemp("zip") / "hole.zip", make_series(SCAN))
        addresses["hole"] = _upload(browser, wait, server, path)
    browser.get(f"{addresses['hole']}&panel=audit")
    page = Page(browser, wait)
    page.until(lambda: page.index("axial") is not None)
    yield page
    browser.get("about:blank")


def test_a_picture_meant_inverted_starts_inverted_and_comes_back_to_it(page: Page) -> None:
    assert page.is_reversed()
    page.keys("i")
    page.until(lambda: not page.is_reversed())
    page.keys(" ")
    page.until(page.is_reversed)


def test_a_finding_leads_to_its_slice(page: Page) -> None:
    page.find(".slice-link").click()
    page.until(lambda: page.index("axial") == 2)


def test_the_number_in_the_sentence_is_the_number_on_the_view(sagittal: Page) -> None:
    assert "after slice 4:" in sagittal.find(".finding.is-warn .finding-message").text
    sagittal.find(".slice-link").click()
    sagittal.until(lambda: sagittal.find("#label-sagittal").text.endswith("4/6"))
    assert sagittal.find("#foot-sagittal").text.replace("\u2009", " ").endswith("3.00 mm apart, 1 slice missing")


def test_a_bar_leads_to_its_slice(page: Page) -> None:
    page.find(".strip-bar[data-first='5']").click()
    page.until(lambda: page.index("axial") == 5)


def test_a_tag_of_the_evidence_opens_the_tag_table_at_it(page: Page) -> None:
    page.find(".is-warn [data-tag='0020,0032']").click()
    page.until(lambda: page.find("#tag-grid").is_displayed())
    assert page.driver.execute_script(_VALUE, "tag-filter") == "0020,0032"
    page.until(lambda: "ImagePositionPatient" in page.find("#tag-grid").text)


def test_the_hole_is_seen_and_said(page: Page) -> None:
    assert page.find(".strip-bar.is-hole").size["width"] >= 3
    label = page.find(".strip-frame").get_attribute("aria-label") or ""
    assert "1 hole where slices are missing" in label


def test_each_view_carries_the_verdict_and_leads_to_its_reasons(page: Page) -> None:
    page.keys("[")
    page.until(lambda: not page.find(".side-panel").is_displayed())
    mark = page.find("#pane-coronal .pane-mark.of-caution")
    assert mark.text == "▲"
    mark.click()
    page.until(lambda: page.find("#audit").is_displayed())


def test_the_report_can_be_taken_away(page: Page) -> None:
    address = page.find("a[href$='report.html']").get_attribute("href") or ""
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.driver.get_cookies())
    request = urllib.request.Request(address, headers={"Cookie": cookies})
    with urllib.request.urlopen(request) as answer:
        assert "attachment" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Trueslice report" in answer.read().decode()


def test_c_plays_the_slices_of_the_active_view_and_stops(page: Page) -> None:
    seen: set[Any] = set()

    def several() -> bool:
        seen.add(page.index("axial"))
        return len(seen) >= 3

    page.keys("c")
    page.until(several)
    page.keys("c")
    page.until(lambda: not page.driver.execute_script("return trueslice.isPlaying()"))


_EYE_AND_BOX = """
const graph = document.querySelector('#pane-solid .js-plotly-plot');
const { scene } = graph.layout;
const long = (axis) => axis.range[1] - axis.range[0];
const { x, y, z } = scene.camera.eye;
const box = ['xaxis', 'yaxis', 'zaxis'].map((name) => long(scene[name]));
return [[x, y, z], box, graph.clientWidth / graph.clientHeight];
"""


@pytest.mark.webgl
def test_the_whole_of_a_thin_slab_is_in_the_3d_view(
    browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path
) -> None:
    slab = Scan(slices=4, rows=40, columns=36, pixel_mm=(5.0, 5.0), tags={"Modality": "MR"})
    browser.get(_upload(browser, wait, server, zip_series(tmp_path / "slab.zip", make_series(slab))))
    page = Page(browser, wait)
    page.until(
        lambda: browser.execute_script("return document.querySelector('#pane-solid .js-plotly-plot')?.layout.meta")
    )
    eye, box, aspect = browser.execute_script(_EYE_AND_BOX)
    corners = np.array(list(itertools.product((-0.5, 0.5), repeat=3))) * box / np.prod(box) ** (1 / 3)
    out = np.array(eye) / np.linalg.norm(eye)
    right = np.cross([0, 0, 1], out) / np.linalg.norm(np.cross([0, 0, 1], out))
    reach = (np.linalg.norm(eye) - corners @ out) * np.tan(np.pi / 8)
    beside = np.abs(corners @ right) / (reach * aspect)
    above = np.abs(corners @ np.cross(out, right)) / reach
    # Shares of half the pane: the corners of the box that holds the letters may stand out a little.
    assert max(beside.max(), above.max()) < 1.6
    browser.get("about:blank")


_SECONDS_APART = """
const done = arguments[0];
const graph = document.querySelector('#pane-picture .js-plotly-plot');
let before = { index: null };
graph.on('plotly_afterplot', () => {
  const now = { index: Number(graph.layout.meta.split('/')[2]), at: performance.now() };
  if (now.index === before.index) return;
  if (now.index === 2 && before.index === 1) done((now.at - before.at) / 1000);
  before = now;
});
document.getElementById('play').click();
"""


def test_a_film_plays_no_faster_than_it_was_taken(
    browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path
) -> None:
    film = make_film(Scan(slices=4))
    film.FrameTimeVector = [0, 100, 1500, 100]
    del film.FrameTime
    film.FrameIncrementPointer = 0x00181065
    browser.get(_upload(browser, wait, server, zip_series(tmp_path / "film.zip", [film])))
    page = Page(browser, wait)
    page.until(lambda: page.index("picture") is not None)
    assert browser.execute_async_script(_SECONDS_APART) == pytest.approx(1.5, abs=0.6)
    browser.get("about:blank")


def test_pictures_without_a_place_say_why_there_is_no_volume_and_play(
    browser: Chrome,
    wait: WebDriverWait[Chrome],
    server: Server,
    tmp_path: Path,
) -> None:
    series = make_series(PICTURES)
    for one in series:
        del one.ImagePositionPatient
    browser.get(_upload(browser, wait, server, zip_series(tmp_path / "pictures.zip", series)))
    page = Page(browser, wait)
    page.until(lambda: "Why there is no 3D" in page.find("#refusal").text)
    first = page.index("picture")
    page.find("#play").click()
    page.until(lambda: page.index("picture") != first)
    page.find("#play").click()
    assert page.find("#play").get_attribute("aria-pressed") == "false"
    browser.get("about:blank")
