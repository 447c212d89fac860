"""Tags as they are looked up and compared on the page."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from tests import factories
from tests.browser.conftest import Server, patience
from webapp.store.catalogue import Catalogue
from webapp.store.model import EVERYONE
from webapp.store.tags import read_table

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


#: The system's own file dialog cannot be driven: the box behind it is put on the page instead of being clicked.
_KEEP_DIALOG = """
HTMLInputElement.prototype.click = function () {
  this.id = "dialog";
  document.body.append(this);
};
"""


class Panel:
    """The tag panel of an open series."""

    def __init__(self, browser: Chrome, server: Server, query: str) -> None:
        self.browser = browser
        self.server = server
        browser.get(f"{server.url}/?{query}")
        self.until(self.rows)

    def until(self, done: Any, seconds: float = 60) -> None:
        patience(self.browser, seconds).until(lambda _: done())

    def rows(self) -> list[dict[str, Any]]:
        return list(self.browser.execute_script(ROWS))

    def row(self, title: str) -> dict[str, Any]:
        return next(row for row in self.rows() if row.get("element", {}).get("text", "").startswith(title))

    def values(self, title: str) -> list[str]:
        """Each series' value, without its unit and what was done with it."""
        cells = [cell["text"] for name, cell in sorted(self.row(title).items()) if name.startswith("value")]
        return [text.split("\n")[0].split("\u2009")[0] for text in cells]

    def titles(self) -> list[str]:
        """The elements on show, without what was computed."""
        texts = [row["element"]["text"].split("\n") for row in self.rows() if "element" in row]
        return [lines[0] for lines in texts if "computed" not in lines[-1]]

    def text(self, name: str) -> str:
        return str(self.browser.find_element("id", name).text)

    def write(self, name: str, text: str) -> None:
        box = self.browser.find_element("id", name)
        box.send_keys(Keys.CONTROL, "a")
        box.send_keys(Keys.DELETE, text)

    def finds(self, text: str, titles: list[str]) -> None:
        self.write("tag-filter", text)
        self.until(lambda: self.titles() == titles)

    def choose(self, title: str) -> None:
        """Click on an element."""
        row = self.browser.find_elements("css selector", "#tag-grid .tag-element")
        next(cell for cell in row if cell.text.startswith(title)).click()
        self.until(lambda: title in self.text("tag-detail"))

    def compare_with(self, words: str) -> None:
        self.browser.find_element("id", "tag-compare").click()
        self.until(lambda: self._option(words))
        self._option(words).click()
        self.until(lambda: "differ" in self.text("tag-count"))
        self.browser.find_element("id", "tag-filter").click()

    def _option(self, words: str) -> Any:
        options = self.browser.find_elements("css selector", "[role=option]")
        return next((option for option in options if words in option.text), None)

    def only(self, topic: str) -> None:
        self.browser.execute_script(f"document.querySelector('#tag-panel input[value={topic}]').click()")

    def part(self, name: str) -> None:
        self.browser.execute_script(f"document.querySelector('#tag-part input[value={name}]').click()")

    def slice(self) -> int:
        """The slice on show, by the corner of the axial view."""
        return int(self.text("label-axial").split("·")[-1].split("/")[0])

    def fetched(self, address: str) -> str:
        script = "fetch(arguments[0]).then(answer => answer.text()).then(arguments[1])"
        return str(self.browser.execute_async_script(script, address))


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
    stored = read_table(panel.server.data / "volumes" / vendors[0])
    assert panel.text("tag-count") == f"{len(stored.rows)} elements"


def test_elements_are_found_by_number_name_value_creator_and_expression(panel: Panel) -> None:
    for words in ("(0018,0088)", "0018,0088", "00180088", "spacingbetween", "Spacing Between", "/^spacing.between/"):
        panel.finds(words, ["SpacingBetweenSlices"])
    panel.finds("Northwind Imaging", ["Manufacturer"])
    panel.finds("NORTHWIND_ACQ_01", ["Private Creator", *["private · NORTHWIND_ACQ_01"] * 2])


