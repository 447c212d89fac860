"""The link is the view: what is copied opens as it was, here and in another browser, and Back leads back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server, patience, press, pytest_setup_options, upload
from tests.factories import Scan, make_series, zip_series

pytestmark = pytest.mark.browser

CAMERA = "0,-1.5,0.5,0,0,1,0,0,0"
_SEEN = """
const { trueslice } = window;
if (!trueslice || !trueslice.scene || !trueslice.window) return null;
const text = id => document.getElementById(id).textContent;
const graph = plane => document.querySelector(`#pane-${plane} .js-plotly-plot`);
const shown = ["axial", "coronal", "sagittal"].filter(plane => document.getElementById(`pane-${plane}`).offsetWidth);
if (!shown.length || !shown.every(plane => graph(plane) && (graph(plane).layout || {}).meta)) return null;
return {
  shown, cursor: trueslice.cursor, window: trueslice.window, tab: trueslice.tab || null,
  camera: trueslice.surfaceView.numbers(trueslice.scene),
  pictures: shown.map(plane => {
    const { data: [trace], layout } = graph(plane);
    return [layout.meta, Array.from(trace.z, row => Array.from(row)), trace.zmin, trace.zmax, trace.colorscale];
  }),
  words: shown.map(plane => ["name", "label", "foot"].map(part => text(`${part}-${plane}`))),
};
"""


def seen(driver: Chrome) -> Any:
    """What of the view is on screen, pixels and all; None while it is not whole."""
    return driver.execute_script(_SEEN)


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zipped series whose every value says where it lies."""
    series = make_series(Scan(slices=9, rows=20, columns=18))
    return zip_series(tmp_path_factory.mktemp("zip") / "link.zip", series)


@pytest.fixture
def opened(browser: Chrome, wait: WebDriverWait[Chrome], server: Server, phantom: Path) -> str:
    """A series of my own, open; its address."""
    browser.get(upload(browser, wait, server, phantom))
    wait.until(lambda page: "panel=audit" in page.current_url)
    return browser.current_url


@pytest.fixture
def elsewhere(browser: Chrome, server: Server, tmp_path: Path) -> Iterator[Chrome]:
    """Another browser of the same owner."""
    options = pytest_setup_options()
    options.add_argument("--headless=new")
    options.add_argument("--window-size=1400,900")
    options.add_argument(f"--user-data-dir={tmp_path / 'profile'}")
    driver = Chrome(options=options)
    driver.get(f"{server.url}/health")
    for cookie in browser.get_cookies():
        driver.add_cookie(cookie)
    yield driver
    driver.quit()


def test_a_copied_link_opens_the_same_view_in_another_browser(
    browser: Chrome, wait: WebDriverWait[Chrome], opened: str, elsewhere: Chrome
) -> None:
    browser.get(f"{opened.partition('&')[0]}&at=1,2,3&wl=-900,120&voi=sigmoid&panel=none&cam={CAMERA}")
    wait.until(seen)
    ActionChains(browser).send_keys("i", Keys.ARROW_DOWN).perform()
    browser.execute_script("navigator.clipboard.writeText = async text => { window.copied = text; }")
    press(wait, "#share-button")
    wait.until(lambda page: page.find_element(By.ID, "copy-view").is_displayed())
    press(wait, "#copy-view")
    wait.until(lambda page: page.find_element(By.ID, "copy-view").text == "Copied")
    here, link = seen(browser), browser.execute_script("return window.copied")
    assert here["shown"] == ["axial", "coronal", "sagittal"]
    assert here["tab"] is None
    assert (here["window"]["center"], here["window"]["width"], here["window"]["invert"]) == (-900, 120, True)
    assert here["camera"] == [float(number) for number in CAMERA.split(",")]
    elsewhere.get(link)
    patience(elsewhere).until(seen)
    patience(elsewhere, 10).until(lambda page: seen(page)["pictures"] == here["pictures"])
    there = seen(elsewhere)
    assert there.pop("cursor") == pytest.approx(here.pop("cursor"), abs=0.01)
    assert there == here


def test_back_leads_to_the_view_before_and_forward_to_the_one_after(
    browser: Chrome, wait: WebDriverWait[Chrome], opened: str
) -> None:
    browser.get(f"{opened.partition('&')[0]}&panel=tags&alone=coronal&inv=1")
    wait.until(lambda page: (seen(page) or {}).get("shown") == ["coronal"])
    wait.until(lambda page: "&at=" in page.current_url)
    ActionChains(browser).send_keys("[").perform()
    wait.until(lambda page: "panel=none" in page.current_url)
    ActionChains(browser).send_keys("i").perform()
    wait.until(lambda page: "inv=1" not in page.current_url)
    browser.back()
    wait.until(lambda page: (seen(page) or {}).get("tab") == "tags")
    assert seen(browser)["shown"] == ["coronal"]
    assert "inverted" in seen(browser)["words"][0][0]
    browser.forward()
    wait.until(lambda page: seen(page)["tab"] is None)
    wait.until(lambda page: "inverted" not in seen(page)["words"][0][0])
    browser.back()
    browser.back()
    wait.until(lambda page: "panel=audit" in page.current_url)
    wait.until(lambda page: (seen(page) or {}).get("tab") == "audit")
