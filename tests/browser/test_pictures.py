"""Overview pictures in a real browser: in place, with the lines where the slices planned on them cut them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server
from tests.factories import Scan, make_instance, zip_series
from tests.factories_multiframe import make_film

pytestmark = pytest.mark.browser

#: Axial slices 3 mm apart from z = 0, x from −12 to 11 at their outer pixels' centres.
AXIAL = Scan(slices=9, rows=20, columns=24, pixel_mm=(1, 1), origin_mm=(-12, -10, 0))
OVERVIEW = {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"], "BitsStored": 16, "HighBit": 15}
#: Its first pixel is at x = −20, z = 40; its pixels are 1 mm high and 2 mm wide.
CORONAL = Scan("coronal", slices=1, rows=60, columns=20, pixel_mm=(1, 2), origin_mm=(-20, 0, 40), tags=OVERVIEW)
SAGITTAL = Scan("sagittal", slices=1, rows=60, columns=20, pixel_mm=(1, 2), origin_mm=(0, -20, 40), tags=OVERVIEW)

_DRAWN = """
const graph = document.querySelector('#pane-picture .js-plotly-plot');
if (!graph || !graph.layout || !graph.layout.meta) return null;
const { shapes, annotations } = graph.layout;
return {
  index: Number(graph.layout.meta.split("/")[2]), dx: graph.data[0].dx, dy: graph.data[0].dy,
  lines: (shapes || []).map(({ x0, y0, x1, y1 }) => [x0, y0, x1, y1]),
  numbers: (annotations || []).map(({ text }) => text.replace(/<.?b>/g, "")),
  colours: (shapes || []).map(({ line }) => line.color),
};
"""
_SCREEN = """
const [x, y] = arguments;
const graph = document.querySelector('#pane-picture .js-plotly-plot');
const { xaxis, yaxis } = graph._fullLayout;
const box = graph.getBoundingClientRect();
return [box.x + xaxis._offset + xaxis.d2p(x), box.y + yaxis._offset + yaxis.d2p(y)];
"""


class Page:
    """The open page."""

    def __init__(self, driver: Chrome, wait: WebDriverWait[Chrome]) -> None:
        self.driver, self.wait = driver, wait

    def drawn(self) -> dict[str, Any]:
        return self.driver.execute_script(_DRAWN) or {}

    def until(self, done: Callable[[], object]) -> None:
        self.wait.until(lambda _: done())

    def find(self, selector: str) -> WebElement:
        found: WebElement = self.wait.until(lambda driver: driver.find_element(By.CSS_SELECTOR, selector))
        return found

    def text(self, id_: str) -> str:
        content: str = self.driver.execute_script(
            "return document.getElementById(arguments[0])?.textContent || ''", id_
        )
        return content.replace("\u2009", " ")

    def click_at(self, x: float, y: float) -> None:
        """A click on the picture, mm from its first pixel."""
        actions = ActionChains(self.driver)
        pointer: Any = actions.w3c_actions.pointer_action
        pointer.move_to_location(*(round(part) for part in self.driver.execute_script(_SCREEN, x, y)))
        pointer.click()
        actions.perform()


def series() -> list[Dataset]:
    """Slices and two overview pictures in one series."""
    uids = (generate_uid(), generate_uid(), generate_uid())
    slices: list[Dataset] = [make_instance(AXIAL, k, uids) for k in range(AXIAL.slices)]
    return [*slices, *(make_instance(scan, 0, uids) for scan in (CORONAL, SAGITTAL))]


@pytest.fixture(scope="module")
def addresses() -> dict[str, str]:
    """Where each stack was opened, once it has been."""
    return {}


@pytest.fixture
def page(
    browser: Chrome,
    wait: WebDriverWait[Chrome],
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
    addresses: dict[str, str],
) -> Iterator[Page]:
    """The slices, open at their audit."""
    if not addresses:
        path = zip_series(tmp_path_factory.mktemp("zip") / "planned.zip", series())
        browser.get(server.url)
        wait.until(lambda driver: driver.find_element(By.ID, "file-input")).send_keys(str(path))
        named = "//article[.//h3[contains(., 'Phantom') and not(contains(., 'overview'))]]//a[text()='Open']"
        link = wait.until(lambda driver: driver.find_element(By.XPATH, named))
        addresses["slices"] = str(link.get_attribute("href"))
    browser.get(f"{addresses['slices']}&panel=audit")
    page = Page(browser, wait)
    page.until(lambda: page.text("label-axial"))
    yield page
    browser.get("about:blank")


def show_overview(page: Page) -> None:
    """Follow the audit to the overview pictures and wait for the lines."""
    page.find("#audit .way").click()
    page.until(lambda: len(page.drawn().get("lines", ())) > 0)


def test_the_audit_leads_to_the_overview_pictures_and_slices_are_lines_on_them(page: Page) -> None:
    """First, middle and last slice at z = 0, 12, 24: 40, 28 and 16 mm below the first row; x from −12.5 to 11.5."""
    show_overview(page)
    found = page.drawn()
    levels = dict(zip(found["numbers"], found["lines"], strict=True))
    wanted = {"1": 40, "5": 28, "9": 16}
    assert levels == {number: pytest.approx([7.5, y, 31.5, y]) for number, y in wanted.items()}
    assert set(found["colours"]) == {"#ff5c57"}
    assert (found["dx"], found["dy"]) == (2, 1)
    assert "overview pictures" in page.text("title")


def test_a_picture_in_place_has_letters_a_position_and_a_scale(page: Page) -> None:
    show_overview(page)
    assert page.text("edges-picture") == "RLSI"
    assert (page.text("name-picture"), page.text("label-picture")) == ("coronal", "P 0.0 · 1/2")
    assert "2.00 × 1.00 mm a pixel" in page.text("foot-picture")
    assert page.find("#pane-picture .ruler-text").text.endswith(("cm", "mm"))


def test_a_click_on_an_overview_picture_moves_the_cursor_of_the_slices(page: Page) -> None:
    show_overview(page)
    page.click_at(24, 22)
    page.until(lambda: "7" in page.drawn()["numbers"])
    page.find("#lines-open").click()
    page.until(lambda: page.text("label-axial").endswith("7/9"))


def test_lines_can_be_switched_off_and_the_link_keeps_that_and_the_picture(page: Page) -> None:
    show_overview(page)
    page.driver.execute_script("window.trueslice.scrollTo('picture', 1)")
    page.until(lambda: "picture=1" in page.driver.current_url)
    page.find("#lines-of").click()
    page.wait.until(lambda driver: driver.find_element(By.XPATH, "//*[@role='option'][.='no other stack']")).click()
    page.until(lambda: page.drawn()["lines"] == [])
    page.until(lambda: "of=none" in page.driver.current_url)
    page.driver.refresh()
    page.until(lambda: "2/2" in page.text("label-picture"))
    assert page.drawn()["lines"] == []


#: How long each picture stands, ms, as the page asks its clock for it.
_WAITS = """
window.waits = [];
const later = window.setTimeout;
window.setTimeout = (work, ms, ...more) => { window.waits.push(ms); return later(work, Math.min(ms, 50), ...more); };
"""


def test_a_film_stands_still_for_as_long_as_its_pictures_did(
    browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path
) -> None:
    """One picture of five stands for 60 s; the page is made to hurry, and only what it asked for counts."""
    film = make_film(Scan(slices=5))
    film.FrameTimeVector, film.FrameIncrementPointer = [0, 40, 60_000, 40, 40], 0x00181065
    browser.get(server.url)
    wait.until(lambda driver: driver.find_element(By.ID, "file-input")).send_keys(
        str(zip_series(tmp_path / "film.zip", [film]))
    )
    film_card = "//article[contains(., 'US')]//a[text()='Open']"
    browser.get(str(wait.until(lambda driver: driver.find_element(By.XPATH, film_card)).get_attribute("href")))
    page = Page(browser, wait)
    page.until(lambda: page.drawn().get("index") == 2)
    browser.execute_script(_WAITS)
    page.find("#play").click()
    page.until(lambda: max(browser.execute_script("return window.waits"), default=0) > 50_000)
    page.find("#play").click()
    assert (page.drawn()["dx"], page.drawn()["dy"]) == (1, 1)
    browser.get("about:blank")