def test_an_expression_that_cannot_be_used_is_refused_in_a_sentence(panel: Panel) -> None:
    panel.write("tag-filter", "/(/")
    panel.until(lambda: "search for plain words" in panel.text("tag-note"))


def test_rows_are_narrowed_to_a_topic_and_a_group(panel: Panel) -> None:
    panel.only("geometry")
    panel.until(lambda: " of " in panel.text("tag-count"))
    panel.write("tag-group", "0018")
    panel.until(lambda: panel.titles()[:2] == ["SliceThickness", "SpacingBetweenSlices"])


def test_the_values_are_those_of_the_slice_on_show_and_follow_it(panel: Panel) -> None:
    panel.finds("0020,0032", ["ImagePositionPatient"])
    before = panel.row("ImagePositionPatient")["value0"]["text"]
    panel.browser.execute_script("window.trueslice.scrollTo('axial', 3)")
    panel.until(lambda: panel.row("ImagePositionPatient")["value0"]["text"] != before)
    assert panel.browser.find_element("id", "tag-slice").get_attribute("value") == "4"


def test_the_number_of_the_slice_moves_the_viewer(panel: Panel) -> None:
    panel.write("tag-slice", "6")
    panel.until(lambda: panel.slice() == 6)


def test_two_slices_of_the_series_stand_side_by_side_and_come_back_with_the_link(panel: Panel) -> None:
    first = panel.slice()
    panel.write("tag-against", "1")
    panel.until(lambda: "differ" in panel.text("tag-count"))
    assert f"Slice {first} of" in panel.browser.find_element("css selector", ".ag-header").text
    panel.only("differs")
    panel.until(lambda: "SOPInstanceUID" in panel.titles() and "Modality" not in panel.titles())
    panel.until(lambda: "against=1" in panel.browser.current_url)
    panel.browser.refresh()
    panel.until(lambda: "differ" in panel.text("tag-count"))
    panel.until(lambda: "SOPInstanceUID" in panel.titles() and "Modality" not in panel.titles())


def test_a_mark_of_the_drawn_values_leads_to_its_slice(panel: Panel) -> None:
    panel.finds("0020,1041", ["SliceLocation"])
    assert panel.row("SliceLocation")["within"]["text"].startswith("changes regularly")
    panel.choose("SliceLocation")
    panel.browser.find_elements("css selector", "#tag-detail .tag-plot-bar")[8].click()
    panel.until(lambda: panel.slice() == 9)


def test_a_tag_says_what_was_done_with_it(panel: Panel) -> None:
    panel.finds("0018,0088", ["SpacingBetweenSlices"])
    assert "not used for spacing: measured 5 mm; this tag agrees" in panel.row("SpacingBetweenSlices")["value0"]["text"]


def test_two_vendors_stand_side_by_side_and_their_differences_are_marked(panel: Panel) -> None:
    panel.compare_with("t1_vibe_tra")
    panel.finds("0018,0088", ["SpacingBetweenSlices"])
    assert [float(value) for value in panel.values("SpacingBetweenSlices")] == [5.0, 1.0]
    assert "is-different" in panel.row("SpacingBetweenSlices")["value1"]["names"]
    assert "≠ different" in panel.row("SpacingBetweenSlices")["element"]["text"]
    panel.finds("0018,0050", ["SliceThickness"])
    assert "is-different" not in panel.row("SliceThickness")["value1"]["names"]
    panel.finds("0021,100C", ["private · MERIDIAN MR HEADER"])
    assert panel.values("private · MERIDIAN MR HEADER") == ["not recorded", "HE1-4"]
    assert "LAVA" in panel.text("tag-vendor")


