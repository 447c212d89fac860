"""Measuring on a phantom whose distances and values are known."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, press
from tests.factories import Scan, make_series, value_at, zip_series

#: Pixels are 0.8 mm down and 0.5 mm across, slices 3 mm apart.
SCAN = Scan(slices=9, rows=40, columns=60)

#: Where a voxel's centre lies on the screen, from the axes of its pane.
_SCREEN = """
const [plane, row, column] = arguments;
const graph = document.querySelector(`#pane-${plane} .js-plotly-plot`);
const {xaxis, yaxis} = graph._fullLayout;
const {x0, dx, y0, dy} = graph.data[0];
const box = graph.getBoundingClientRect();
return [box.left + xaxis._offset + xaxis.d2p(x0 + column * dx), box.top + yaxis._offset + yaxis.d2p(y0 + row * dy)];
"""


@pytest.fixture
def viewer(browser: Chrome, server: Server, wait: WebDriverWait[Chrome], tmp_path: Path) -> Chrome:
    """The phantom, open on the measure panel, with nothing measured in it."""
    browser.get(server.url)
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".card-open"))
    if not browser.find_elements(By.CSS_SELECTOR, ".card .quiet-button"):
        path = zip_series(tmp_path / "mine.zip", make_series(SCAN))
        browser.find_element(By.ID, "file-input").send_keys(str(path))
        wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".card .quiet-button"))
    press(wait, ".card .card-open")
    wait.until(lambda page: "/9" in page.find_element(By.ID, "label-axial").text)
    tool(browser, wait, "Measure", role="tab")
    wait.until(lambda page: page.execute_script("return document.getElementById('page').dataset.measures"))
    browser.execute_script("document.querySelectorAll('.measure-drop').forEach((button) => button.click())")
    return browser


def tool(browser: Chrome, wait: WebDriverWait[Chrome], name: str, role: str = "") -> None:
    """Press a tab or a tool."""
    path = f"//button[@role='tab'][contains(., '{name}')]" if role else f"//label[contains(., '{name}')]"
    wait.until(lambda page: page.find_elements(By.XPATH, path))
    browser.find_element(By.XPATH, path).click()


def place(browser: Chrome, row: float, column: float, plane: str = "axial") -> tuple[int, int]:
    x, y = browser.execute_script(_SCREEN, plane, row, column)
    return round(x), round(y)


def drag(browser: Chrome, *places: tuple[int, int]) -> None:
    """Press at the first place, and let go at the last."""
    actions = ActionChains(browser, duration=50)
    actions.w3c_actions.pointer_action.move_to_location(*places[0]).pointer_down()
    for one in places[1:]:
        actions.w3c_actions.pointer_action.move_to_location(*one)
    actions.w3c_actions.pointer_action.pointer_up()
    actions.perform()


def click(browser: Chrome, where: tuple[int, int]) -> None:
    actions = ActionChains(browser, duration=20)
    actions.w3c_actions.pointer_action.move_to_location(*where).pointer_down()
    actions.w3c_actions.pointer_action.pointer_up()
    actions.perform()


def results(browser: Chrome) -> list[dict[str, Any]]:
    """Everything measured."""
    script = "const m = window.trueslice.measuring; return m.list().map((one) => ({...one, ...m.resultOf(one)}));"
    return list(browser.execute_script(script))


def pixel_mm(browser: Chrome) -> float:
    """How large a pixel of the screen is in the axial view, mm: nothing can be placed more finely."""
    a, b = browser.execute_script(_SCREEN, "axial", 0, 0), browser.execute_script(_SCREEN, "axial", 0, 20)
    return 10.0 / float(b[0] - a[0])


def measured(browser: Chrome, wait: WebDriverWait[Chrome]) -> list[dict[str, Any]]:
    """One length, drawn."""
    tool(browser, wait, "Length")
    drag(browser, place(browser, 5, 10), place(browser, 25, 40))
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".measure-row"))
    return results(browser)


def test_a_length_is_in_true_millimetres(viewer: Chrome, wait: WebDriverWait[Chrome]) -> None:
    [one] = measured(viewer, wait)
    assert one["length"] == pytest.approx(np.hypot(20 * 0.8, 30 * 0.5), abs=2 * pixel_mm(viewer))
    assert "mm" in viewer.find_element(By.CSS_SELECTOR, ".measure-row .measure-size").text
    assert "±" in viewer.find_element(By.CSS_SELECTOR, ".measures .measure text").text


def test_an_angle_takes_three_clicks_with_its_corner_second(viewer: Chrome, wait: WebDriverWait[Chrome]) -> None:
    tool(viewer, wait, "Angle")
    for row, column in ((10, 40), (10, 8), (30, 40)):
        click(viewer, place(viewer, row, column))
    wait.until(lambda page: any(one["kind"] == "angle" for one in results(page)))
    found = next(one for one in results(viewer) if one["kind"] == "angle")
    assert found["angle"] == pytest.approx(np.degrees(np.arctan2(20 * 0.8, 32 * 0.5)), abs=1.5)


@pytest.mark.parametrize("kind", ["Rectangle", "Ellipse"])
def test_a_region_tells_the_values_inside_it(viewer: Chrome, wait: WebDriverWait[Chrome], kind: str) -> None:
    tool(viewer, wait, kind)
    slice_ = int(viewer.find_element(By.ID, "label-axial").text.split()[-1].split("/")[0]) - 1
    drag(viewer, place(viewer, 9.5, 9.5), place(viewer, 29.5, 49.5))
    wait.until(lambda page: any(one["kind"] == kind.lower() for one in results(page)))
    found = next(one for one in results(viewer) if one["kind"] == kind.lower())
    rows, columns = np.mgrid[10:30, 10:50]
    inside = np.ones(rows.shape, bool)
    if kind == "Ellipse":
        inside = ((rows - 19.5) / 10) ** 2 + ((columns - 29.5) / 20) ** 2 <= 1
    values = np.vectorize(lambda row, column: value_at(slice_, row, column))(rows, columns)[inside] - 1024
    assert found["values"]["count"] == pytest.approx(values.size, abs=60)
    assert found["values"]["mean"] == pytest.approx(values.mean(), rel=0.02)
    assert found["values"]["low"] >= values.min() - 60
    share = np.pi / 4 if kind == "Ellipse" else 1
    assert found["area"] == pytest.approx(share * 16.0 * 20.0, rel=0.05)


def kept(browser: Chrome, server: Server) -> bool:
    """Whether the server has what is on the page."""
    with sqlite3.connect(f"file:{server.data / 'catalogue.sqlite'}?mode=ro", uri=True) as rows:
        stored = [shapes for (shapes,) in rows.execute("SELECT shapes FROM measures")]
    return any(one["id"] in shapes for shapes in stored for one in results(browser))


def test_what_was_measured_is_there_after_a_reload(viewer: Chrome, wait: WebDriverWait[Chrome], server: Server) -> None:
    before = measured(viewer, wait)
    wait.until(lambda page: kept(page, server))
    viewer.refresh()
    wait.until(lambda page: "/9" in page.find_element(By.ID, "label-axial").text)
    wait.until(lambda page: len(results(page)) == len(before))
    assert [one["id"] for one in results(viewer)] == [one["id"] for one in before]


def test_a_row_of_the_list_leads_to_its_slice_and_can_be_deleted(viewer: Chrome, wait: WebDriverWait[Chrome]) -> None:
    measured(viewer, wait)
    viewer.execute_script("window.trueslice.scrollTo('axial', 0)")
    wait.until(lambda page: page.find_element(By.ID, "label-axial").text.endswith("1/9"))
    row = viewer.find_element(By.CSS_SELECTOR, ".measure-go")
    wanted = row.text.split()[-1]
    row.click()
    wait.until(lambda page: page.find_element(By.ID, "label-axial").text.endswith(wanted))
    count = len(results(viewer))
    viewer.find_element(By.CSS_SELECTOR, ".measure-drop").click()
    wait.until(lambda page: len(results(page)) == count - 1)


def test_the_file_begins_with_the_audit_and_holds_a_line_for_each(viewer: Chrome, wait: WebDriverWait[Chrome]) -> None:
    measured(viewer, wait)
    text = viewer.execute_script("return window.trueslice.measuring.csv()")
    lines = list(csv.reader(text.splitlines()))
    assert lines[0][0].startswith("Audit: ")
    assert len(lines) == 3 + len(results(viewer))
    assert "length mm" in lines[2]


def test_a_region_of_a_single_picture_tells_the_values_under_it(
    browser: Chrome, server: Server, wait: WebDriverWait[Chrome], tmp_path: Path
) -> None:
    path = zip_series(tmp_path / "one.zip", make_series(Scan(slices=1, rows=40, columns=60)))
    browser.get(server.url)
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".card-open"))
    browser.find_element(By.ID, "file-input").send_keys(str(path))
    card = "//article[contains(., '1 picture')]//a[contains(@class, 'card-open')]"
    wait.until(lambda page: page.find_elements(By.XPATH, card))
    browser.find_element(By.XPATH, card).click()
    wait.until(lambda page: "is-pictures" in page.find_element(By.ID, "page").get_attribute("class"))
    wait.until(lambda page: page.find_element(By.ID, "label-picture").text)
    tool(browser, wait, "Measure", role="tab")
    tool(browser, wait, "Rectangle")
    drag(browser, place(browser, 9.5, 9.5, "picture"), place(browser, 29.5, 49.5, "picture"))
    wait.until(lambda page: results(page))
    [found] = results(browser)
    rows, columns = np.mgrid[10:30, 10:50]
    values = np.vectorize(lambda row, column: value_at(0, row, column))(rows, columns) - 1024
    assert found["values"]["count"] == pytest.approx(values.size, abs=60)
    assert found["values"]["mean"] == pytest.approx(values.mean(), rel=0.02)
