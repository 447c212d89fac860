"""Tags as they are looked up and compared on the page."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests import factories
from tests.browser.conftest import Server
from webapp.store.catalogue import Catalogue
from webapp.store.model import EVERYONE
from webapp.store.tags import read_rows

pytestmark = pytest.mark.browser

#: Every rendered row as its cells' texts and classes, whether its columns are pinned or not.
ROWS = """
const rows = new Map();
for (const cell of document.querySelectorAll('#tag-grid .ag-row .ag-cell')) {
    const at = Number(cell.closest('.ag-row').getAttribute('row-index'));
    if (!rows.has(at)) rows.set(at, {});
    rows.get(at)[cell.getAttribute('col-id')] = { text: cell.innerText, names: [...cell.classList] };
}
return [...rows.entries()].sort((one, other) => one[0] - other[0]).map((entry) => entry[1]);
"""
HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


class Panel:
    """The tag panel of an open series."""

    def __init__(self, browser: Chrome, server: Server, query: str) -> None:
        self.browser = browser
        self.server = server
        browser.get(f"{server.url}/?{query}")
        self.until(self.rows)

    def until(self, done: Any, seconds: float = 30) -> None:
        WebDriverWait(self.browser, seconds, poll_frequency=0.1).until(lambda _: done())

    def rows(self) -> list[dict[str, Any]]:
        return list(self.browser.execute_script(ROWS))

    def row(self, title: str) -> dict[str, Any]:
        return next(row for row in self.rows() if row.get("element", {}).get("text", "").startswith(title))

    def values(self, title: str) -> list[str]:
        return [cell["text"] for name, cell in sorted(self.row(title).items()) if name.startswith("value")]

    def titles(self) -> list[str]:
        return [row["element"]["text"].split("\n")[0] for row in self.rows() if "element" in row]

    def text(self, name: str) -> str:
        return str(self.browser.find_element("id", name).text)

    def find(self, text: str) -> None:
        box = self.browser.find_element("id", "tag-filter")
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(Keys.DELETE, text)

    def finds(self, text: str, titles: list[str]) -> None:
        self.find(text)
        self.until(lambda: self.titles() == titles)

    def compare_with(self, words: str) -> None:
        self.browser.find_element("id", "tag-compare").click()
        self.until(lambda: self._option(words))
        self._option(words).click()
        self.until(lambda: "differ" in self.text("tag-count"))

    def _option(self, words: str) -> Any:
        options = self.browser.find_elements("css selector", "[role=option]")
        return next((option for option in options if words in option.text), None)

    def only_what_differs(self) -> None:
        self.browser.execute_script("document.getElementById('tag-differs').click()")


@pytest.fixture
def vendors(samples: Server, wait: WebDriverWait[Chrome]) -> tuple[str, str]:
    """One anatomy at two vendors: the first keeps the distance in (0018,0088), the second the gap."""
    catalogue = Catalogue(f"sqlite:///{samples.data / 'catalogue.sqlite'}")

    def found() -> dict[str, str]:
        return {card.description: card.key for card in catalogue.library(EVERYONE)}

    wait.until(lambda _: {"Ax LAVA T1", "t1_vibe_tra"} <= found().keys())
    keys = found()
    catalogue.close()
    return keys["Ax LAVA T1"], keys["t1_vibe_tra"]


@pytest.fixture
def panel(browser: Chrome, samples: Server, vendors: tuple[str, str]) -> Panel:
    """The first vendor's series with its tags."""
    return Panel(browser, samples, f"stack={vendors[0]}&panel=tags")


def test_every_stored_element_is_counted(panel: Panel, vendors: tuple[str, str]) -> None:
    stored = read_rows(panel.server.data / "volumes" / vendors[0])
    assert panel.text("tag-count") == f"{len(stored)} elements"


