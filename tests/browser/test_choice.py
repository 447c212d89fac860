"""Several pictures of one place in a real browser: nothing is chosen unasked, and the chosen volume says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.conftest import Server
from tests.browser.test_audit import Page, _upload
from tests.factories import contested_series, zip_series

pytestmark = pytest.mark.browser

_RADIOS = "return [...document.querySelectorAll('.choice input[type=radio]')].map((one) => one.checked)"


def test_pictures_are_picked_and_seen_as_a_volume_with_its_caution(
    browser: Chrome, wait: WebDriverWait[Chrome], server: Server, tmp_path: Path
) -> None:
    browser.get(_upload(browser, wait, server, zip_series(tmp_path / "a.zip", contested_series({3: 1, 7: 1}))))
    page = Page(browser, wait)
    page.until(lambda: "Slice 8 at 56.5" in page.find("#choice").text)
    assert browser.execute_script(_RADIOS) == [False] * 4

    browser.find_elements(By.CSS_SELECTOR, ".choice-row .slice-link")[1].click()
    page.until(lambda: page.index("picture") == 12)

    page.find("#choice-start").click()
    page.until(lambda: "Choose a picture for slice 4 too." in page.find("#choice-note").text)

    labels = browser.find_elements(By.CSS_SELECTOR, ".choice .mantine-Radio-label")
    labels[1].click()
    labels[2].click()
    page.find("#choice-start").click()
    page.until(lambda: "Open the volume" in page.find("#choice-note").text)
    page.find("#choice-note a").click()

    page.find(".page.is-volume.verdict-is-caution")
    page.until(lambda: page.index("axial") is not None)
    said = page.find("#audit").text
    assert "picture 13 (number 13, 10:01:03) taken, picture 4 (number 4, 10:00:03) left out" in said
    assert "2 pictures chosen among several of one place" in page.find("#audit-line").text

    browser.get(server.url)
    page.until(lambda: len(browser.find_elements(By.CSS_SELECTOR, ".card .verdict-refused")) >= 1)
    assert browser.find_elements(By.CSS_SELECTOR, ".card .verdict-caution")
    browser.get("about:blank")