def test_an_element_that_differs_along_the_slices_moves_the_viewer_there(panel: Panel) -> None:
    panel.compare_with("t1_vibe_tra")
    panel.finds("0008,0018", ["SOPInstanceUID"])
    panel.choose("SOPInstanceUID")
    panel.until(lambda: panel.slice() == 1)


def test_only_what_differs_is_left(panel: Panel) -> None:
    panel.compare_with("t1_vibe_tra")
    panel.only("differs")
    panel.until(lambda: all("= equal" not in row.get("element", {}).get("text", "") for row in panel.rows()))
    panel.finds("SliceThickness", [])


def test_a_chosen_row_is_read_in_full(panel: Panel, vendors: tuple[str, str]) -> None:
    row = read_table(panel.server.data / "volumes" / vendors[0]).find("0020,000E")
    assert row is not None
    panel.finds("0020,000E", ["SeriesInstanceUID"])
    panel.choose("SeriesInstanceUID")
    assert row.value in panel.text("tag-detail")


def test_series_filters_and_numbers_are_kept_in_the_link(panel: Panel, vendors: tuple[str, str]) -> None:
    panel.compare_with("t1_vibe_tra")
    panel.only("geometry")
    panel.finds("0018,0088", ["SpacingBetweenSlices"])
    panel.until(lambda: f"with={vendors[1]}&show=geometry&find=0018,0088" in panel.browser.current_url)
    again = Panel(panel.browser, panel.server, panel.browser.current_url.partition("?")[2])
    again.until(lambda: again.titles() == ["SpacingBetweenSlices"])
    assert [float(value) for value in again.values("SpacingBetweenSlices")] == [5.0, 1.0]


def test_an_element_is_looked_up_with_who_carries_it_and_found_in_the_table(panel: Panel) -> None:
    panel.part("look-up")
    panel.write("tag-words", "spacing between slices")
    panel.until(lambda: "series carry it" in panel.text("tag-found"))
    assert "(0018,0088) SpacingBetweenSlices" in panel.text("tag-found")
    panel.browser.find_element("css selector", "#tag-found .tag").click()
    panel.until(lambda: panel.titles() == ["SpacingBetweenSlices"])


def test_a_series_is_held_against_the_protocol_of_another(
    panel: Panel, vendors: tuple[str, str], tmp_path: Path
) -> None:
    reference = tmp_path / "reference.json"
    reference.write_text(panel.fetched(f"/volumes/{vendors[1]}/protocol.json"), encoding="utf-8")
    panel.part("protocol")
    panel.browser.execute_script(_KEEP_DIALOG)
    panel.browser.find_element("id", "tag-load").click()
    panel.until(lambda: panel.browser.find_elements("id", "dialog"))
    panel.browser.find_element("id", "dialog").send_keys(str(reference))
    panel.until(lambda: " pass, " in panel.text("tag-checks"))
    assert "≠ differs" in panel.text("tag-checks")


def test_the_table_can_be_taken_away(panel: Panel) -> None:
    links = [one.get_attribute("href") for one in panel.browser.find_elements("css selector", ".tag-file")]
    lines = list(csv.DictReader(io.StringIO(panel.fetched(str(links[0])), newline="")))
    assert f"{len([line for line in lines if line['tag']])} elements" == panel.text("tag-count")
    assert len(json.loads(panel.fetched(str(links[1])))["rows"]) == len([line for line in lines if line["tag"]])
    assert "<html" in panel.fetched(str(links[2]))


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
    wait = patience(browser)
    wait.until(lambda page: page.find_elements("id", "file-input"))[0].send_keys(str(source))
    own = ".card:has(button) .card-open"
    link = wait.until(lambda page: page.find_elements("css selector", own))[0].get_attribute("href")
    panel = Panel(browser, server, f"{str(link).partition('?')[2]}&panel=tags")
    panel.finds("ImageComments", ["ImageComments"])
    assert HOSTILE in panel.row("ImageComments")["value0"]["text"]
    assert browser.execute_script("return window.pwned === undefined")
