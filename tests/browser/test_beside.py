"""A second series beside the open one: both move together, and the page says how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server
from tests.factories import Scan, make_series, zip_series

pytestmark = pytest.mark.browser

_SHOWN = """
const { trueslice } = window;
const second = trueslice && trueslice.beside && trueslice.beside.scene();
return ["axial", "beside"].map(name => {
  const graph = document.querySelector(`#pane-${name} .js-plotly-plot`);
  const scene = name === "beside" ? second : trueslice && trueslice.scene;
  if (!scene || !graph || !(graph.layout || {}).meta) return null;
  const [key, plane, index] = graph.layout.meta.split("/");
  if (key !== scene.key) return null;
  const { xaxis, yaxis, _size } = graph._fullLayout;
  const [x, y] = [xaxis, yaxis].map(({ range }) => (range[0] + range[1]) / 2);
  const middle = trueslice.patient.pointAt(scene, plane, Number(index), x, y);
  const place = trueslice.patient.along(scene, plane, Number(index));
  return { key, place, middle, scale: (xaxis.range[1] - xaxis.range[0]) / _size.w };
});
"""


class Pair:
    """Two series on the page."""

    def __init__(self, browser: Chrome, wait: WebDriverWait[Chrome]) -> None:
        self.browser = browser
        self.wait = wait

    def until(self, done: Any) -> Any:
        return self.wait.until(lambda _: done())

    def shown(self) -> list[dict[str, Any] | None]:
        """What of each series is on screen."""
        return list(self.browser.execute_script(_SHOWN))

    def places(self) -> list[float | None]:
        """Where the slices on screen lie, mm."""
        return [None if one is None else round(one["place"], 2) for one in self.shown()]

    def press(self, keys: str) -> None:
        self.browser.execute_script("document.activeElement.blur()")
        ActionChains(self.browser).send_keys(keys).perform()

    def text(self, name: str) -> str:
        return str(self.browser.find_element(By.ID, name).text)

    def choose(self, words: str) -> None:
        """One of the series that are offered."""
        self.until(lambda: self._option(words)).click()

    def _option(self, words: str) -> Any:
        options = self.browser.find_elements(By.CSS_SELECTOR, "[role=option]")
        return next((option for option in options if option.is_displayed() and words in option.text), None)


def a_series(description: str, late: int, **changed: Any) -> Any:
    """One of the two series of one examination; from a slice on it was triggered later."""

    def each(dataset: Dataset, k: int) -> None:
        dataset.InstanceNumber, dataset.TriggerTime = k + 1, str(10 * k + (5 if k >= late else 0))

    tags = {
        "StudyInstanceUID": "1.2.826.0.1.9.1",
        "FrameOfReferenceUID": "1.2.826.0.1.9.2",
        "SeriesDescription": description,
    }
    return make_series(Scan(tags=tags, each=each, **changed))


@pytest.fixture
def pair(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path) -> Pair:
    """The finer of two series that lie in the same place, open."""
    thin = a_series("thin", late=99, slices=9)
    thick = a_series("thick", late=3, slices=5, spacing_mm=6.0, rows=24, columns=18)
    browser.get(server.url)
    wait.until(lambda page: page.find_element(By.ID, "file-input")).send_keys(
        str(zip_series(tmp_path / "pair.zip", thin, thick))
    )
    wait.until(lambda page: len(_cards(page)) == 2)
    card = next(one for one in _cards(browser) if "thin" in one.text)
    browser.get(card.find_element(By.CSS_SELECTOR, "a[href*='stack=']").get_attribute("href") or "")
    two = Pair(browser, wait)
    two.until(lambda: two.shown()[0])
    return two


def _cards(page: Chrome) -> list[Any]:
    """The two series in the library."""
    return [card for card in page.find_elements(By.CSS_SELECTOR, ".card") if "thi" in card.text]


def test_two_series_of_one_frame_of_reference_move_together(pair: Pair) -> None:
    pair.press("b")
    pair.choose("thick")
    pair.until(lambda: pair.shown()[1])
    assert pair.text("beside-note").startswith("Moves in the same millimetres.")
    assert "thick" in pair.text("beside-title")

    pair.press(Keys.HOME)
    pair.until(lambda: pair.places() == [35.5, 35.5])
    pair.press(Keys.ARROW_DOWN + Keys.ARROW_DOWN)
    pair.until(lambda: pair.places() == [41.5, 41.5])
    picture = pair.browser.find_element(By.CSS_SELECTOR, "#pane-beside .picture")
    ActionChains(pair.browser).scroll_from_origin(ScrollOrigin.from_element(picture), 0, 100).perform()
    pair.until(lambda: pair.places() == [47.5, 47.5])

    pair.browser.execute_script("trueslice.zoomed('axial', () => ({ scale: 2, x: 1.5, y: -1 }))")
    pair.until(lambda: _same_place(pair))

    pair.until(lambda: "beside=" in pair.browser.current_url and "bwl=" in pair.browser.current_url)
    pair.browser.refresh()
    pair.until(lambda: pair.places() == [47.5, 47.5])
    assert pair.text("beside-note").startswith("Moves in the same millimetres.")

    _hold_tags_against_each_other(pair)

    pair.press("b")
    pair.until(lambda: not pair.browser.find_element(By.ID, "pane-beside").is_displayed())
    pair.until(lambda: "beside=" not in pair.browser.current_url)


def _same_place(pair: Pair) -> bool:
    """Both show the same millimetres in their middle, at one scale."""
    one, other = pair.shown()
    assert one is not None
    assert other is not None
    apart = max(abs(a - b) for a, b in zip(one["middle"], other["middle"], strict=True))
    return bool(apart < 0.1 and abs(one["scale"] / other["scale"] - 1) < 0.01)


def _hold_tags_against_each_other(pair: Pair) -> None:
    """A tag that differs from the fourth slice on leads each to its own fourth slice; the next move is common again."""
    key = (pair.shown()[1] or {})["key"]
    told = "dash_clientside.set_props(arguments[0], arguments[1])"
    pair.browser.execute_script(told, "panel-tabs", {"value": "tags"})
    pair.browser.execute_script(told, "tag-compare", {"value": [key]})
    pair.browser.execute_script(told, "tag-filter", {"value": "0018,1060"})
    pair.until(lambda: len(pair.browser.find_elements(By.CSS_SELECTOR, "#tag-grid .tag-element")) == 1)
    pair.until(lambda: "differ" in pair.text("tag-count"))
    pair.browser.find_element(By.CSS_SELECTOR, "#tag-grid .tag-element").click()
    pair.until(lambda: pair.places() == [44.5, 53.5])
    assert pair.text("beside-note").startswith("On the slice of the chosen tag")
    pair.press(Keys.ARROW_DOWN)
    pair.until(lambda: pair.places() == [47.5, 47.5])