def test_elements_are_found_by_number_name_value_and_creator(panel: Panel) -> None:
    for words in ("(0018,0088)", "0018,0088", "00180088", "spacingbetween", "Spacing Between"):
        panel.finds(words, ["SpacingBetweenSlices"])
    panel.finds("Northwind Imaging", ["Manufacturer"])
    panel.finds("NORTHWIND_ACQ_01", ["Private Creator", *["private · NORTHWIND_ACQ_01"] * 2])


def test_two_vendors_stand_side_by_side_and_their_differences_are_marked(panel: Panel) -> None:
    panel.compare_with("t1_vibe_tra")
    panel.finds("0018,0088", ["SpacingBetweenSlices"])
    assert [float(value) for value in panel.values("SpacingBetweenSlices")] == [5.0, 1.0]
    assert "tag-differs" in panel.row("SpacingBetweenSlices")["value1"]["names"]
    panel.finds("0018,0050", ["SliceThickness"])
    assert "tag-differs" not in panel.row("SliceThickness")["value1"]["names"]
    panel.finds("0021,100C", ["private · MERIDIAN MR HEADER"])
    assert panel.values("private · MERIDIAN MR HEADER") == ["not recorded", "HE1-4"]


def test_the_switch_leaves_only_what_differs(panel: Panel) -> None:
    panel.compare_with("t1_vibe_tra")
    panel.only_what_differs()
    panel.until(lambda: all("tag-differs" in row["value0"]["names"] for row in panel.rows() if "value0" in row))
    panel.finds("SliceThickness", [])


def test_a_chosen_row_is_read_in_full(panel: Panel, vendors: tuple[str, str]) -> None:
    (uid,) = (row for row in read_rows(panel.server.data / "volumes" / vendors[0]) if row.tag == "0020,000E")
    panel.finds("0020,000E", ["SeriesInstanceUID"])
    panel.browser.find_element("css selector", "#tag-grid .tag-value").click()
    panel.until(lambda: uid.value in panel.text("tag-detail"))


def test_the_compared_series_is_kept_in_the_link(panel: Panel, vendors: tuple[str, str]) -> None:
    panel.compare_with("t1_vibe_tra")
    panel.until(lambda: f"with={vendors[1]}" in panel.browser.current_url)
    again = Panel(panel.browser, panel.server, panel.browser.current_url.partition("?")[2])
    again.until(lambda: "differ" in again.text("tag-count"))


def test_the_table_can_be_taken_away(panel: Panel) -> None:
    script = "fetch(arguments[0]).then(answer => answer.text()).then(arguments[1])"
    link = panel.browser.find_element("id", "tag-csv").get_attribute("href")
    lines = list(csv.DictReader(io.StringIO(panel.browser.execute_async_script(script, link), newline="")))
    assert f"{len(lines)} elements" == panel.text("tag-count")


def test_on_a_phone_the_table_fits_the_width(browser: Chrome, samples: Server, vendors: tuple[str, str]) -> None:
    browser.set_window_size(500, 844)
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        Panel(browser, samples, f"stack={vendors[0]}&with={vendors[1]}&panel=tags")
        grid = browser.find_element("id", "tag-grid").rect
        assert grid["x"] >= 0
        assert grid["x"] + grid["width"] <= 390
        assert grid["height"] >= 200
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_markup_in_a_value_is_shown_as_text(browser: Chrome, server: Server, tmp_path: Path) -> None:
    scan = factories.Scan(tags={"SeriesDescription": HOSTILE[:64], "ImageComments": HOSTILE})
    source = factories.zip_series(tmp_path / "series.zip", factories.make_series(scan))
    browser.get(server.url)
    wait = WebDriverWait(browser, 60)
    wait.until(lambda page: page.find_elements("id", "file-input"))[0].send_keys(str(source))
    own = ".card:has(button) .card-open"
    link = wait.until(lambda page: page.find_elements("css selector", own))[0].get_attribute("href")
    panel = Panel(browser, server, f"{str(link).partition('?')[2]}&panel=tags")
    panel.finds("ImageComments", ["ImageComments"])
    assert HOSTILE in panel.values("ImageComments")[0]
    assert browser.execute_script("return window.pwned === undefined")
