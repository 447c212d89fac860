"""The audit in a real browser: its ways to slices and tags, its strip, its files, and pictures as they are meant."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server
from tests.factories import Scan, make_series, zip_series

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
    browser.get(server.url)
    chooser = wait.until(lambda driver: driver.find_element(By.ID, "file-input"))
    chooser.send_keys(str(path))
    link = wait.until(lambda driver: driver.find_element(By.CSS_SELECTOR, "#job-rows a[href*='stack=']"))
    address = str(link.get_attribute("href"))
    browser.find_element(By.XPATH, "//*[@id='job-rows']//button[text()='Dismiss']").click()
    wait.until(lambda driver: not driver.find_elements(By.CSS_SELECTOR, "#job-rows a[href*='stack=']"))
    return address


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """Where each series was opened, once it has been."""
    return {}


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
